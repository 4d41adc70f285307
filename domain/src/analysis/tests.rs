//! Facts beat words, and what neither tells stays unknown.

use super::{Analysis, Facts, Intent, Loss, Promise, Sentiment, Step, analyse};
use crate::AnyEvent;
use crate::call::{CallEvent, Spoken};
use crate::ids::CallId;
use crate::private::Private;
use crate::samples::samples;
use jiff::Timestamp;

const BOOKED: &str = "Agent: Um elf Uhr, passt das?\nUser: Ja, danke.\nAgent: Der Termin ist gebucht.\nUser: Danke.";
const DURING: &str = "2025-07-01T08:00:20Z";
const AFTER: &str = "2025-07-01T08:00:40Z";

fn event(kind: &str) -> AnyEvent {
    let sample = samples().into_iter().find(|sample| sample.kind == kind).expect("a sample");
    sample.decoded().expect("an event")
}

fn ended(said: &str) -> AnyEvent {
    let AnyEvent::Call(CallEvent::CallEnded(mut ended)) = event("CallEnded") else { panic!("not the end of a call") };
    ended.private = Private::Known(Spoken { transcript: Some(said.into()), recording_url: None });
    AnyEvent::Call(ended.into())
}

/// What comes of a call with these words and these events of the samples, all at one time.
fn analysis(said: &str, kinds: &[&str], time: &str) -> Analysis {
    let mut facts = Facts::new(CallId::new("call_0a1b2c3d4e5f60718293a4b5c6d").expect("an id"));
    let time: Timestamp = time.parse().expect("a time");
    let events = [event("CallReceived"), ended(said)].into_iter().chain(kinds.iter().map(|kind| event(kind)));
    events.for_each(|event| facts.take(time, &event));
    analyse(&facts)
}

#[test]
fn a_promise_is_kept_early_or_broken() {
    let asked = ["BookingAsked", "BookingRequested"];
    let confirmed = ["BookingAsked", "BookingRequested", "BookingConfirmed"];
    let quiet = "Agent: Um elf Uhr, passt das?\nUser: Nein.\nAgent: Schade.";
    let cases = [
        (BOOKED, &confirmed[..], DURING, Some(Promise::Kept), Some(Step::Told)),
        (BOOKED, &confirmed, AFTER, Some(Promise::Early), Some(Step::Confirmed)),
        (BOOKED, &asked, DURING, Some(Promise::Broken), Some(Step::Submitted)),
        (BOOKED, &[], DURING, Some(Promise::Broken), Some(Step::Agreed)),
        (quiet, &["BookingAsked"], DURING, Some(Promise::NotMade), Some(Step::Agreed)),
        ("nothing that names a speaker", &confirmed, DURING, None, Some(Step::Confirmed)),
        (
            "Agent: Is eleven good for you?\nUser: Yes.\nAgent: You are booked.",
            &[],
            DURING,
            None,
            Some(Step::Connected),
        ),
        ("", &[], DURING, None, Some(Step::Connected)),
    ];
    for (said, kinds, time, promise, reached) in cases {
        let analysis = analysis(said, kinds, time);
        assert_eq!((analysis.promise, analysis.reached), (promise, reached), "{said} {kinds:?} {time}");
    }
}

#[test]
fn the_log_says_why_a_booking_was_lost() {
    let lost = analysis(BOOKED, &["BookingAsked", "BookingRequested", "BookingFailed"], DURING);
    assert_eq!(
        (lost.intent, lost.loss, lost.promise),
        (Some(Intent::Book), Some(Loss::Refused), Some(Promise::Broken))
    );
    assert!(lost.loss_code.is_some());
    let made = analysis(BOOKED, &["BookingAsked", "BookingRequested", "BookingConfirmed"], DURING);
    assert_eq!((made.loss, made.loss_code, made.confirmed_after_ms), (None, None, Some(0)));
}

#[test]
fn the_provider_knows_the_mood_and_what_the_call_cost() {
    let analysis = analysis(BOOKED, &["CallAnalyzed"], DURING);
    assert_eq!(analysis.sentiment, Some(Sentiment::Positive));
    assert_eq!((analysis.cost.map(|cost| cost.minor), analysis.duration_ms), (Some(3), Some(24_000)));
}

#[test]
fn what_is_of_another_call_changes_nothing() {
    let mut facts = Facts::new(CallId::new("call_other").expect("an id"));
    for kind in ["SlotHeld", "BookingRequested", "BookingConfirmed", "BookingFailed"] {
        facts.take(Timestamp::UNIX_EPOCH, &event(kind));
    }
    assert_eq!(facts, Facts::new(CallId::new("call_other").expect("an id")));
}
