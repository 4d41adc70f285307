use crate::call::{Direction, Rank};
use crate::intake::deliveries::{ANALYZED, ENDED, OLDER, STARTED, facts_of, reading, whose, with};
use crate::intake::facts;
use crate::ports::Caller;
use crate::private::Private;
use crate::salon::{at, call, salon};
use serde_json::{Value, json};

#[test]
fn our_number_is_the_called_one_and_on_the_way_out_the_calling_one() {
    let outbound = with(STARTED, &[("/call/direction", json!("outbound"))]);
    let web = with(
        STARTED,
        &[
            ("/call/call_type", json!("web_call")),
            ("/call/direction", Value::Null),
            ("/call/from_number", Value::Null),
            ("/call/to_number", Value::Null),
        ],
    );
    let (salon, max) = ("+493023125100", "+491713920042");
    let cases = [
        (STARTED, Direction::Inbound, Some(salon), Caller::Number(max.into())),
        (outbound.as_str(), Direction::Outbound, Some(max), Caller::Number(salon.into())),
        (web.as_str(), Direction::Web, None, Caller::Anonymous(call("call_0a1b2c3d4e5f60718293a4b5c6d"))),
    ];
    for (body, direction, ours, caller) in cases {
        let reading = reading(body);
        assert_eq!((reading.direction, reading.our_number().as_deref()), (direction, ours));
        assert_eq!(reading.caller(), caller);
    }
}

#[test]
fn lesson_10_a_number_that_lost_its_plus_is_the_same_number() {
    for number in ["493023125100", "+49 30 23125100", "0049 30 23125 100", "030 23125100"] {
        let reading = reading(&with(STARTED, &[("/call/to_number", json!(number))]));
        assert_eq!(reading.our_number().as_deref(), Some("+493023125100"), "{number}");
    }
}

#[test]
fn lesson_11_a_caller_without_a_number_is_somebody_all_the_same() {
    for number in ["anonymous", "unknown", "blocked", "withheld", "", "Anonymous", "{{user_number}}", "12"] {
        let body = with(ENDED, &[("/call/from_number", json!(number))]);
        let facts = facts_of(&body, &salon());
        assert_eq!((facts.anonymous, facts.caller), (true, None), "{number}");
        assert!(facts.wish.is_some(), "what they wanted is heard");
    }
    let absent = facts_of(&with(ENDED, &[("/call/from_number", Value::Null)]), &salon());
    assert!(absent.anonymous);
}

#[test]
fn a_call_that_has_only_begun_tells_neither_end_nor_wish() {
    let facts = facts_of(STARTED, &salon());
    assert_eq!((facts.ended, facts.analyzed, facts.wish), (None, None, None));
    assert_eq!(facts.received.started_at, Some(at("2025-07-01T08:00:00Z")));
    assert_eq!(facts.received.our_number.as_deref(), Some("+493023125100"));
}

#[test]
fn the_end_and_the_analysis_come_with_their_rank() {
    let rank = |body: &str| {
        let facts = facts_of(body, &salon());
        (facts.ended.map(|it| it.rank), facts.analyzed.map(|it| it.rank))
    };
    assert_eq!(rank(ENDED), (Some(Rank::Ended), None));
    assert_eq!(rank(ANALYZED), (Some(Rank::Analyzed), Some(Rank::Analyzed)));
    assert_eq!(rank(OLDER), (Some(Rank::Ended), Some(Rank::Ended)), "older payloads end with their analysis");
    let empty = with(ANALYZED, &[("/call/call_analysis", Value::Null)]);
    assert_eq!(rank(&empty), (Some(Rank::Analyzed), Some(Rank::Analyzed)), "analysed, with nothing to say");
}

#[test]
fn what_was_said_and_heard_is_private() {
    let facts = facts_of(ANALYZED, &salon());
    let shown = |value: &Value| value.to_string();
    let public = [
        shown(&serde_json::to_value(&facts.received).expect("JSON")),
        shown(&serde_json::to_value(&facts.ended).expect("JSON")),
        shown(&serde_json::to_value(&facts.analyzed).expect("JSON")),
    ]
    .concat();
    for personal in ["Mustermann", "1713920042", "max@example.com", "Beratung gebucht", "aufnahme", "guten Tag"] {
        assert!(!public.contains(personal), "{personal} in {public}");
    }
    assert!(matches!(facts.ended.map(|it| it.private), Some(Private::Known(spoken)) if spoken.transcript.is_some()));
}

#[test]
fn a_wish_is_dated_by_its_call_and_not_by_its_delivery() {
    let tomorrow = with(ENDED, &[("/call/collected_dynamic_variables/datum", json!("morgen"))]);
    let heard = |at_time: &str| facts(&reading(&tomorrow), whose(), &salon(), at(at_time)).wish;
    assert_eq!(heard("2025-07-01T08:01:00Z"), heard("2025-08-01T08:01:00Z"));
}
