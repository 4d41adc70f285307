//! The ports `CalendarSetUp` and `Slots`, in the same way. What version 1 has no way to do is refused by name.

use super::answer::refused;
use super::client::Calcom;
use super::settings::Api;
use super::{v1, v2};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{
    CalendarFailure, CalendarSetUp, ChangedBooking, EventTypeThere, Hours, KeyOwner, MemberThere, OpenSlots,
    ProviderBooking, ScheduleThere, SlotQuery, Slots, WebhookThere,
};
use std::time::Duration;

fn not_in_v1() -> CalendarFailure {
    refused("not_in_v1")
}

#[async_trait]
impl Slots for Calcom {
    async fn slots(&self, company: &CompanyId, query: &SlotQuery) -> Result<OpenSlots, CalendarFailure> {
        let line = self.line(company).await?;
        let slots = match line.api() {
            Api::V1 => v1::slots::slots(&line, query).await?,
            Api::V2 => v2::slots::slots(&line, query).await?,
        };
        Ok(OpenSlots { slots, age: Duration::ZERO, stale: false })
    }
}

#[async_trait]
impl CalendarSetUp for Calcom {
    async fn key_owner(&self, company: &CompanyId) -> Result<KeyOwner, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => v1::people::key_owner(&line).await,
            Api::V2 => v2::people::key_owner(&line).await.map(KeyOwner::from),
        }
    }

    async fn event_types(&self, company: &CompanyId) -> Result<Vec<EventTypeThere>, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => v1::event_types::event_types(&line).await,
            Api::V2 => v2::event_types::event_types(&line).await,
        }
    }

    async fn members(&self, company: &CompanyId) -> Result<Vec<MemberThere>, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => v1::people::members(&line).await,
            Api::V2 => v2::people::members(&line).await,
        }
    }

    async fn schedules(&self, company: &CompanyId) -> Result<Vec<ScheduleThere>, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => v1::schedules::schedules(&line).await,
            Api::V2 => v2::schedules::schedules(&line).await,
        }
    }

    async fn schedule(&self, company: &CompanyId, schedule: i64) -> Result<ScheduleThere, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => v1::schedules::schedule(&line, schedule).await,
            Api::V2 => v2::schedules::schedule(&line, schedule).await,
        }
    }

    async fn put_hours(
        &self,
        company: &CompanyId,
        schedule: i64,
        hours: &Hours,
    ) -> Result<ScheduleThere, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => Err(not_in_v1()),
            Api::V2 => v2::schedules::put_hours(&line, schedule, hours).await,
        }
    }

    async fn webhooks(&self, company: &CompanyId) -> Result<Vec<WebhookThere>, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => Err(not_in_v1()),
            Api::V2 => v2::webhooks::webhooks(&line).await,
        }
    }

    async fn register_webhook(
        &self,
        company: &CompanyId,
        url: &str,
        triggers: &[&str],
        secret: &str,
    ) -> Result<Vec<WebhookThere>, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => Err(not_in_v1()),
            Api::V2 => v2::webhooks::register(&line, url, triggers, secret).await,
        }
    }

    async fn changed(
        &self,
        company: &CompanyId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ChangedBooking>, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => Err(not_in_v1()),
            Api::V2 => v2::changes::changed(&line, from, to).await,
        }
    }

    async fn confirm(&self, company: &CompanyId, name: &ProviderRef) -> Result<ProviderBooking, CalendarFailure> {
        let line = self.line(company).await?;
        match line.api() {
            Api::V1 => Err(not_in_v1()),
            Api::V2 => v2::bookings::confirm(&line, &name.uid).await,
        }
    }
}
