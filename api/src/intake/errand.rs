//! The to-do list of deliveries: reads each one, finds whose it is, and tells the call. What fails is tried again; what
//! can never be understood is set aside where people see it.

use super::filing::bytes;
use crate::directory::LiveDirectory;
use crate::journal::{ExecuteError, Journal};
use crate::metrics::{Metrics, WebhookOutcome};
use crate::runners::{Done, Errands};
use anyhow::Context;
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::call::{self, Call, Direction};
use ringbuch_domain::company::Company;
use ringbuch_domain::customer::{self, Card, Customer};
use ringbuch_domain::ids::{AccountId, BranchId, CallId, CompanyId, CustomerId, DeliveryId, derived};
use ringbuch_domain::intake::{Reading, Unreadable, Whose, facts, read};
use ringbuch_domain::number::Number;
use ringbuch_domain::ports::{Caller, People};
use ringbuch_domain::recorded::{Cause, Recorded, StreamId};
use ringbuch_domain::webhook::{self, Webhook, WebhookEvent, WebhookReceived};
use ringbuch_projections::intake_todo::{self, DueDelivery};
use ringbuch_projections::rows::ReadModels;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Clone)]
pub struct IntakeErrands {
    pub journal: Arc<Journal>,
    pub rows: Arc<dyn ReadModels>,
    pub directory: Arc<LiveDirectory>,
    pub people: Arc<dyn People>,
    pub metrics: Metrics,
}

/// What came of reading a delivery.
enum Outcome {
    Processed {
        company: CompanyId,
        call: CallId,
    },
    /// It can never be understood as it is: a stable word, and a sentence.
    Quarantined(&'static str, String),
}

impl From<Unreadable> for Outcome {
    fn from(unreadable: Unreadable) -> Self {
        Self::Quarantined(unreadable.code(), unreadable.to_string())
    }
}

#[async_trait]
impl Errands for IntakeErrands {
    type Row = DueDelivery;
    type Key = DeliveryId;

    fn name(&self) -> &'static str {
        "intake"
    }

    fn key(&self, row: &DueDelivery) -> DeliveryId {
        row.delivery.clone()
    }

    fn due_at(&self, row: &DueDelivery) -> Timestamp {
        row.due_at
    }

    async fn due(&self, now: Timestamp, limit: u32) -> anyhow::Result<Vec<DueDelivery>> {
        Ok(intake_todo::due(&*self.rows, now, limit).await?)
    }

    async fn next_due(&self, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
        Ok(intake_todo::next_due(&*self.rows, now).await?)
    }

    async fn run(&self, row: DueDelivery) -> anyhow::Result<Done> {
        let stream = StreamId::webhook(&row.delivery);
        let events = self.journal.read_stream::<WebhookEvent>(&stream).await?;
        let received = events.iter().find_map(received).context("a delivery on the list has no first event")?;
        let outcome = self.understand(&received).await;
        let now = self.journal.clock().now();
        let command = match outcome {
            Ok(Outcome::Processed { company, call }) => webhook::Command::Processed { company, call: Some(call) },
            Ok(Outcome::Quarantined(reason, detail)) => webhook::Command::Quarantine { reason: reason.into(), detail },
            Err(error) => webhook::Command::Failed { error: format!("{error:#}"), now },
        };
        self.conclude(&stream, &received, command).await
    }
}

fn received(event: &Recorded<WebhookEvent>) -> Option<Recorded<WebhookReceived>> {
    match &event.data {
        WebhookEvent::WebhookReceived(received) => Some(event.clone().map(|_| received.clone())),
        _ => None,
    }
}

impl IntakeErrands {
    /// Writes down what came of it.
    async fn conclude(
        &self,
        stream: &StreamId,
        received: &Recorded<WebhookReceived>,
        command: webhook::Command,
    ) -> anyhow::Result<Done> {
        let company = match &command {
            webhook::Command::Processed { company, .. } => Some(company.clone()),
            _ => received.company.clone(),
        };
        let cause = self.cause(received, Uuid::now_v7());
        let executed = self.journal.execute::<Webhook>(stream, company.as_ref(), cause, command).await?;
        for event in &executed.events {
            let outcome = match event {
                WebhookEvent::WebhookProcessed(_) => WebhookOutcome::Processed,
                WebhookEvent::WebhookQuarantined(_) => WebhookOutcome::Quarantined,
                WebhookEvent::WebhookFailed(failed) if failed.next_attempt_at.is_none() => WebhookOutcome::Dead,
                _ => WebhookOutcome::Failed,
            };
            self.metrics.webhook(received.data.provider, &received.data.event, outcome);
        }
        let position = match executed.appended {
            Some(appended) => appended.position,
            None => self.journal.log().head().await?,
        };
        Ok(Done::Told(position))
    }

    /// Reads the delivery and tells the call. An error is one that may pass.
    async fn understand(&self, received: &Recorded<WebhookReceived>) -> anyhow::Result<Outcome> {
        let Some(delivered) = received.data.private.known() else {
            return Ok(Outcome::Quarantined("erased", "the delivery's content was erased".into()));
        };
        let reading = match read(&bytes(&delivered.body)) {
            Ok(reading) => reading,
            Err(unreadable) => return Ok(unreadable.into()),
        };
        let account = &received.data.account;
        let (company, branch) = match self.place(&reading, account).await? {
            Ok(place) => place,
            Err(outcome) => return Ok(outcome),
        };
        let set_up = self.journal.load::<Company>(&StreamId::company(&company)).await?;
        let customer = self.customer(received, &reading, &company).await?;
        let whose = Whose { account: account.clone(), company: company.clone(), branch, customer };
        let facts = facts(&reading, whose, &set_up.aggregate, received.data.received_at);
        let stream = StreamId::call(&company, &reading.call);
        let cause = self.cause(received, derived(&["record", received.data.delivery.as_str()]));
        let command = call::Command::Record(Box::new(facts));
        match self.journal.execute::<Call>(&stream, Some(&company), cause, command).await {
            Ok(_) => Ok(Outcome::Processed { company, call: reading.call }),
            Err(ExecuteError::Rejected(rejection)) => {
                Ok(Outcome::Quarantined("call_of_another_account", rejection.to_string()))
            }
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }

    /// Whose call it is: by the business's number, on the web by the agent; within the account that signed, never by
    /// default.
    async fn place(
        &self,
        reading: &Reading,
        account: &AccountId,
    ) -> anyhow::Result<Result<(CompanyId, BranchId), Outcome>> {
        match reading.our_number() {
            Some(number) => self.place_of_number(&number, account).await,
            None if reading.direction == Direction::Web => Ok(self.place_of_agent(reading.agent.as_deref(), account)),
            None => {
                let detail = "the call names no number of the business that can be read";
                Ok(Err(Outcome::Quarantined("unknown_number", detail.into())))
            }
        }
    }

    async fn place_of_number(
        &self,
        number: &str,
        account: &AccountId,
    ) -> anyhow::Result<Result<(CompanyId, BranchId), Outcome>> {
        let assigned = self.journal.load::<Number>(&StreamId::number(number)).await?;
        let Some(assigned) = assigned.aggregate.assigned.clone() else {
            let detail = "the called number is assigned to no company; assign it and replay".to_owned();
            return Ok(Err(Outcome::Quarantined("unknown_number", detail)));
        };
        let company = self.journal.load::<Company>(&StreamId::company(&assigned.company)).await?;
        if company.aggregate.account() != Some(account) {
            tracing::warn!(%account, "a delivery names a number of another account's company");
            let detail = "the called number belongs to a company of another account".to_owned();
            return Ok(Err(Outcome::Quarantined("number_of_another_account", detail)));
        }
        Ok(Ok((assigned.company, assigned.branch)))
    }

    fn place_of_agent(&self, agent: Option<&str>, account: &AccountId) -> Result<(CompanyId, BranchId), Outcome> {
        let mut places = agent.map(|agent| self.directory.places_of_agent(agent, account)).unwrap_or_default();
        match (places.pop(), places.pop()) {
            (Some(place), None) => Ok(place),
            (None, _) => {
                let detail =
                    "a call without a number came through an agent that answers for no branch; assign it and replay";
                Err(Outcome::Quarantined("unknown_agent", detail.into()))
            }
            (Some(_), Some(_)) => {
                let detail = "a call without a number came through an agent that answers for several branches";
                Err(Outcome::Quarantined("ambiguous_agent", detail.into()))
            }
        }
    }

    /// Finds or registers the person, and notes what this call says of them.
    async fn customer(
        &self,
        received: &Recorded<WebhookReceived>,
        reading: &Reading,
        company: &CompanyId,
    ) -> anyhow::Result<CustomerId> {
        let caller = reading.caller();
        let customer = self.people.find_or_create(company, &caller).await?;
        let (phone, anonymous) = match caller {
            Caller::Number(number) => (Some(number), false),
            Caller::Anonymous(_) => (reading.said.phone.clone(), true),
        };
        let card = Card { name: reading.said.name.clone(), phone, email: reading.said.email.clone() };
        let cause = self.cause(received, derived(&["meet", received.data.delivery.as_str()]));
        let meet = customer::Command::Meet { customer, anonymous, card };
        match self.journal.execute::<Customer>(&StreamId::customer(customer), Some(company), cause, meet).await {
            // Who was erased stays unknown; the call is kept without them.
            Ok(_) | Err(ExecuteError::Rejected(_)) => Ok(customer),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }

    fn cause(&self, received: &Recorded<WebhookReceived>, command: Uuid) -> Cause {
        Cause { command, correlation: received.cause.correlation, causation: Some(received.id) }
    }
}
