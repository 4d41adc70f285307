//! Arguments for looking at what happened and acting on it.

use crate::cli::when::{Since, When};
use crate::past::Moment;
use clap::{Subcommand, ValueEnum};
use ringbuch_domain::ids::{BookingId, BranchId, CustomerId};
use std::path::PathBuf;
use uuid::Uuid;

#[derive(Debug, Clone, clap::Args)]
pub struct DoctorArgs {
    /// Follow the next call while it happens instead, from its first webhook to what Cal.com says
    #[arg(long)]
    pub first_call: bool,
    /// How long it is waited for
    #[arg(long, value_name = "MINUTES", default_value_t = 15, requires = "first_call",
          value_parser = clap::value_parser!(u64).range(1..=1440))]
    pub wait: u64,
}

#[derive(Debug, Clone, clap::Args)]
pub struct ReconcileArgs {
    /// How far back to look: 90m, 24h, 7d, or a time such as 2026-03-01T00:00:00Z
    #[arg(long, default_value = "24h")]
    pub since: Since,
    /// Only say what is missing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub enum SyncAction {
    /// Services with their rules, people and their hours, from Cal.com
    Calcom(SyncArgs),
    /// Agents and telephone numbers, from Retell
    Retell(SyncArgs),
    /// Both
    All(SyncArgs),
    /// Puts back what a run changed here, by new events; the providers stay as they are
    Undo {
        /// As the run told it
        run: Uuid,
        /// Only say what would be put back
        #[arg(long)]
        dry_run: bool,
    },
    /// Lists the last runs
    Runs(ListLength),
}

#[derive(Debug, Clone, clap::Args)]
pub struct SyncArgs {
    /// Only say what would change
    #[arg(long)]
    pub dry_run: bool,
}

/// How much of a list is shown.
#[derive(Debug, Clone, clap::Args)]
pub struct ListLength {
    /// The newest so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
}

#[derive(Debug, Clone, Subcommand)]
pub enum WebhooksAction {
    /// Lists deliveries, the newest first
    List {
        #[command(flatten)]
        filter: WebhookFilter,
        #[command(flatten)]
        length: ListLength,
    },
    /// Shows one delivery with what was tried, and with its headers and its body, which hold personal data
    Show { id: String },
    /// Has deliveries processed again: those named, or those that the filter finds
    Replay(WebhookReplay),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub struct WebhookFilter {
    #[arg(long, value_enum)]
    pub status: Option<WebhookStatus>,
    /// Received within: 90m, 24h, 7d, or since a time such as 2026-03-01T00:00:00Z
    #[arg(long, value_name = "T")]
    pub since: Option<Since>,
    /// As the provider names it, such as `call_ended`
    #[arg(long, value_name = "E")]
    pub event: Option<String>,
}

#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true).args(["ids", "status", "since", "event"]))]
pub struct WebhookReplay {
    /// Ids of deliveries
    #[arg(conflicts_with_all = ["status", "since", "event"])]
    pub ids: Vec<String>,
    #[command(flatten)]
    pub filter: WebhookFilter,
    /// Only count, and show what would change
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WebhookStatus {
    Received,
    Processed,
    /// It will be tried again
    Failed,
    /// It failed too often
    Dead,
    /// It cannot be understood, or is for nobody we know
    Quarantined,
}

impl WebhookStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Processed => "processed",
            Self::Failed => "failed",
            Self::Dead => "dead",
            Self::Quarantined => "quarantined",
        }
    }
}

#[derive(Debug, Clone, Subcommand)]
pub enum CallsAction {
    /// Lists calls, the newest first
    List {
        /// Begun within: 90m, 24h, 7d, or since a time
        #[arg(long, value_name = "T")]
        since: Option<Since>,
        #[arg(long, value_name = "ID")]
        branch: Option<BranchId>,
        #[command(flatten)]
        length: ListLength,
    },
    /// Shows one call with everything that came of it
    Show {
        /// As Retell names it: call_…
        id: String,
        /// Instead, the tree of what led to what: webhooks, the call's facts, the booking with its attempts, and how long
        /// each step took
        #[arg(long)]
        trace: bool,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum CustomerAction {
    /// Lists people, the newest acquaintance first
    List {
        /// Only whoever has this number
        #[arg(long, value_name = "NUMBER")]
        phone: Option<String>,
        #[command(flatten)]
        length: ListLength,
    },
    /// Writes down everything that is kept about a person, as JSON; it holds personal data
    Export {
        id: CustomerId,
        /// A new file, readable by you alone; without it the document goes to stdout
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Forgets a person for ever: here, at Retell, and in whatever backup is restored later
    Erase {
        id: CustomerId,
        /// Leave appointments that are ahead in the book, without anybody's name
        #[arg(long)]
        keep_appointments: bool,
        /// Do not ask whether this is meant
        #[arg(long)]
        yes: bool,
        /// Rewrite the tables that held the person, so that nothing stays in their free space (PostgreSQL; each table is
        /// locked while it is rewritten)
        #[arg(long)]
        compact: bool,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum AppointmentsAction {
    /// Lists appointments, the latest first
    List {
        /// At or after this time
        #[arg(long, value_name = "TIME")]
        from: Option<When>,
        /// Before this time
        #[arg(long, value_name = "TIME")]
        to: Option<When>,
        #[arg(long, value_name = "ID")]
        branch: Option<BranchId>,
        /// Such as confirmed, pending, failed or cancelled
        #[arg(long)]
        status: Option<String>,
        #[command(flatten)]
        length: ListLength,
    },
    /// Shows one appointment with its history
    Show { id: BookingId },
    /// Books an appointment, asks the calendar right away and tells what came of it
    Book(AppointmentBook),
    /// Moves an appointment, here and at the calendar
    Move {
        id: BookingId,
        /// "2026-12-01 11:00" where the company is, or 2026-12-01T10:00:00Z
        #[arg(long, value_name = "TIME")]
        to: When,
    },
    /// Cancels an appointment, here and at the calendar
    Cancel {
        id: BookingId,
        /// Kept with the appointment
        #[arg(long, value_parser = words)]
        reason: Option<String>,
    },
}

#[derive(Debug, Clone, clap::Args)]
pub struct AppointmentBook {
    #[arg(long, value_name = "ID")]
    pub branch: BranchId,
    /// By its name or its number at Cal.com; without it the branch's default
    #[arg(long)]
    pub service: Option<String>,
    /// "2026-12-01 11:00" where the company is, or 2026-12-01T10:00:00Z
    #[arg(long, value_name = "TIME")]
    pub start: When,
    /// Only this one is wanted, by name or id
    #[arg(long)]
    pub staff: Option<String>,
    /// For whom
    #[arg(long, value_parser = words)]
    pub name: String,
    #[arg(long, value_name = "NUMBER")]
    pub phone: Option<String>,
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub email: Option<String>,
    #[arg(long, value_parser = words)]
    pub notes: Option<String>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum ProjectionsAction {
    /// Shows how far each projection is behind the log; with a name also which events it has set aside, and why
    Status { name: Option<String> },
    /// Builds a projection anew from the log, beside its rows; without a name all of them. Lists and answers go on and
    /// change over when it is done
    Rebuild { name: Option<String> },
    /// Has a projection absorb nothing more until it is resumed, on every node; without a name all of them
    Pause { name: Option<String> },
    /// Has a projection go on where it was paused; without a name all of them
    Resume { name: Option<String> },
    /// Tries again the events that a projection has set aside; without a name those of all
    Retry { name: Option<String> },
}

#[derive(Debug, Clone, Subcommand)]
pub enum EventsAction {
    /// Shows the newest events, and those that come, until it is interrupted; never their private parts
    Tail {
        /// How many to begin with
        #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
        lines: u32,
        /// End after these
        #[arg(long)]
        no_follow: bool,
    },
    /// Shows the events of one stream, without their private parts
    Show {
        /// Such as call-salon_mitte-call_1 or diary-salon_mitte-2026-12-01
        stream: String,
    },
    /// Writes the whole log, one JSON object a line, without private parts
    Export {
        /// Only what comes after this position
        #[arg(long, value_name = "POSITION", default_value_t = 0)]
        after: u64,
        /// A file instead of stdout; it must not exist yet
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum AuditAction {
    /// Checks the hash chain from the first event to the last; the exit code is 3 where it is broken
    Verify {
        /// A bundle in place of the database, which need not be there
        #[arg(long, value_name = "DIR", visible_alias = "from")]
        bundle: Option<PathBuf>,
        /// A checkpoint that was kept elsewhere: a file with one, or with one a line, or a folder of such files; may be
        /// repeated
        #[arg(long = "checkpoint", value_name = "FILE|DIR")]
        checkpoints: Vec<PathBuf>,
        /// The public key that checkpoints must be signed with, where it is known from elsewhere
        #[arg(long, value_name = "HEX")]
        key: Option<String>,
    },
    /// Signs where the log stands; keep it where nobody who can write to the database can write
    Checkpoint {
        /// A file instead of stdout; it must not exist yet
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Writes everything that an auditor needs into a new folder, without what belongs to persons
    Export {
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Prints the public key that checkpoints are signed with
    Key,
    /// Prints what a stream's aggregate was at a moment, from its events up to then
    State(AuditState),
}

#[derive(Debug, Clone, clap::Args)]
pub struct AuditState {
    /// Such as call-salon_mitte-call_1 or diary-salon_mitte-2026-12-01
    pub stream: String,
    /// A position of the log, or a time such as 2026-03-01T00:00:00Z; events of that very moment count. Without it, now
    #[arg(long, value_name = "TIME|POSITION")]
    pub at: Option<Moment>,
    /// Also what belongs to persons, which is hidden otherwise; only for those who hold the master key
    #[arg(long)]
    pub private: bool,
}

/// Something, and not a book.
pub(super) fn words(text: &str) -> Result<String, String> {
    let text = text.trim();
    let fits = (1..=500).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned()).ok_or_else(|| "1 to 500 characters are expected".into())
}

fn address(text: &str) -> Result<String, String> {
    ringbuch_domain::intake::address(text).ok_or_else(|| "an address such as max@example.com is expected".into())
}

#[derive(Debug, Clone, clap::Args)]
pub struct BackupArgs {
    /// A new file for the log; what belongs to persons is sealed in it
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// A new file for the keys, to be kept apart from the other; without it FILE.keys
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
}

#[derive(Debug, Clone, clap::Args)]
pub struct RestoreArgs {
    /// The log, as `ringbuch backup` wrote it
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// The keys, as `ringbuch backup` wrote them; without it FILE.keys
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Newer records of erasures: a ledger, or a newer file of keys; the ledger of the settings is read in any case
    #[arg(long, value_name = "FILE")]
    pub erasures: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum KeysAction {
    /// Seals everything under the first of the master keys, so that the others can be taken off the list
    Rotate,
}

#[derive(Debug, Clone, Copy, clap::Args)]
pub struct FillArgs {
    /// How many calls are made up
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
    pub calls: u64,
    /// Over how many days they are spread; the last is yesterday
    #[arg(long, value_name = "D", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    pub days: u32,
    /// Among how many companies they are dealt out
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=300))]
    pub companies: u32,
    /// The same number makes up the same calls
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}
