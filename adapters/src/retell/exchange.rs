//! One request to Retell and its answer: the account's settings, its breaker, its key's limits, the time limit, and patience
//! where Retell asks to wait.

use super::answer::{decide, unavailable};
use super::ask::{Ask, RouteClass};
use super::settings::{AccountSettings, RetellOptions, RetellSettings};
use crate::budget::KeyHash;
use crate::outbound::{Outbound, SendFault, body_of};
use crate::provider::{Around, BreakerState, Breakers, Limiter, Limits, Priority, Told, Verdict};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use reqwest::RequestBuilder;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{Clock, VoiceAgentsFailure};
use ringbuch_domain::webhook::Provider;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tracing::{Instrument, field};

/// A page of 1,000 calls with everything but their transcripts stays far below this; so does one whole call.
const BODY_MAX: usize = 64 * 1024 * 1024;
/// How often one request is sent when Retell keeps asking to wait.
const TRIES: u32 = 4;

/// Requests of one priority: somebody who looks at a page goes before work that nobody waits for, and hears sooner that it
/// is not their turn. Clones share everything else.
#[derive(Clone)]
pub(super) struct Exchange {
    shared: Arc<Shared>,
    priority: Priority,
}

/// What all accounts share.
struct Shared {
    outbound: Outbound,
    accounts: Arc<dyn AccountSettings>,
    clock: Arc<dyn Clock>,
    options: RetellOptions,
    breakers: Breakers<AccountId>,
    limits: Limits,
    /// The limits of the key that each account used last, by class.
    used: Mutex<BTreeMap<AccountId, BTreeMap<&'static str, Arc<Limiter>>>>,
}

/// What went wrong, and what that says about the connection.
struct Fault(VoiceAgentsFailure, Verdict);

impl From<VoiceAgentsFailure> for Fault {
    /// A refusal is an answer, and so is a refused key.
    fn from(failure: VoiceAgentsFailure) -> Self {
        let verdict = match failure {
            VoiceAgentsFailure::Unavailable(_) => Verdict::Failure,
            _ => Verdict::Success,
        };
        Self(failure, verdict)
    }
}

/// It was not sent, or asked too often, which says nothing about the connection.
fn not_sent(failure: VoiceAgentsFailure) -> Fault {
    Fault(failure, Verdict::Neither)
}

enum Said {
    Answer(Vec<u8>),
    /// Asked too often, and so not done; how long to wait, if it was told.
    Wait(Option<Duration>),
}

impl Exchange {
    pub(super) fn new(
        outbound: Outbound,
        accounts: Arc<dyn AccountSettings>,
        Around { clock, budgets, watch }: Around<AccountId>,
        options: RetellOptions,
    ) -> Self {
        let breakers = Breakers::new(clock.clone(), watch, options.breaker);
        let limits = Limits::new(Provider::Retell, clock.clone(), budgets);
        let shared = Shared { outbound, accounts, clock, options, breakers, limits, used: Mutex::default() };
        Self { shared: Arc::new(shared), priority: Priority::Background }
    }

    pub(super) fn for_somebody_waiting(&self) -> Self {
        Self { priority: Priority::Caller, ..self.clone() }
    }

    pub(super) fn states(&self) -> Vec<(AccountId, BreakerState)> {
        self.shared.breakers.states()
    }

    pub(super) fn remaining(&self) -> Vec<(AccountId, u32)> {
        let least = |limiters: &BTreeMap<_, Arc<Limiter>>| limiters.values().map(|it| it.remaining()).min();
        self.shared.used().iter().filter_map(|(account, limiters)| Some((account.clone(), least(limiters)?))).collect()
    }

    /// Asks until it is answered otherwise than "too often", within bounds; gives the body.
    pub(super) async fn ask(&self, account: &AccountId, ask: &Ask<'_>) -> Result<Vec<u8>, VoiceAgentsFailure> {
        let operation = ask.operation;
        let span = tracing::info_span!("provider", provider = "retell", operation, %account, outcome = field::Empty);
        let asked = self.guarded(account, ask).instrument(span.clone()).await;
        span.record("outcome", outcome(&asked));
        span.in_scope(|| match &asked {
            Err(failure) if *failure != VoiceAgentsFailure::NotFound => tracing::warn!(%failure, "Retell failed"),
            _ => tracing::debug!("Retell answered"),
        });
        asked
    }

    /// As `ask`, with the body read; `what` names it where it cannot be read.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        account: &AccountId,
        ask: &Ask<'_>,
        what: &str,
    ) -> Result<T, VoiceAgentsFailure> {
        let body = self.ask(account, ask).await?;
        serde_json::from_slice(&body).map_err(|_| unavailable(format!("{what} cannot be read")))
    }

    /// Asks if the account's breaker lets it, and tells the breaker what came of it.
    async fn guarded(&self, account: &AccountId, ask: &Ask<'_>) -> Result<Vec<u8>, VoiceAgentsFailure> {
        let leave = self.shared.breakers.leave(account).map_err(|wait| {
            unavailable(format!("it keeps failing and is left alone for another {} s", wait.as_secs().max(1)))
        })?;
        let asked = self.ask_patiently(account, ask).await;
        leave.report(asked.as_ref().err().map_or(Verdict::Success, |Fault(_, verdict)| *verdict));
        asked.map_err(|Fault(failure, _)| failure)
    }

    async fn ask_patiently(&self, account: &AccountId, ask: &Ask<'_>) -> Result<Vec<u8>, Fault> {
        let patience = self.shared.after(self.shared.options.patience(self.priority));
        let mut unless_told = self.shared.options.wait_unless_told;
        for left in (0..TRIES).rev() {
            let told = match self.send(account, ask).await? {
                Said::Answer(body) => return Ok(body),
                Said::Wait(told) => told,
            };
            let until = self.shared.after(told.unwrap_or(unless_told));
            if left == 0 || until > patience {
                break;
            }
            self.shared.clock.sleep_until(until).await;
            unless_told *= 2;
        }
        Err(too_often())
    }

    /// The one place where a request leaves for Retell.
    async fn send(&self, account: &AccountId, ask: &Ask<'_>) -> Result<Said, Fault> {
        let settings = self.shared.accounts.retell(account).await;
        let settings = settings.ok_or_else(|| not_sent(VoiceAgentsFailure::NoKey("none is set".into())))?;
        let request = self.shared.request(&settings, ask).map_err(not_sent)?;
        let limiter = self.shared.limiter(account, &settings, ask.class);
        limiter.place(self.priority).await.map_err(|_| too_often())?;
        let response = request.send().await.map_err(|error| unsent(error.into()))?;
        let (status, told) = (response.status(), Told::by(response.headers(), self.shared.clock.now()));
        if status == StatusCode::TOO_MANY_REQUESTS {
            limiter.blocked(told).await;
            return Ok(Said::Wait(told.retry_after));
        }
        limiter.heard(told);
        let body = body_of(response, BODY_MAX).await.map_err(unsent)?;
        Ok(Said::Answer(decide(ask, status, body)?))
    }
}

impl Shared {
    fn limiter(&self, account: &AccountId, settings: &RetellSettings, class: RouteClass) -> Arc<Limiter> {
        let limit = self.options.limit(class);
        let limiter = self.limits.of(KeyHash::of(settings.api_key.expose_secret()), limit);
        self.used().entry(account.clone()).or_default().insert(limit.class, limiter.clone());
        limiter
    }

    fn used(&self) -> MutexGuard<'_, BTreeMap<AccountId, BTreeMap<&'static str, Arc<Limiter>>>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn request(&self, settings: &RetellSettings, ask: &Ask<'_>) -> Result<RequestBuilder, VoiceAgentsFailure> {
        let request = self.outbound.request(ask.method.clone(), &settings.base_url, &ask.segments());
        let request = request
            .map_err(|refused| unavailable(refused.to_string()))?
            .bearer_auth(settings.api_key.expose_secret())
            .query(&ask.query)
            .timeout(match ask.class {
                RouteClass::Lists => self.options.list_total,
                RouteClass::Others => self.options.get_total,
            });
        Ok(match &ask.body {
            Some(body) => request.json(body),
            None => request,
        })
    }

    fn after(&self, wait: Duration) -> Timestamp {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX)
    }
}

fn too_often() -> Fault {
    not_sent(unavailable("it is asked too often"))
}

fn unsent(fault: SendFault) -> Fault {
    match fault {
        SendFault::AddressRefused => not_sent(unavailable("its address is not public")),
        SendFault::Unwritable => not_sent(unavailable("the key holds characters that no header can carry")),
        SendFault::NotConnected => unavailable("no connection").into(),
        SendFault::TimedOut => unavailable("it did not answer in time").into(),
        SendFault::Cut => unavailable("the connection ended before the answer").into(),
        SendFault::TooLarge => unavailable("the answer is too large").into(),
    }
}

fn outcome(asked: &Result<Vec<u8>, VoiceAgentsFailure>) -> &'static str {
    match asked {
        Ok(_) => "ok",
        Err(VoiceAgentsFailure::NotFound) => "not_found",
        Err(VoiceAgentsFailure::NoKey(_)) => "key_refused",
        Err(VoiceAgentsFailure::Unavailable(_)) => "unavailable",
        Err(VoiceAgentsFailure::Refused { .. } | VoiceAgentsFailure::NoPrompt) => "refused",
    }
}
