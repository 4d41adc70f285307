//! Arguments about alerts and about mail to customers.

use super::records::ListLength;
use crate::cli::secret_source::SecretSource;
use clap::Subcommand;
use ringbuch_domain::alerts::{AlertKind, Channel, RuleChange};
use ringbuch_domain::ids::AlertId;
use ringbuch_domain::mail::MailChange;
use ringbuch_projections::alerts::AlertStatus;

#[derive(Debug, Clone, Subcommand)]
pub enum AlertAction {
    /// Lists what has fired, the newest first
    List {
        /// open, acknowledged or resolved
        #[arg(long)]
        status: Option<AlertStatus>,
        #[command(flatten)]
        length: ListLength,
    },
    /// Says that somebody looks after it, so that nobody else is told
    Ack { id: AlertId },
    /// Shows the rules as they read
    Rules,
    /// Changes a rule; what is not named stays
    Set(AlertSet),
    /// Where alerts go
    Channel {
        #[command(subcommand)]
        action: ChannelAction,
    },
    /// Sends a message through a channel; the exit code is 3 if it does not arrive
    Test { channel: Channel },
}

#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("field").required(true).multiple(true))]
pub struct AlertSet {
    /// `breaker_open`, `booking_failures`, …; `alert rules` shows all
    pub kind: AlertKind,
    /// Whether it is looked at; off, nothing fires and nothing is listed
    #[arg(long, group = "field")]
    pub on: Option<bool>,
    /// So many, or so many minutes, fire
    #[arg(long, value_name = "N", group = "field")]
    pub threshold: Option<u32>,
    /// How far back things are counted
    #[arg(long, value_name = "MINUTES", group = "field")]
    pub window: Option<u32>,
    /// How long after a firing the same is not told again
    #[arg(long, value_name = "MINUTES", group = "field")]
    pub cooldown: Option<u32>,
    /// How long an acknowledgement is waited for before the second channels hear of it; 0 for never
    #[arg(long, value_name = "MINUTES", group = "field")]
    pub escalate_after: Option<u32>,
}

impl AlertSet {
    pub fn change(&self) -> RuleChange {
        RuleChange {
            on: self.on,
            threshold: self.threshold,
            window_minutes: self.window,
            cooldown_minutes: self.cooldown,
            escalate_after_minutes: self.escalate_after,
        }
    }
}

#[derive(Debug, Clone, Subcommand)]
pub enum ChannelAction {
    /// Lists the channels that are set up
    List,
    /// Has a channel lead somewhere: first-slack, second-email, …
    Set {
        channel: Channel,
        /// The mailboxes of an e-mail channel; the address of the others is read as a secret
        #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
        to: Vec<String>,
        #[command(flatten)]
        source: SecretSource,
    },
    /// Takes a channel away
    Remove { channel: Channel },
}

#[derive(Debug, Clone, Subcommand)]
pub enum MailAction {
    /// Shows whether and how customers are written to
    Show,
    /// Changes what is named, and leaves the rest
    Set(MailSet),
}

#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("setting").required(true).multiple(true))]
pub struct MailSet {
    /// Whether customers are written to at all
    #[arg(long, group = "setting")]
    pub on: Option<bool>,
    /// Whether Cal.com tells them of bookings, moves and cancellations itself
    #[arg(long, group = "setting")]
    pub calendar_mails: Option<bool>,
    /// How long before an appointment they are reminded; 0 for never
    #[arg(long, value_name = "HOURS", group = "setting")]
    pub reminder: Option<u32>,
    /// Where their answers go; empty for the sender of the installation
    #[arg(long, value_name = "ADDRESS", group = "setting")]
    pub reply_to: Option<String>,
}

impl From<MailSet> for MailChange {
    fn from(set: MailSet) -> Self {
        let MailSet { on, calendar_mails, reminder, reply_to } = set;
        Self { on, calendar_mails, reminder_hours: reminder, reply_to }
    }
}
