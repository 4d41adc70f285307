//! Settings from a TOML file and the environment, which wins. A mistake is told by key, value and what is allowed; all of
//! them at once. No secret is ever told.

mod build;
mod check;
mod layers;
mod mail;
mod oidc;
mod setting;
mod values;

pub use check::{Finding, Level};
pub use layers::Sources;
pub use setting::{SETTINGS, Setting};
pub use values::{DatabaseUrl, MasterKey, ServiceUrl};

use crate::mcp::Reach;
use crate::oidc::OidcSettings;
use crate::telemetry::LogSettings;
use ringbuch_adapters::calcom::ApiVersions;
use ringbuch_adapters::mail::SmtpSettings;
use secrecy::SecretString;
use serde::Serialize;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be set, in its types.
#[derive(Debug, Clone)]
pub struct Config {
    pub database: DatabaseUrl,
    /// The log, where it is not in the database: `kurrentdb://…` or `esdb://…`.
    pub event_store: Option<SecretString>,
    pub listen: SocketAddr,
    /// The first seals, all open. Empty where none is set.
    pub master_keys: Vec<MasterKey>,
    /// Another address than the provider's own, for companies that name none themselves.
    pub retell_base_url: Option<ServiceUrl>,
    pub calcom_base_url: Option<ServiceUrl>,
    pub calcom_versions: ApiVersions,
    /// Requests a minute to Cal.com for each key.
    pub calcom_rate_per_minute: u32,
    pub allow_loopback: bool,
    pub metrics_token: Option<SecretString>,
    pub log: LogSettings,
    pub sentry_dsn: Option<SecretString>,
    pub otlp_endpoint: Option<ServiceUrl>,
    /// How long a booking, a move or a cancellation may take at the calendar.
    pub booking_timeout: Duration,
    /// How long a look-up at a provider may take.
    pub lookup_timeout: Duration,
    /// How long the server says that it is not ready, and answers all the same, before it shuts down: proxies need that
    /// long to notice.
    pub drain_notice: Duration,
    /// How long requests in flight may take once the server shuts down.
    pub shutdown_deadline: Duration,
    /// How often the log is compared with the providers; absent: never by itself.
    pub reconcile_every: Option<Duration>,
    pub sync_every: Option<Duration>,
    /// How often the alert rules are looked at; absent: never.
    pub alerts_every: Option<Duration>,
    /// The server that takes mail; absent: nobody is written to.
    pub smtp: Option<SmtpSettings>,
    /// Where the records of erasures are written as well, apart from the database.
    pub erasures_ledger: Option<PathBuf>,
    /// Where signed checkpoints go, and how often; absent: nowhere.
    pub checkpoint_folder: Option<PathBuf>,
    pub checkpoint_every: Duration,
    /// Under which addresses clients reach this server.
    pub reach: Reach,
    /// Who vouches for people who sign in, beside their passwords; absent: nobody.
    pub oidc: Option<OidcSettings>,
    effective: Vec<Effective>,
}

/// One setting as it came out, for people to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Effective {
    pub key: &'static str,
    pub variable: &'static str,
    /// `(hidden)` for a secret, `(not set)` where there is nothing.
    pub value: String,
    /// `default`, `environment`, or the file.
    pub source: String,
}

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub problems: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("\n"))
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads all settings, or tells everything that is wrong with them.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let (layered, mut problems) = layers::read(sources);
        match build::config(&layered, &mut problems) {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(ConfigError { problems }),
        }
    }

    /// Every setting with its value and where that comes from.
    pub fn effective(&self) -> &[Effective] {
        &self.effective
    }

    /// What the settings lead to that somebody should know before relying on them.
    pub fn check(&self) -> Vec<Finding> {
        check::check(self)
    }
}

#[cfg(test)]
mod tests;
