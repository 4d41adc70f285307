//! Providers with a watch beside them: what they were asked, what came of it, and how long that took.

mod set_up;

use crate::metrics::{Metrics, ProviderOutcome};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_domain::ports::{
    BookRequest, Calendar, CalendarFailure, CallSummary, LookUp, OpenSlots, ProviderBooking, SlotQuery, Slots,
    VoiceAgents, VoiceAgentsFailure,
};
use ringbuch_domain::webhook::Provider;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Something outside, timed.
pub struct Timed<P: ?Sized> {
    inner: Arc<P>,
    provider: Provider,
    metrics: Metrics,
}

impl Timed<dyn Calendar> {
    pub fn calendar(inner: Arc<dyn Calendar>, metrics: &Metrics) -> Arc<dyn Calendar> {
        Arc::new(Self { inner, provider: Provider::Calcom, metrics: metrics.clone() })
    }
}

impl Timed<dyn Slots> {
    pub fn slots(inner: Arc<dyn Slots>, metrics: &Metrics) -> Arc<dyn Slots> {
        Arc::new(Self { inner, provider: Provider::Calcom, metrics: metrics.clone() })
    }
}

impl Timed<dyn VoiceAgents> {
    pub fn voice(inner: Arc<dyn VoiceAgents>, metrics: &Metrics) -> Arc<dyn VoiceAgents> {
        Arc::new(Self { inner, provider: Provider::Retell, metrics: metrics.clone() })
    }
}

impl<P: ?Sized> Timed<P> {
    async fn measure<T, E>(
        &self,
        operation: &'static str,
        outcome: fn(&E) -> ProviderOutcome,
        asking: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let asked = Instant::now();
        let answer = asking.await;
        let outcome = answer.as_ref().err().map_or(ProviderOutcome::Ok, outcome);
        self.metrics.provider_request(self.provider, operation, outcome, asked.elapsed());
        answer
    }
}

#[async_trait]
impl Calendar for Timed<dyn Calendar> {
    fn rests_for(&self, company: &CompanyId) -> Option<Duration> {
        self.inner.rests_for(company)
    }
    async fn book(&self, company: &CompanyId, request: &BookRequest) -> Result<ProviderBooking, CalendarFailure> {
        self.measure("book", of_calendar, self.inner.book(company, request)).await
    }
    async fn find(&self, company: &CompanyId, look_up: &LookUp) -> Result<Vec<ProviderBooking>, CalendarFailure> {
        self.measure("find", of_calendar, self.inner.find(company, look_up)).await
    }
    async fn get(&self, company: &CompanyId, name: &ProviderRef) -> Result<ProviderBooking, CalendarFailure> {
        self.measure("get", of_calendar, self.inner.get(company, name)).await
    }
    async fn cancel(&self, company: &CompanyId, name: &ProviderRef, reason: &str) -> Result<(), CalendarFailure> {
        self.measure("cancel", of_calendar, self.inner.cancel(company, name, reason)).await
    }
    async fn reschedule(
        &self,
        company: &CompanyId,
        name: &ProviderRef,
        start: Timestamp,
        reason: &str,
    ) -> Result<ProviderBooking, CalendarFailure> {
        self.measure("reschedule", of_calendar, self.inner.reschedule(company, name, start, reason)).await
    }
}

#[async_trait]
impl Slots for Timed<dyn Slots> {
    async fn slots(&self, company: &CompanyId, query: &SlotQuery) -> Result<OpenSlots, CalendarFailure> {
        self.measure("slots", of_calendar, self.inner.slots(company, query)).await
    }
}

#[async_trait]
impl VoiceAgents for Timed<dyn VoiceAgents> {
    async fn list_calls(&self, account: &AccountId, since: Timestamp) -> Result<Vec<CallSummary>, VoiceAgentsFailure> {
        self.measure("list_calls", of_voice, self.inner.list_calls(account, since)).await
    }
    async fn get_call(&self, account: &AccountId, call_id: &str) -> Result<Vec<u8>, VoiceAgentsFailure> {
        self.measure("get_call", of_voice, self.inner.get_call(account, call_id)).await
    }
    async fn delete_call(&self, account: &AccountId, call_id: &str) -> Result<(), VoiceAgentsFailure> {
        self.measure("delete_call", of_voice, self.inner.delete_call(account, call_id)).await
    }
}

fn of_calendar(failure: &CalendarFailure) -> ProviderOutcome {
    match failure {
        CalendarFailure::Taken | CalendarFailure::Refused { .. } => ProviderOutcome::Refused,
        CalendarFailure::NotSent { reason, .. } => match reason.as_str() {
            "rate_limited" => ProviderOutcome::RateLimited,
            "breaker_open" => ProviderOutcome::BreakerOpen,
            "no_key" | "key_unusable" | "key_refused" => ProviderOutcome::KeyRefused,
            _ => ProviderOutcome::NotConnected,
        },
        CalendarFailure::Unknown { reason } => match reason.as_str() {
            "timeout" => ProviderOutcome::Timeout,
            "cut" => ProviderOutcome::Cut,
            status if status.starts_with("http_5") => ProviderOutcome::ServerError,
            _ => ProviderOutcome::Unreadable,
        },
    }
}

fn of_voice(failure: &VoiceAgentsFailure) -> ProviderOutcome {
    match failure {
        VoiceAgentsFailure::NoKey(_) => ProviderOutcome::KeyRefused,
        VoiceAgentsFailure::NotFound | VoiceAgentsFailure::Refused { .. } | VoiceAgentsFailure::NoPrompt => {
            ProviderOutcome::Refused
        }
        VoiceAgentsFailure::Unavailable(_) => ProviderOutcome::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Silent;

    #[async_trait]
    impl VoiceAgents for Silent {
        async fn list_calls(&self, _: &AccountId, _: Timestamp) -> Result<Vec<CallSummary>, VoiceAgentsFailure> {
            Ok(vec![])
        }
        async fn get_call(&self, _: &AccountId, _: &str) -> Result<Vec<u8>, VoiceAgentsFailure> {
            Err(VoiceAgentsFailure::Unavailable("status 500".into()))
        }
        async fn delete_call(&self, _: &AccountId, _: &str) -> Result<(), VoiceAgentsFailure> {
            Err(VoiceAgentsFailure::NotFound)
        }
    }

    #[tokio::test]
    async fn every_request_is_counted_with_what_came_of_it() {
        let metrics = Metrics::new().unwrap();
        let voice = Timed::voice(Arc::new(Silent), &metrics);
        let account = AccountId::new("main").unwrap();
        assert_eq!(voice.list_calls(&account, Timestamp::UNIX_EPOCH).await, Ok(vec![]));
        assert!(voice.get_call(&account, "call_1").await.is_err());
        let text = metrics.render();
        for (operation, outcome) in [("list_calls", "ok"), ("get_call", "unavailable")] {
            let line = format!(
                r#"ringbuch_provider_request_seconds_count{{provider="retell",operation="{operation}",outcome="{outcome}"}} 1"#
            );
            assert!(text.contains(&line), "no {line}");
        }
    }

    #[test]
    fn a_failure_of_the_calendar_has_its_word() {
        let not_sent = |reason: &str| CalendarFailure::NotSent { reason: reason.into(), retry_after: None };
        let unknown = |reason: &str| CalendarFailure::Unknown { reason: reason.into() };
        for (failure, word) in [
            (CalendarFailure::Taken, "refused"),
            (not_sent("rate_limited"), "rate_limited"),
            (not_sent("breaker_open"), "breaker_open"),
            (not_sent("key_refused"), "key_refused"),
            (not_sent("no_connection"), "not_connected"),
            (unknown("timeout"), "timeout"),
            (unknown("cut"), "cut"),
            (unknown("http_502"), "server_error"),
            (unknown("unreadable_answer"), "unreadable"),
        ] {
            assert_eq!(of_calendar(&failure).as_str(), word, "{failure}");
        }
    }
}
