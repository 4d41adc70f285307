//! The stand-in for Retell's REST API, and the handle through which the demo and the tests set it up and record calls.
//! It sends nothing: whoever plays the calls signs the webhooks with [`super::sign`] and posts them.

mod agent;
mod agents;
mod calls;
mod dashboard;
mod drafts;
mod filters;
mod number_routes;
mod numbers;
mod organization;
mod paging;
mod patch;
mod problem;
mod routes;
mod setup;
mod voices;
mod words;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub use self::{
    agent::{Agent, AgentVersion, Engine, Part},
    calls::NotACall,
    numbers::{PhoneNumber, WeightedAgent},
    setup::{NewAgent, NewPhoneNumber},
};
use self::{organization::Organization, routes::Front};
use super::{
    Clock, Faults, Operation, RateLimit,
    wire::{Limiter, Tally},
};

/// A cheap handle: clones share one stand-in.
#[derive(Clone)]
pub struct Retell(Arc<Front>);

impl Retell {
    pub(super) fn new(clock: Clock) -> Self {
        let ten_seconds = Duration::from_secs(10);
        let limit = |requests| RateLimit { requests, window: ten_seconds, block: Duration::ZERO };
        let settings = Settings { lists: limit(30), others: limit(100) };
        let state =
            State { organizations: BTreeMap::new(), keys: HashMap::new(), limiter: Limiter::default(), last_id: 0 };
        Self(Arc::new(Front {
            clock,
            faults: Faults::new(),
            tally: Tally::default(),
            state: Mutex::new(state),
            settings: Mutex::new(settings),
        }))
    }

    pub(super) fn provider(&self) -> Arc<Front> {
        self.0.clone()
    }

    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// How many requests arrived, whatever became of them.
    pub fn requests(&self) -> BTreeMap<Operation, u64> {
        self.0.tally.requests()
    }

    pub fn too_many_sent(&self) -> u64 {
        self.0.tally.too_many()
    }

    /// For each account: all lists together take 30 requests in 10 s, everything else 100, unless set otherwise.
    pub fn set_rate_limits(&self, lists: RateLimit, others: RateLimit) {
        *self.0.settings.lock().unwrap_or_else(PoisonError::into_inner) = Settings { lists, others };
    }
}

#[derive(Clone, Copy)]
struct Settings {
    lists: RateLimit,
    others: RateLimit,
}

struct State {
    organizations: BTreeMap<u64, Organization>,
    /// Whose key it is.
    keys: HashMap<String, u64>,
    limiter: Limiter,
    last_id: u64,
}

impl State {
    fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

impl Front {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
