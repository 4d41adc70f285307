//! Time that is kept: for whom, against whom, and how long.

use super::*;

/// Keeps half an hour with Anna for some seconds from now on.
pub(super) fn keep(holder: Holder, start: &str, seconds: i64) -> Hold {
    Hold {
        holder,
        branch: branch("mitte"),
        event_type: ADVICE,
        slot: slot(start),
        wanted: None,
        terms: terms(&["anna"]),
        until: now(seconds),
        now: now(0),
    }
}

fn caller(id: &str) -> Holder {
    Holder::Call(call(id))
}

fn kept(holder: Holder, start: &str, seconds: i64) -> SlotHeld {
    let Hold { holder, branch, event_type, slot, until, .. } = keep(holder, start, seconds);
    SlotHeld { holder, branch, event_type, slot, staff: people(&["anna"]), until }
}

#[test]
fn time_is_kept_and_keeps_others_out() {
    let hold = || Command::Hold(keep(caller("call_1"), "09:00", 60));
    let written: DiaryEvent = kept(caller("call_1"), "09:00", 60).into();
    given(&[]).when(hold()).then_expect_events(vec![written.clone()]);
    let page = || given(std::slice::from_ref(&written));
    page().when(hold()).then_expect_events(vec![]);
    page().when(Command::Hold(keep(caller("call_2"), "09:15", 60))).then_expect_error(Rejection::SlotTaken);
    page().when(request(ask(2, "09:15", &["anna"]))).then_expect_error(Rejection::SlotTaken);
}

#[test]
fn asked_again_it_is_kept_longer() {
    given(&[kept(caller("call_1"), "09:00", 60).into()])
        .when(Command::Hold(keep(caller("call_1"), "09:00", 120)))
        .then_expect_events(vec![kept(caller("call_1"), "09:00", 120).into()]);
}

#[test]
fn a_holder_keeps_one_time_only() {
    let page = page(&[kept(caller("call_1"), "09:00", 60).into(), kept(caller("call_1"), "11:00", 60).into()]);
    assert_eq!(page.holds(), [kept(caller("call_1"), "11:00", 60)]);
    assert!(page.free(&slot("09:00"), &terms(&["anna"]), None, None, now(0)).is_ok());
}

#[test]
fn a_holder_who_asks_in_vain_keeps_what_they_had() {
    let history = [kept(caller("call_1"), "09:00", 60).into(), requested(2, "11:00", &["anna"]).into()];
    given(&history).when(Command::Hold(keep(caller("call_1"), "11:00", 60))).then_expect_error(Rejection::SlotTaken);
    assert_eq!(page(&history).holds(), [kept(caller("call_1"), "09:00", 60)]);
}

#[test]
fn a_hold_that_would_be_over_is_none() {
    for until in [0, -1] {
        let hold = Command::Hold(keep(caller("call_1"), "09:00", until));
        given(&[]).when(hold).then_expect_error(Rejection::HoldExpired);
    }
}

#[test]
fn a_hold_is_over_at_its_time_whether_or_not_anybody_has_written_that_down() {
    let page = page(&[kept(caller("call_1"), "09:00", 60).into()]);
    let free = |seconds| page.free(&slot("09:00"), &terms(&["anna"]), None, None, now(seconds)).is_ok();
    assert_eq!([59, 60, 61].map(free), [false, true, true]);
}

#[test]
fn expired_holds_are_cleared_away_once() {
    let history = [kept(caller("call_1"), "09:00", 60).into(), kept(caller("call_2"), "10:00", 61).into()];
    let expired: DiaryEvent = HoldExpired { holder: caller("call_1") }.into();
    given(&history).when(Command::ExpireHolds { now: now(59) }).then_expect_events(vec![]);
    given(&history).when(Command::ExpireHolds { now: now(60) }).then_expect_events(vec![expired.clone()]);
    given(&history).and(vec![expired]).when(Command::ExpireHolds { now: now(60) }).then_expect_events(vec![]);
}

#[test]
fn a_hold_is_let_go_once() {
    let release = || Command::ReleaseHold { holder: caller("call_1") };
    let released: DiaryEvent = HoldReleased { holder: caller("call_1") }.into();
    let history = [kept(caller("call_1"), "09:00", 60).into()];
    given(&history).when(release()).then_expect_events(vec![released.clone()]);
    given(&history).and(vec![released]).when(release()).then_expect_events(vec![]);
}

#[test]
fn lesson_05_a_callers_own_hold_never_stands_in_their_way() {
    let history = [kept(caller("call_1"), "09:00", 60).into()];
    given(&history).when(request(ask(1, "09:00", &["anna"]))).then_expect_events(vec![
        HoldReleased { holder: caller("call_1") }.into(),
        requested(1, "09:00", &["anna"]).into(),
    ]);
    given(&history).when(request(ask(1, "09:15", &["anna"]))).then_expect_events(vec![
        HoldReleased { holder: caller("call_1") }.into(),
        requested(1, "09:15", &["anna"]).into(),
    ]);
}

#[test]
fn a_refused_booking_leaves_the_hold_where_it_was() {
    let history = [kept(caller("call_1"), "09:00", 60).into(), requested(2, "11:00", &["anna"]).into()];
    given(&history).when(request(ask(1, "11:00", &["anna"]))).then_expect_error(Rejection::SlotTaken);
}

#[test]
fn an_old_hold_is_let_go_and_a_newer_one_stays() {
    let history = [kept(caller("call_1"), "09:00", 60).into()];
    let old = |seconds| Command::ReleaseOldHold { holder: caller("call_1"), until: now(seconds) };
    given(&history).when(old(60)).then_expect_events(vec![HoldReleased { holder: caller("call_1") }.into()]);
    given(&history).when(old(59)).then_expect_events(vec![]);
    given(&[]).when(old(60)).then_expect_events(vec![]);
}
