//! Arguments for setting up accounts, companies and what belongs to them.

use super::records::words;
use crate::cli::hours::{Hours, Override};
use crate::cli::secret_source::SecretSource;
use crate::cli::when::When;
use clap::{Subcommand, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ringbuch_domain::access::Role;
use ringbuch_domain::account::SignatureForm;
use ringbuch_domain::company::{BoundAgent, CalendarApi};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, EventTypeId, KeyId, StaffId};
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Debug, Clone, Subcommand)]
pub enum AccountAction {
    /// Adds an account at Retell; `secret set retell` then stores its API key
    Add(AccountAdd),
}

#[derive(Debug, Clone, clap::Args)]
pub struct AccountAdd {
    /// A short name of yours, such as main
    pub id: AccountId,
    /// How people call it; the id if it is left out
    #[arg(long)]
    pub name: Option<String>,
    /// How the account signs its webhooks
    #[arg(long, value_enum, default_value_t = Signature::Combined)]
    pub signature: Signature,
    /// Another address than Retell's own
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Signature {
    /// One header: X-Retell-Signature: v=…,d=…
    Combined,
    /// Two headers: X-Retell-Signature and X-Retell-Timestamp
    TwoHeaders,
}

impl From<Signature> for SignatureForm {
    fn from(signature: Signature) -> Self {
        match signature {
            Signature::Combined => Self::Combined,
            Signature::TwoHeaders => Self::TwoHeaders,
        }
    }
}

#[derive(Debug, Clone, Subcommand)]
pub enum CompanyAction {
    /// Adds a company
    Add(CompanyAdd),
    /// Lists the companies
    List,
    /// Shows one company with its branches, services, staff and numbers
    Show { id: CompanyId },
    /// Has Cal.com tell what happens there, so that bookings made by hand are seen at once
    Webhook(CompanyWebhook),
}

#[derive(Debug, Clone, clap::Args)]
pub struct CompanyWebhook {
    /// Where this installation is reached from outside, such as <https://ringbuch.example.com>
    #[arg(long, value_name = "URL")]
    pub url: String,
}

#[derive(Debug, Clone, clap::Args)]
pub struct CompanyAdd {
    /// A short name without hyphens, such as salon
    pub id: CompanyId,
    /// The account at Retell that answers its calls
    #[arg(long, value_name = "ID")]
    pub account: AccountId,
    /// How callers know it
    #[arg(long, value_parser = words)]
    pub name: String,
    /// Its time zone; it can never be changed, since the appointment book is kept by local days
    #[arg(long, default_value = "Europe/Berlin", value_parser = zone)]
    pub zone: String,
    /// The language of its confirmations
    #[arg(long, default_value = "de", value_parser = language)]
    pub language: String,
    /// A domain of yours that accepts mail: callers without e-mail are booked with an address there
    #[arg(long, value_name = "DOMAIN", value_parser = domain)]
    pub placeholder_domain: String,
    /// Another address than Cal.com's own
    #[arg(long, value_name = "URL")]
    pub calcom_base_url: Option<String>,
    /// The generation of Cal.com's interface; v1 is served by older installations of one's own alone
    #[arg(long, value_enum, default_value_t = CalcomApi::V2)]
    pub calcom_api: CalcomApi,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalcomApi {
    V1,
    V2,
}

impl From<CalcomApi> for CalendarApi {
    fn from(api: CalcomApi) -> Self {
        match api {
            CalcomApi::V1 => Self::V1,
            CalcomApi::V2 => Self::V2,
        }
    }
}

#[derive(Debug, Clone, Subcommand)]
pub enum BranchAction {
    /// Adds a branch, open for bookings
    Add(BranchAdd),
    /// Takes bookings again
    Activate { id: BranchId },
    /// Takes no more bookings; calls are still kept
    Deactivate { id: BranchId },
    /// Sets what is booked when a caller names no service
    Default { id: BranchId, event_type: IdOfEventType },
    /// Shows or changes on which days it is closed although its people's week says otherwise
    Holidays(BranchHolidays),
}

#[derive(Debug, Clone, clap::Args)]
pub struct BranchHolidays {
    pub id: BranchId,
    /// The federal state whose public holidays it keeps, such as BE; none: it keeps none
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// It is open on these days, holidays or not
    #[arg(long, value_name = "DATE", value_delimiter = ',')]
    pub open_on: Vec<Date>,
    /// It is closed on these days
    #[arg(long, value_name = "DATE", value_delimiter = ',')]
    pub closed_on: Vec<Date>,
    /// These days are as their state and week have them again
    #[arg(long, value_name = "DATE", value_delimiter = ',')]
    pub as_usual: Vec<Date>,
}

#[derive(Debug, Clone, clap::Args)]
pub struct BranchAdd {
    /// A short name, such as mitte
    pub id: BranchId,
    /// How callers know it
    #[arg(long, value_parser = words)]
    pub name: String,
    /// What is booked when a caller names no service
    #[arg(long, value_name = "ID")]
    pub default_event_type: Option<IdOfEventType>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum EventTypeAction {
    /// Adds a service, or changes it, under its number at Cal.com
    Add(EventTypeAdd),
    /// Lists the services
    List,
}

#[derive(Debug, Clone, clap::Args)]
pub struct EventTypeAdd {
    /// Its number at Cal.com
    pub id: IdOfEventType,
    /// What callers call it
    #[arg(long, value_parser = words)]
    pub title: String,
    /// What callers also call it; may be repeated
    #[arg(long = "alias", value_name = "NAME")]
    pub aliases: Vec<String>,
    /// How long it takes
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub minutes: u32,
    /// Minutes that are kept free before it
    #[arg(long, value_name = "MINUTES", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1440))]
    pub buffer_before: u32,
    /// Minutes that are kept free after it
    #[arg(long, value_name = "MINUTES", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1440))]
    pub buffer_after: u32,
    /// How many minutes ahead it must be booked
    #[arg(long, value_name = "MINUTES", default_value_t = 0)]
    pub notice: u32,
    /// How many days ahead it can be booked; without it there is no end
    #[arg(long, value_name = "DAYS")]
    pub horizon_days: Option<u32>,
    /// The team at Cal.com that owns it
    #[arg(long, value_name = "NUMBER")]
    pub team: Option<i64>,
    /// Where it is offered; may be repeated; without it at every branch
    #[arg(long = "branch", value_name = "ID")]
    pub branches: Vec<BranchId>,
    /// Who serves it; may be repeated
    #[arg(long, value_name = "ID", required = true)]
    pub staff: Vec<StaffId>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum StaffAction {
    /// Adds somebody who serves, or changes them
    Add(StaffAdd),
    /// Lists who serves
    List,
    /// Changes somebody's hours at Cal.com, in the schedule that they were read from
    Hours(StaffHours),
}

#[derive(Debug, Clone, clap::Args)]
pub struct StaffHours {
    pub id: StaffId,
    /// When they work, such as "Mon-Fri 09:00-12:00,13:00-18:00" or "Sa 9-13"; may be repeated; in the schedule's zone
    #[arg(long, value_name = "HOURS", required = true)]
    pub hours: Vec<Hours>,
    /// One day that is different, such as "2026-12-24 09:00-12:00" or "2026-12-25 closed"; may be repeated
    #[arg(long = "override", value_name = "DAY")]
    pub overrides: Vec<Override>,
    /// Kept beside the change
    #[arg(long, value_name = "TEXT", value_parser = words)]
    pub why: String,
}

#[derive(Debug, Clone, clap::Args)]
pub struct StaffAdd {
    /// A short name, such as anna
    pub id: StaffId,
    #[arg(long, value_parser = words)]
    pub name: String,
    /// Their user number at Cal.com
    #[arg(long, value_name = "NUMBER", value_parser = user_number)]
    pub host: Option<i64>,
    /// Where they work; may be repeated; without it at every branch
    #[arg(long = "branch", value_name = "ID")]
    pub branches: Vec<BranchId>,
    /// When they work, such as "Mon-Fri 09:00-12:00,13:00-18:00" or "Sa 9-13"; may be repeated
    #[arg(long, value_name = "HOURS", required = true)]
    pub hours: Vec<Hours>,
    /// One day that is different, such as "2026-12-24 09:00-12:00" or "2026-12-25 closed"; may be repeated
    #[arg(long = "except", value_name = "DAY")]
    pub overrides: Vec<Override>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum NumberAction {
    /// Says at which branch a telephone number is answered
    Assign {
        /// Such as +493023125001; a number belongs to one company only
        number: String,
        #[arg(long, value_name = "ID")]
        branch: BranchId,
    },
    /// Lets a number go: calls to it are no longer this company's, and another may have it
    Release { number: String },
    /// Shows who answers a number at Retell, and who speaks in calls that are made from it
    Show { number: String },
    /// Says at Retell which agents answer a number
    Bind {
        number: String,
        /// An agent with its version and its part of the calls: `agent_1`, `agent_1@7`, `agent_1@7=750`; may be
        /// repeated, the parts sum up to 1000
        #[arg(long = "agent", value_name = "AGENT[@VERSION][=PART]", required = true)]
        agents: Vec<Bound>,
        /// Kept beside the change
        #[arg(long, value_name = "TEXT", value_parser = words)]
        why: String,
    },
    /// Says at Retell which agents speak in calls that are made from a number
    BindOutbound {
        number: String,
        /// As for `bind`; without one nobody speaks
        #[arg(long = "agent", value_name = "AGENT[@VERSION][=PART]")]
        agents: Vec<Bound>,
        /// Each agent that `number show` told, so that nothing is overwritten that you have not seen
        #[arg(long, value_name = "AGENT[@VERSION][=PART]")]
        read: Vec<Bound>,
        /// Kept beside the change
        #[arg(long, value_name = "TEXT", value_parser = words)]
        why: String,
    },
}

/// An agent for a number, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound(pub BoundAgent);

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (named, part) = text.split_once('=').map_or((text, None), |(named, part)| (named, Some(part)));
        let (agent, version) = named.split_once('@').map_or((named, None), |(agent, version)| (agent, Some(version)));
        let weight =
            part.map_or(Ok(1_000), str::parse).map_err(|_| "the part is a number of thousandths, 1 to 1000")?;
        if agent.is_empty() || version.is_some_and(str::is_empty) {
            return Err("an agent such as agent_1, agent_1@7 or agent_1@7=500 is expected".into());
        }
        Ok(Self(BoundAgent { agent: agent.to_owned(), version: version.map(str::to_owned), weight }))
    }
}

#[derive(Debug, Clone, Subcommand)]
pub enum AgentAction {
    /// Lists agents as Retell has them
    List,
    /// Lists an agent's versions with the numbers that each one answers
    Versions { agent: String },
    /// Shows the words of the newest version, or of the one named
    Prompt {
        agent: String,
        #[arg(long, value_name = "N")]
        version: Option<u32>,
    },
    /// Writes new words into a draft at Retell; callers hear them once they are published
    Draft {
        agent: String,
        /// Where the words are; - reads them from stdin
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// The digest that `agent prompt` told, so that nothing is overwritten that you have not seen
        #[arg(long, value_name = "DIGEST")]
        read: String,
        /// Kept beside the change
        #[arg(long, value_name = "TEXT", value_parser = words)]
        why: String,
    },
    /// Has callers hear a version
    Publish {
        agent: String,
        version: u32,
        /// Kept beside the change
        #[arg(long, value_name = "TEXT", value_parser = words)]
        why: String,
    },
    /// Makes a draft from an old version
    Rollback {
        agent: String,
        version: u32,
        /// Kept beside the change
        #[arg(long, value_name = "TEXT", value_parser = words)]
        why: String,
    },
    /// Has a draft of an agent send its webhooks here; calls do so once it is published
    Webhook {
        agent: String,
        /// Where this installation is reached from outside, such as <https://ringbuch.example.com>
        #[arg(long, value_name = "URL")]
        url: String,
    },
    /// Says for which branch a voice agent answers calls that have no number
    Assign {
        /// As Retell names it: agent_…
        #[arg(value_parser = agent)]
        agent: String,
        #[arg(long, value_name = "ID")]
        branch: BranchId,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum KeyAction {
    /// Makes a key and shows it, this once
    Issue(KeyIssue),
    /// Lists the keys of the company, without their text
    List,
    /// Takes a key back
    Revoke {
        #[arg(value_parser = key_id)]
        id: KeyId,
    },
}

#[derive(Debug, Clone, clap::Args)]
pub struct KeyIssue {
    /// What it is for
    #[arg(long, value_parser = words)]
    pub name: String,
    /// viewer, operator, admin, auditor, or owner of all companies
    #[arg(long)]
    pub role: Role,
    /// Limits the key to read, operate, administer, audit, own, or tools such as mcp:webhook; may be repeated
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scope)]
    pub scopes: Vec<String>,
    /// When it ends, such as 2027-01-01T00:00:00Z; without it never
    #[arg(long, value_name = "TIME")]
    pub expires: Option<When>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum SecretAction {
    /// Stores a secret, sealed; the one before it stays valid until the next
    Set {
        #[command(subcommand)]
        provider: SecretProvider,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum SecretProvider {
    /// The API key of an account at Retell, which also proves its webhooks
    Retell {
        #[arg(long, value_name = "ID")]
        account: AccountId,
        #[command(flatten)]
        source: SecretSource,
    },
    /// The key of a company at Cal.com, or the secret of its webhooks there
    Calcom {
        #[arg(long, value_enum, default_value_t = CalcomSecret::ApiKey)]
        kind: CalcomSecret,
        #[command(flatten)]
        source: SecretSource,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalcomSecret {
    ApiKey,
    WebhookSecret,
}

impl CalcomSecret {
    /// How the event and the key store name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ApiKey => "calcom_api_key",
            Self::WebhookSecret => "calcom_webhook_secret",
        }
    }
}

/// The number of an event type, as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdOfEventType(pub EventTypeId);

impl FromStr for IdOfEventType {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.parse().ok().filter(|number| *number > 0);
        number
            .map(|number| Self(EventTypeId(number)))
            .ok_or_else(|| "a number of Cal.com is expected, such as 2563193".into())
    }
}

fn zone(text: &str) -> Result<String, String> {
    TimeZone::get(text).map(|_| text.to_owned()).map_err(|_| "a time zone such as Europe/Berlin is expected".into())
}

fn language(text: &str) -> Result<String, String> {
    let fits = text.len() == 2 && text.chars().all(|c| c.is_ascii_lowercase());
    fits.then(|| text.to_owned()).ok_or_else(|| "two small letters are expected, such as de or en".into())
}

fn domain(text: &str) -> Result<String, String> {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let fits = text.contains('.') && text.len() <= 190 && text.split('.').all(part);
    fits.then(|| text.to_ascii_lowercase()).ok_or_else(|| "a domain is expected, such as callers.example.com".into())
}

fn scope(text: &str) -> Result<String, String> {
    let known: Vec<_> = crate::http::auth::Permission::ALL.iter().map(|permission| permission.scope).collect();
    if known.contains(&text) || crate::mcp::scope::is_known(text) {
        return Ok(text.to_owned());
    }
    let known = known.join(", ");
    Err(format!("one of {known} is expected, or for tools mcp, mcp:SERVER or mcp:SERVER:TOOL"))
}

fn key_id(text: &str) -> Result<KeyId, String> {
    text.parse().map_err(|_| "the id of a key is expected, as `key list` shows it; not the key itself".into())
}

fn user_number(text: &str) -> Result<i64, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "the number of a user at Cal.com is expected".into())
}

fn agent(text: &str) -> Result<String, String> {
    let fits = (1..=128).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    fits.then(|| text.to_owned()).ok_or_else(|| "an agent's id at Retell is expected, such as agent_0123456789".into())
}

#[derive(Debug, Clone, clap::Args)]
pub struct ImportArgs {
    /// Holds `companies.csv`, `branches.csv`, `staff.csv`, `calcom_event_types.csv`, `phone_numbers.csv`,
    /// `customers.csv`, `calls.csv`, `appointments.csv`, `webhook_events.csv`; whichever there are
    pub folder: PathBuf,
    /// Only says what would be taken in
    #[arg(long)]
    pub dry_run: bool,
    /// The Retell account of companies that name none; without it each company gets one of its own
    #[arg(long, value_name = "ID")]
    pub account: Option<AccountId>,
    /// The clock of times without an offset, such as UTC or Europe/Berlin
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    pub clock: Option<String>,
    /// Rows that were left out are written here, with what is wrong with each
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
}
