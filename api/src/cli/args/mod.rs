//! What can be typed. Only the shape is here; each command's work has a module of its own.

mod demo;
mod desk;
mod messages;
mod records;
mod setup;
mod users;

pub use demo::{DemoArgs, Faults};
pub use desk::*;
pub use messages::*;
pub use records::*;
pub use setup::*;
pub use users::*;

use crate::cli::when::When;
use clap::{Parser, Subcommand};
use clap_complete::Shell;
use ringbuch_domain::ids::CompanyId;
use std::path::PathBuf;

/// Turns phone calls into appointments: webhooks of a voice agent come in, bookings at Cal.com go out, and every step is
/// an event that can be read again.
#[derive(Debug, Parser)]
#[command(name = "ringbuch", version, max_term_width = 100, after_help = "To see it work: ringbuch demo")]
pub struct Args {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Global {
    /// The settings; without it ./ringbuch.toml is read if it exists
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "FILE", env = "RINGBUCH_CONFIG")]
    pub config: Option<PathBuf>,
    /// Answers as JSON on stdout; everything else goes to stderr
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// The company that the command is about
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "ID")]
    pub company: Option<CompanyId>,
    /// Say on stderr what is being done
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub verbose: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Shows everything at work on this machine, with stand-ins for Retell and Cal.com and made-up calls
    Demo(DemoArgs),
    /// Runs the server
    Serve(ServeArgs),
    /// Brings the database up to date
    Migrate(MigrateArgs),
    #[command(flatten)]
    OnDatabase(OnDatabase),
    /// Proves that nobody changed the log
    Audit {
        #[command(subcommand)]
        action: AuditAction,
    },
    /// What is read from the log: how far it is, and building it anew
    Projections {
        #[command(subcommand)]
        action: ProjectionsAction,
    },
    /// Copies the log into one file and the keys into another, while everything runs on
    Backup(BackupArgs),
    /// Brings a backup back into a database that holds nothing yet
    Restore(RestoreArgs),
    /// The keys that everything else is sealed under
    Keys {
        #[command(subcommand)]
        action: KeysAction,
    },
    /// Settings
    Config {
        #[command(subcommand)]
        action: ConfigAction,
    },
    /// Asks a running server whether it is ready
    Healthcheck(HealthcheckArgs),
    /// What the desk makes of a date and a time as callers say them, as one JSON object a line
    Understand(UnderstandArgs),
    /// Prints the description of the API for programs, OpenAPI 3.1, as a server gives it at /api/openapi.json
    Openapi,
    /// Prints the script that lets a shell complete commands
    Completions { shell: Shell },
    /// Prints the manual page, or writes one page for every command into a folder
    Man {
        /// A folder that exists, such as /usr/local/share/man/man1
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// What is done on the database itself, whether a server runs or not.
#[derive(Debug, Subcommand)]
pub enum OnDatabase {
    /// Accounts at Retell
    Account {
        #[command(subcommand)]
        action: AccountAction,
    },
    /// Companies, each with books of its own
    Company {
        #[command(subcommand)]
        action: CompanyAction,
    },
    /// Branches of a company
    Branch {
        #[command(subcommand)]
        action: BranchAction,
    },
    /// Services that can be booked
    EventType {
        #[command(subcommand)]
        action: EventTypeAction,
    },
    /// Who serves, and when
    Staff {
        #[command(subcommand)]
        action: StaffAction,
    },
    /// Telephone numbers that callers dial
    Number {
        #[command(subcommand)]
        action: NumberAction,
    },
    /// Voice agents, for calls without a number
    Agent {
        #[command(subcommand)]
        action: AgentAction,
    },
    /// Keys for the API
    Key {
        #[command(subcommand)]
        action: KeyAction,
    },
    /// Users of the dashboard
    User {
        #[command(subcommand)]
        action: UserAction,
    },
    /// Keys and secrets of the providers; they are read from stdin, never from the command line
    Secret {
        #[command(subcommand)]
        action: SecretAction,
    },
    /// Takes in what Cal.com and Retell have; of all companies, or the one named
    Sync {
        #[command(subcommand)]
        action: SyncAction,
    },
    /// Takes over what the replaced system kept, from CSV exports of its tables
    Import(ImportArgs),
    /// Looks whether callers would be served: keys, services, numbers, agents, webhooks; the exit code is 3 if not
    Doctor(DoctorArgs),
    /// Looks for webhooks and bookings that never arrived, and makes up for them
    Reconcile(ReconcileArgs),
    /// Webhooks that were received, and what became of them
    Webhooks {
        #[command(subcommand)]
        action: WebhooksAction,
    },
    /// Calls
    Calls {
        #[command(subcommand)]
        action: CallsAction,
    },
    /// Appointments
    Appointments {
        #[command(subcommand)]
        action: AppointmentsAction,
    },
    /// What is done for callers while they are on the line
    Desk {
        #[command(subcommand)]
        action: DeskAction,
    },
    /// Troubles: what has fired, the rules, and who is told
    Alert {
        #[command(subcommand)]
        action: AlertAction,
    },
    /// Mail to customers about their appointments
    Mail {
        #[command(subcommand)]
        action: MailAction,
    },
    /// Callers whom staff should call back
    Callbacks {
        #[command(subcommand)]
        action: CallbacksAction,
    },
    /// People who called or were booked for: what is kept about them, and forgetting them
    Customer {
        #[command(subcommand)]
        action: CustomerAction,
    },
    /// The log itself, but for the private parts of events, which are never shown
    Events {
        #[command(subcommand)]
        action: EventsAction,
    },
    /// Makes calls of a year up, for trials and benchmarks; never on a database that holds real ones
    Fill(FillArgs),
}

#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    /// Leave the database as it is, and stop if it is not up to date
    #[arg(long)]
    pub no_migrate: bool,
}

#[derive(Debug, Clone, clap::Args)]
pub struct UnderstandArgs {
    /// What was said; `-` reads lines from stdin
    pub text: String,
    /// When it was said, such as 2026-11-18T10:00 or 2026-11-18T09:00:00Z; now if left out
    #[arg(long, value_name = "TIME")]
    pub now: Option<When>,
    /// Where it was said
    #[arg(long, default_value = "Europe/Berlin")]
    pub zone: String,
    /// The language that was spoken, de or en
    #[arg(long, default_value = "de")]
    pub lang: String,
}

#[derive(Debug, Clone, clap::Args)]
pub struct MigrateArgs {
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ConfigAction {
    /// Says what is wrong with the settings; the exit code is 3 if something is
    Check,
    /// Prints every setting with its value and where that comes from; secrets stay hidden
    Print,
}

#[derive(Debug, Clone, clap::Args)]
pub struct HealthcheckArgs {
    /// Where the server is; without it the configured address is asked
    #[arg(long)]
    pub url: Option<String>,
}

#[cfg(test)]
mod tests;
