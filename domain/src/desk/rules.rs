//! What a company wants done for its callers. A company that never said anything is served by the default.

use crate::phone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is done for a caller whom the desk cannot serve.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// Staff call back.
    #[default]
    Callback,
    /// The agent puts the caller through.
    Forward,
    /// The caller is told why, and no more.
    Inform,
}

/// What has to be known of somebody before anything is booked for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    Name,
    Phone,
    Email,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeskRules {
    /// The branch takes no appointments.
    pub branch_closed: Fallback,
    /// The caller wants what the branch does not offer.
    pub service_unknown: Fallback,
    /// The calendar cannot be asked.
    pub provider_down: Fallback,
    /// Where callers are put through to, E.164.
    pub forward_to: Option<String>,
    pub ask_for: Vec<Detail>,
    /// Callers may choose who serves them.
    pub staff_wishes: bool,
    pub bookings_per_call: u32,
    /// Later than so long before it begins an appointment is not moved.
    pub move_notice_minutes: u32,
    pub cancel_notice_minutes: u32,
    /// Time that a caller has chosen is kept at most so long, in case nobody ever hears that they hung up.
    pub longest_call_minutes: u32,
    /// The agent gets an answer within this time, whether the calendar has given one or not.
    pub answer_within_seconds: u32,
    /// Calls that withhold their number are not taken.
    pub reject_withheld: bool,
    /// The agent that answers while nobody works at the branch.
    pub agent_when_closed: Option<String>,
}

impl Default for DeskRules {
    fn default() -> Self {
        Self {
            branch_closed: Fallback::Callback,
            service_unknown: Fallback::Inform,
            provider_down: Fallback::Callback,
            forward_to: None,
            ask_for: vec![Detail::Name],
            staff_wishes: true,
            bookings_per_call: 3,
            move_notice_minutes: 0,
            cancel_notice_minutes: 0,
            longest_call_minutes: 60,
            answer_within_seconds: 8,
            reject_withheld: false,
            agent_when_closed: None,
        }
    }
}

/// Why a set of rules cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuleUnusable {
    #[error("callers are to be put through, and no number says where to; set forward_to")]
    NowhereToForward,
    #[error("'{number}' is no telephone number that callers can be put through to; write it like +493023125009")]
    NotANumber { number: String },
    #[error("{rule} takes {from} to {to}")]
    OutOfBounds { rule: &'static str, from: u32, to: u32 },
    #[error("an agent is named by 1 to 128 characters")]
    AgentUnusable,
}

/// Nobody plans further ahead than this to move an appointment.
const LONGEST_NOTICE: u32 = 60 * 24 * 60;

impl DeskRules {
    pub fn check(&self) -> Result<(), RuleUnusable> {
        let forwards = [self.branch_closed, self.service_unknown, self.provider_down].contains(&Fallback::Forward);
        match &self.forward_to {
            None if forwards => return Err(RuleUnusable::NowhereToForward),
            Some(number) if phone::normalise(number).as_ref() != Some(number) => {
                return Err(RuleUnusable::NotANumber { number: number.chars().take(40).collect() });
            }
            _ => {}
        }
        if self.agent_when_closed.as_ref().is_some_and(|agent| agent.is_empty() || agent.len() > 128) {
            return Err(RuleUnusable::AgentUnusable);
        }
        within("bookings_per_call", self.bookings_per_call, 1, 10)?;
        within("move_notice_minutes", self.move_notice_minutes, 0, LONGEST_NOTICE)?;
        within("cancel_notice_minutes", self.cancel_notice_minutes, 0, LONGEST_NOTICE)?;
        within("longest_call_minutes", self.longest_call_minutes, 1, 240)?;
        within("answer_within_seconds", self.answer_within_seconds, 1, 60)
    }
}

fn within(rule: &'static str, value: u32, from: u32, to: u32) -> Result<(), RuleUnusable> {
    if (from..=to).contains(&value) { Ok(()) } else { Err(RuleUnusable::OutOfBounds { rule, from, to }) }
}

/// What is to be otherwise; what is absent stays. An empty text takes a number or an agent away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RulesChange {
    pub branch_closed: Option<Fallback>,
    pub service_unknown: Option<Fallback>,
    pub provider_down: Option<Fallback>,
    pub forward_to: Option<String>,
    pub ask_for: Option<Vec<Detail>>,
    pub staff_wishes: Option<bool>,
    pub bookings_per_call: Option<u32>,
    pub move_notice_minutes: Option<u32>,
    pub cancel_notice_minutes: Option<u32>,
    pub longest_call_minutes: Option<u32>,
    pub answer_within_seconds: Option<u32>,
    pub reject_withheld: Option<bool>,
    pub agent_when_closed: Option<String>,
}

impl RulesChange {
    pub fn applied_to(self, rules: &DeskRules) -> DeskRules {
        let text = |new: Option<String>, old: &Option<String>| match new {
            Some(new) => Some(new.trim().to_owned()).filter(|new| !new.is_empty()),
            None => old.clone(),
        };
        // A number is kept as it is dialled from everywhere, however it was written.
        let number = |said: String| phone::normalise(&said).unwrap_or(said);
        DeskRules {
            branch_closed: self.branch_closed.unwrap_or(rules.branch_closed),
            service_unknown: self.service_unknown.unwrap_or(rules.service_unknown),
            provider_down: self.provider_down.unwrap_or(rules.provider_down),
            forward_to: text(self.forward_to, &rules.forward_to).map(number),
            ask_for: self.ask_for.unwrap_or_else(|| rules.ask_for.clone()),
            staff_wishes: self.staff_wishes.unwrap_or(rules.staff_wishes),
            bookings_per_call: self.bookings_per_call.unwrap_or(rules.bookings_per_call),
            move_notice_minutes: self.move_notice_minutes.unwrap_or(rules.move_notice_minutes),
            cancel_notice_minutes: self.cancel_notice_minutes.unwrap_or(rules.cancel_notice_minutes),
            longest_call_minutes: self.longest_call_minutes.unwrap_or(rules.longest_call_minutes),
            answer_within_seconds: self.answer_within_seconds.unwrap_or(rules.answer_within_seconds),
            reject_withheld: self.reject_withheld.unwrap_or(rules.reject_withheld),
            agent_when_closed: text(self.agent_when_closed, &rules.agent_when_closed),
        }
    }
}
