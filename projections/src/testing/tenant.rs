//! A made-up company whose every id bears its name, so that a row of another company shows wherever it turns up, and its
//! events in usual shapes.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use ringbuch_domain::call::*;
use ringbuch_domain::customer::{Card, CustomerErased, CustomerRegistered};
use ringbuch_domain::diary::*;
use ringbuch_domain::ids::*;
use ringbuch_domain::money::Money;
use ringbuch_domain::private::Private;
use ringbuch_domain::webhook::*;

use super::{Log, time};

/// The day on which appointments stand.
pub const PAGE: Date = date(2025, 7, 2);
/// 11:00 to 11:30 in Berlin.
pub const START: &str = "2025-07-02T09:00:00Z";

pub struct Tenant {
    pub company: CompanyId,
    pub account: AccountId,
    pub branch: BranchId,
    pub staff: StaffId,
    pub event_type: EventTypeId,
    pub number: String,
}

impl Tenant {
    /// `digit` makes its numbers its own.
    pub fn new(name: &str, digit: u8) -> Self {
        Self {
            company: CompanyId::new(name).unwrap(),
            account: AccountId::new(&format!("{name}_account")).unwrap(),
            branch: BranchId::new(&format!("{name}-mitte")).unwrap(),
            staff: StaffId::new(&format!("{name}-erika")).unwrap(),
            event_type: EventTypeId(i64::from(digit) * 1000 + 1),
            number: format!("+493023125{digit}00"),
        }
    }

    pub fn call(&self, name: &str) -> CallId {
        CallId::new(&format!("call_{}_{name}", self.company)).unwrap()
    }

    pub fn booking(&self, name: &str) -> BookingId {
        BookingId(derived(&["booking", self.company.as_str(), name]))
    }

    pub fn customer(&self, name: &str) -> CustomerId {
        CustomerId(derived(&["customer", self.company.as_str(), name]))
    }

    pub fn delivery(&self, name: &str) -> DeliveryId {
        DeliveryId::new(&format!("{}{name}", self.company)).unwrap()
    }

    pub fn card(&self, name: &str) -> Card {
        Card {
            name: Some(format!("{name} of {}", self.company)),
            phone: Some(self.caller_number()),
            email: Some(format!("{name}@{}.example.com", self.company)),
        }
    }

    pub fn caller_number(&self) -> String {
        format!("+4917139200{}", self.event_type.0 / 1000 * 11)
    }

    /// The log sets when.
    pub fn webhook_received(&self, name: &str, event: &str) -> WebhookReceived {
        WebhookReceived {
            delivery: self.delivery(name),
            provider: Provider::Retell,
            account: self.account.clone(),
            company: None,
            event: event.into(),
            call: Some(self.call("1").to_string()),
            bytes: 512,
            verdict: Verdict::CurrentKey,
            received_at: Timestamp::UNIX_EPOCH,
            private: Private::Known(Delivered { headers: vec![], body: Body::Text("{}".into()) }),
        }
    }

    pub fn webhook_processed(&self, name: &str, event: &str, received_at: Timestamp) -> WebhookProcessed {
        WebhookProcessed {
            delivery: self.delivery(name),
            provider: Provider::Retell,
            event: event.into(),
            received_at,
            company: self.company.clone(),
            call: Some(self.call("1")),
            attempt: 1,
        }
    }

    pub fn webhook_failed(&self, name: &str, event: &str, attempt: u32, next: Option<&str>) -> WebhookFailed {
        WebhookFailed {
            delivery: self.delivery(name),
            provider: Provider::Retell,
            event: event.into(),
            received_at: time("2025-07-01T08:00:00Z"),
            attempt,
            error: "the calendar was away".into(),
            next_attempt_at: next.map(time),
        }
    }

    pub fn webhook_quarantined(&self, name: &str, event: &str) -> WebhookQuarantined {
        WebhookQuarantined {
            delivery: self.delivery(name),
            provider: Provider::Retell,
            event: event.into(),
            received_at: time("2025-07-01T08:00:00Z"),
            reason: "unknown_number".into(),
            detail: "the called number belongs to no company of the account".into(),
        }
    }

    pub fn webhook_replayed(&self, name: &str, event: &str) -> WebhookReplayed {
        WebhookReplayed {
            delivery: self.delivery(name),
            provider: Provider::Retell,
            event: event.into(),
            received_at: time("2025-07-01T08:00:00Z"),
            by: "cli".into(),
        }
    }

    pub fn registered(&self, name: &str) -> CustomerRegistered {
        let private = Private::Known(self.card(name));
        CustomerRegistered { customer: self.customer(name), anonymous: false, private }
    }

    pub fn erased(&self, name: &str) -> CustomerErased {
        CustomerErased { customer: self.customer(name), by: "cli".into() }
    }

    pub fn received(&self, call: &str, started_at: &str) -> CallReceived {
        CallReceived {
            call: self.call(call),
            account: self.account.clone(),
            branch: self.branch.clone(),
            direction: Direction::Inbound,
            our_number: Some(self.number.clone()),
            agent: Some(format!("agent_{}", self.company)),
            agent_version: Some(3),
            started_at: Some(time(started_at)),
        }
    }

    pub fn identified(&self, call: &str, customer: &str) -> CustomerIdentified {
        CustomerIdentified {
            call: self.call(call),
            customer: self.customer(customer),
            anonymous: false,
            private: Private::Known(CallerNumber { number: Some(self.caller_number()) }),
        }
    }

    pub fn ended(&self, call: &str, customer: &str) -> CallEnded {
        CallEnded {
            call: self.call(call),
            customer: self.customer(customer),
            rank: Rank::Ended,
            status: "ended".into(),
            disconnection: Some("user_hangup".into()),
            started_at: None,
            ended_at: Some(time("2025-07-01T08:05:00Z")),
            duration_ms: Some(300_000),
            cost: Money::from_cents(70.0),
            latency: Some(VoiceLatency { p50_ms: 800, p95_ms: 1_600 }),
            private: Private::Known(Spoken {
                transcript: Some(format!("transcript of {}", self.company)),
                recording_url: Some(format!("https://{}.example.com/recording", self.company)),
            }),
        }
    }

    pub fn analyzed(&self, call: &str, customer: &str) -> CallAnalyzed {
        CallAnalyzed {
            call: self.call(call),
            customer: self.customer(customer),
            rank: Rank::Analyzed,
            sentiment: Some("positive".into()),
            successful: Some(true),
            voicemail: Some(false),
            appointment_requested: Some(true),
            private: Private::Known(Analysis { summary: Some(format!("summary of {}", self.company)) }),
        }
    }

    pub fn cancel_requested(&self, booking: &str, reason: Option<&str>) -> BookingCancelRequested {
        let (booking, customer) = (self.booking(booking), self.customer("max"));
        let private = Private::Known(CancelReason { text: reason.map(str::to_owned) });
        BookingCancelRequested { booking, customer, by: "api".into(), private }
    }

    pub fn asked(&self, call: &str, customer: &str, booking: &str) -> BookingAsked {
        BookingAsked {
            call: self.call(call),
            booking: self.booking(booking),
            customer: self.customer(customer),
            branch: self.branch.clone(),
            event_type: self.event_type,
            start: time(START),
            page: PAGE,
            staff: None,
            private: Private::Known(Wish {
                name: Some(format!("{customer} of {}", self.company)),
                email: None,
                phone: Some(self.caller_number()),
                notes: None,
                said: Said {
                    date: Some("02.07.2025".into()),
                    time: Some("11 Uhr".into()),
                    service: Some("Beratung".into()),
                    name: Some(format!("{customer} of {}", self.company)),
                },
            }),
        }
    }

    pub fn refused(&self, call: &str, customer: &str, booking: &str, reason: Refusal) -> BookingRefused {
        BookingRefused {
            call: self.call(call),
            booking: self.booking(booking),
            customer: self.customer(customer),
            reason,
            private: Private::Known(Said {
                date: Some("vorgestern".into()),
                time: Some("11 Uhr".into()),
                service: None,
                name: Some(format!("{customer} of {}", self.company)),
            }),
        }
    }

    /// The log sets when.
    pub fn requested(&self, call: Option<&str>, customer: &str, booking: &str) -> BookingRequested {
        BookingRequested {
            booking: self.booking(booking),
            customer: self.customer(customer),
            call: call.map(|call| self.call(call)),
            source: if call.is_some() { "call".into() } else { "api".into() },
            branch: self.branch.clone(),
            event_type: self.event_type,
            team: None,
            slot: Self::slot(START),
            staff: vec![self.staff.clone()],
            zone: "Europe/Berlin".into(),
            language: "de".into(),
            requested_at: Timestamp::UNIX_EPOCH,
            private: Private::Known(Contact {
                name: format!("{customer} of {}", self.company),
                email: format!("{customer}@{}.example.com", self.company),
                phone: Some(self.caller_number()),
                notes: "Via Telefon gebucht".into(),
            }),
        }
    }

    pub fn slot(start: &str) -> Slot {
        let start = time(start);
        let end = start + jiff::SignedDuration::from_mins(30);
        Slot { start, end, buffer_before_minutes: 0, buffer_after_minutes: 0 }
    }

    pub fn attempt(&self, booking: &str, act: Act, attempt: u32, deadline: &str) -> BookingAttemptStarted {
        BookingAttemptStarted { booking: self.booking(booking), act, attempt, deadline: time(deadline) }
    }

    pub fn unknown(&self, booking: &str, act: Act, attempt: u32, look_up_at: &str) -> BookingOutcomeUnknown {
        let reason = "timed out".into();
        BookingOutcomeUnknown { booking: self.booking(booking), act, attempt, reason, look_up_at: time(look_up_at) }
    }

    pub fn provider_ref(&self, booking: &str) -> ProviderRef {
        ProviderRef { uid: format!("uid-{}-{booking}", self.company), number: self.event_type.0 + 7 }
    }

    pub fn confirmed(&self, call: Option<&str>, customer: &str, booking: &str) -> BookingConfirmed {
        BookingConfirmed {
            booking: self.booking(booking),
            customer: self.customer(customer),
            call: call.map(|call| self.call(call)),
            branch: self.branch.clone(),
            event_type: self.event_type,
            start: Self::slot(START).start,
            end: Self::slot(START).end,
            staff: Some(self.staff.clone()),
            host: Some(self.event_type.0 + 5),
            attempt: None,
            moved_from: None,
            private: Private::Known(self.provider_ref(booking)),
        }
    }

    /// Not yet, though the calendar has it.
    pub fn pending(&self, customer: &str, booking: &str) -> BookingPending {
        let BookingConfirmed { booking, customer, start, end, staff, attempt, private, .. } =
            self.confirmed(None, customer, booking);
        BookingPending { booking, customer, start, end, staff, attempt, private }
    }

    /// What the two pages write when a booking goes from one to the other at the same time of day.
    pub fn moved_to(&self, log: &mut Log, customer: &str, booking: &str, page: Date) {
        let to = Self::slot(&START.replace("2025-07-02", &page.to_string()));
        let requested = BookingRequested { slot: to, ..self.requested(None, customer, booking) };
        let came = BookingArrived::new(requested, PAGE);
        let mut arrived = self.confirmed(None, customer, booking);
        (arrived.start, arrived.end, arrived.moved_from) = (to.start, to.end, Some(PAGE));
        let booking = self.booking(booking);
        let left = BookingMoved { booking, from: Self::slot(START).start, to: to.start, page, stays: false };
        log.diary(&self.company, page, came)
            .diary(&self.company, page, arrived)
            .diary(&self.company, PAGE, left)
            .diary(&self.company, PAGE, BookingSettled { booking });
    }

    pub fn failed(&self, call: Option<&str>, customer: &str, booking: &str, reason: &str) -> BookingFailed {
        BookingFailed {
            booking: self.booking(booking),
            customer: self.customer(customer),
            call: call.map(|call| self.call(call)),
            attempt: None,
            reason: reason.into(),
        }
    }

    /// A call that is answered, asks for 11 o'clock, and gets it.
    pub fn booked_call(&self, log: &mut Log, call: &str, customer: &str, booking: &str) {
        let (company, id, started_at) = (&self.company, &self.call(call), log.now.to_string());
        log.customer(company, self.customer(customer), self.registered(customer))
            .call(company, id, self.received(call, &started_at))
            .call(company, id, self.identified(call, customer))
            .call(company, id, self.ended(call, customer))
            .call(company, id, self.analyzed(call, customer))
            .call(company, id, self.asked(call, customer, booking))
            .diary(company, PAGE, self.requested(Some(call), customer, booking))
            .diary(company, PAGE, self.attempt(booking, Act::Book, 1, "2025-07-01T08:10:00Z"))
            .diary(company, PAGE, self.confirmed(Some(call), customer, booking));
    }
}
