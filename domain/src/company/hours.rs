//! Local hours as instants. A day has 23 or 25 hours twice a year; the zone knows, nothing here adds hours itself.

use super::event::Window;
use crate::diary::Span;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A local day from its midnight to the next.
pub fn span_of(day: Date, zone: &TimeZone) -> Span {
    Span { from: instant(day.to_datetime(Time::midnight()), zone), to: day_end(day, zone) }
}

impl Window {
    /// The window on a local day; `to` at midnight is the day's end.
    pub fn on(&self, day: Date, zone: &TimeZone) -> Span {
        let from = instant(day.to_datetime(self.from), zone);
        let to = if self.to == Time::midnight() { day_end(day, zone) } else { instant(day.to_datetime(self.to), zone) };
        Span { from, to }
    }
}

fn day_end(day: Date, zone: &TimeZone) -> Timestamp {
    day.tomorrow().map_or(Timestamp::MAX, |next| instant(next.to_datetime(Time::midnight()), zone))
}

/// Where the clocks skip or repeat a time, opening hours take the reading that calendars take ("compatible").
fn instant(local: DateTime, zone: &TimeZone) -> Timestamp {
    zone.to_ambiguous_zoned(local).compatible().map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
