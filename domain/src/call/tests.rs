//! Given, when, then; and the facts of a call in every order.

use super::*;
use crate::company::Company;
use crate::ids::BookingId;
use crate::intake::deliveries::{ANALYZED, ENDED, OLDER, STARTED, facts_of, with};
use crate::private::Private;
use crate::salon::{ADVICE, COLOUR, MAX, at, branch, call, company, salon, staff};
use cqrs_es::Aggregate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use serde_json::{Value, json};

const COLLECTED: &str = "/call/collected_dynamic_variables";

fn record(body: &str) -> Command {
    Command::Record(Box::new(facts_of(body, &salon())))
}

/// What the deliveries lead to, one after the other.
fn history(bodies: &[&str]) -> Vec<CallEvent> {
    let mut events = Vec::new();
    for body in bodies {
        let news = after(&events).decide(record(body)).expect("it is recorded");
        events.extend(news);
    }
    events
}

fn after(events: &[CallEvent]) -> Call {
    let mut call = Call::default();
    events.iter().cloned().for_each(|event| call.apply(event));
    call
}

fn told(bodies: &[&str]) -> Call {
    after(&history(bodies))
}

fn given(events: &[CallEvent]) -> AggregateTestExecutor<Call> {
    TestFramework::with(()).given(events.to_vec())
}

fn kinds(events: &[CallEvent]) -> Vec<String> {
    events.iter().map(cqrs_es::DomainEvent::event_type).collect()
}

fn booking() -> BookingId {
    Call::booking_id(&company(), &call("call_0a1b2c3d4e5f60718293a4b5c6d"))
}

/// The three of one call in all their orders.
fn orders([a, b, c]: [&str; 3]) -> [[&str; 3]; 6] {
    [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]]
}

fn saying(body: &str, name: &str, value: Value) -> String {
    with(body, &[(&format!("{COLLECTED}/{name}"), value)])
}

#[test]
fn the_first_delivery_names_call_and_person() {
    let events = history(&[STARTED]);
    assert_eq!(kinds(&events), ["CallReceived", "CustomerIdentified"]);
    let CallEvent::CustomerIdentified(known) = &events[1] else { panic!("who it is") };
    assert_eq!((known.customer, known.anonymous), (MAX, false));
    assert_eq!(known.private, Private::Known(CallerNumber { number: Some("+491713920042".into()) }));
}

#[test]
fn the_end_of_a_call_brings_its_wish() {
    let events = history(&[STARTED, ENDED]);
    assert_eq!(kinds(&events), ["CallReceived", "CustomerIdentified", "CallEnded", "BookingAsked"]);
    let CallEvent::BookingAsked(asked) = &events[3] else { panic!("a wish") };
    assert_eq!((asked.booking, asked.customer, &asked.branch), (booking(), MAX, &branch("mitte")));
    assert_eq!((asked.event_type, asked.start), (ADVICE, at("2025-07-02T09:00:00Z")));
}

#[test]
fn lesson_04_every_order_of_the_three_events_ends_the_same() {
    let expected = told(&[STARTED, ENDED, ANALYZED]);
    assert!(matches!(expected.decision, Some(Decision::Asked(_))));
    for order in orders([STARTED, ENDED, ANALYZED]) {
        assert_eq!(told(&order), expected);
    }
}

#[test]
fn lesson_04_and_so_it_does_with_repeats() {
    let expected = told(&[STARTED, ENDED, ANALYZED]);
    for order in orders([STARTED, ENDED, ANALYZED]) {
        for again in orders([STARTED, ENDED, ANALYZED]) {
            assert_eq!(told(&[order, again].concat()), expected);
        }
        let stuttering: Vec<&str> = order.iter().flat_map(|body| [*body; 3]).collect();
        assert_eq!(told(&stuttering), expected);
    }
}

#[test]
fn lesson_04_an_older_payload_that_tells_all_at_once_ends_the_same_too() {
    let analyzed = with(OLDER, &[("/event", json!("call_analyzed"))]);
    let started = with(OLDER, &[("/event", json!("call_started")), ("/call/call_status", json!("ongoing"))]);
    let expected = told(&[&started, OLDER, &analyzed]);
    for order in orders([&started, OLDER, &analyzed]) {
        assert_eq!(told(&order), expected);
        assert_eq!(told(&[order, order].concat()), expected);
    }
}

#[test]
fn lesson_04_whatever_comes_last_the_fullest_delivery_has_the_last_word() {
    let corrected =
        with(ANALYZED, &[("/call/duration_ms", json!(25_000)), ("/call/call_cost/combined_cost", json!(3.4))]);
    let expected = told(&[STARTED, ENDED, &corrected]);
    assert_eq!(expected.ended.as_ref().and_then(|ended| ended.duration_ms), Some(25_000));
    for order in orders([STARTED, ENDED, &corrected]) {
        assert_eq!(told(&order), expected);
    }
}

#[test]
fn lesson_02_a_repeated_delivery_leads_to_nothing() {
    for body in [STARTED, ENDED, ANALYZED, OLDER] {
        given(&history(&[body])).when(record(body)).then_expect_events(vec![]);
    }
    let all = history(&[STARTED, ENDED, ANALYZED]);
    for body in [STARTED, ENDED, ANALYZED] {
        given(&all).when(record(body)).then_expect_events(vec![]);
    }
}

#[test]
fn an_analysis_alone_tells_the_whole_call() {
    let events = history(&[ANALYZED]);
    assert_eq!(kinds(&events), ["CallReceived", "CustomerIdentified", "CallEnded", "CallAnalyzed", "BookingAsked"]);
}

#[test]
fn lesson_02_a_wish_is_asked_for_once_however_often_it_is_told() {
    let other_bytes = with(ANALYZED, &[("/call/call_analysis/call_summary", json!("Anders gesagt."))]);
    let events = history(&[STARTED, ENDED, ANALYZED, &other_bytes, ENDED]);
    let asked = events.iter().filter(|event| matches!(event, CallEvent::BookingAsked(_))).count();
    assert_eq!(asked, 1);
}

#[test]
fn what_a_later_delivery_says_otherwise_is_flagged_once_and_changes_nothing() {
    let later = saying(ANALYZED, "uhrzeit", json!("12:00"));
    let other_service = saying(ANALYZED, "dienstleistung", json!("Färben"));
    let with_ben = saying(ANALYZED, "mitarbeiter", json!("Ben"));
    let withdrawn = saying(ANALYZED, "booking_confirmed", json!("nein"));
    let unreadable = saying(ANALYZED, "datum", json!("irgendwann"));
    let nine = at("2025-07-02T09:00:00Z");
    let cases = [
        (&later, vec!["start"], Some(at("2025-07-02T10:00:00Z"))),
        (&other_service, vec!["event_type"], Some(nine)),
        (&with_ben, vec!["staff"], Some(nine)),
        (&withdrawn, vec!["withdrawn"], None),
        (&unreadable, vec!["unreadable"], None),
    ];
    let before = history(&[STARTED, ENDED]);
    for (body, differs, start) in cases {
        let differs = differs.into_iter().map(str::to_owned).collect();
        let flag: CallEvent =
            BookingContradicted { call: call("call_0a1b2c3d4e5f60718293a4b5c6d"), booking: booking(), differs, start }
                .into();
        let news = after(&before).decide(record(body)).expect("it is recorded");
        assert_eq!(news.last(), Some(&flag));
        let all = [before.clone(), news].concat();
        given(&all).when(record(body)).then_expect_events(vec![]);
        assert_eq!(after(&all).decision, after(&before).decision);
    }
}

#[test]
fn several_contradictions_are_each_flagged_once() {
    let later = saying(ANALYZED, "uhrzeit", json!("12:00"));
    let withdrawn = saying(ANALYZED, "booking_confirmed", json!("nein"));
    let events = history(&[STARTED, ENDED, &later, &withdrawn, &later, &withdrawn, ANALYZED]);
    let flags = events.iter().filter(|event| matches!(event, CallEvent::BookingContradicted(_))).count();
    assert_eq!(flags, 2);
}

#[test]
fn what_a_delivery_leaves_out_contradicts_nothing() {
    for left_out in ["datum", "uhrzeit", "dienstleistung", "mitarbeiter", "booking_confirmed"] {
        let asked = saying(ENDED, "mitarbeiter", json!("Anna"));
        let asked = saying(&asked, "dienstleistung", json!("Färben"));
        let less = saying(&asked, left_out, Value::Null);
        let events = history(&[&asked, &less]);
        assert!(!kinds(&events).contains(&"BookingContradicted".to_owned()), "{left_out}");
    }
}

/// Some values come with the analysis only; which of the two deliveries comes first is chance and must not decide.
#[test]
fn lesson_04_a_wish_that_only_the_analysis_completes_is_asked_for_in_every_order() {
    let ended = saying(ENDED, "datum", Value::Null);
    let analyzed = saying(ANALYZED, "datum", Value::Null);
    let expected = told(&[STARTED, &ended, &analyzed]);
    assert!(matches!(expected.decision, Some(Decision::Asked(_))));
    for order in orders([STARTED, &ended, &analyzed]) {
        assert_eq!(told(&order), expected);
    }
}

#[test]
fn lesson_04_a_date_that_one_delivery_garbles_is_flagged_in_every_order() {
    let garbled = saying(ENDED, "datum", json!("2023-07-02"));
    let expected = told(&[STARTED, &garbled, ANALYZED]);
    assert!(matches!(expected.decision, Some(Decision::Asked(_))));
    for order in orders([STARTED, &garbled, ANALYZED]) {
        assert_eq!(told(&order), expected);
    }
    let flags = history(&[STARTED, &garbled, ANALYZED]);
    assert!(matches!(flags.last(), Some(CallEvent::BookingContradicted(flag)) if flag.differs == ["unreadable"]));
}

#[test]
fn a_wish_that_cannot_be_followed_is_a_fact_of_the_call() {
    let unreadable = saying(ENDED, "datum", json!("irgendwann"));
    let events = history(&[STARTED, &unreadable, &unreadable]);
    assert_eq!(kinds(&events), ["CallReceived", "CustomerIdentified", "CallEnded", "BookingRefused"]);
    let CallEvent::BookingRefused(refused) = &events[3] else { panic!("a refusal") };
    assert_eq!((refused.booking, &refused.reason), (booking(), &Refusal::DateUnreadable));
    let said = refused.private.known().expect("the caller's words");
    assert_eq!((said.date.as_deref(), said.time.as_deref()), (Some("irgendwann"), Some("11 Uhr")));
}

#[test]
fn a_call_that_wants_nothing_asks_for_nothing() {
    let no = saying(ENDED, "booking_confirmed", json!("nein"));
    let silent = saying(ENDED, "booking_confirmed", Value::Null);
    for body in [&no, &silent] {
        assert_eq!(told(&[STARTED, body]).decision, None);
    }
}

fn refuse(reason: Refusal) -> Command {
    Command::Refuse { booking: booking(), reason }
}

#[test]
fn what_was_asked_for_may_be_refused_by_the_diary_or_the_calendar() {
    let asked = history(&[STARTED, ENDED]);
    let taken = || Refusal::Diary { rejection: crate::diary::Rejection::SlotTaken };
    let said = Said {
        date: Some("02.07.2025".into()),
        time: Some("11 Uhr".into()),
        service: Some("Beratung".into()),
        name: Some("Max Mustermann".into()),
    };
    let refused: CallEvent = BookingRefused {
        call: call("call_0a1b2c3d4e5f60718293a4b5c6d"),
        booking: booking(),
        customer: MAX,
        reason: taken(),
        private: Private::Known(said),
    }
    .into();
    given(&asked).when(refuse(taken())).then_expect_events(vec![refused.clone()]);
    let over = [asked, vec![refused]].concat();
    given(&over).when(refuse(taken())).then_expect_events(vec![]);
    given(&over).when(refuse(Refusal::Calendar { reason: "taken".into() })).then_expect_events(vec![]);
}

/// The analysis comes after the diary has said no as a rule; it says the same as the end did, and asks for nothing new.
#[test]
fn lesson_02_what_was_refused_is_neither_asked_for_again_nor_contradicted_by_the_same_wish() {
    let asked = history(&[STARTED, ENDED]);
    let taken = Refusal::Diary { rejection: crate::diary::Rejection::SlotTaken };
    let refusal = after(&asked).decide(refuse(taken)).expect("it is refused");
    let over = [asked, refusal].concat();
    let news = after(&over).decide(record(ANALYZED)).expect("it is recorded");
    assert_eq!(kinds(&news), ["CallAnalyzed"]);
    let otherwise = saying(ANALYZED, "uhrzeit", json!("12:00"));
    let news = after(&over).decide(record(&otherwise)).expect("it is recorded");
    assert_eq!(kinds(&news), ["CallAnalyzed", "BookingContradicted"]);
}

#[test]
fn only_what_was_asked_for_can_be_refused() {
    let reason = || Refusal::Calendar { reason: "gone".into() };
    given(&[]).when(refuse(reason())).then_expect_error(Rejection::Unknown);
    given(&history(&[STARTED])).when(refuse(reason())).then_expect_error(Rejection::NotAsked);
    let of_another = Command::Refuse { booking: BookingId(uuid::Uuid::nil()), reason: reason() };
    given(&history(&[STARTED, ENDED])).when(of_another).then_expect_error(Rejection::NotAsked);
}

#[test]
fn another_accounts_delivery_says_nothing_to_this_call() {
    let mut facts = facts_of(ENDED, &salon());
    facts.received.account = crate::ids::AccountId::new("other").expect("usable");
    given(&history(&[STARTED])).when(Command::Record(Box::new(facts))).then_expect_error(Rejection::BelongsElsewhere);
}

#[test]
fn the_person_of_the_first_delivery_stays() {
    let mut facts = facts_of(ENDED, &salon());
    facts.customer = crate::ids::CustomerId(uuid::Uuid::from_u128(99));
    facts.received.branch = branch("nord");
    let events = after(&history(&[STARTED])).decide(Command::Record(Box::new(facts))).expect("it is recorded");
    let customers: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            CallEvent::CallEnded(it) => Some(it.customer),
            CallEvent::BookingAsked(it) => Some(it.customer),
            _ => None,
        })
        .collect();
    assert_eq!(customers, [MAX, MAX]);
    assert!(matches!(events.last(), Some(CallEvent::BookingAsked(asked)) if asked.branch == branch("mitte")));
}

#[test]
fn a_callback_is_asked_for_once_and_done_once() {
    let ask = || Command::RequestCallback { reason: "booking_refused".into(), note: CallbackNote::default() };
    let done = || Command::CallbackDone { by: "key".into() };
    let id = || call("call_0a1b2c3d4e5f60718293a4b5c6d");
    let asked: CallEvent = CallbackRequested { call: id(), reason: "booking_refused".into() }.into();
    let was_done: CallEvent = CallbackDone { call: id(), by: "key".into() }.into();
    let mut events = history(&[STARTED]);
    given(&events).when(done()).then_expect_events(vec![]);
    given(&events).when(ask()).then_expect_events(vec![asked.clone()]);
    events.push(asked);
    given(&events).when(ask()).then_expect_events(vec![]);
    given(&events).when(done()).then_expect_events(vec![was_done.clone()]);
    events.push(was_done);
    given(&events).when(done()).then_expect_events(vec![]);
    given(&events).when(ask()).then_expect_events(vec![]);
    given(&[]).when(ask()).then_expect_error(Rejection::Unknown);
}

#[test]
fn lesson_14_a_call_without_an_end_is_closed_and_one_with_an_end_is_not() {
    let close = || Command::Close { reason: "no word of its end".into() };
    let closed: CallEvent =
        CallClosed { call: call("call_0a1b2c3d4e5f60718293a4b5c6d"), reason: "no word of its end".into() }.into();
    given(&history(&[STARTED])).when(close()).then_expect_events(vec![closed.clone()]);
    given(&history(&[STARTED, ENDED])).when(close()).then_expect_events(vec![]);
    let over = [history(&[STARTED]), vec![closed]].concat();
    given(&over).when(close()).then_expect_events(vec![]);
    let late = after(&over).decide(record(ENDED)).expect("it is recorded");
    assert_eq!(kinds(&late), ["CallEnded", "BookingAsked"], "what comes after all is kept");
}

#[test]
fn a_calls_booking_has_one_id_for_ever() {
    assert_eq!(booking(), booking());
    assert_ne!(booking(), Call::booking_id(&company(), &call("call_other")));
    assert_eq!(booking().to_string(), "0f1bc6b6-9049-51be-91d0-8676224f1229");
}

#[test]
fn an_inactive_branch_keeps_its_calls_whole() {
    let closed: Company = crate::salon::company_after(
        crate::salon::set_up()
            .into_iter()
            .chain([crate::company::BranchDeactivated { branch: branch("mitte") }.into()]),
    );
    let facts = facts_of(ANALYZED, &closed);
    let events = Call::default().decide(Command::Record(Box::new(facts))).expect("it is recorded");
    assert_eq!(kinds(&events), ["CallReceived", "CustomerIdentified", "CallEnded", "CallAnalyzed", "BookingAsked"]);
}

#[test]
fn a_wish_for_somebody_keeps_their_name() {
    let for_ben = saying(&saying(ENDED, "mitarbeiter", json!("Ben")), "dienstleistung", json!("Färben"));
    let Some(Decision::Asked(asked)) = told(&[&for_ben]).decision else { panic!("a wish") };
    assert_eq!((asked.staff, asked.event_type), (Some(staff("ben")), COLOUR));
}

/// Words that are stored stay for ever.
#[test]
fn the_words_of_refusals_stay() {
    let diary = Refusal::Diary { rejection: crate::diary::Rejection::Closed };
    let words = [
        (Refusal::DateMissing, json!({ "fact": "date_missing" }), "date_missing"),
        (Refusal::DateUnreadable, json!({ "fact": "date_unreadable" }), "date_unreadable"),
        (Refusal::TimeMissing, json!({ "fact": "time_missing" }), "time_missing"),
        (Refusal::TimeUnreadable, json!({ "fact": "time_unreadable" }), "time_unreadable"),
        (Refusal::TimeDoesNotExist, json!({ "fact": "time_does_not_exist" }), "time_does_not_exist"),
        (Refusal::TimeExistsTwice, json!({ "fact": "time_exists_twice" }), "time_exists_twice"),
        (Refusal::InThePast, json!({ "fact": "in_the_past" }), "in_the_past"),
        (Refusal::ServiceUnknown, json!({ "fact": "service_unknown" }), "service_unknown"),
        (Refusal::ServiceMissing, json!({ "fact": "service_missing" }), "service_missing"),
        (Refusal::StaffUnknown, json!({ "fact": "staff_unknown" }), "staff_unknown"),
        (diary, json!({ "fact": "diary", "rejection": { "rule": "closed" } }), "closed"),
        (Refusal::Calendar { reason: "gone".into() }, json!({ "fact": "calendar", "reason": "gone" }), "gone"),
    ];
    for (refusal, word, code) in words {
        assert_eq!(serde_json::to_value(&refusal).ok(), Some(word.clone()));
        assert_eq!(refusal.code(), code);
        assert!(!refusal.spoken("de").is_empty() && !refusal.spoken("en").is_empty());
        assert_eq!(serde_json::from_value::<Refusal>(word).ok(), Some(refusal));
    }
    assert_eq!(serde_json::to_value([Rank::Ended, Rank::Analyzed]).ok(), Some(json!(["ended", "analyzed"])));
    for direction in [Direction::Inbound, Direction::Outbound, Direction::Web] {
        assert_eq!(serde_json::to_value(direction).ok(), Some(json!(direction.as_str())));
    }
}

fn at_desk(id: u128, start: &str) -> Command {
    let said = Said { date: None, time: None, service: None, name: Some("Max".into()) };
    let wish = Wish { name: Some("Max".into()), email: None, phone: None, notes: None, said };
    let wished =
        Wished { event_type: ADVICE, staff: None, start: at(start), page: jiff::civil::date(2025, 7, 2), wish };
    let booking = BookingId(uuid::Uuid::from_u128(id));
    Command::Ask(Box::new(AskedAtDesk { booking, branch: branch("mitte"), wished }))
}

/// A history, and what a command adds to it.
fn then(mut events: Vec<CallEvent>, command: Command) -> Vec<CallEvent> {
    let news = after(&events).decide(command).expect("it is heard");
    events.extend(news);
    events
}

#[test]
fn lesson_02_what_is_taken_at_the_desk_is_asked_for_once() {
    let once = then(history(&[STARTED]), at_desk(1, "2025-07-02T09:00:00Z"));
    assert_eq!(kinds(&once)[2..], ["BookingAsked"]);
    given(&once).when(at_desk(1, "2025-07-02T09:00:00Z")).then_expect_events(vec![]);
    let twice = then(once, at_desk(2, "2025-07-02T10:00:00Z"));
    assert_eq!(after(&twice).asked().len(), 2);
    given(&[]).when(at_desk(1, "2025-07-02T09:00:00Z")).then_expect_error(Rejection::Unknown);
}

#[test]
fn what_webhooks_say_of_a_booking_at_the_desk_meets_it_and_asks_for_none() {
    // The delivery tells of eleven o'clock in summer.
    let same = then(history(&[STARTED]), at_desk(1, "2025-07-02T09:00:00Z"));
    assert_eq!(kinds(&then(same.clone(), record(ENDED)))[3..], ["CallEnded"]);
    let two = then(same, at_desk(2, "2025-07-02T10:00:00Z"));
    assert_eq!(kinds(&then(two, record(ENDED)))[4..], ["CallEnded"], "one of several");
    let other = then(history(&[STARTED]), at_desk(1, "2025-07-02T10:00:00Z"));
    assert_eq!(kinds(&then(other, record(ENDED)))[3..], ["CallEnded", "BookingContradicted"]);
}

#[test]
fn each_booking_of_a_call_is_refused_once() {
    let id = |id| BookingId(uuid::Uuid::from_u128(id));
    let refuse =
        |booking| Command::Refuse { booking: id(booking), reason: Refusal::Calendar { reason: "taken".into() } };
    let one = then(history(&[STARTED]), at_desk(1, "2025-07-02T09:00:00Z"));
    let refused = then(one, refuse(1));
    let two = then(refused, at_desk(2, "2025-07-02T10:00:00Z"));
    given(&two).when(refuse(1)).then_expect_events(vec![]);
    given(&two).when(refuse(3)).then_expect_error(Rejection::NotAsked);
    let both = then(two, refuse(2));
    assert!(after(&both).was_refused(id(1)) && after(&both).was_refused(id(2)));
    assert!(after(&both).waits_for_callback());
}

#[test]
fn a_note_for_the_callback_grows_with_what_is_said() {
    let note = |name: Option<&str>, text: Option<&str>| {
        let (name, text) = (name.map(str::to_owned), text.map(str::to_owned));
        Command::RequestCallback { reason: "asked".into(), note: CallbackNote { name, phone: None, text } }
    };
    let asked = then(history(&[STARTED]), note(None, Some("Bitte nach 16 Uhr.")));
    assert_eq!(kinds(&asked)[2..], ["CallbackRequested", "CallbackNoteTaken"]);
    given(&asked).when(note(None, Some("Bitte nach 16 Uhr."))).then_expect_events(vec![]);
    let named = then(asked, note(Some("Max"), None));
    let Some(CallEvent::CallbackNoteTaken(taken)) = named.last() else { panic!("a note") };
    let whole = CallbackNote { name: Some("Max".into()), phone: None, text: Some("Bitte nach 16 Uhr.".into()) };
    assert_eq!((taken.customer, &taken.private), (MAX, &Private::Known(whole)));
    let done = then(named, Command::CallbackDone { by: "erika".into() });
    given(&done).when(note(Some("Maxi"), None)).then_expect_events(vec![]);
}

#[test]
fn appointments_that_were_not_told_are_counted() {
    let once = then(history(&[STARTED]), Command::Withhold);
    assert_eq!(after(&then(once, Command::Withhold)).withheld, 2);
}

#[test]
fn what_another_system_kept_of_a_call_leads_to_no_booking_whatever_comes_later() {
    let import = || Command::Import(Box::new(facts_of(ENDED, &salon())));
    let events = Call::default().decide(import()).unwrap();
    assert_eq!(kinds(&events), ["CallReceived", "CustomerIdentified", "CallEnded", "CallImported"]);
    let known = after(&events);
    assert_eq!(known.decide(import()).unwrap(), []);
    let later = known.decide(record(ANALYZED)).unwrap();
    assert!(!kinds(&later).contains(&"BookingAsked".to_owned()), "{later:?}");
}

#[test]
fn a_call_that_was_heard_of_here_is_not_taken_over() {
    let known = told(&[STARTED]);
    assert_eq!(known.decide(Command::Import(Box::new(facts_of(ENDED, &salon())))).unwrap(), []);
}
