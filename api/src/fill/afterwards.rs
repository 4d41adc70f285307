//! What comes later of a call: its booking's file is closed, staff call back; most appointments take place, some people do
//! not come, some cancel.

use super::plot::Plot;
use super::story::{Part, Story};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rand::RngExt;
use rand::rngs::StdRng;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::{CallEvent, CallbackDone};
use ringbuch_domain::diary::{
    BookingCancelRequested, BookingCancelled, BookingCompleted, BookingSettled, CancelReason, CustomerDidNotShow,
    DiaryEvent,
};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::StreamId;
use std::collections::BTreeMap;

/// A log takes a thousand events at once.
const AT_ONCE: usize = 900;
/// From a call to being called back, in days.
const CALLED_BACK: i64 = 2;

/// By the day on which it comes about, and the stream.
#[derive(Debug, Default)]
pub struct Afterwards(BTreeMap<(Date, String), Due>);

#[derive(Debug)]
struct Due {
    company: CompanyId,
    stream: StreamId,
    events: Vec<AnyEvent>,
}

impl Afterwards {
    /// Decides what comes of a call of some day.
    pub fn draw(&mut self, dice: &mut StdRng, story: &Story<'_>, day: Date) {
        let company = &story.company.id;
        if story.plot.leads_to_a_callback() {
            let done = CallbackDone { call: story.call.clone(), by: "fill".into() };
            let due = day.saturating_add(CALLED_BACK.days());
            self.add(due, company, StreamId::call(company, &story.call), [AnyEvent::Call(CallEvent::from(done))]);
        }
        let Some(it) = &story.appointment else { return };
        let (page, booking) = (StreamId::diary(company, it.page), it.booking);
        let diary = |events: Vec<DiaryEvent>| events.into_iter().map(AnyEvent::Diary);
        self.add(day, company, page.clone(), diary(vec![BookingSettled { booking }.into()]));
        let (due, events) = match dice.random_range(0..100) {
            _ if !matches!(story.plot, Plot::Books | Plot::BooksAfterwards) => return,
            0..7 => {
                let (customer, private) = (story.caller.id, Private::Known(CancelReason { text: None }));
                let by = || "calendar".to_owned();
                let asked = BookingCancelRequested { booking, customer, by: by(), private };
                let cancelled = BookingCancelled { booking, by: by() };
                (day, vec![asked.into(), cancelled.into(), BookingSettled { booking }.into()])
            }
            7..11 => (it.page, vec![CustomerDidNotShow { booking }.into()]),
            _ => (it.page, vec![BookingCompleted { booking }.into()]),
        };
        self.add(due, company, page, diary(events));
    }

    fn add(&mut self, due: Date, company: &CompanyId, stream: StreamId, events: impl IntoIterator<Item = AnyEvent>) {
        let key = (due, stream.as_str().to_owned());
        let due = self.0.entry(key).or_insert_with(|| Due { company: company.clone(), stream, events: vec![] });
        due.events.extend(events);
    }

    /// What has come about before this day, told at its beginning.
    pub fn before(&mut self, day: Date, at: Timestamp) -> Vec<Part> {
        let mut parts = Vec::new();
        while let Some(entry) = self.0.first_entry().filter(|entry| entry.key().0 < day) {
            let Due { company, stream, mut events } = entry.remove();
            while !events.is_empty() {
                let rest = events.split_off(AT_ONCE.min(events.len()));
                let (stream, company) = (stream.clone(), Some(company.clone()));
                parts.push(Part { stream, company, at, from_outside: true, events });
                events = rest;
            }
        }
        parts
    }
}
