//! The client of Retell's REST interface. What sets a thing to a value may be asked again; a draft and a publication may not
//! be taken as failed before the versions have been looked at.

use super::exchange::Exchange;
use super::settings::{AccountSettings, RetellOptions};
use super::{agents, calls, key, numbers, prompts, voices};
use crate::outbound::Outbound;
use crate::provider::{Around, BreakerState};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::company::BoundAgent;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{
    AgentSetUp, AgentSummary, AgentThere, AgentVersion, CallSummary, Engine, KeyInfo, NumberThere, VersionRef, Voice,
    VoiceAgents, VoiceAgentsFailure,
};
use std::sync::Arc;

pub struct Retell(Exchange);

impl Retell {
    pub fn new(
        outbound: Outbound,
        accounts: Arc<dyn AccountSettings>,
        around: Around<AccountId>,
        options: RetellOptions,
    ) -> Self {
        Self(Exchange::new(outbound, accounts, around, options))
    }

    /// For people who wait for the answer at a page: they go first, and give up after five seconds in a queue.
    #[must_use]
    pub fn for_somebody_waiting(&self) -> Self {
        Self(self.0.for_somebody_waiting())
    }

    /// The state of every account's breaker.
    pub fn breaker_states(&self) -> Vec<(AccountId, BreakerState)> {
        self.0.states()
    }

    /// How many requests each account's key may still send now, of the kind that is nearest to its limit.
    pub fn rate_limits_remaining(&self) -> Vec<(AccountId, u32)> {
        self.0.remaining()
    }
}

#[async_trait]
impl VoiceAgents for Retell {
    async fn list_calls(&self, account: &AccountId, since: Timestamp) -> Result<Vec<CallSummary>, VoiceAgentsFailure> {
        calls::list(&self.0, account, since).await
    }

    async fn get_call(&self, account: &AccountId, call_id: &str) -> Result<Vec<u8>, VoiceAgentsFailure> {
        calls::get(&self.0, account, call_id).await
    }

    async fn delete_call(&self, account: &AccountId, call_id: &str) -> Result<(), VoiceAgentsFailure> {
        calls::delete(&self.0, account, call_id).await
    }
}

#[async_trait]
impl AgentSetUp for Retell {
    async fn key_info(&self, account: &AccountId) -> Result<KeyInfo, VoiceAgentsFailure> {
        key::info(&self.0, account).await
    }

    async fn agents(&self, account: &AccountId) -> Result<Vec<AgentSummary>, VoiceAgentsFailure> {
        agents::list(&self.0, account).await
    }

    async fn agent(
        &self,
        account: &AccountId,
        agent: &str,
        version: VersionRef,
    ) -> Result<AgentThere, VoiceAgentsFailure> {
        agents::get(&self.0, account, agent, version).await
    }

    async fn versions(&self, account: &AccountId, agent: &str) -> Result<Vec<AgentVersion>, VoiceAgentsFailure> {
        agents::versions(&self.0, account, agent).await
    }

    async fn prompt(&self, account: &AccountId, engine: &Engine) -> Result<String, VoiceAgentsFailure> {
        prompts::get(&self.0, account, engine).await
    }

    async fn put_prompt(&self, account: &AccountId, engine: &Engine, prompt: &str) -> Result<(), VoiceAgentsFailure> {
        prompts::put(&self.0, account, engine, prompt).await
    }

    async fn new_draft(&self, account: &AccountId, agent: &str, base: u32) -> Result<AgentThere, VoiceAgentsFailure> {
        agents::new_draft(&self.0, account, agent, base).await
    }

    async fn publish(
        &self,
        account: &AccountId,
        agent: &str,
        version: u32,
        title: &str,
    ) -> Result<(), VoiceAgentsFailure> {
        agents::publish(&self.0, account, agent, version, title).await
    }

    async fn put_webhook(
        &self,
        account: &AccountId,
        agent: &str,
        version: u32,
        url: &str,
        events: &[&str],
    ) -> Result<AgentThere, VoiceAgentsFailure> {
        agents::put_webhook(&self.0, account, agent, version, url, events).await
    }

    async fn numbers(&self, account: &AccountId) -> Result<Vec<NumberThere>, VoiceAgentsFailure> {
        numbers::list(&self.0, account).await
    }

    async fn number(&self, account: &AccountId, number: &str) -> Result<NumberThere, VoiceAgentsFailure> {
        numbers::get(&self.0, account, number).await
    }

    async fn bind(
        &self,
        account: &AccountId,
        number: &str,
        inbound: &[BoundAgent],
    ) -> Result<NumberThere, VoiceAgentsFailure> {
        numbers::bind(&self.0, account, number, numbers::INBOUND, inbound).await
    }

    async fn bind_outbound(
        &self,
        account: &AccountId,
        number: &str,
        outbound: &[BoundAgent],
    ) -> Result<NumberThere, VoiceAgentsFailure> {
        numbers::bind(&self.0, account, number, numbers::OUTBOUND, outbound).await
    }

    async fn voices(&self, account: &AccountId) -> Result<Vec<Voice>, VoiceAgentsFailure> {
        voices::list(&self.0, account).await
    }
}
