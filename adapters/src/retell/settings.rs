//! What the client must know of an account before it can ask, and the limits that hold for all of them.

use super::ask::RouteClass;
use crate::budget::Rate;
use crate::provider::{BreakerSettings, LimitSettings, Priority};
use async_trait::async_trait;
use jiff::SignedDuration;
use ringbuch_domain::ids::AccountId;
use secrecy::SecretString;
use std::time::Duration;

/// Retell's own base address.
pub const RETELL_BASE_URL: &str = "https://api.retellai.com";

/// One account at Retell.
#[derive(Debug, Clone)]
pub struct RetellSettings {
    /// Without a version in it: every path brings its own.
    pub base_url: String,
    pub api_key: SecretString,
}

#[async_trait]
pub trait AccountSettings: Send + Sync {
    /// Nothing if the account is unknown or has no key.
    async fn retell(&self, account: &AccountId) -> Option<RetellSettings>;
}

/// Limits of time, rate and failures.
#[derive(Debug, Clone)]
pub struct RetellOptions {
    /// For everything but lists.
    pub get_total: Duration,
    /// For one page of a list.
    pub list_total: Duration,
    /// How long one request may wait in all when Retell says that it is asked too often.
    pub wait_at_most: Duration,
    /// How long to wait when it does not say; twice as long each further time.
    pub wait_unless_told: Duration,
    pub lists: LimitSettings,
    pub others: LimitSettings,
    pub breaker: BreakerSettings,
}

impl RetellOptions {
    /// How long one request may wait in all while Retell says that it is asked too often.
    pub(super) fn patience(&self, priority: Priority) -> Duration {
        match priority {
            Priority::Caller => self.others.caller_waits.min(self.wait_at_most),
            Priority::Background => self.wait_at_most,
        }
    }

    pub(super) fn limit(&self, class: RouteClass) -> LimitSettings {
        match class {
            RouteClass::Lists => self.lists,
            RouteClass::Others => self.others,
        }
    }
}

impl Default for RetellOptions {
    fn default() -> Self {
        Self {
            get_total: Duration::from_secs(10),
            list_total: Duration::from_mins(1),
            wait_at_most: Duration::from_secs(30),
            wait_unless_told: Duration::from_secs(2),
            lists: limit("lists", 28),
            others: limit("others", 95),
            breaker: BreakerSettings::default(),
        }
    }
}

/// Retell allows an account 30 requests of its lists in ten seconds and 100 others, and refuses no longer than that.
const fn limit(class: &'static str, requests: u32) -> LimitSettings {
    LimitSettings {
        class,
        rate: Rate { requests, window: SignedDuration::from_secs(10) },
        // Nobody on the phone waits for an answer of Retell's, only people at pages.
        kept_for_callers: 0,
        caller_waits: Duration::from_secs(5),
        background_waits: Duration::from_secs(30),
        block: Duration::from_secs(2),
    }
}
