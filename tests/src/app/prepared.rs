//! A database with a business in it that both stand-ins know, before any server runs on it.

use super::business::{Business, SALON};
use super::running;
use crate::contract::database::Database;
use ringbuch_adapters::sandbox::{RateLimit, Sandbox, SandboxOptions};
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_api::providers::ProviderSettings;
use ringbuch_domain::ports::Clock;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

pub struct Prepared {
    pub sandbox: Sandbox,
    /// As an operator writes it into the settings.
    pub master_key: SecretString,
    pub salon: Business,
}

impl Prepared {
    pub async fn on(database: &Database, clock: Arc<dyn Clock>) -> Self {
        let sandbox = sandbox(Arc::clone(&clock)).await;
        let master_key = MasterKeys::generate().unwrap();
        let app = running::start(database, &master_key, clock, ProviderSettings::default()).await;
        let salon = Business::open(&app, &sandbox, &SALON).await;
        app.store.close().await;
        Self { sandbox, master_key, salon }
    }
}

/// Without a limit to speak of: most stories' clocks stand still, and the limit's minute with them.
async fn sandbox(clock: Arc<dyn Clock>) -> Sandbox {
    let options = SandboxOptions { clock: Arc::new(move || clock.now()), seed: 7, calcom_port: 0, retell_port: 0 };
    let sandbox = Sandbox::start(options).await.unwrap();
    let minute = Duration::from_mins(1);
    sandbox.calcom().set_rate_limit(RateLimit { requests: 100_000, window: minute, block: minute });
    sandbox
}
