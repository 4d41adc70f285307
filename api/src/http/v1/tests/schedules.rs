//! Hours at a calendar that a test can read and change, as somebody there would; all else is asked of the real client.

use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{
    CalendarFailure, CalendarSetUp, ChangedBooking, EventTypeThere, Hours, KeyOwner, MemberThere, ProviderBooking,
    ScheduleThere, WebhookThere,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub struct Schedules {
    rest: Arc<dyn CalendarSetUp>,
    held: Mutex<BTreeMap<i64, ScheduleThere>>,
}

impl Schedules {
    pub fn before(rest: Arc<dyn CalendarSetUp>) -> Self {
        Self { rest, held: Mutex::default() }
    }

    pub fn put(&self, schedule: ScheduleThere) {
        self.held.lock().unwrap().insert(schedule.schedule, schedule);
    }

    /// As it stands there.
    pub fn held(&self, schedule: i64) -> ScheduleThere {
        self.held.lock().unwrap()[&schedule].clone()
    }

    /// From now on nothing answers.
    pub fn forget(&self) {
        self.held.lock().unwrap().clear();
    }
}

#[async_trait]
impl CalendarSetUp for Schedules {
    async fn schedule(&self, _: &CompanyId, schedule: i64) -> Result<ScheduleThere, CalendarFailure> {
        let away = CalendarFailure::NotSent { reason: "connection".into(), retry_after: None };
        self.held.lock().unwrap().get(&schedule).cloned().ok_or(away)
    }
    async fn put_hours(&self, company: &CompanyId, id: i64, hours: &Hours) -> Result<ScheduleThere, CalendarFailure> {
        let known = self.schedule(company, id).await?;
        self.put(ScheduleThere { hours: hours.clone(), ..known });
        Ok(self.held(id))
    }
    async fn key_owner(&self, company: &CompanyId) -> Result<KeyOwner, CalendarFailure> {
        self.rest.key_owner(company).await
    }
    async fn event_types(&self, company: &CompanyId) -> Result<Vec<EventTypeThere>, CalendarFailure> {
        self.rest.event_types(company).await
    }
    async fn members(&self, company: &CompanyId) -> Result<Vec<MemberThere>, CalendarFailure> {
        self.rest.members(company).await
    }
    async fn schedules(&self, company: &CompanyId) -> Result<Vec<ScheduleThere>, CalendarFailure> {
        self.rest.schedules(company).await
    }
    async fn webhooks(&self, company: &CompanyId) -> Result<Vec<WebhookThere>, CalendarFailure> {
        self.rest.webhooks(company).await
    }
    async fn register_webhook(
        &self,
        company: &CompanyId,
        url: &str,
        triggers: &[&str],
        secret: &str,
    ) -> Result<Vec<WebhookThere>, CalendarFailure> {
        self.rest.register_webhook(company, url, triggers, secret).await
    }
    async fn changed(
        &self,
        company: &CompanyId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ChangedBooking>, CalendarFailure> {
        self.rest.changed(company, from, to).await
    }
    async fn confirm(&self, company: &CompanyId, name: &ProviderRef) -> Result<ProviderBooking, CalendarFailure> {
        self.rest.confirm(company, name).await
    }
}
