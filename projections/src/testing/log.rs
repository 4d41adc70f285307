//! A log that is written by hand: events in order, at the time that was set last.

use super::time;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::access::AccessEvent;
use ringbuch_domain::account::AccountEvent;
use ringbuch_domain::alerts::AlertEvent;
use ringbuch_domain::call::CallEvent;
use ringbuch_domain::company::CompanyEvent;
use ringbuch_domain::comparison::{Compared, List};
use ringbuch_domain::customer::CustomerEvent;
use ringbuch_domain::diary::DiaryEvent;
use ringbuch_domain::ids::{BookingId, CallId, CompanyId, CustomerId, DeliveryId, UserId, derived};
use ringbuch_domain::mail::{MailEvent, MailingEvent};
use ringbuch_domain::number::NumberEvent;
use ringbuch_domain::recorded::{Cause, Recorded, StreamId};
use ringbuch_domain::user::UserEvent;
use ringbuch_domain::webhook::WebhookEvent;

pub struct Log {
    pub events: Vec<Recorded<AnyEvent>>,
    pub now: Timestamp,
}

impl Log {
    pub fn new() -> Self {
        Self { events: Vec::new(), now: time("2025-07-01T08:00:00Z") }
    }

    pub fn at(&mut self, text: &str) -> &mut Self {
        self.now = time(text);
        self
    }

    fn push(&mut self, stream: StreamId, company: Option<&CompanyId>, data: AnyEvent) -> &mut Self {
        let position = self.events.len() as u64 + 1;
        let id = derived(&["event", &position.to_string()]);
        let revision = self.events.iter().filter(|event| event.stream == stream).count() as u64 + 1;
        let company = company.cloned();
        self.events.push(Recorded {
            position,
            stream,
            revision,
            id,
            cause: Cause::first(id),
            company,
            time: self.now,
            data,
        });
        self
    }

    pub fn webhook(&mut self, delivery: &DeliveryId, event: impl Into<WebhookEvent>) -> &mut Self {
        let mut event = event.into();
        if let WebhookEvent::WebhookReceived(it) = &mut event {
            it.received_at = self.now;
        }
        self.push(StreamId::webhook(delivery), None, AnyEvent::Webhook(event))
    }

    pub fn call(&mut self, company: &CompanyId, call: &CallId, event: impl Into<CallEvent>) -> &mut Self {
        self.push(StreamId::call(company, call), Some(company), AnyEvent::Call(event.into()))
    }

    pub fn diary(&mut self, company: &CompanyId, page: Date, event: impl Into<DiaryEvent>) -> &mut Self {
        let mut event = event.into();
        if let DiaryEvent::BookingRequested(it) = &mut event {
            it.requested_at = self.now;
        }
        self.push(StreamId::diary(company, page), Some(company), AnyEvent::Diary(event))
    }

    pub fn customer(
        &mut self,
        company: &CompanyId,
        customer: CustomerId,
        event: impl Into<CustomerEvent>,
    ) -> &mut Self {
        self.push(StreamId::customer(customer), Some(company), AnyEvent::Customer(event.into()))
    }

    pub fn company(&mut self, company: &CompanyId, event: impl Into<CompanyEvent>) -> &mut Self {
        self.push(StreamId::company(company), Some(company), AnyEvent::Company(event.into()))
    }

    pub fn number(&mut self, company: &CompanyId, number: &str, event: impl Into<NumberEvent>) -> &mut Self {
        self.push(StreamId::number(number), Some(company), AnyEvent::Number(event.into()))
    }

    pub fn account(&mut self, event: impl Into<AccountEvent>) -> &mut Self {
        self.push(StreamId::from_stored("account-main"), None, AnyEvent::Account(event.into()))
    }

    pub fn comparison(&mut self, compared: Compared) -> &mut Self {
        let stream = StreamId::comparison(&compared.list);
        let company = match &compared.list {
            List::Calendar(company) => Some(company.clone()),
            List::Calls(_) => None,
        };
        self.push(stream, company.as_ref(), AnyEvent::Comparison(compared.into()))
    }

    pub fn user(&mut self, company: &CompanyId, user: UserId, event: impl Into<UserEvent>) -> &mut Self {
        self.push(StreamId::user(user), Some(company), AnyEvent::User(event.into()))
    }

    pub fn alert(&mut self, company: &CompanyId, event: impl Into<AlertEvent>) -> &mut Self {
        self.push(StreamId::alerts(company), Some(company), AnyEvent::Alert(event.into()))
    }

    pub fn mailing(&mut self, company: &CompanyId, event: impl Into<MailingEvent>) -> &mut Self {
        self.push(StreamId::mailing(company), Some(company), AnyEvent::Mailing(event.into()))
    }

    pub fn mail(&mut self, company: &CompanyId, booking: BookingId, event: impl Into<MailEvent>) -> &mut Self {
        self.push(StreamId::correspondence(company, booking), Some(company), AnyEvent::Mail(event.into()))
    }

    pub fn access(&mut self, company: &CompanyId, event: impl Into<AccessEvent>) -> &mut Self {
        self.push(StreamId::access(company), Some(company), AnyEvent::Access(event.into()))
    }
}
