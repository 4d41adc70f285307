//! The instants between which open times are asked for: whole local days, however long they are.

use super::answer::refused;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ringbuch_domain::ports::{CalendarFailure, OpenSlot, SlotQuery};

/// From the first moment of the first day up to, and without, the first moment after the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Span {
    pub(super) fn of(query: &SlotQuery) -> Result<Self, CalendarFailure> {
        let zone = TimeZone::get(&query.zone).map_err(|_| refused("zone_unknown"))?;
        let after = query.to.tomorrow().map_err(|_| refused("days_out_of_reach"))?;
        let begin = |date: Date| date.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
        let (from, to) = (begin(query.from), begin(after));
        let (Ok(from), Ok(to)) = (from, to) else { return Err(refused("days_out_of_reach")) };
        if from < to { Ok(Self { from, to }) } else { Err(refused("days_out_of_order")) }
    }

    /// What begins inside, in order of time, each once.
    pub(super) fn within(self, mut slots: Vec<OpenSlot>) -> Vec<OpenSlot> {
        slots.retain(|slot| self.from <= slot.start && slot.start < self.to && slot.start < slot.end);
        slots.sort_unstable();
        slots.dedup();
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::ids::EventTypeId;

    fn span(from: &str, to: &str, zone: &str) -> Result<(String, String), CalendarFailure> {
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        let query = SlotQuery { event_type: EventTypeId(7), team: None, minutes: None, from, to, zone: zone.into() };
        Span::of(&query).map(|span| (span.from.to_string(), span.to.to_string()))
    }

    #[test]
    fn local_days_are_as_long_as_the_clock_makes_them() {
        let berlin = "Europe/Berlin";
        for (from, to, zone, begins, ends) in [
            ("2026-07-02", "2026-07-02", berlin, "2026-07-01T22:00:00Z", "2026-07-02T22:00:00Z"),
            ("2026-01-05", "2026-01-06", berlin, "2026-01-04T23:00:00Z", "2026-01-06T23:00:00Z"),
            // 23 hours in spring, 25 in autumn.
            ("2026-03-29", "2026-03-29", berlin, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            ("2026-10-25", "2026-10-25", berlin, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
            // A day that begins at one o'clock, there being no midnight.
            ("2026-04-24", "2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
            ("2026-07-02", "2026-07-02", "UTC", "2026-07-02T00:00:00Z", "2026-07-03T00:00:00Z"),
        ] {
            assert_eq!(span(from, to, zone), Ok((begins.into(), ends.into())), "{from} to {to} in {zone}");
        }
        assert_eq!(span("2026-07-02", "2026-07-02", "Berlin"), Err(refused("zone_unknown")));
        assert_eq!(span("2026-07-03", "2026-07-02", berlin), Err(refused("days_out_of_order")));
    }
}
