//! Words that are stored in events or told to machines stay for ever.

use super::*;
use serde_json::{Value, json};

fn stored(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("it can be written")
}

#[test]
fn the_words_of_stored_events_stay() {
    assert_eq!(stored([Act::Book, Act::Cancel, Act::Move]), json!(["book", "cancel", "move"]));
    assert_eq!(stored(Holder::Call(call("call_1"))), json!({ "call": "call_1" }));
    assert_eq!(stored(Holder::Move(booking(1))), json!({ "move": "00000000-0000-0000-0000-000000000001" }));
}

#[test]
fn the_words_of_rejections_stay() {
    let wrong_state = Rejection::WrongState { act: "moved".into(), state: "failed".into() };
    let words = [
        (Rejection::BranchInactive { branch: "Mitte".into() }, json!({ "rule": "branch_inactive", "branch": "Mitte" })),
        (Rejection::ServiceNotOffered, json!({ "rule": "service_not_offered" })),
        (Rejection::InThePast, json!({ "rule": "in_the_past" })),
        (Rejection::TooSoon { minutes: 5 }, json!({ "rule": "too_soon", "minutes": 5 })),
        (Rejection::TooFarAhead { days: 9 }, json!({ "rule": "too_far_ahead", "days": 9 })),
        (Rejection::Closed, json!({ "rule": "closed" })),
        (Rejection::LeavesThePage, json!({ "rule": "leaves_the_page" })),
        (Rejection::SlotTaken, json!({ "rule": "slot_taken" })),
        (Rejection::BookingUnknown, json!({ "rule": "booking_unknown" })),
        (wrong_state, json!({ "rule": "wrong_state", "act": "moved", "state": "failed" })),
        (Rejection::AttemptUnderWay, json!({ "rule": "attempt_under_way" })),
        (Rejection::HoldExpired, json!({ "rule": "hold_expired" })),
        (Rejection::AnotherStands, json!({ "rule": "another_stands" })),
    ];
    for (rejection, word) in words {
        assert_eq!(stored(&rejection), word);
        assert_eq!(Some(rejection.code()), word["rule"].as_str());
        assert!(!rejection.spoken("de").is_empty() && !rejection.spoken("en").is_empty());
        assert_eq!(serde_json::from_value::<Rejection>(word).ok(), Some(rejection));
    }
}

#[test]
fn the_names_of_standings_stay() {
    use Standing::{Cancelled, Completed, Confirmed, Failed, Moved, NoShow, Pending, Requested};
    for standing in [Requested, Pending, Confirmed, Failed, Cancelled, Moved, Completed, NoShow] {
        assert_eq!(stored(standing), json!(standing.as_str()));
    }
}
