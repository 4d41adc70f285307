//! What the log holds of a person, found by reading all of it: no read model is trusted to know every trace.

use crate::intake::correlation_of_call;
use crate::journal::JournalError;
use ringbuch_domain::event::EventFamily;
use ringbuch_domain::ids::{AccountId, BookingId, CallId, CompanyId, CustomerId, DeliveryId};
use ringbuch_domain::ports::EventLog;
use ringbuch_domain::recorded::{Envelope, StreamId, Subject};
use ringbuch_domain::webhook::WebhookEvent;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use uuid::Uuid;

/// Events that are read at once.
const AT_ONCE: usize = 1_000;

/// Whose traces are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    pub company: &'a CompanyId,
    pub customer: CustomerId,
    /// The account that serves the company; without one no delivery can be told.
    pub account: Option<&'a AccountId>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Traces {
    pub calls: BTreeSet<CallId>,
    /// Every page that a booking has stood on.
    pub bookings: BTreeMap<BookingId, BTreeSet<StreamId>>,
    pub deliveries: BTreeSet<DeliveryId>,
    /// Keys of the deliveries.
    pub keys: BTreeSet<Uuid>,
    /// Everything up to here was read.
    pub read_to: u64,
}

impl Traces {
    /// Reads the log after a position, and on to where it ends when that is reached.
    pub async fn find(
        log: &dyn EventLog,
        person: Person<'_>,
        after: u64,
        known: &BTreeSet<CallId>,
        watch: &(dyn Fn(u64) + Sync),
    ) -> Result<Self, JournalError> {
        let mut traces = Self { calls: known.clone(), read_to: after, ..Self::default() };
        let read_to = walk(log, after, watch, |event| traces.note(person, event)).await?;
        let chains = traces.chains(person.account);
        // A delivery comes before the first word of its call, so the log is read once more.
        let end = walk(log, after, watch, |event| traces.note_delivery(&chains, event)).await?;
        // What came between the two readings may be of a call that the first did not know.
        traces.read_to = read_to.min(end);
        Ok(traces)
    }

    fn note(&mut self, person: Person<'_>, event: &Envelope) {
        let Some(sealed) = &event.private else { return };
        if sealed.subject != Subject::Person(person.customer) || event.company.as_ref() != Some(person.company) {
            return;
        }
        let stream = event.stream.as_str();
        let of_call = stream.strip_prefix(&format!("call-{}-", person.company)).and_then(|id| CallId::new(id).ok());
        self.calls.extend(of_call);
        if stream.starts_with("diary-")
            && let Ok(Named { booking }) = serde_json::from_slice(&event.public)
        {
            self.bookings.entry(booking).or_default().insert(event.stream.clone());
        }
    }

    /// What one of the person's calls set off, or an appointment that was booked without one.
    fn chains(&self, account: Option<&AccountId>) -> HashSet<Uuid> {
        let of_calls = account.map(|account| self.calls.iter().map(|it| correlation_of_call(account, it.as_str())));
        of_calls.into_iter().flatten().chain(self.bookings.keys().map(|booking| booking.0)).collect()
    }

    fn note_delivery(&mut self, chains: &HashSet<Uuid>, event: &Envelope) {
        let Some(sealed) = &event.private else { return };
        let Subject::Delivery(delivery) = &sealed.subject else { return };
        if chains.contains(&event.cause.correlation) && is_delivery(&event.kind) {
            self.deliveries.insert(delivery.clone());
            self.keys.extend(ringbuch_adapters::sealing::SealingCodec::key_of(sealed));
        }
    }
}

/// Events of the diary name their booking.
#[derive(Deserialize)]
struct Named {
    booking: BookingId,
}

fn is_delivery(kind: &str) -> bool {
    WebhookEvent::KINDS.iter().any(|(known, _)| *known == kind)
}

/// Reads all events after a position; returns the last one's.
pub(super) async fn walk(
    log: &dyn EventLog,
    mut after: u64,
    watch: &(dyn Fn(u64) + Sync),
    mut each: impl FnMut(&Envelope),
) -> Result<u64, JournalError> {
    loop {
        let events = log.read_all(after, AT_ONCE).await?;
        let Some(last) = events.last() else { return Ok(after) };
        after = last.position;
        events.iter().for_each(&mut each);
        watch(after);
    }
}
