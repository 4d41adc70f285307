//! The to-do list of deliveries: reads each one, finds whose it is, and tells the call. What fails is tried again; what
//! can never be understood is set aside where people see it.

use super::calendar::{CalendarIntake, Heeded};
use super::understanding::{OF_ANOTHER, Quarantine, Understood, meeting_id, received, recording_id, understand};
use crate::directory::LiveDirectory;
use crate::journal::{ExecuteError, Journal};
use crate::metrics::{Crossing, Metrics, WebhookOutcome};
use crate::runners::{Done, Errands};
use crate::telemetry::context::Place;
use anyhow::Context;
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::call::Call;
use ringbuch_domain::customer::Customer;
use ringbuch_domain::ids::{CallId, CompanyId, CustomerId, DeliveryId};
use ringbuch_domain::ports::People;
use ringbuch_domain::recorded::{Cause, Link, Recorded, StreamId};
use ringbuch_domain::webhook::{self, Provider, Webhook, WebhookEvent, WebhookReceived};
use ringbuch_projections::intake_todo::{self, DueDelivery};
use ringbuch_projections::rows::ReadModels;
use std::sync::Arc;
use tracing::Instrument;
use uuid::Uuid;

#[derive(Clone)]
pub struct IntakeErrands {
    pub journal: Arc<Journal>,
    pub rows: Arc<dyn ReadModels>,
    pub directory: Arc<LiveDirectory>,
    pub people: Arc<dyn People>,
    pub metrics: Metrics,
    pub calendar: CalendarIntake,
}

/// What is to be said of a delivery that was worked on.
enum Outcome {
    Said(webhook::Command),
    NotBefore(Timestamp),
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

    async fn due(&self, now: Timestamp, limit: u32) -> anyhow::Result<Vec<DueDelivery>> {
        Ok(intake_todo::due(&*self.rows, now, limit).await?)
    }

    async fn next_due(&self, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
        Ok(intake_todo::next_due(&*self.rows, now).await?)
    }

    async fn run(&self, row: DueDelivery) -> anyhow::Result<Done> {
        let stream = StreamId::webhook(&row.delivery);
        let events = self.journal.read_stream::<WebhookEvent>(&stream).await?;
        let received = received(&events).context("a delivery on the list has no first event")?;
        // Its receipt, the failure that it is tried again after, or the order to replay it.
        let because = events.last().map_or_else(|| received.link(), Recorded::link);
        let (call, follows) = (received.data.call.as_deref(), Place::of_event(because));
        let span = tracing::error_span!("intake", delivery = %row.delivery, call, %follows);
        self.work(&stream, received, because).instrument(span).await
    }
}

impl IntakeErrands {
    async fn work(
        &self,
        stream: &StreamId,
        received: Recorded<WebhookReceived>,
        because: Link,
    ) -> anyhow::Result<Done> {
        let outcome = match received.data.provider {
            Provider::Retell => self.of_voice(&received, because).await,
            Provider::Calcom => self.of_calendar(&received, because).await,
        };
        let now = self.journal.clock().now();
        let command = match outcome {
            Ok(Outcome::Said(command)) => command,
            Ok(Outcome::NotBefore(time)) => return Ok(Done::NotBefore(time)),
            Err(error) => webhook::Command::Failed { error: format!("{error:#}"), now },
        };
        self.conclude(stream, &received, because, command).await
    }

    async fn of_voice(&self, received: &Recorded<WebhookReceived>, because: Link) -> anyhow::Result<Outcome> {
        Ok(Outcome::Said(match self.tell_the_call(received, because).await? {
            Ok((company, call)) => webhook::Command::Processed { company, call: Some(call) },
            Err(quarantine) => quarantine.into(),
        }))
    }

    async fn of_calendar(&self, received: &Recorded<WebhookReceived>, because: Link) -> anyhow::Result<Outcome> {
        Ok(match self.calendar.heed(received, because).await? {
            Heeded::Done { company, keep } => {
                if !keep {
                    self.journal.forget_delivery(&received.data.delivery).await?;
                }
                Outcome::Said(webhook::Command::Processed { company, call: None })
            }
            Heeded::SetAside(quarantine) => Outcome::Said(quarantine.into()),
            Heeded::Later(time) => Outcome::NotBefore(time),
        })
    }

    /// Writes down what came of it.
    async fn conclude(
        &self,
        stream: &StreamId,
        received: &Recorded<WebhookReceived>,
        because: Link,
        command: webhook::Command,
    ) -> anyhow::Result<Done> {
        let company = match &command {
            webhook::Command::Processed { company, .. } => Some(company.clone()),
            _ => received.company.clone(),
        };
        let cause = Cause::answering(because, Uuid::now_v7());
        let executed = self.journal.execute::<Webhook>(stream, company.as_ref(), cause, command).await?;
        for event in &executed.events {
            let outcome = match event {
                WebhookEvent::WebhookProcessed(_) => WebhookOutcome::Processed,
                WebhookEvent::WebhookQuarantined(set_aside) => {
                    if OF_ANOTHER.contains(&set_aside.reason.as_str()) {
                        self.metrics.crossed_tenants(Crossing::Webhook);
                    }
                    WebhookOutcome::Quarantined
                }
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
    async fn tell_the_call(
        &self,
        received: &Recorded<WebhookReceived>,
        because: Link,
    ) -> anyhow::Result<Result<(CompanyId, CallId), Quarantine>> {
        let understood = match understand(&self.journal, &self.directory, &received.data).await? {
            Ok(understood) => understood,
            Err(quarantine) => return Ok(Err(quarantine)),
        };
        let stream = understood.call_stream();
        if self.journal.load::<Call>(&stream).await?.aggregate.erased {
            // Its person was forgotten, and so is whatever still comes of it.
            self.journal.forget_delivery(&received.data.delivery).await?;
            return Ok(Ok((understood.company, understood.reading.call)));
        }
        let customer = self.customer(received, because, &understood).await?;
        let cause = Cause::answering(because, recording_id(&received.data.delivery));
        let command = understood.recording(&received.data, customer);
        match self.journal.execute::<Call>(&stream, Some(&understood.company), cause, command).await {
            Ok(_) => Ok(Ok((understood.company, understood.reading.call))),
            Err(ExecuteError::Rejected(rejection)) => Ok(Err(rejection.into())),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }

    /// Finds or registers the person, and notes what this call says of them.
    async fn customer(
        &self,
        received: &Recorded<WebhookReceived>,
        because: Link,
        understood: &Understood,
    ) -> anyhow::Result<CustomerId> {
        let company = &understood.company;
        let customer = self.people.find_or_create(company, &understood.reading.caller()).await?;
        let cause = Cause::answering(because, meeting_id(&received.data.delivery));
        let meet = understood.meeting(customer);
        match self.journal.execute::<Customer>(&StreamId::customer(customer), Some(company), cause, meet).await {
            // Who was erased stays unknown; the call is kept without them.
            Ok(_) | Err(ExecuteError::Rejected(_)) => Ok(customer),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }
}
