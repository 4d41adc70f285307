//! The log beats words, and what neither tells stays unknown.

use super::{Analysis, Facts, Intent, Loss, Marks, Promise, Sentiment, Step, analyse, listen};

const BOOKED: &str = "Agent: Um elf Uhr, passt das?\nUser: Ja, danke.\nAgent: Der Termin ist gebucht.\nUser: Danke.";
const ASKED: i64 = Marks::RECEIVED | Marks::ASKED;
const SUBMITTED: i64 = ASKED | Marks::SUBMITTED;
const AFTERWARDS: i64 = SUBMITTED | Marks::CONFIRMED;
const DURING: i64 = AFTERWARDS | Marks::IN_THE_CALL;

fn facts(said: &str, marks: i64) -> Facts {
    Facts { heard: listen(said), marks: Marks(marks), ..Facts::default() }
}

fn analysis(said: &str, marks: i64) -> Analysis {
    analyse(&facts(said, marks))
}

#[test]
fn a_promise_is_kept_early_or_broken() {
    let quiet = "Agent: Um elf Uhr, passt das?\nUser: Nein.\nAgent: Schade.";
    let english = "Agent: Is eleven good for you?\nUser: Yes.\nAgent: You are booked.";
    let cases = [
        (BOOKED, DURING, Some(Promise::Kept), Some(Step::Told)),
        (BOOKED, AFTERWARDS, Some(Promise::Early), Some(Step::Confirmed)),
        (BOOKED, SUBMITTED, Some(Promise::Broken), Some(Step::Submitted)),
        (BOOKED, Marks::RECEIVED, Some(Promise::Broken), Some(Step::Agreed)),
        (quiet, ASKED, Some(Promise::NotMade), Some(Step::Agreed)),
        (quiet, Marks::RECEIVED | Marks::HELD, Some(Promise::NotMade), Some(Step::Held)),
        ("nothing that names a speaker", DURING, None, Some(Step::Confirmed)),
        (english, Marks::RECEIVED, None, Some(Step::Connected)),
        ("", Marks::RECEIVED, None, Some(Step::Connected)),
        ("", 0, None, None),
    ];
    for (said, marks, promise, reached) in cases {
        let analysis = analysis(said, marks);
        assert_eq!((analysis.promise, analysis.reached), (promise, reached), "{said} {marks}");
    }
}

#[test]
fn the_log_says_why_a_booking_was_lost() {
    let refused = |marks| analyse(&Facts { refusal: Some("slot_taken".into()), ..facts(BOOKED, marks) });
    let lost = refused(SUBMITTED);
    assert_eq!(
        (lost.intent, lost.loss, lost.promise),
        (Some(Intent::Book), Some(Loss::Refused), Some(Promise::Broken))
    );
    assert_eq!(lost.loss_code.as_deref(), Some("slot_taken"));
    let made = refused(DURING);
    assert_eq!((made.loss, made.loss_code), (None, None), "asked again, it was booked after all");
}

#[test]
fn a_machine_reaches_nothing_and_has_no_intent() {
    let machine = analysis("", Marks::RECEIVED | Marks::VOICEMAIL);
    assert_eq!((machine.intent, machine.reached), (Some(Intent::Nobody), None));
}

#[test]
fn what_was_heard_is_kept_without_the_mood_and_comes_back() {
    let heard = listen(BOOKED);
    assert_eq!(heard.sentiment, Some(Sentiment::Neutral));
    let kept = serde_json::to_string(&heard).expect("JSON");
    assert_eq!(kept, r#"{"intent":"book","offered":true,"agreed":true,"said_booked":true,"listened":true}"#);
    let back: super::Heard = serde_json::from_str(&kept).expect("as it was kept");
    assert_eq!(back, super::Heard { sentiment: None, ..heard });
    assert_eq!(serde_json::to_string(&listen("")).expect("JSON"), "{}");
}
