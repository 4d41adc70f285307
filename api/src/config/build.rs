//! From texts to types: every setting is read, so that all mistakes are told at once.

use super::layers::Layered;
use super::setting::{SETTINGS, by_key};
use super::{Config, mail, oidc, values};
use crate::telemetry::{self, LogFormat, LogSettings};
use std::time::Duration;

pub(super) struct Reader<'a> {
    layered: &'a Layered,
    problems: &'a mut Vec<String>,
}

impl Reader<'_> {
    /// A setting that need not be there. The outer absence means that something is wrong with it.
    #[expect(clippy::option_option, reason = "the outer one is a failure that has been noted already")]
    pub(super) fn maybe<T>(&mut self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<Option<T>> {
        let setting = by_key(key)?;
        let Some(value) = self.layered.value(key) else { return Some(None) };
        read(&value).map(Some).map_err(|why| self.problem(key, &setting.show(&value), setting.allowed, &why)).ok()
    }

    /// A setting that has a default.
    pub(super) fn get<T>(&mut self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.maybe(key, read).flatten()
    }

    pub(super) fn problem(&mut self, key: &str, shown: &str, allowed: &str, why: &str) {
        let name = by_key(key).map_or(key, |setting| setting.variable);
        let source = self.layered.source(key);
        self.problems.push(format!("{source}: {key} ({name}) = {shown}: {why}; allowed is {allowed}"));
    }
}

/// The settings in their types; absent where something was wrong, which is then among the problems.
pub(super) fn config(layered: &Layered, problems: &mut Vec<String>) -> Option<Config> {
    let mut reader = Reader { layered, problems };
    let allow_loopback = reader.get("allow_loopback", values::truth);
    let service = |text: &str| values::service(text, allow_loopback.unwrap_or(true));
    let database = reader.get("database_url", values::database);
    let event_store = reader.maybe("event_store_url", values::event_store);
    let listen = reader.get("listen", values::listen);
    let master_keys = reader.maybe("master_key", values::master_keys);
    let retell_base_url = reader.maybe("retell_base_url", service);
    let calcom_base_url = reader.maybe("calcom_base_url", service);
    let calcom_versions = reader.get("calcom_api_version", values::calcom_versions);
    let calcom_rate_per_minute = reader.get("calcom_rate_per_minute", |text| values::number(text, 1..=10_000));
    let metrics_token = reader.maybe("metrics_token", values::token);
    let log = log(&mut reader);
    let sentry_dsn = reader.maybe("sentry_dsn", values::dsn);
    let otlp_endpoint = reader.maybe("otel_exporter_otlp_endpoint", values::collector);
    let booking_timeout = reader.get("booking_timeout_ms", values::milliseconds);
    let lookup_timeout = reader.get("lookup_timeout_ms", values::milliseconds);
    let drain = reader.get("drain_seconds", |text| values::number(text, 0..=600));
    let shutdown = reader.get("shutdown_seconds", |text| values::number(text, 0..=600));
    let reconcile = reader.get("reconcile_minutes", |text| values::number(text, 0..=1440));
    let sync = reader.get("sync_minutes", |text| values::number(text, 0..=10_080));
    let alerts = reader.get("alert_seconds", |text| values::number(text, 0..=3600));
    let smtp = mail::smtp(&mut reader);
    let erasures_ledger = reader.maybe("erasures_ledger", |text| Ok(text.into()));
    let checkpoint_folder = reader.maybe("audit_checkpoint_dir", |text| Ok(text.into()));
    let checkpoint_minutes = reader.get("audit_checkpoint_minutes", |text| values::number(text, 1..=10_080));
    let reach = reader.maybe("public_url", values::reach);
    let oidc = oidc::oidc(&mut reader, allow_loopback.unwrap_or(true));
    Some(Config {
        reach: reach?.unwrap_or_default(),
        oidc: oidc?,
        erasures_ledger: erasures_ledger?,
        database: database?,
        event_store: event_store?,
        listen: listen?,
        master_keys: master_keys?.unwrap_or_default(),
        retell_base_url: retell_base_url?,
        calcom_base_url: calcom_base_url?,
        calcom_versions: calcom_versions?,
        calcom_rate_per_minute: calcom_rate_per_minute?,
        allow_loopback: allow_loopback?,
        metrics_token: metrics_token?,
        log: log?,
        sentry_dsn: sentry_dsn?,
        otlp_endpoint: otlp_endpoint?,
        booking_timeout: booking_timeout?,
        lookup_timeout: lookup_timeout?,
        drain_notice: Duration::from_secs(drain?),
        shutdown_deadline: Duration::from_secs(shutdown?),
        reconcile_every: Some(reconcile?).filter(|minutes| *minutes > 0).map(Duration::from_mins),
        sync_every: Some(sync?).filter(|minutes| *minutes > 0).map(Duration::from_mins),
        alerts_every: Some(alerts?).filter(|seconds| *seconds > 0).map(Duration::from_secs),
        smtp: smtp?,
        checkpoint_folder: checkpoint_folder?,
        checkpoint_every: Duration::from_mins(checkpoint_minutes?),
        effective: SETTINGS.iter().map(|setting| layered.effective(setting)).collect(),
    })
}

fn log(reader: &mut Reader<'_>) -> Option<LogSettings> {
    let filter = reader
        .get("log", |text| telemetry::filter(text).map(|_| text.to_owned()).map_err(|_| "that is no filter".into()));
    let format = reader.get("log_format", |text| match text {
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        _ => Err("that is neither".into()),
    });
    let folder = reader.maybe("log_dir", |text| Ok(text.into()));
    let days = reader.get("log_days", |text| values::number(text, 1..=3650));
    Some(LogSettings { filter: filter?, format: format?, folder: folder?, days: days? })
}
