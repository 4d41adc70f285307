//! What the read models and the stand-ins' books say.

use super::{Business, TestApp};
use jiff::Timestamp;
use ringbuch_adapters::sandbox::Operation;
use ringbuch_adapters::sandbox::calcom::Booking;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::ids::{BookingId, CallId, CustomerId};
use ringbuch_domain::recorded::Recorded;
use ringbuch_projections::appointments::{self, Appointment, AppointmentFilter};
use ringbuch_projections::calls::{self, CallDetail, CallFilter, Outcome};
use ringbuch_projections::customers::{self, Customer};
use ringbuch_projections::deliveries::{self, Delivery, DeliveryFilter};
use ringbuch_projections::rows::ReadModels;
use ringbuch_projections::{Paging, Scope};
use std::collections::BTreeMap;

/// More than any story makes.
const ALL: Paging = Paging { after: None, limit: 200 };

impl TestApp {
    pub fn rows(&self) -> &dyn ReadModels {
        &*self.app().store.rows
    }

    /// A call of the salon.
    pub async fn call(&self, call: &CallId) -> CallDetail {
        self.call_of(&self.salon, call).await.expect("the call is known")
    }

    pub async fn call_of(&self, business: &Business, call: &CallId) -> Option<CallDetail> {
        calls::find(self.rows(), Scope::Company(&business.id), call).await.unwrap()
    }

    /// What became of every wish, in the order of the alphabet: `confirmed`, `refused: slot_taken`, ….
    pub async fn outcomes(&self) -> Vec<String> {
        let page = calls::list(self.rows(), Scope::All, &CallFilter::default(), ALL).await.unwrap();
        assert!(page.next.is_none(), "a story makes fewer calls than a page holds");
        let mut outcomes: Vec<String> = page.items.iter().map(outcome).collect();
        outcomes.sort();
        outcomes
    }

    /// Every appointment, by start.
    pub async fn appointments(&self) -> Vec<Appointment> {
        let (mut all, mut paging) = (Vec::new(), ALL);
        loop {
            let filter = AppointmentFilter::default();
            let page = appointments::list(self.rows(), Scope::All, &filter, paging).await.unwrap();
            all.extend(page.items);
            paging.after = page.next;
            if paging.after.is_none() {
                all.reverse();
                return all;
            }
        }
    }

    pub async fn appointment(&self, booking: BookingId) -> Appointment {
        appointments::find(self.rows(), Scope::All, booking).await.unwrap().expect("the appointment is known")
    }

    pub async fn customer(&self, customer: CustomerId) -> Customer {
        customers::find(self.rows(), Scope::All, customer).await.unwrap().expect("the customer is known")
    }

    pub async fn customers(&self) -> Vec<Customer> {
        customers::list(self.rows(), Scope::All, None, ALL).await.unwrap().items
    }

    /// Every delivery, newest first.
    pub async fn deliveries(&self) -> Vec<Delivery> {
        let page = deliveries::list(self.rows(), Scope::All, &DeliveryFilter::default(), ALL).await.unwrap();
        assert!(page.next.is_none(), "a story sends fewer webhooks than a page holds");
        page.items
    }

    /// The live bookings of ours at Cal.com that carry this id.
    pub fn live(&self, booking: BookingId) -> Vec<Booking> {
        let id = booking.to_string();
        let ours = |booking: &Booking| booking.metadata.get("ringbuch_booking").is_some_and(|it| *it == id);
        self.calcom().live_bookings().into_iter().filter(ours).collect()
    }

    /// How often Cal.com was asked for something.
    pub fn asked(&self, operation: Operation) -> u64 {
        self.calcom().requests().get(&operation).copied().unwrap_or_default()
    }

    /// What was counted without being stored, by name.
    pub async fn counted(&self) -> BTreeMap<String, u64> {
        let mut counted = BTreeMap::new();
        for count in self.app().tally.since(Timestamp::UNIX_EPOCH).await.unwrap() {
            *counted.entry(count.name).or_default() += count.count;
        }
        counted
    }

    /// The whole log.
    pub async fn events(&self) -> Vec<Recorded<AnyEvent>> {
        let mut events = Vec::new();
        loop {
            let after = events.last().map_or(0, |event: &Recorded<AnyEvent>| event.position);
            let more = self.app().journal.read_all(after, 500).await.unwrap();
            if more.is_empty() {
                return events;
            }
            events.extend(more.into_iter().map(|event| event.map(|data| data.unwrap())));
        }
    }

    /// What the metrics count under a name, or a name with its labels, all together.
    pub fn measured(&self, series: &str) -> u64 {
        let text = self.app().metrics.render();
        let counts = text.lines().filter(|line| line.starts_with(series));
        counts.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
    }

    /// How often something has happened.
    pub async fn happened(&self, kind: &str) -> usize {
        let events = self.events().await;
        events.iter().filter(|event| event.data.encode().unwrap().kind == kind).count()
    }
}

fn outcome(call: &calls::Call) -> String {
    match (&call.outcome, &call.refusal_code) {
        (Outcome::Refused | Outcome::Failed, Some(code)) => format!("{}: {code}", call.outcome.as_str()),
        (outcome, _) => outcome.as_str().to_owned(),
    }
}
