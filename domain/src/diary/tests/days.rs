//! The edge of the page: local midnight, buffers included, also on days of 23 and 25 hours.

use super::*;
use crate::company::{Company, CompanyEvent, Window, WorkingHoursSynced};
use crate::salon::{company_after, office_hours, set_up};
use jiff::civil::time;

/// The salon, with Anna at work around the clock.
fn round_the_clock() -> Company {
    let window = Window { from: time(0, 0, 0, 0), to: time(0, 0, 0, 0) };
    let mut hours = office_hours("anna");
    hours.weekly = (1..=7).map(|weekday| crate::company::WeeklyHours { weekday, window }).collect();
    company_after(set_up().into_iter().chain([CompanyEvent::from(WorkingHoursSynced { ..hours })]))
}

/// Whether half an hour with Anna can be had on the page of a local day.
fn fits(day: Date, start: &str, buffers: (u32, u32)) -> bool {
    let start = at(start);
    let (buffer_before_minutes, buffer_after_minutes) = buffers;
    let slot = Slot { start, end: shifted(start, 30), buffer_before_minutes, buffer_after_minutes };
    let terms = round_the_clock().terms(&branch("mitte"), ADVICE, day).expect("known");
    let now = at("2025-01-01T00:00:00Z");
    Diary::default().free(&slot, &terms, Some(&staff("anna")), None, now).is_ok()
}

#[test]
fn the_page_begins_and_ends_at_local_midnight() {
    let cases = [
        ("2025-07-01T22:00:00Z", (0, 0), true),
        ("2025-07-01T21:59:00Z", (0, 0), false),
        ("2025-07-01T22:00:00Z", (1, 0), false),
        ("2025-07-01T22:10:00Z", (10, 0), true),
        ("2025-07-02T21:30:00Z", (0, 0), true),
        ("2025-07-02T21:31:00Z", (0, 0), false),
        ("2025-07-02T21:30:00Z", (0, 1), false),
        ("2025-07-02T21:15:00Z", (0, 15), true),
    ];
    for (start, buffers, expected) in cases {
        assert_eq!(fits(PAGE, start, buffers), expected, "{start} {buffers:?}");
    }
}

#[test]
fn lesson_01_a_day_of_23_hours_ends_an_hour_earlier() {
    let day = date(2026, 3, 29);
    let cases = [
        ("2026-03-28T23:00:00Z", true),
        ("2026-03-28T22:59:00Z", false),
        ("2026-03-29T00:45:00Z", true), // 01:45 to 03:15 by the clock on the wall
        ("2026-03-29T21:30:00Z", true),
        ("2026-03-29T21:31:00Z", false),
    ];
    for (start, expected) in cases {
        assert_eq!(fits(day, start, (0, 0)), expected, "{start}");
    }
}

#[test]
fn lesson_01_a_day_of_25_hours_ends_an_hour_later() {
    let day = date(2026, 10, 25);
    let cases = [
        ("2026-10-24T22:00:00Z", true),
        ("2026-10-24T21:59:00Z", false),
        ("2026-10-25T00:30:00Z", true), // 02:30 for the first time
        ("2026-10-25T01:30:00Z", true), // 02:30 for the second time
        ("2026-10-25T22:30:00Z", true),
        ("2026-10-25T22:31:00Z", false),
    ];
    for (start, expected) in cases {
        assert_eq!(fits(day, start, (0, 0)), expected, "{start}");
    }
}

#[test]
fn a_page_knows_nothing_of_its_neighbours_and_needs_not() {
    let late = Slot { start: on("21:30"), end: on("22:00"), ..slot("21:30") };
    let stands = BookingRequested { slot: late, ..requested(1, "21:30", &["anna"]) };
    let page = page(&[stands.into()]);
    let next_day = Slot { start: on("22:00"), end: on("22:30"), ..slot("21:30") };
    assert_eq!(page.free(&next_day, &terms(&["anna"]), None, None, now(0)), Err(Rejection::LeavesThePage));
}
