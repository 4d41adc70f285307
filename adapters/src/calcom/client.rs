//! The port `Calendar`: each act goes to the version of the interface that the company's calendar speaks.

use super::exchange::Exchange;
use super::line::Line;
use super::settings::{Api, CalcomOptions, CompanySettings};
use super::{v1, v2};
use crate::outbound::Outbound;
use crate::provider::{Around, BreakerState, Priority};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{BookRequest, Calendar, CalendarFailure, LookUp, ProviderBooking};
use std::sync::Arc;
use std::time::Duration;

/// Cal.com for all companies. A clone shares everything but its priority.
#[derive(Clone)]
pub struct Calcom {
    exchange: Arc<Exchange>,
    priority: Priority,
}

impl Calcom {
    /// Speaks for callers on the phone; see [`Calcom::in_the_background`].
    pub fn new(
        outbound: Outbound,
        companies: Arc<dyn CompanySettings>,
        around: Around<CompanyId>,
        options: CalcomOptions,
    ) -> Self {
        let exchange = Arc::new(Exchange::new(outbound, companies, around, options));
        Self { exchange, priority: Priority::Caller }
    }

    /// The same for work that can wait: it yields to callers on the phone and waits longer for its turn.
    pub fn in_the_background(&self) -> Self {
        Self { exchange: self.exchange.clone(), priority: Priority::Background }
    }

    /// The state of every company's breaker.
    pub fn breaker_states(&self) -> Vec<(CompanyId, BreakerState)> {
        self.exchange.states()
    }

    /// How many requests each company's key may still send now.
    pub fn rate_limits_remaining(&self) -> Vec<(CompanyId, u32)> {
        self.exchange.remaining()
    }

    pub(super) async fn line<'a>(&'a self, company: &'a CompanyId) -> Result<Line<'a>, CalendarFailure> {
        Line::to(&self.exchange, company, self.priority).await
    }
}

#[async_trait]
impl Calendar for Calcom {
    fn rests_for(&self, company: &CompanyId) -> Option<Duration> {
        self.exchange.rests_for(company, self.priority)
    }

    async fn book(&self, company: &CompanyId, request: &BookRequest) -> Result<ProviderBooking, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => v1::bookings::book(&line, request).await,
            Api::V2 => v2::bookings::book(&line, request).await,
        }
    }

    async fn find(&self, company: &CompanyId, look_up: &LookUp) -> Result<Vec<ProviderBooking>, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => v1::look_up::find(&line, look_up).await,
            Api::V2 => v2::look_up::find(&line, look_up).await,
        }
    }

    async fn get(&self, company: &CompanyId, name: &ProviderRef) -> Result<ProviderBooking, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => v1::bookings::get(&line, name).await,
            Api::V2 => v2::bookings::get(&line, &name.uid).await,
        }
    }

    async fn cancel(&self, company: &CompanyId, name: &ProviderRef, reason: &str) -> Result<(), CalendarFailure> {
        let line = self.line(company).await?;
        // Some event types ask for a reason.
        let reason = if reason.is_empty() { "Cancelled" } else { reason };
        match line.api() {
            Api::V1 => v1::bookings::cancel(&line, name, reason).await,
            Api::V2 => v2::bookings::cancel(&line, &name.uid, reason).await,
        }
    }

    async fn reschedule(
        &self,
        company: &CompanyId,
        name: &ProviderRef,
        start: Timestamp,
        reason: &str,
    ) -> Result<ProviderBooking, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => v1::bookings::reschedule(&line, name, start, reason).await,
            Api::V2 => v2::bookings::reschedule(&line, &name.uid, start, reason).await,
        }
    }
}
