//! A history as the program would have written it: calls of one company that are answered, ask for an appointment, and
//! get it, each with its delivery, its person and its place in the diary.

use super::ours::{Ours, ended};
use anyhow::Result;
use futures_util::future::try_join_all;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::{Analysis, BookingAsked, CallAnalyzed, CallEvent, CallReceived, CallerNumber};
use ringbuch_domain::call::{CustomerIdentified, Direction, Rank, Said, Wish};
use ringbuch_domain::customer::{Card, CustomerEvent, CustomerRegistered};
use ringbuch_domain::diary::{Act, BookingAttemptStarted, BookingConfirmed, BookingRequested, Contact, DiaryEvent};
use ringbuch_domain::diary::{ProviderRef, Slot};
use ringbuch_domain::ids::{AccountId, BookingId, BranchId, CallId, CustomerId, DeliveryId, EventTypeId, StaffId};
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::{Body, Delivered, Provider, Verdict, WebhookEvent, WebhookProcessed, WebhookReceived};
use uuid::Uuid;

/// Events that a call leaves behind.
pub const EVENTS_A_CALL: u64 = 11;
const WRITERS: usize = 64;
const NUMBER: &str = "+493023125100";
const CALLER: &str = "+491713920042";

/// Writes that many calls.
pub async fn write(ours: &Ours, calls: u64) -> Result<()> {
    let writers = (0..calls).take(WRITERS).map(|writer| {
        let ours = ours.clone();
        tokio::spawn(async move {
            for nth in (writer..calls).step_by(WRITERS) {
                Story::new(nth)?.write(&ours).await?;
            }
            anyhow::Ok(())
        })
    });
    for writer in try_join_all(writers).await? {
        writer?;
    }
    Ok(())
}

/// One call.
struct Story {
    nth: u64,
    began: Timestamp,
    account: AccountId,
    branch: BranchId,
    event_type: EventTypeId,
    staff: StaffId,
    delivery: DeliveryId,
    call: CallId,
    customer: CustomerId,
    booking: BookingId,
}

impl Story {
    fn new(nth: u64) -> Result<Self> {
        let id = Uuid::now_v7();
        let began = date(2025, 7, 1).at(8, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC)?.timestamp();
        Ok(Self {
            nth,
            began: began + SignedDuration::from_secs(i64::try_from(nth)? * 97),
            account: AccountId::new("bench")?,
            branch: BranchId::new("mitte")?,
            event_type: EventTypeId(1001),
            staff: StaffId::new("erika")?,
            delivery: DeliveryId::new(&id.simple().to_string())?,
            call: CallId::new(&format!("call_{}", id.simple()))?,
            customer: CustomerId(Uuid::new_v4()),
            booking: BookingId(Uuid::new_v4()),
        })
    }

    async fn write(&self, ours: &Ours) -> Result<()> {
        let company = &ours.company;
        let page = date(2025, 7, 2).checked_add(i32::try_from(self.nth / 40)?.days())?;
        ours.write(StreamId::webhook(&self.delivery), None, &self.delivered(ours)).await?;
        ours.write(StreamId::customer(self.customer), Some(company), &[self.registered()]).await?;
        ours.write(StreamId::call(company, &self.call), Some(company), &self.told(page)).await?;
        ours.write(StreamId::diary(company, page), Some(company), &self.booked()).await
    }

    fn delivered(&self, ours: &Ours) -> [AnyEvent; 2] {
        let received = WebhookReceived {
            delivery: self.delivery.clone(),
            provider: Provider::Retell,
            account: self.account.clone(),
            company: None,
            event: "call_analyzed".into(),
            call: Some(self.call.to_string()),
            bytes: 900,
            verdict: Verdict::CurrentKey,
            received_at: self.began,
            private: Private::Known(Delivered { headers: vec![], body: Body::Text("x".repeat(900)) }),
        };
        let processed = WebhookProcessed {
            delivery: self.delivery.clone(),
            provider: Provider::Retell,
            event: "call_analyzed".into(),
            received_at: self.began,
            company: ours.company.clone(),
            call: Some(self.call.clone()),
            attempt: 1,
        };
        [WebhookEvent::from(received), processed.into()].map(AnyEvent::Webhook)
    }

    fn registered(&self) -> AnyEvent {
        let card = Card { name: Some("Anna Muster".into()), phone: Some(CALLER.into()), email: None };
        let event = CustomerRegistered { customer: self.customer, anonymous: false, private: Private::Known(card) };
        AnyEvent::Customer(CustomerEvent::from(event))
    }

    fn told(&self, page: jiff::civil::Date) -> [AnyEvent; 5] {
        let received = CallReceived {
            call: self.call.clone(),
            account: self.account.clone(),
            branch: self.branch.clone(),
            direction: Direction::Inbound,
            our_number: Some(NUMBER.into()),
            agent: Some("agent_bench".into()),
            agent_version: Some(3),
            started_at: Some(self.began),
        };
        let identified = CustomerIdentified {
            call: self.call.clone(),
            customer: self.customer,
            anonymous: false,
            private: Private::Known(CallerNumber { number: Some(CALLER.into()) }),
        };
        let mut ended = ended(self.call.clone(), 0);
        ended.customer = self.customer;
        let analyzed = CallAnalyzed {
            call: self.call.clone(),
            customer: self.customer,
            rank: Rank::Analyzed,
            sentiment: Some("positive".into()),
            successful: Some(true),
            voicemail: Some(false),
            appointment_requested: Some(true),
            private: Private::Known(Analysis { summary: Some("Wünscht einen Termin zur Beratung.".into()) }),
        };
        let asked = BookingAsked {
            call: self.call.clone(),
            booking: self.booking,
            customer: self.customer,
            branch: self.branch.clone(),
            event_type: self.event_type,
            start: self.slot().start,
            page,
            staff: None,
            private: Private::Known(wish()),
        };
        [CallEvent::from(received), identified.into(), ended.into(), analyzed.into(), asked.into()].map(AnyEvent::Call)
    }

    fn booked(&self) -> [AnyEvent; 3] {
        let contact = Contact {
            name: "Anna Muster".into(),
            email: "anna@example.com".into(),
            phone: Some(CALLER.into()),
            notes: String::new(),
        };
        let requested = BookingRequested {
            booking: self.booking,
            customer: self.customer,
            call: Some(self.call.clone()),
            source: "call".into(),
            branch: self.branch.clone(),
            event_type: self.event_type,
            team: None,
            slot: self.slot(),
            staff: vec![self.staff.clone()],
            zone: "Europe/Berlin".into(),
            language: "de".into(),
            requested_at: self.began,
            private: Private::Known(contact),
        };
        let attempt =
            BookingAttemptStarted { booking: self.booking, act: Act::Book, attempt: 1, deadline: self.slot().start };
        let confirmed = BookingConfirmed {
            booking: self.booking,
            customer: self.customer,
            call: Some(self.call.clone()),
            branch: self.branch.clone(),
            event_type: self.event_type,
            start: self.slot().start,
            end: self.slot().end,
            staff: Some(self.staff.clone()),
            host: Some(1006),
            attempt: Some(1),
            moved_from: None,
            private: Private::Known(ProviderRef { uid: format!("uid-{}", self.nth), number: 7 }),
        };
        [DiaryEvent::from(requested), attempt.into(), confirmed.into()].map(AnyEvent::Diary)
    }

    fn slot(&self) -> Slot {
        let start = self.began + SignedDuration::from_hours(24);
        let end = start + SignedDuration::from_mins(30);
        Slot { start, end, buffer_before_minutes: 0, buffer_after_minutes: 0 }
    }
}

fn wish() -> Wish {
    let text = |text: &str| Some(text.to_owned());
    let said = Said { date: text("02.07.2025"), time: text("11 Uhr"), service: text("Beratung"), name: text("Anna") };
    Wish { name: text("Anna Muster"), email: None, phone: text(CALLER), notes: None, said }
}
