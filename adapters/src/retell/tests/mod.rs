//! The client against a server that answers as it is told.

mod agents;
mod calls;
mod errors;
mod guarding;
mod numbers;
mod patience;
mod prompts;

use super::*;
use crate::outbound::fake::{Fake, TestClock, local};
use crate::provider::{Around, BreakerSettings};
use async_trait::async_trait;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{CallSummary, VoiceAgents, VoiceAgentsFailure};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

pub const ERROR_422: &str = r#"{"status":"error","message":"Cannot find requested asset under given api key."}"#;
pub const ERROR_429: &str = r#"{"status":"error","message":"Account rate limited, please throttle your requests."}"#;

struct OneAccount(RetellSettings);

#[async_trait]
impl AccountSettings for OneAccount {
    async fn retell(&self, account: &AccountId) -> Option<RetellSettings> {
        (account.as_str() == "main").then(|| self.0.clone())
    }
}

pub struct Setting {
    pub fake: Fake,
    pub clock: Arc<TestClock>,
    pub retell: Retell,
}

pub fn retell_at(base_url: String, clock: &Arc<TestClock>) -> Retell {
    retell_within(Duration::from_mins(1), base_url, clock)
}

pub fn retell_within(total: Duration, base_url: String, clock: &Arc<TestClock>) -> Retell {
    let settings = RetellSettings { base_url, api_key: SecretString::from("key_test") };
    // However often it fails here, the next question is asked as well; `guarding` is about the breaker.
    let breaker = BreakerSettings { failures: u32::MAX, ..BreakerSettings::default() };
    let options = RetellOptions { get_total: total, list_total: total, breaker, ..RetellOptions::default() };
    Retell::new(local(), Arc::new(OneAccount(settings)), Around::alone(clock.clone()), options)
}

pub async fn setting() -> Setting {
    let (fake, clock) = (Fake::start().await, TestClock::shared());
    let retell = retell_at(fake.url(), &clock);
    Setting { fake, clock, retell }
}

impl Setting {
    pub async fn get(&self) -> Result<Vec<u8>, VoiceAgentsFailure> {
        self.retell.get_call(&account(), "call_demo_0001").await
    }

    pub async fn list(&self) -> Result<Vec<CallSummary>, VoiceAgentsFailure> {
        self.retell.list_calls(&account(), "2026-11-20T11:00:00Z".parse().unwrap()).await
    }
}

pub fn account() -> AccountId {
    AccountId::new("main").unwrap()
}

pub fn error(message: &str) -> String {
    format!(r#"{{"status":"error","message":"{message}"}}"#)
}

pub fn unavailable(what: &str) -> VoiceAgentsFailure {
    VoiceAgentsFailure::Unavailable(what.into())
}

pub fn refused(reason: &str) -> VoiceAgentsFailure {
    VoiceAgentsFailure::Refused { reason: reason.into() }
}
