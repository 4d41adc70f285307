//! One request to Cal.com and its answer: the company's settings, its breaker, its key's limit, the time limit, and what is
//! certain about the outcome. What writes is never repeated here.

use super::answer::{Answer, KEY_REFUSED, NO_CONNECTION, RATE_LIMITED, not_sent, unknown};
use super::request;
use super::settings::{CalcomOptions, CalcomSettings, CompanySettings};
use crate::budget::KeyHash;
use crate::outbound::{Outbound, SendFault, body_of};
use crate::provider::{Around, BreakerState, Breakers, Limiter, Limits, Priority, Told, Verdict};
use http::{HeaderMap, Method, StatusCode};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{CalendarFailure, Clock};
use ringbuch_domain::webhook::Provider;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tracing::{Instrument, Span, field};

/// A page of a hundred bookings stays far below this.
const BODY_MAX: usize = 16 * 1024 * 1024;

/// A request, as far as it does not depend on the company.
#[derive(Clone)]
pub(super) struct Ask<'a> {
    /// For logs and figures.
    pub operation: &'static str,
    pub method: Method,
    pub segments: Vec<&'a str>,
    pub query: Vec<(&'static str, String)>,
    /// None for families of routes that have none.
    pub version: Option<String>,
    pub body: Option<Value>,
    pub total: Duration,
}

/// What all companies share.
pub(super) struct Exchange {
    outbound: Outbound,
    companies: Arc<dyn CompanySettings>,
    clock: Arc<dyn Clock>,
    options: CalcomOptions,
    breakers: Breakers<CompanyId>,
    limits: Limits,
    /// The limit of the key that each company used last.
    used: Mutex<BTreeMap<CompanyId, Arc<Limiter>>>,
}

impl Exchange {
    pub(super) fn new(
        outbound: Outbound,
        companies: Arc<dyn CompanySettings>,
        Around { clock, budgets, watch }: Around<CompanyId>,
        options: CalcomOptions,
    ) -> Self {
        let breakers = Breakers::new(clock.clone(), watch, options.breaker);
        let limits = Limits::new(Provider::Calcom, clock.clone(), budgets);
        Self { outbound, companies, clock, options, breakers, limits, used: Mutex::default() }
    }

    pub(super) fn options(&self) -> CalcomOptions {
        self.options
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    pub(super) fn states(&self) -> Vec<(CompanyId, BreakerState)> {
        self.breakers.states()
    }

    pub(super) fn remaining(&self) -> Vec<(CompanyId, u32)> {
        locked(&self.used).iter().map(|(company, limiter)| (company.clone(), limiter.remaining())).collect()
    }

    /// How long a request would not be sent; a company that nothing was sent for yet is not known to rest.
    pub(super) fn rests_for(&self, company: &CompanyId, priority: Priority) -> Option<Duration> {
        let of_key = || locked(&self.used).get(company)?.full_for(priority);
        self.breakers.rests_for(company).or_else(of_key)
    }

    pub(super) async fn settings(&self, company: &CompanyId) -> Result<CalcomSettings, CalendarFailure> {
        self.companies.calcom(company).await.ok_or_else(|| not_sent("no_key"))
    }

    /// Sends it, and gives what `read` makes of the answer.
    pub(super) async fn ask<T>(
        &self,
        company: &CompanyId,
        settings: &CalcomSettings,
        priority: Priority,
        ask: Ask<'_>,
        read: impl FnOnce(&Answer) -> Result<T, CalendarFailure>,
    ) -> Result<T, CalendarFailure> {
        let operation = ask.operation;
        let asking = async { self.send(company, settings, priority, ask).await.and_then(|answer| read(&answer)) };
        self.guarded(company, operation, asking).await
    }

    /// As `ask`, for what only reads: where nobody waits on the phone, an answer that stayed away is asked for once more.
    pub(super) async fn read<T>(
        &self,
        company: &CompanyId,
        settings: &CalcomSettings,
        priority: Priority,
        ask: Ask<'_>,
        read: impl Fn(&Answer) -> Result<T, CalendarFailure>,
    ) -> Result<T, CalendarFailure> {
        let operation = ask.operation;
        let once = async |ask| self.send(company, settings, priority, ask).await.and_then(|answer| read(&answer));
        let asking = async {
            match once(ask.clone()).await {
                Err(CalendarFailure::Unknown { .. }) if priority == Priority::Background => once(ask).await,
                first => first,
            }
        };
        self.guarded(company, operation, asking).await
    }

    /// Asks if the company's breaker lets it, and tells the breaker and the log what came of it.
    async fn guarded<T>(
        &self,
        company: &CompanyId,
        operation: &'static str,
        asking: impl Future<Output = Result<T, CalendarFailure>>,
    ) -> Result<T, CalendarFailure> {
        let span = tracing::info_span!(
            "provider",
            provider = "calcom",
            operation,
            %company,
            outcome = field::Empty,
            status = field::Empty,
            request_id = field::Empty,
        );
        let asking = async {
            let leave = self.breakers.leave(company).map_err(|wait| later("breaker_open", wait))?;
            let outcome = asking.await;
            leave.report(verdict(&outcome));
            outcome
        };
        let outcome = asking.instrument(span.clone()).await;
        span.record("outcome", word(&outcome));
        span.in_scope(|| match &outcome {
            Err(failure @ (CalendarFailure::Unknown { .. } | CalendarFailure::NotSent { .. })) => {
                tracing::warn!(%failure, "Cal.com failed");
            }
            Err(refusal) => tracing::info!(%refusal, "Cal.com refused"),
            Ok(_) => tracing::debug!("Cal.com answered"),
        });
        outcome
    }

    async fn send(
        &self,
        company: &CompanyId,
        settings: &CalcomSettings,
        priority: Priority,
        ask: Ask<'_>,
    ) -> Result<Answer, CalendarFailure> {
        let request = request::of(&self.outbound, settings, ask)?;
        let limiter = self.limiter(company, settings);
        limiter.place(priority).await.map_err(|wait| later(RATE_LIMITED, wait))?;
        let response = request.send().await.map_err(|error| failed(error.into()))?;

        let (status, told) = (response.status(), Told::by(response.headers(), self.clock.now()));
        note(status, response.headers());
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(later(RATE_LIMITED, limiter.blocked(told).await));
        }
        limiter.heard(told);
        let body = body_of(response, BODY_MAX).await.map_err(failed)?;
        Ok(Answer::new(status, &body))
    }

    fn limiter(&self, company: &CompanyId, settings: &CalcomSettings) -> Arc<Limiter> {
        let key = KeyHash::of(settings.api_key.expose_secret());
        let limiter = self.limits.of(key, settings.api.limit(self.options.limit));
        locked(&self.used).insert(company.clone(), limiter.clone());
        limiter
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cal.com's own id of the request is what its support asks for.
fn note(status: StatusCode, headers: &HeaderMap) {
    let span = Span::current();
    span.record("status", status.as_u16());
    let id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
    if let Some(id) = id.filter(|id| id.len() <= 128) {
        span.record("request_id", id);
    }
}

fn later(reason: &str, wait: Duration) -> CalendarFailure {
    CalendarFailure::NotSent { reason: reason.into(), retry_after: Some(wait) }
}

/// Whatever may have left this machine may have been done.
fn failed(fault: SendFault) -> CalendarFailure {
    match fault {
        SendFault::AddressRefused => not_sent("address_refused"),
        SendFault::Unwritable => not_sent("key_unusable"),
        SendFault::NotConnected => not_sent(NO_CONNECTION),
        SendFault::TimedOut => unknown("timeout"),
        SendFault::Cut => unknown("cut"),
        SendFault::TooLarge => unknown("unreadable_answer"),
    }
}

/// A refusal is an answer, and so is a refused key. Being asked to wait says nothing about the connection.
fn verdict<T>(outcome: &Result<T, CalendarFailure>) -> Verdict {
    match outcome {
        Ok(_) | Err(CalendarFailure::Taken | CalendarFailure::Refused { .. }) => Verdict::Success,
        Err(CalendarFailure::Unknown { .. }) => Verdict::Failure,
        Err(CalendarFailure::NotSent { reason, .. }) => match reason.as_str() {
            NO_CONNECTION => Verdict::Failure,
            KEY_REFUSED => Verdict::Success,
            _ => Verdict::Neither,
        },
    }
}

fn word<T>(outcome: &Result<T, CalendarFailure>) -> &'static str {
    match outcome {
        Ok(_) => "ok",
        Err(CalendarFailure::Taken) => "taken",
        Err(CalendarFailure::Refused { .. }) => "refused",
        Err(CalendarFailure::NotSent { .. }) => "not_sent",
        Err(CalendarFailure::Unknown { .. }) => "unknown",
    }
}
