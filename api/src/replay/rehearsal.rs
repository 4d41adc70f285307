//! A replay without its effects: what the log would gain, computed from what it holds, delivery by delivery as if each
//! followed the one before.

use super::ReplayError;
use crate::app::App;
use crate::intake::{Quarantine, Rehearsed, Understood, meeting_id, received, recording_id, understand};
use crate::journal::{JournalError, Loaded, Stored};
use cqrs_es::{Aggregate, DomainEvent};
use ringbuch_domain::call::Call;
use ringbuch_domain::customer::Customer;
use ringbuch_domain::ids::{CallId, CompanyId, CustomerId, DeliveryId};
use ringbuch_domain::ports::Caller;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::{self, Provider, Webhook, WebhookEvent, WebhookReceived};
use ringbuch_projections::deliveries::{Delivery, DeliveryStatus};
use ringbuch_projections::{Paging, Scope, customers};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use uuid::Uuid;

/// What would come of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Preview {
    pub delivery: DeliveryId,
    pub event: String,
    /// Where it stands now.
    pub status: DeliveryStatus,
    /// `processed` or `quarantined`.
    pub outcome: DeliveryStatus,
    /// Why it would be quarantined: a stable word, and a sentence.
    pub reason: Option<String>,
    pub detail: Option<String>,
    pub company: Option<CompanyId>,
    pub call: Option<CallId>,
    /// Kinds of the events that the log would gain, in the order of their writing.
    pub events: Vec<String>,
    /// More than the delivery's own history would change.
    pub changes: bool,
}

/// Computes what a replay would do and writes nothing.
pub async fn dry_run(app: &App, deliveries: &[Delivery]) -> Result<Vec<Preview>, ReplayError> {
    let mut rehearsal = Rehearsal { app, calls: HashMap::new(), customers: HashMap::new(), strangers: HashMap::new() };
    let mut previews = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        previews.push(rehearsal.preview(delivery).await?);
    }
    Ok(previews)
}

impl Preview {
    fn of(delivery: &Delivery) -> Self {
        Self {
            delivery: delivery.delivery.clone(),
            event: delivery.event.clone(),
            status: delivery.status,
            outcome: DeliveryStatus::Processed,
            reason: None,
            detail: None,
            company: None,
            call: None,
            events: vec![],
            changes: false,
        }
    }

    /// Takes down what came of it, and hands out what the delivery would be told at the end.
    fn conclude(&mut self, outcome: Outcome) -> webhook::Command {
        match outcome {
            Ok((company, call, told)) => {
                self.changes = !told.is_empty();
                self.events.extend(told);
                (self.company, self.call) = (Some(company.clone()), call.clone());
                webhook::Command::Processed { company, call }
            }
            Err(quarantine) => {
                self.outcome = DeliveryStatus::Quarantined;
                self.reason = Some(quarantine.reason.to_owned());
                self.detail = Some(quarantine.detail.clone());
                quarantine.into()
            }
        }
    }
}

/// An aggregate as it would stand by now, and as it truly stands.
struct Imagined<A> {
    aggregate: A,
    loaded: Arc<Loaded<A>>,
}

struct Rehearsal<'a> {
    app: &'a App,
    calls: HashMap<StreamId, Imagined<Call>>,
    customers: HashMap<StreamId, Imagined<Customer>>,
    /// People whom nobody knows yet, by company and number.
    strangers: HashMap<(CompanyId, String), CustomerId>,
}

/// Kinds of events in the order of their writing.
type Kinds = Vec<String>;

/// Whose it would be, and what its call and person, or the book, would gain; or why it would be set aside.
type Outcome = Result<(CompanyId, Option<CallId>, Kinds), Quarantine>;

impl Rehearsal<'_> {
    async fn preview(&mut self, delivery: &Delivery) -> Result<Preview, ReplayError> {
        let events = self.app.journal.read_stream::<WebhookEvent>(&StreamId::webhook(&delivery.delivery)).await?;
        let outcome = match received(&events) {
            Some(received) => match received.data.provider {
                Provider::Retell => self.outcome(&received.data).await?,
                Provider::Calcom => match self.app.heeding.rehearse(&received.data).await? {
                    Rehearsed::Would(company, kinds) => Ok((company, None, kinds)),
                    Rehearsed::SetAside(quarantine) => Err(quarantine),
                },
            },
            None => Err(Quarantine::new("erased", "the delivery is not in the log any more")),
        };
        let mut webhook = Webhook::default();
        for event in events {
            webhook.apply(event.data);
        }
        let mut preview = Preview::of(delivery);
        preview.events = decided(&mut webhook, webhook::Command::Replay { by: String::new() });
        let conclusion = preview.conclude(outcome);
        preview.events.extend(decided(&mut webhook, conclusion));
        Ok(preview)
    }

    async fn outcome(&mut self, received: &WebhookReceived) -> Result<Outcome, ReplayError> {
        let understood = match understand(&self.app.journal, &self.app.directory, received).await? {
            Ok(understood) => understood,
            Err(quarantine) => return Ok(Err(quarantine)),
        };
        let stream = understood.call_stream();
        let known = imagined(self.app, &mut self.calls, &stream).await?.aggregate.customer;
        let customer = match known {
            Some(customer) => customer,
            None => self.customer(&understood).await?,
        };
        let mut kinds = self.meet(received, &understood, customer).await?;
        let call = imagined(self.app, &mut self.calls, &stream).await?;
        // What was carried out before gets its first result.
        if !call.loaded.knows(recording_id(&received.delivery)) {
            match call.aggregate.decide(understood.recording(received, customer)) {
                Ok(events) => kinds.extend(applied(&mut call.aggregate, events)),
                Err(rejection) => return Ok(Err(rejection.into())),
            }
        }
        Ok(Ok((understood.company, Some(understood.reading.call), kinds)))
    }

    async fn meet(
        &mut self,
        received: &WebhookReceived,
        understood: &Understood,
        customer: CustomerId,
    ) -> Result<Kinds, JournalError> {
        let person = imagined(self.app, &mut self.customers, &StreamId::customer(customer)).await?;
        if person.loaded.knows(meeting_id(&received.delivery)) {
            return Ok(vec![]);
        }
        // Who was erased stays unknown.
        let events = person.aggregate.decide(understood.meeting(customer)).unwrap_or_default();
        Ok(applied(&mut person.aggregate, events))
    }

    /// Whoever is known by that number, or a stranger who would be registered.
    async fn customer(&mut self, understood: &Understood) -> Result<CustomerId, ReplayError> {
        let Caller::Number(number) = understood.reading.caller() else { return Ok(CustomerId(Uuid::new_v4())) };
        let scope = Scope::Company(&understood.company);
        let known = customers::list(&*self.app.store.rows, scope, Some(&number), Paging::default()).await?;
        if let Some(known) = known.items.iter().find(|known| !known.anonymous) {
            return Ok(known.customer);
        }
        let stranger = (understood.company.clone(), number);
        Ok(*self.strangers.entry(stranger).or_insert_with(|| CustomerId(Uuid::new_v4())))
    }
}

async fn imagined<'m, A: Stored>(
    app: &App,
    known: &'m mut HashMap<StreamId, Imagined<A>>,
    stream: &StreamId,
) -> Result<&'m mut Imagined<A>, JournalError> {
    match known.entry(stream.clone()) {
        Entry::Occupied(entry) => Ok(entry.into_mut()),
        Entry::Vacant(entry) => {
            let loaded = app.journal.load::<A>(stream).await?;
            Ok(entry.insert(Imagined { aggregate: loaded.aggregate.clone(), loaded }))
        }
    }
}

fn decided(webhook: &mut Webhook, command: webhook::Command) -> Kinds {
    let events = webhook.decide(command).unwrap_or_default();
    applied(webhook, events)
}

fn applied<A: Aggregate>(aggregate: &mut A, events: Vec<A::Event>) -> Kinds {
    let kinds = events.iter().map(DomainEvent::event_type).collect();
    for event in events {
        aggregate.apply(event);
    }
    kinds
}
