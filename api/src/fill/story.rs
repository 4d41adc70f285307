//! One made-up call as its events, in the order in which they would have come about.

use super::FillError;
use super::plot::Plot;
use super::town::Company;
use crate::journal::Journal;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::{
    Analysis, BookingAsked, BookingRefused, CallAnalyzed, CallEnded, CallEvent, CallReceived, CallbackRequested,
    CallerNumber, CustomerIdentified, Direction, Rank, Refusal, Said, Spoken, VoiceLatency, Wish,
};
use ringbuch_domain::customer::{Card, CustomerRegistered};
use ringbuch_domain::diary::{
    Act, BookingAttemptStarted, BookingConfirmed, BookingFailed, BookingRequested, Contact, DiaryEvent, ProviderRef,
    Slot,
};
use ringbuch_domain::ids::{BookingId, BranchId, CallId, CompanyId, CustomerId, DeliveryId, EventTypeId, StaffId};
use ringbuch_domain::money::Money;
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::{Cause, Link, StreamId};
use ringbuch_domain::webhook::{Body, Delivered, Provider, Verdict, WebhookEvent, WebhookProcessed, WebhookReceived};
use uuid::Uuid;

/// Events that are appended at one time to one stream.
#[derive(Debug)]
pub struct Part {
    pub stream: StreamId,
    pub company: Option<CompanyId>,
    pub at: Timestamp,
    /// No event has led to it.
    pub from_outside: bool,
    pub events: Vec<AnyEvent>,
}

/// Parts that come one after the other, with how many calls they tell of.
#[derive(Debug)]
pub struct Told {
    pub calls: u64,
    pub parts: Vec<Part>,
}

impl Told {
    /// Returns how many calls are told of.
    pub async fn write(self, journal: &Journal) -> Result<u64, FillError> {
        let mut newest: Option<Link> = None;
        for Part { stream, company, at, from_outside, events } in self.parts {
            let command = Uuid::now_v7();
            let cause = newest.filter(|_| !from_outside).map(|link| Cause::answering(link, command));
            let cause = cause.unwrap_or_else(|| Cause::first(command));
            newest = journal.tell(stream, company.as_ref(), cause, at, &events).await?;
        }
        Ok(self.calls)
    }
}

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    pub id: CustomerId,
    pub name: String,
    /// E.164; absent where it is withheld.
    pub number: Option<String>,
    pub is_new: bool,
}

/// What is booked.
#[derive(Debug, Clone)]
pub struct Appointment {
    pub booking: BookingId,
    pub page: Date,
    pub slot: Slot,
    pub staff: StaffId,
    pub event_type: EventTypeId,
}

#[derive(Debug)]
pub struct Story<'a> {
    pub company: &'a Company,
    pub call: CallId,
    pub delivery: DeliveryId,
    pub branch: &'a (BranchId, String),
    pub version: i64,
    pub plot: Plot,
    pub caller: Caller,
    pub began: Timestamp,
    pub lasts: SignedDuration,
    pub latency: VoiceLatency,
    pub transcript: String,
    pub mood: &'static str,
    /// Where the plot asks for one.
    pub appointment: Option<Appointment>,
}

impl Story<'_> {
    pub fn parts(&self) -> Vec<Part> {
        let during = self.began.saturating_add(self.lasts / 2).unwrap_or(self.began);
        let mut parts = Vec::with_capacity(6);
        if self.caller.is_new {
            parts.push(self.part(StreamId::customer(self.caller.id), self.began, vec![self.registered()]));
        }
        let books =
            |afterwards| self.appointment.as_ref().filter(|_| (self.plot == Plot::BooksAfterwards) == afterwards);
        let mut first = vec![self.received(), self.identified()];
        first.extend(books(false).map(|it| self.asked(it)));
        parts.push(self.part(self.stream(), during, first));
        if let Some(appointment) = books(false) {
            parts.extend(self.at_the_calendar(appointment, during));
        }
        parts.extend(self.over(books(true)));
        if let Some(first) = parts.first_mut() {
            first.from_outside = true;
        }
        parts
    }

    /// The provider tells of the end, and what that leads to.
    fn over(&self, afterwards: Option<&Appointment>) -> Vec<Part> {
        let heard = later(self.ended_at(), 3);
        let mut parts = vec![Part { from_outside: true, company: None, ..self.delivered(heard) }];
        let mut events = vec![self.ended(), self.analyzed()];
        events.extend(afterwards.map(|it| self.asked(it)));
        events.extend((self.plot == Plot::WantsPerson).then(|| self.callback("asked")));
        parts.push(self.part(self.stream(), heard, events));
        if let Some(appointment) = afterwards {
            parts.extend(self.at_the_calendar(appointment, heard));
        }
        parts
    }

    fn at_the_calendar(&self, it: &Appointment, from: Timestamp) -> Vec<Part> {
        let page = StreamId::diary(&self.company.id, it.page);
        let (asked, answered) = (self.requested(it, from), later(from, 1));
        let mut parts = Vec::new();
        if matches!(self.plot, Plot::Fails | Plot::Broken) {
            parts.push(self.part(page, answered, asked.into_iter().chain([self.failed(it)]).collect()));
            parts.push(self.part(self.stream(), answered, vec![self.refused(it), self.callback("booking_refused")]));
        } else {
            parts.push(self.part(page, answered, asked.into_iter().chain([self.confirmed(it)]).collect()));
        }
        parts
    }

    fn part(&self, stream: StreamId, at: Timestamp, events: Vec<AnyEvent>) -> Part {
        Part { stream, company: Some(self.company.id.clone()), at, from_outside: false, events }
    }

    fn stream(&self) -> StreamId {
        StreamId::call(&self.company.id, &self.call)
    }

    fn ended_at(&self) -> Timestamp {
        self.began.saturating_add(self.lasts).unwrap_or(self.began)
    }

    fn registered(&self) -> AnyEvent {
        let Caller { id, name, number, .. } = &self.caller;
        let card = Card { name: Some(name.clone()), phone: number.clone(), email: None };
        let private = Private::Known(card);
        AnyEvent::Customer(CustomerRegistered { customer: *id, anonymous: number.is_none(), private }.into())
    }

    fn received(&self) -> AnyEvent {
        let (branch, number) = self.branch;
        call(CallReceived {
            call: self.call.clone(),
            account: self.company.account.clone(),
            branch: branch.clone(),
            direction: Direction::Inbound,
            our_number: Some(number.clone()),
            agent: Some(self.company.agent.clone()),
            agent_version: Some(self.version),
            started_at: Some(self.began),
        })
    }

    fn identified(&self) -> AnyEvent {
        let Caller { id, number, .. } = &self.caller;
        let private = Private::Known(CallerNumber { number: number.clone() });
        call(CustomerIdentified { call: self.call.clone(), customer: *id, anonymous: number.is_none(), private })
    }

    fn asked(&self, it: &Appointment) -> AnyEvent {
        let wish = Wish {
            name: Some(self.caller.name.clone()),
            email: None,
            phone: self.caller.number.clone(),
            notes: None,
            said: self.said(it),
        };
        call(BookingAsked {
            call: self.call.clone(),
            booking: it.booking,
            customer: self.caller.id,
            branch: self.branch.0.clone(),
            event_type: it.event_type,
            start: it.slot.start,
            page: it.page,
            staff: None,
            private: Private::Known(wish),
        })
    }

    fn said(&self, it: &Appointment) -> Said {
        let (date, name) = (Some(it.page.to_string()), Some(self.caller.name.clone()));
        Said { date, time: None, service: None, name }
    }

    fn refused(&self, it: &Appointment) -> AnyEvent {
        call(BookingRefused {
            call: self.call.clone(),
            booking: it.booking,
            customer: self.caller.id,
            reason: Refusal::Calendar { reason: TAKEN.into() },
            private: Private::Known(self.said(it)),
        })
    }

    fn callback(&self, reason: &str) -> AnyEvent {
        call(CallbackRequested { call: self.call.clone(), reason: reason.into() })
    }

    #[expect(clippy::cast_precision_loss, reason = "a call lasts minutes")]
    fn ended(&self) -> AnyEvent {
        let spoken = Spoken { transcript: Some(self.transcript.clone()), recording_url: None };
        call(CallEnded {
            call: self.call.clone(),
            customer: self.caller.id,
            rank: Rank::Analyzed,
            status: "ended".into(),
            disconnection: Some("user_hangup".into()),
            started_at: Some(self.began),
            ended_at: Some(self.ended_at()),
            duration_ms: i64::try_from(self.lasts.as_millis()).ok(),
            cost: Money::from_cents(self.lasts.as_secs() as f64 * CENTS_A_SECOND),
            latency: Some(self.latency),
            private: Private::Known(spoken),
        })
    }

    fn analyzed(&self) -> AnyEvent {
        call(CallAnalyzed {
            call: self.call.clone(),
            customer: self.caller.id,
            rank: Rank::Analyzed,
            sentiment: Some(self.mood.into()),
            successful: Some(self.plot.asks()),
            voicemail: Some(self.plot == Plot::Voicemail),
            appointment_requested: Some(self.appointment.is_some()),
            private: Private::Known(Analysis { summary: Some("Ein erfundener Anruf.".into()) }),
        })
    }

    /// Its answer is told with it: the delivery was understood at once.
    fn delivered(&self, at: Timestamp) -> Part {
        let event = || "call_analyzed".to_owned();
        let body = format!(
            r#"{{"event":"call_analyzed","call":{{"call_id":"{}","agent_id":"{}","call_status":"ended"}}}}"#,
            self.call, self.company.agent
        );
        let delivery = self.delivery.clone();
        let received_at = at.saturating_sub(SignedDuration::from_millis(120)).unwrap_or(at);
        let received = WebhookReceived {
            delivery: delivery.clone(),
            provider: Provider::Retell,
            account: self.company.account.clone(),
            company: Some(self.company.id.clone()),
            event: event(),
            call: Some(self.call.to_string()),
            bytes: body.len() as u64,
            verdict: Verdict::CurrentKey,
            received_at,
            private: Private::Known(Delivered { headers: vec![], body: Body::Text(body) }),
        };
        let processed = WebhookProcessed {
            delivery: delivery.clone(),
            provider: Provider::Retell,
            event: event(),
            received_at,
            company: self.company.id.clone(),
            call: Some(self.call.clone()),
            attempt: 1,
        };
        let events = [WebhookEvent::from(received), processed.into()].map(AnyEvent::Webhook).to_vec();
        self.part(StreamId::webhook(&delivery), at, events)
    }

    fn requested(&self, it: &Appointment, at: Timestamp) -> Vec<AnyEvent> {
        let contact = Contact {
            name: self.caller.name.clone(),
            email: "anruf@example.com".into(),
            phone: self.caller.number.clone(),
            notes: String::new(),
        };
        let requested = BookingRequested {
            booking: it.booking,
            customer: self.caller.id,
            call: Some(self.call.clone()),
            source: "call".into(),
            branch: self.branch.0.clone(),
            event_type: it.event_type,
            team: None,
            slot: it.slot,
            staff: vec![it.staff.clone()],
            zone: super::spread::ZONE.into(),
            language: "de".into(),
            requested_at: at,
            private: Private::Known(contact),
        };
        let attempt =
            BookingAttemptStarted { booking: it.booking, act: Act::Book, attempt: 1, deadline: later(at, 15) };
        [DiaryEvent::from(requested), attempt.into()].map(AnyEvent::Diary).to_vec()
    }

    fn confirmed(&self, it: &Appointment) -> AnyEvent {
        let uid = it.booking.0.simple().to_string();
        let confirmed = BookingConfirmed {
            booking: it.booking,
            customer: self.caller.id,
            call: Some(self.call.clone()),
            branch: self.branch.0.clone(),
            event_type: it.event_type,
            start: it.slot.start,
            end: it.slot.end,
            staff: Some(it.staff.clone()),
            host: None,
            attempt: Some(1),
            moved_from: None,
            private: Private::Known(ProviderRef { uid, number: 1 }),
        };
        AnyEvent::Diary(confirmed.into())
    }

    fn failed(&self, it: &Appointment) -> AnyEvent {
        let (call, reason) = (Some(self.call.clone()), TAKEN.to_owned());
        let (booking, customer) = (it.booking, self.caller.id);
        AnyEvent::Diary(BookingFailed { booking, customer, call, attempt: Some(1), reason }.into())
    }
}

const TAKEN: &str = "taken";
const CENTS_A_SECOND: f64 = 0.2;

fn call(event: impl Into<CallEvent>) -> AnyEvent {
    AnyEvent::Call(event.into())
}

fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(time)
}
