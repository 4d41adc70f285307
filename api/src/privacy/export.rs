//! Everything that is kept about a person, in one document that a machine can read.

use super::traces::{Person, Traces, walk};
use crate::app::App;
use crate::intake::bytes;
use crate::journal::JournalError;
use jiff::Timestamp;
use ringbuch_domain::customer::Customer;
use ringbuch_domain::event::DecodeError;
use ringbuch_domain::ids::{CompanyId, CustomerId, DeliveryId};
use ringbuch_domain::recorded::{Envelope, StreamId, Subject};
use ringbuch_domain::webhook::Delivered;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum ExportError {
    #[error("there is no such customer")]
    Unknown,
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("an event cannot be opened: {0}")]
    Sealed(#[from] DecodeError),
}

/// One person's document.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CustomerExport")]
pub struct Export {
    pub exported_at: Timestamp,
    pub company: CompanyId,
    pub customer: CustomerId,
    /// Nothing personal is left to show.
    pub erased: bool,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// What happened, in order.
    pub events: Vec<Happened>,
    /// What the voice provider sent about the person's calls.
    pub deliveries: Vec<Sent>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Happened {
    pub position: u64,
    pub time: Timestamp,
    pub stream: String,
    pub event: String,
    pub public: Value,
    /// Absent where it was erased.
    pub private: Option<Value>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Sent {
    pub delivery: DeliveryId,
    pub time: Timestamp,
    pub headers: Vec<(String, String)>,
    /// Bytes that are no text are shown with replacement characters.
    pub body: String,
}

/// Reads the log for everything that is about the person.
pub async fn export(
    app: &App,
    company: &CompanyId,
    customer: CustomerId,
    watch: &(dyn Fn(u64) + Sync),
) -> Result<Export, ExportError> {
    let known = app.journal.load::<Customer>(&StreamId::customer(customer)).await?;
    known.aggregate.id.ok_or(ExportError::Unknown)?;
    let account = app.directory.account_of(company).await.map(|(account, _)| account);
    let person = Person { company, customer, account: account.as_ref() };
    let traces = Traces::find(app.journal.log(), person, 0, &BTreeSet::new(), watch).await?;
    let mut kept = Vec::new();
    walk(app.journal.log(), 0, watch, |event| {
        if concerns(event, customer, &traces) {
            kept.push(event.clone());
        }
    })
    .await?;
    let card = known.aggregate.card.known().cloned().unwrap_or_default();
    let mut document = Export {
        exported_at: app.clock.now(),
        company: company.clone(),
        customer,
        erased: known.aggregate.erased,
        name: card.name,
        phone: card.phone,
        email: card.email,
        events: Vec::new(),
        deliveries: Vec::new(),
    };
    for (event, private) in app.journal.reveal(kept).await? {
        document.add(&event, private?)?;
    }
    Ok(document)
}

impl Export {
    fn add(&mut self, event: &Envelope, private: Option<Vec<u8>>) -> Result<(), DecodeError> {
        let shape = |source| DecodeError::Shape { kind: event.kind.clone(), version: event.version, source };
        if let Some(Subject::Delivery(delivery)) = event.private.as_ref().map(|sealed| &sealed.subject) {
            let Some(private) = private else { return Ok(()) };
            let Delivered { headers, body } = serde_json::from_slice(&private).map_err(shape)?;
            let body = String::from_utf8_lossy(&bytes(&body)).into_owned();
            self.deliveries.push(Sent { delivery: delivery.clone(), time: event.time, headers, body });
            return Ok(());
        }
        let public = serde_json::from_slice(&event.public).map_err(shape)?;
        let private = private.map(|private| serde_json::from_slice(&private)).transpose().map_err(shape)?;
        self.events.push(Happened {
            position: event.position,
            time: event.time,
            stream: event.stream.to_string(),
            event: event.kind.clone(),
            public,
            private: private.map(without_uid),
        });
        Ok(())
    }
}

/// Whoever holds the calendar's uid of a booking can change it there, so it is not for a document.
fn without_uid(mut private: Value) -> Value {
    if let Value::Object(fields) = &mut private {
        fields.remove("uid");
    }
    private
}

fn concerns(event: &Envelope, customer: CustomerId, traces: &Traces) -> bool {
    match event.private.as_ref().map(|sealed| &sealed.subject) {
        Some(Subject::Person(person)) => *person == customer,
        Some(Subject::Delivery(delivery)) => traces.deliveries.contains(delivery),
        None => event.stream == StreamId::customer(customer) || of_call(event, traces),
    }
}

fn of_call(event: &Envelope, traces: &Traces) -> bool {
    let Some(company) = &event.company else { return false };
    let name = event.stream.as_str();
    let id = ["call-", "functions-"].iter().find_map(|kind| name.strip_prefix(kind));
    let id = id.and_then(|rest| rest.strip_prefix(company.as_str())?.strip_prefix('-'));
    id.is_some_and(|id| traces.calls.iter().any(|call| call.as_str() == id))
}
