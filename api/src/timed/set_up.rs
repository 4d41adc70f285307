//! How companies and agents are set up at the providers, with the same watch beside it.

use super::{Timed, of_calendar, of_voice};
use crate::metrics::Metrics;
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::company::BoundAgent;
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_domain::ports::{
    AgentSetUp, AgentSummary, AgentThere, AgentVersion, CalendarFailure, CalendarSetUp, ChangedBooking, Engine,
    EventTypeThere, Hours, KeyInfo, KeyOwner, MemberThere, NumberThere, ProviderBooking, ScheduleThere, VersionRef,
    Voice, VoiceAgentsFailure, WebhookThere,
};
use ringbuch_domain::webhook::Provider;
use std::sync::Arc;

impl Timed<dyn CalendarSetUp> {
    pub fn calendar_set_up(inner: Arc<dyn CalendarSetUp>, metrics: &Metrics) -> Arc<dyn CalendarSetUp> {
        Arc::new(Self { inner, provider: Provider::Calcom, metrics: metrics.clone() })
    }
}

impl Timed<dyn AgentSetUp> {
    pub fn agents(inner: Arc<dyn AgentSetUp>, metrics: &Metrics) -> Arc<dyn AgentSetUp> {
        Arc::new(Self { inner, provider: Provider::Retell, metrics: metrics.clone() })
    }
}

#[async_trait]
impl CalendarSetUp for Timed<dyn CalendarSetUp> {
    async fn key_owner(&self, company: &CompanyId) -> Result<KeyOwner, CalendarFailure> {
        self.measure("key_owner", of_calendar, self.inner.key_owner(company)).await
    }
    async fn event_types(&self, company: &CompanyId) -> Result<Vec<EventTypeThere>, CalendarFailure> {
        self.measure("event_types", of_calendar, self.inner.event_types(company)).await
    }
    async fn members(&self, company: &CompanyId) -> Result<Vec<MemberThere>, CalendarFailure> {
        self.measure("members", of_calendar, self.inner.members(company)).await
    }
    async fn schedules(&self, company: &CompanyId) -> Result<Vec<ScheduleThere>, CalendarFailure> {
        self.measure("schedules", of_calendar, self.inner.schedules(company)).await
    }
    async fn schedule(&self, company: &CompanyId, schedule: i64) -> Result<ScheduleThere, CalendarFailure> {
        self.measure("schedule", of_calendar, self.inner.schedule(company, schedule)).await
    }
    async fn put_hours(
        &self,
        company: &CompanyId,
        schedule: i64,
        hours: &Hours,
    ) -> Result<ScheduleThere, CalendarFailure> {
        self.measure("put_hours", of_calendar, self.inner.put_hours(company, schedule, hours)).await
    }
    async fn webhooks(&self, company: &CompanyId) -> Result<Vec<WebhookThere>, CalendarFailure> {
        self.measure("webhooks", of_calendar, self.inner.webhooks(company)).await
    }
    async fn register_webhook(
        &self,
        company: &CompanyId,
        url: &str,
        triggers: &[&str],
        secret: &str,
    ) -> Result<Vec<WebhookThere>, CalendarFailure> {
        self.measure("register_webhook", of_calendar, self.inner.register_webhook(company, url, triggers, secret)).await
    }
    async fn changed(
        &self,
        company: &CompanyId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ChangedBooking>, CalendarFailure> {
        self.measure("changed", of_calendar, self.inner.changed(company, from, to)).await
    }
    async fn confirm(&self, company: &CompanyId, name: &ProviderRef) -> Result<ProviderBooking, CalendarFailure> {
        self.measure("confirm", of_calendar, self.inner.confirm(company, name)).await
    }
}

#[async_trait]
impl AgentSetUp for Timed<dyn AgentSetUp> {
    async fn key_info(&self, account: &AccountId) -> Result<KeyInfo, VoiceAgentsFailure> {
        self.measure("key_info", of_voice, self.inner.key_info(account)).await
    }
    async fn agents(&self, account: &AccountId) -> Result<Vec<AgentSummary>, VoiceAgentsFailure> {
        self.measure("agents", of_voice, self.inner.agents(account)).await
    }
    async fn agent(
        &self,
        account: &AccountId,
        agent: &str,
        version: VersionRef,
    ) -> Result<AgentThere, VoiceAgentsFailure> {
        self.measure("agent", of_voice, self.inner.agent(account, agent, version)).await
    }
    async fn versions(&self, account: &AccountId, agent: &str) -> Result<Vec<AgentVersion>, VoiceAgentsFailure> {
        self.measure("versions", of_voice, self.inner.versions(account, agent)).await
    }
    async fn prompt(&self, account: &AccountId, engine: &Engine) -> Result<String, VoiceAgentsFailure> {
        self.measure("prompt", of_voice, self.inner.prompt(account, engine)).await
    }
    async fn put_prompt(&self, account: &AccountId, engine: &Engine, prompt: &str) -> Result<(), VoiceAgentsFailure> {
        self.measure("put_prompt", of_voice, self.inner.put_prompt(account, engine, prompt)).await
    }
    async fn new_draft(&self, account: &AccountId, agent: &str, base: u32) -> Result<AgentThere, VoiceAgentsFailure> {
        self.measure("new_draft", of_voice, self.inner.new_draft(account, agent, base)).await
    }
    async fn publish(
        &self,
        account: &AccountId,
        agent: &str,
        version: u32,
        title: &str,
    ) -> Result<(), VoiceAgentsFailure> {
        self.measure("publish", of_voice, self.inner.publish(account, agent, version, title)).await
    }
    async fn put_webhook(
        &self,
        account: &AccountId,
        agent: &str,
        version: u32,
        url: &str,
        events: &[&str],
    ) -> Result<AgentThere, VoiceAgentsFailure> {
        self.measure("put_webhook", of_voice, self.inner.put_webhook(account, agent, version, url, events)).await
    }
    async fn numbers(&self, account: &AccountId) -> Result<Vec<NumberThere>, VoiceAgentsFailure> {
        self.measure("numbers", of_voice, self.inner.numbers(account)).await
    }
    async fn number(&self, account: &AccountId, number: &str) -> Result<NumberThere, VoiceAgentsFailure> {
        self.measure("number", of_voice, self.inner.number(account, number)).await
    }
    async fn bind(
        &self,
        account: &AccountId,
        number: &str,
        inbound: &[BoundAgent],
    ) -> Result<NumberThere, VoiceAgentsFailure> {
        self.measure("bind", of_voice, self.inner.bind(account, number, inbound)).await
    }
    async fn bind_outbound(
        &self,
        account: &AccountId,
        number: &str,
        outbound: &[BoundAgent],
    ) -> Result<NumberThere, VoiceAgentsFailure> {
        self.measure("bind_outbound", of_voice, self.inner.bind_outbound(account, number, outbound)).await
    }
    async fn voices(&self, account: &AccountId) -> Result<Vec<Voice>, VoiceAgentsFailure> {
        self.measure("voices", of_voice, self.inner.voices(account)).await
    }
}
