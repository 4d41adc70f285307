//! Every rule at its boundary, value by value.

use super::*;
use crate::diary::rules::RULES;

/// The first rule that says no.
fn verdict(slot: Slot, terms: &Terms, now: Timestamp) -> Result<(), Rejection> {
    let asked = Asked { slot: &slot, terms, now };
    RULES.iter().try_for_each(|rule| rule(&asked))
}

fn half_an_hour_from(start: Timestamp) -> Slot {
    Slot { start, end: shifted(start, 30), ..slot("09:00") }
}

#[test]
fn an_inactive_branch_says_no_by_its_name_before_anything_else() {
    let closed = Terms { branch_active: false, offered: false, staff: vec![], ..terms(&[]) };
    let refused = Rejection::BranchInactive { branch: "Mitte".into() };
    assert_eq!(verdict(slot("09:00"), &closed, on("10:00")), Err(refused));
}

#[test]
fn a_service_is_booked_only_where_it_is_offered() {
    let elsewhere = Terms { offered: false, ..terms(&["anna"]) };
    assert_eq!(verdict(slot("09:00"), &elsewhere, now(0)), Err(Rejection::ServiceNotOffered));
}

#[test]
fn what_begins_now_is_not_past() {
    let second = SignedDuration::from_secs(1);
    let cases = [
        (on("09:00") - second, Ok(())),
        (on("09:00"), Ok(())),
        (on("09:00") + second, Err(Rejection::InThePast)),
        (Timestamp::MAX, Err(Rejection::InThePast)),
    ];
    for (now, expected) in cases {
        assert_eq!(verdict(slot("09:00"), &terms(&["anna"]), now), expected, "{now}");
    }
}

#[test]
fn notice_is_kept_to_the_second() {
    let minutes = 120;
    let asks = Terms { notice_minutes: minutes, ..terms(&["anna"]) };
    let too_soon = Err(Rejection::TooSoon { minutes });
    let second = SignedDuration::from_secs(1);
    let cases = [(on("07:00"), Ok(())), (on("07:00") + second, too_soon.clone()), (on("09:00"), too_soon)];
    for (now, expected) in cases {
        assert_eq!(verdict(slot("09:00"), &asks, now), expected, "{now}");
    }
    let endless = Terms { notice_minutes: u32::MAX, ..terms(&["anna"]) };
    assert_eq!(verdict(slot("09:00"), &endless, now(0)), Err(Rejection::TooSoon { minutes: u32::MAX }));
}

#[test]
fn the_horizon_is_kept_to_the_second() {
    let days = 14;
    let asks = Terms { horizon_days: Some(days), ..terms(&["anna"]) };
    let two_weeks_before = at("2025-06-18T09:00:00Z");
    let second = SignedDuration::from_secs(1);
    let cases = [
        (two_weeks_before, Ok(())),
        (two_weeks_before + second, Ok(())),
        (two_weeks_before - second, Err(Rejection::TooFarAhead { days })),
    ];
    for (now, expected) in cases {
        assert_eq!(verdict(slot("09:00"), &asks, now), expected, "{now}");
    }
    assert_eq!(verdict(slot("09:00"), &terms(&["anna"]), Timestamp::UNIX_EPOCH), Ok(()));
    let endless = Terms { horizon_days: Some(u32::MAX), ..terms(&["anna"]) };
    assert_eq!(verdict(slot("09:00"), &endless, now(0)), Ok(()));
}

#[test]
fn an_appointment_lies_within_its_day_buffers_included() {
    let (from, to) = (at("2025-07-01T22:00:00Z"), at("2025-07-02T22:00:00Z"));
    let last = to - SignedDuration::from_mins(30);
    let minute = SignedDuration::from_mins(1);
    let cases = [
        (from, 0, 0, true),
        (from - minute, 0, 0, false),
        (from, 1, 0, false),
        (from + minute, 1, 0, true),
        (last, 0, 0, true),
        (last + minute, 0, 0, false),
        (last, 0, 1, false),
        (last - minute, 0, 1, true),
        (from, u32::MAX, 0, false),
        (from, 0, u32::MAX, false),
    ];
    for (start, before, after, fits) in cases {
        let slot = Slot { buffer_before_minutes: before, buffer_after_minutes: after, ..half_an_hour_from(start) };
        let expected = if fits { Ok(()) } else { Err(Rejection::LeavesThePage) };
        assert_eq!(verdict(slot, &terms(&["anna"]), now(-86_400)), expected, "{start} {before} {after}");
    }
}

#[test]
fn somebody_has_to_be_at_work_from_its_start_to_its_end() {
    let span = |from, to| Span { from: on(from), to: on(to) };
    let cases = [
        (vec![span("09:00", "12:00")], "09:00", true),
        (vec![span("09:00", "12:00")], "08:59", false),
        (vec![span("09:00", "12:00")], "11:30", true),
        (vec![span("09:00", "12:00")], "11:31", false),
        (vec![span("12:00", "15:00"), span("09:00", "12:00")], "11:45", true),
        (vec![span("09:00", "12:00"), span("12:01", "15:00")], "11:45", false),
        (vec![span("09:00", "12:30"), span("12:00", "15:00")], "12:15", true),
        (vec![span("09:00", "15:00"), span("10:00", "11:00")], "11:30", true),
        (vec![], "09:00", false),
    ];
    for (windows, start, open) in cases {
        let day = StaffDay { staff: staff("anna"), windows: Some(windows.clone()) };
        let asked = Terms { staff: vec![day], ..terms(&[]) };
        let expected = if open { Ok(()) } else { Err(Rejection::Closed) };
        assert_eq!(verdict(slot(start), &asked, now(0)), expected, "{start} {windows:?}");
    }
    assert_eq!(verdict(slot("03:00"), &terms(&["cara"]), now(0)), Ok(()), "whose hours are not known");
    assert_eq!(verdict(slot("09:00"), &terms(&[]), now(0)), Err(Rejection::Closed), "nobody serves it");
}

#[test]
fn buffers_need_nobody_at_work() {
    let window = Span { from: on("09:00"), to: on("09:30") };
    let asked = Terms { staff: vec![StaffDay { staff: staff("anna"), windows: Some(vec![window]) }], ..terms(&[]) };
    let buffered = Slot { buffer_before_minutes: 15, buffer_after_minutes: 15, ..slot("09:00") };
    assert_eq!(verdict(buffered, &asked, now(0)), Ok(()));
}

#[test]
fn a_rule_that_says_no_leaves_the_page_as_it_was() {
    let mut late = ask(1, "09:00", &["anna"]);
    late.now = on("09:01");
    given(&[]).when(request(late)).then_expect_error(Rejection::InThePast);
}
