//! From settings to an installation at work: which store, which keys, which providers.

use crate::app::{App, Parts, open_store_with_log};
use crate::cli::Failure;
use crate::config::{Config, DatabaseUrl};
use crate::oidc::Oidc;
use crate::providers::ProviderSettings;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ringbuch_adapters::chain::SigningKey;
use ringbuch_adapters::outbound::{Loopback, Outbound, OutboundSettings};
use ringbuch_adapters::sealing::{self, MasterKeys};
use ringbuch_adapters::store::Store;
use ringbuch_domain::booking::Patience;
use ringbuch_domain::ports::Clock;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// Opens what the settings name; the database must be up to date.
pub async fn open(config: &Config, clock: Arc<dyn Clock>) -> Result<App, Failure> {
    // Without the key nothing could be done with the database, so nothing of it is touched.
    let master = master_keys(config)?;
    start(config, master, store(config).await?, clock).await
}

/// The store alone.
pub async fn store(config: &Config) -> Result<Store, Failure> {
    let event_store = config.event_store.as_ref().map(ExposeSecret::expose_secret);
    Ok(open_store_with_log(database(config).expose_secret(), event_store).await?)
}

/// A backup is of log and keys alike, and positions that a KurrentDB gave cannot be given again.
pub fn backed_up_here(config: &Config) -> Result<(), Failure> {
    if config.event_store.is_none() {
        return Ok(());
    }
    let elsewhere = "the log is kept in a KurrentDB, and this command is about logs in the database";
    Err(Failure::new(elsewhere)
        .hint("back up the KurrentDB by its own means, and the database by its own, with its keys"))
}

/// Everything over a store that is open.
pub async fn start(config: &Config, master: MasterKeys, store: Store, clock: Arc<dyn Clock>) -> Result<App, Failure> {
    let providers = providers(config);
    let patience = Patience { attempt: providers.claim(), ..Patience::default() };
    Ok(App::start(Parts { store, master: Arc::new(master), clock, patience, providers }).await?)
}

/// The provider of identities, where one is named.
#[cfg(feature = "oidc")]
pub fn oidc(config: &Config, app: &App) -> Result<Option<Arc<Oidc>>, Failure> {
    let Some(settings) = config.oidc.clone() else { return Ok(None) };
    let made = Oidc::new(app, settings, config.reach.clone());
    made.map(|oidc| Some(Arc::new(oidc))).map_err(|error| Failure::new(error.to_string()))
}

/// There is none in this program.
#[cfg(not(feature = "oidc"))]
pub fn oidc(_: &Config, _: &App) -> Result<Option<Arc<Oidc>>, Failure> {
    Ok(None)
}

/// Applies the migrations that are missing and returns their names; a dry run only names them.
pub async fn migrate(config: &Config, dry_run: bool) -> Result<Vec<String>, Failure> {
    Ok(Store::migrate(database(config).expose_secret(), dry_run).await?)
}

/// The keys that secrets are sealed under, or what to do where there are none.
pub fn master_keys(config: &Config) -> Result<MasterKeys, Failure> {
    if config.master_keys.is_empty() {
        let missing = "RINGBUCH_MASTER_KEY is not set, and nothing of this installation can be opened without it";
        return Err(Failure::new(missing)
            .hint("make one with `echo \"main:$(openssl rand -base64 32)\"` and keep a copy apart from the database"));
    }
    let written = |key: &crate::config::MasterKey| format!("{}:{}", key.id, STANDARD.encode(key.bytes()));
    let all: Vec<String> = config.master_keys.iter().map(written).collect();
    MasterKeys::parse(&SecretString::from(all.join(",")))
        .map_err(|fault| Failure::new(format!("RINGBUCH_MASTER_KEY cannot be used: {fault}")))
}

/// Whether requests may go to an address that somebody wants to set.
pub fn check_address(config: &Config, address: &str) -> Result<(), Failure> {
    let loopback = if config.allow_loopback { Loopback::Allowed } else { Loopback::Refused };
    let outbound = Outbound::new(OutboundSettings { loopback, ..OutboundSettings::default() })?;
    let refused = |refused| Failure::usage(format!("'{address}' cannot be the address of a provider: {refused}"));
    outbound.check(address).map(|_| ()).map_err(refused)
}

/// The key that signs checkpoints.
pub async fn signing_key(store: &Store, master: &MasterKeys) -> Result<SigningKey, Failure> {
    // A key of another installation must not leave a signing key of its own here.
    sealing::check(&*store.keys, master).await.map_err(|fault| Failure::new(fault.to_string()))?;
    Ok(SigningKey::of(&*store.keys, master).await?)
}

fn database(config: &Config) -> SecretString {
    match &config.database {
        DatabaseUrl::Sqlite(path) => SecretString::from(format!("sqlite:{}", path.display())),
        DatabaseUrl::Postgres(url) => url.clone(),
    }
}

fn providers(config: &Config) -> ProviderSettings {
    let usual = ProviderSettings::default();
    let own = |url: &Option<crate::config::ServiceUrl>| url.as_ref().map(|url| url.as_str().to_owned());
    ProviderSettings {
        retell_base_url: own(&config.retell_base_url).unwrap_or(usual.retell_base_url),
        calcom_base_url: own(&config.calcom_base_url).unwrap_or(usual.calcom_base_url),
        allow_loopback: config.allow_loopback,
        calcom_per_minute: config.calcom_rate_per_minute,
        calcom_versions: config.calcom_versions.clone(),
        write_timeout: config.booking_timeout,
        read_timeout: config.lookup_timeout,
        turn_timeout: usual.turn_timeout,
        breaker_open: usual.breaker_open,
        smtp: config.smtp.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sources;

    const KEY: &str = "main:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    fn config(environment: &[(&str, &str)]) -> Config {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::load(&Sources { environment, ..Sources::default() }).unwrap()
    }

    #[test]
    fn the_keys_of_the_settings_are_those_that_seal() {
        let old = KEY.replace("main", "old");
        let keys = master_keys(&config(&[("RINGBUCH_MASTER_KEY", &format!("{KEY},{old}"))])).unwrap();
        assert_eq!(keys.ids().collect::<Vec<_>>(), ["main", "old"]);
        let told = master_keys(&config(&[])).unwrap_err().to_string();
        assert!(told.contains("RINGBUCH_MASTER_KEY") && told.contains("openssl rand -base64 32"), "{told}");
    }

    #[test]
    fn a_database_has_one_address() {
        let url = database(&config(&[("RINGBUCH_DATABASE_URL", "sqlite:///srv/ringbuch.db")]));
        assert_eq!(url.expose_secret(), "sqlite:/srv/ringbuch.db");
    }

    #[test]
    fn a_claim_outlasts_the_longest_request() {
        let providers = providers(&config(&[("RINGBUCH_BOOKING_TIMEOUT_MS", "60000")]));
        assert!(providers.claim() > std::time::Duration::from_mins(1));
    }

    #[test]
    fn a_providers_address_on_this_machine_takes_permission() {
        let (strict, lenient) = (config(&[]), config(&[("RINGBUCH_ALLOW_LOOPBACK", "true")]));
        assert!(check_address(&strict, "https://api.example.com").is_ok());
        assert!(check_address(&strict, "http://127.0.0.1:9000").is_err());
        assert!(check_address(&lenient, "http://127.0.0.1:9000").is_ok());
        assert!(check_address(&lenient, "no address").unwrap_err().to_string().contains("'no address'"));
    }
}
