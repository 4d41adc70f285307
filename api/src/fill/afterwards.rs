//! What becomes of appointments after they were made: most take place, some people do not come, some cancel.

use super::story::{Appointment, Part};
use jiff::Timestamp;
use jiff::civil::Date;
use rand::RngExt;
use rand::rngs::StdRng;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::diary::{
    BookingCancelRequested, BookingCancelled, BookingCompleted, CancelReason, CustomerDidNotShow, DiaryEvent,
};
use ringbuch_domain::ids::{CompanyId, CustomerId};
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::StreamId;
use std::collections::BTreeMap;

/// A log takes a thousand events at once.
const AT_ONCE: usize = 900;

/// By the day on which it comes about, and the page on which it stands.
#[derive(Debug, Default)]
pub struct Afterwards(BTreeMap<(Date, CompanyId, Date), Vec<AnyEvent>>);

impl Afterwards {
    /// Decides what becomes of an appointment that was made on a day.
    pub fn draw(&mut self, dice: &mut StdRng, company: &CompanyId, customer: CustomerId, it: &Appointment, made: Date) {
        let booking = it.booking;
        let (due, events): (Date, Vec<DiaryEvent>) = match dice.random_range(0..100) {
            0..7 => {
                let private = Private::Known(CancelReason { text: None });
                let by = || "calendar".to_owned();
                let asked = BookingCancelRequested { booking, customer, by: by(), private };
                (made, vec![asked.into(), BookingCancelled { booking, by: by() }.into()])
            }
            7..11 => (it.page, vec![CustomerDidNotShow { booking }.into()]),
            _ => (it.page, vec![BookingCompleted { booking }.into()]),
        };
        let events = events.into_iter().map(AnyEvent::Diary);
        self.0.entry((due, company.clone(), it.page)).or_default().extend(events);
    }

    /// What has come about before this day, told at its beginning.
    pub fn before(&mut self, day: Date, at: Timestamp) -> Vec<Part> {
        let mut parts = Vec::new();
        while let Some(entry) = self.0.first_entry().filter(|entry| entry.key().0 < day) {
            let (_, company, page) = entry.key().clone();
            let mut events = entry.remove();
            while !events.is_empty() {
                let rest = events.split_off(AT_ONCE.min(events.len()));
                let stream = StreamId::diary(&company, page);
                parts.push(Part { stream, company: Some(company.clone()), at, from_outside: true, events });
                events = rest;
            }
        }
        parts
    }
}
