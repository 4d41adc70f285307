//! Arguments about what is done for callers while they are on the line, and afterwards.

use super::records::ListLength;
use clap::{Subcommand, ValueEnum};
use ringbuch_domain::desk::{Detail, Fallback, RulesChange};
use ringbuch_domain::ids::CallId;

#[derive(Debug, Clone, Subcommand)]
pub enum DeskAction {
    /// What the desk does where it cannot serve a caller, and within which limits it serves them
    Rules {
        #[command(subcommand)]
        action: RulesAction,
    },
    /// Lists the times that are kept for callers who are on the line
    Holds,
}

#[derive(Debug, Clone, Subcommand)]
pub enum RulesAction {
    /// Shows the rules as they read
    Show,
    /// Changes the rules that are named, and leaves the others
    Set(Box<RulesSet>),
}

#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("rule").required(true).multiple(true))]
pub struct RulesSet {
    /// Where the branch takes no appointments
    #[arg(long, value_enum, group = "rule")]
    pub branch_closed: Option<WhatThen>,
    /// Where the caller wants what the branch does not offer
    #[arg(long, value_enum, group = "rule")]
    pub service_unknown: Option<WhatThen>,
    /// Where the calendar cannot be asked
    #[arg(long, value_enum, group = "rule")]
    pub provider_down: Option<WhatThen>,
    /// The number that callers are put through to; empty for none
    #[arg(long, value_name = "NUMBER", group = "rule")]
    pub forward_to: Option<String>,
    /// What has to be known before anything is booked
    #[arg(long, value_enum, value_delimiter = ',', group = "rule")]
    pub ask_for: Option<Vec<Asked>>,
    /// Callers may choose who serves them
    #[arg(long, group = "rule")]
    pub staff_wishes: Option<bool>,
    /// How many appointments are booked in one call, 1 to 10
    #[arg(long, value_name = "N", group = "rule")]
    pub bookings_per_call: Option<u32>,
    /// How long before it begins an appointment can still be moved
    #[arg(long, value_name = "MINUTES", group = "rule")]
    pub move_notice: Option<u32>,
    /// How long before it begins an appointment can still be cancelled
    #[arg(long, value_name = "MINUTES", group = "rule")]
    pub cancel_notice: Option<u32>,
    /// How long a time is kept at most for a caller of whose end nobody hears, 1 to 240
    #[arg(long, value_name = "MINUTES", group = "rule")]
    pub longest_call: Option<u32>,
    /// Within which time the agent gets an answer, 1 to 60
    #[arg(long, value_name = "SECONDS", group = "rule")]
    pub answer_within: Option<u32>,
    /// Calls that withhold their number are not taken
    #[arg(long, group = "rule")]
    pub reject_withheld: Option<bool>,
    /// The agent that answers while nobody works at the branch; empty for none
    #[arg(long, value_name = "ID", group = "rule")]
    pub agent_when_closed: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WhatThen {
    /// Staff call back
    Callback,
    /// The agent puts the caller through
    Forward,
    /// The caller is told why, and no more
    Inform,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Asked {
    Name,
    Phone,
    Email,
}

impl From<WhatThen> for Fallback {
    fn from(then: WhatThen) -> Self {
        match then {
            WhatThen::Callback => Self::Callback,
            WhatThen::Forward => Self::Forward,
            WhatThen::Inform => Self::Inform,
        }
    }
}

impl From<Asked> for Detail {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Name => Self::Name,
            Asked::Phone => Self::Phone,
            Asked::Email => Self::Email,
        }
    }
}

impl From<RulesSet> for RulesChange {
    fn from(set: RulesSet) -> Self {
        Self {
            branch_closed: set.branch_closed.map(Fallback::from),
            service_unknown: set.service_unknown.map(Fallback::from),
            provider_down: set.provider_down.map(Fallback::from),
            forward_to: set.forward_to,
            ask_for: set.ask_for.map(|asked| asked.into_iter().map(Detail::from).collect()),
            staff_wishes: set.staff_wishes,
            bookings_per_call: set.bookings_per_call,
            move_notice_minutes: set.move_notice,
            cancel_notice_minutes: set.cancel_notice,
            longest_call_minutes: set.longest_call,
            answer_within_seconds: set.answer_within,
            reject_withheld: set.reject_withheld,
            agent_when_closed: set.agent_when_closed,
        }
    }
}

#[derive(Debug, Clone, Subcommand)]
pub enum CallbacksAction {
    /// Lists callers whom staff should call back, the newest first
    List {
        /// Also those who were called back
        #[arg(long)]
        done: bool,
        #[command(flatten)]
        length: ListLength,
    },
    /// Notes that a caller was called back
    Done {
        /// The call, as Retell names it
        #[arg(value_parser = call)]
        id: CallId,
    },
}

fn call(text: &str) -> Result<CallId, String> {
    CallId::new(text).map_err(|unusable| unusable.to_string())
}
