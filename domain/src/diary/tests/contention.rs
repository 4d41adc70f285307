//! Requests for one person and time are never on their way at once.

use super::*;

fn requested_by(number: u128, start: &str, staff: &[&str]) -> DiaryEvent {
    requested(number, start, staff).into()
}

/// The first one's attempt runs from 100 to 115; the other asks at some second for its own first attempt.
fn second_asks(first: (&str, &[&str]), second: (&str, &[&str]), at: i64) -> Result<Vec<DiaryEvent>, Rejection> {
    let page =
        page(&[requested_by(1, first.0, first.1), requested_by(2, second.0, second.1), started(1, Act::Book, 1)]);
    let (act, deadline) = (Act::Book, now(at + 15));
    page.decide(Command::StartAttempt { booking: booking(2), act, deadline, now: now(at), looked_up: None })
}

#[test]
fn whoever_could_be_taken_twice_waits_for_the_other_to_be_answered() {
    let blocked = Err(Rejection::AttemptUnderWay);
    let (anna, ben, both): (&[&str], &[&str], &[&str]) = (&["anna"], &["ben"], &["anna", "ben"]);
    let cases = [
        (("09:00", both), ("09:00", both), true),
        (("09:00", both), ("09:15", both), true),
        (("09:00", anna), ("09:00", both), true),
        (("09:00", anna), ("09:00", ben), false),
        (("09:00", both), ("09:30", both), false),
        (("09:30", both), ("09:00", both), false),
    ];
    for (first, second, meet) in cases {
        let answer = second_asks(first, second, 101);
        assert_eq!(answer == blocked, meet, "{first:?} {second:?}");
        assert_eq!(answer.is_ok(), !meet);
    }
}

#[test]
fn nobody_waits_beyond_the_others_claim() {
    let both: &[&str] = &["anna", "ben"];
    let asks = |at| second_asks(("09:00", both), ("09:00", both), at).is_ok();
    assert_eq!([100, 114, 115, 116].map(asks), [false, false, true, true]);
}

#[test]
fn until_when_it_waits_is_told() {
    let history = [
        requested_by(1, "09:00", &["anna", "ben"]),
        requested_by(2, "09:00", &["anna", "ben"]),
        requested_by(3, "11:00", &["anna", "ben"]),
        started(1, Act::Book, 1),
    ];
    let page = page(&history);
    assert_eq!(page.blocked_until(booking(2), now(101)), Some(now(115)));
    assert_eq!(page.blocked_until(booking(2), now(115)), None);
    assert_eq!(page.blocked_until(booking(1), now(101)), None, "it does not wait for itself");
    assert_eq!(page.blocked_until(booking(3), now(101)), None);
    assert_eq!(page.blocked_until(booking(9), now(101)), None);
}

#[test]
fn an_answered_request_blocks_nobody() {
    let word = word(1, "09:00", 1, Some(1), Some("anna"));
    let failed =
        BookingFailed { booking: booking(1), customer: MAX, call: None, attempt: Some(1), reason: "gone".into() };
    for answer in [confirmed(word).into(), postponed(1, Act::Book, 1), failed.into()] {
        let history = [
            requested_by(1, "09:00", &["anna", "ben"]),
            requested_by(2, "09:00", &["anna", "ben"]),
            started(1, Act::Book, 1),
            answer,
        ];
        assert_eq!(page(&history).blocked_until(booking(2), now(101)), None);
    }
}

#[test]
fn a_move_reaches_for_its_target_and_a_cancelling_for_nothing() {
    let to = slot("11:00");
    let moving =
        BookingMoveRequested { booking: booking(1), to, page: PAGE, staff: people(&["anna"]), by: "api".into() };
    let other = vec![requested_by(2, "11:00", &["anna", "ben"]), requested_by(3, "09:00", &["anna", "ben"])];
    let under_way = after([standing(1, "09:00"), other.clone(), vec![moving.into(), started(1, Act::Move, 2)]]);
    assert_eq!(page(&under_way).blocked_until(booking(2), now(201)), Some(now(215)), "the target");
    assert_eq!(page(&under_way).blocked_until(booking(3), now(201)), None, "the old place is the calendar's already");
    let cancel =
        BookingCancelRequested { booking: booking(1), customer: MAX, by: "api".into(), private: Private::Erased };
    let cancelling = after([standing(1, "11:00"), other, vec![cancel.into(), started(1, Act::Cancel, 2)]]);
    assert_eq!(page(&cancelling).blocked_until(booking(2), now(201)), None);
    given(&cancelling).when(claim(2, Act::Book, 1)).then_expect_events(vec![started(2, Act::Book, 1)]);
}

#[test]
fn a_cancelling_waits_for_nobody() {
    let cancel =
        BookingCancelRequested { booking: booking(1), customer: MAX, by: "api".into(), private: Private::Erased };
    let history = after([
        standing(1, "09:00"),
        vec![requested_by(2, "09:00", &["anna", "ben"]), cancel.into(), started(2, Act::Book, 2)],
    ]);
    assert!(page(&history).blocked_until(booking(1), now(200)).is_some());
    given(&history).when(claim(1, Act::Cancel, 2)).then_expect_events(vec![started(1, Act::Cancel, 2)]);
}
