//! The end of every story: whatever it was about, nothing is left to do, nothing is booked twice, and both sides' books
//! say the same.

use super::TestApp;
use jiff::SignedDuration;
use ringbuch_adapters::sandbox::calcom::{Booking, Status};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::CallEvent;
use ringbuch_domain::company::Company;
use ringbuch_domain::customer::CustomerEvent;
use ringbuch_domain::diary::DiaryEvent;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::WebhookEvent;
use ringbuch_projections::appointments::{Appointment, AppointmentStatus};
use ringbuch_projections::deliveries::DeliveryStatus;
use ringbuch_projections::{Scope, booking_todo, intake_todo};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Longer than any wish is pursued.
const LONG: SignedDuration = SignedDuration::from_hours(72);

fn is_booked_by_hand(event: &AnyEvent) -> bool {
    matches!(event, AnyEvent::Diary(DiaryEvent::BookingRequested(it)) if it.source != "call")
}

/// A provider or somebody at a company has asked for it.
fn comes_from_outside(event: &AnyEvent) -> bool {
    match event {
        AnyEvent::Webhook(event) => {
            matches!(event, WebhookEvent::WebhookReceived(_) | WebhookEvent::WebhookReplayed(_))
        }
        // A backup was restored, and nobody knows what has happened since.
        AnyEvent::Diary(DiaryEvent::BookingOutcomeUnknown(it)) => it.reason == "restored",
        AnyEvent::Diary(event) => matches!(
            event,
            DiaryEvent::BookingCancelRequested(_) | DiaryEvent::SlotHeld(_) | DiaryEvent::BookingCancelled(_)
        ),
        // Where somebody was forgotten, somebody has asked for it.
        // At the desk an agent tells of its call before any webhook does, and staff call back.
        AnyEvent::Call(
            CallEvent::CallErased(_)
            | CallEvent::CallReceived(_)
            | CallEvent::CustomerIdentified(_)
            | CallEvent::CallbackDone(_)
            | CallEvent::FunctionAnswered(_),
        )
        | AnyEvent::Customer(CustomerEvent::CustomerErased(_))
        | AnyEvent::Company(_)
        | AnyEvent::Account(_)
        | AnyEvent::Number(_)
        | AnyEvent::User(_)
        | AnyEvent::Comparison(_)
        | AnyEvent::Alert(_)
        | AnyEvent::Mailing(_)
        | AnyEvent::Access(_) => true,
        AnyEvent::Call(_) | AnyEvent::Customer(_) | AnyEvent::Mail(_) => false,
    }
}

impl TestApp {
    /// Lets everything come to its end, checks it, and ends the server.
    pub async fn finish(mut self) {
        self.advance_until_quiet(LONG).await;
        self.nothing_is_left().await;
        self.books_agree().await;
        self.nothing_is_without_a_cause().await;
        self.stop().await;
    }

    async fn nothing_is_left(&self) {
        assert_eq!(self.next_due(), None, "something is still to be done");
        assert_eq!(intake_todo::backlog(self.rows()).await.unwrap().count, 0, "deliveries wait");
        assert_eq!(booking_todo::backlog(self.rows(), Scope::All).await.unwrap().count, 0, "bookings wait");
        let waits = |status| matches!(status, DeliveryStatus::Received | DeliveryStatus::Failed);
        let waiting: Vec<_> = self.deliveries().await.into_iter().filter(|it| waits(it.status)).collect();
        assert!(waiting.is_empty(), "{waiting:?}");
        let open = |it: &Appointment| {
            it.in_doubt
                || it.under_way.is_some()
                || matches!(it.status, AppointmentStatus::Requested | AppointmentStatus::Unknown)
        };
        let open: Vec<_> = self.appointments().await.into_iter().filter(open).collect();
        assert!(open.is_empty(), "{open:?}");
        // Everything that was ever written can be read.
        assert!(!self.events().await.is_empty());
    }

    /// Every event says what led to it, and belongs to the same chain as that; what nothing led to came from outside.
    async fn nothing_is_without_a_cause(&self) {
        let (events, mut chains) = (self.events().await, BTreeMap::<Uuid, Uuid>::new());
        let by_hand: BTreeSet<Uuid> =
            events.iter().filter(|event| is_booked_by_hand(&event.data)).map(|event| event.cause.correlation).collect();
        for event in events {
            let (kind, cause) = (event.data.encode().unwrap().kind, event.cause);
            if let Some(led) = cause.causation {
                // What comes later in the log cannot have led to it.
                assert_eq!(chains.get(&led), Some(&cause.correlation), "{kind} at {}", event.position);
            } else {
                let known = comes_from_outside(&event.data) || by_hand.contains(&cause.correlation);
                assert!(known, "{kind} at {} has no cause", event.position);
            }
            chains.insert(event.id, cause.correlation);
        }
    }

    /// Every appointment that stands here stands at Cal.com once, at the same time, and nothing else of ours does.
    async fn books_agree(&self) {
        assert_eq!(self.calcom().overlapping(), 0, "somebody at Cal.com is booked twice at one time");
        let mut here: BTreeMap<String, Appointment> = BTreeMap::new();
        for appointment in self.appointments().await {
            if stands(appointment.status) {
                here.insert(appointment.booking.to_string(), appointment);
            }
        }
        for there in self.calcom().live_bookings() {
            let Some(id) = there.metadata.get("ringbuch_booking").and_then(Value::as_str) else { continue };
            let appointment = here.remove(id);
            let appointment = appointment.unwrap_or_else(|| panic!("at Cal.com alone, or there twice: {there:?}"));
            assert!(self.same(&appointment, &there).await, "{appointment:?} is at Cal.com {there:?}");
        }
        assert!(here.is_empty(), "here alone: {here:?}");
    }

    async fn same(&self, here: &Appointment, there: &Booking) -> bool {
        let pending = there.status != Status::Accepted;
        let set_up = self.app().journal.load::<Company>(&StreamId::company(&here.company)).await.unwrap();
        let staff = set_up.aggregate.staff_of_host(there.host().cast_signed());
        let times = here.start_at == there.start && here.end_at == there.end;
        let status = (here.status == AppointmentStatus::Pending) == pending;
        times && status && (here.staff.as_ref() == staff || pending)
    }
}

/// It is in the calendar, or was while it lasted.
fn stands(status: AppointmentStatus) -> bool {
    use AppointmentStatus::{Completed, Confirmed, NoShow, Pending};
    matches!(status, Confirmed | Pending | Completed | NoShow)
}
