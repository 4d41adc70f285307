use crate::call::{Refusal, WishFact, Wished};
use crate::company::{BranchDeactivated, Company};
use crate::diary::{Diary, Rejection, Slot, shifted};
use crate::ids::EventTypeId;
use crate::intake::deliveries::{ANALYZED, ENDED, OLDER, STARTED, reading, with};
use crate::intake::interpret;
use crate::salon::{ADVICE, COLOUR, at, branch, company_after, salon, set_up, staff};
use jiff::civil::date;
use serde_json::{Value, json};

const COLLECTED: &str = "/call/collected_dynamic_variables";
const GIVEN: &str = "/call/retell_llm_dynamic_variables";
const CUSTOM: &str = "/call/call_analysis/custom_analysis_data";

fn heard(body: &str) -> Option<WishFact> {
    heard_at(body, "mitte")
}

fn heard_at(body: &str, at_branch: &str) -> Option<WishFact> {
    interpret(&reading(body), &salon(), &branch(at_branch), at("2025-07-01T09:00:00Z"))
}

/// The ended call with one collected value changed.
fn saying(name: &str, value: Value) -> String {
    with(ENDED, &[(&format!("{COLLECTED}/{name}"), value)])
}

fn wished(body: &str) -> Wished {
    match heard(body) {
        Some(WishFact::Asked(wished)) => *wished,
        other => panic!("not a wish: {other:?}"),
    }
}

fn refusal(body: &str) -> Refusal {
    match heard(body) {
        Some(WishFact::Refused(reason, _)) => reason,
        other => panic!("not a refusal: {other:?}"),
    }
}

#[test]
fn lesson_01_eleven_in_berlin_in_summer_is_nine_in_utc() {
    for body in [ENDED, ANALYZED, OLDER] {
        let wished = wished(body);
        assert_eq!((wished.start, wished.page), (at("2025-07-02T09:00:00Z"), date(2025, 7, 2)));
        assert_eq!((wished.event_type, wished.staff), (ADVICE, None));
        assert_eq!(wished.wish.name.as_deref(), Some("Max Mustermann"));
        assert_eq!(wished.wish.email.as_deref(), Some("max@example.com"));
    }
}

#[test]
fn a_call_wishes_for_nothing_before_it_is_over() {
    let begun = with(STARTED, &[(&format!("{GIVEN}/booking_confirmed"), json!(true))]);
    assert_eq!(heard(&begun), None);
    let talking = with(&begun, &[("/event", json!("transcript_updated"))]);
    assert_eq!(heard(&talking), None);
}

#[test]
fn confirmed_is_spelled_in_many_ways_and_absent_is_not_false() {
    for yes in
        [json!(true), json!("true"), json!("True"), json!("1"), json!(1), json!("yes"), json!("ja"), json!(" Ja ")]
    {
        assert!(matches!(heard(&saying("booking_confirmed", yes.clone())), Some(WishFact::Asked(_))), "{yes}");
    }
    for no in [json!(false), json!("false"), json!("0"), json!(0), json!("no"), json!("nein")] {
        assert_eq!(heard(&saying("booking_confirmed", no.clone())), Some(WishFact::NotWanted), "{no}");
    }
    for nothing in [Value::Null, json!(""), json!("{{booking_confirmed}}"), json!("vielleicht"), json!([true])] {
        assert_eq!(heard(&saying("booking_confirmed", nothing.clone())), None, "{nothing}");
    }
}

#[test]
fn dates_that_nobody_can_follow_are_refused_by_name() {
    let cases = [
        (json!("irgendwann"), Refusal::DateUnreadable),
        (json!("31.02.2025"), Refusal::DateUnreadable),
        (json!("nächsten Freitag"), Refusal::DateUnreadable),
        (json!("Dienstag, 02.07.2025"), Refusal::DateUnreadable),
        (json!(99_999_999), Refusal::DateUnreadable),
        (Value::Null, Refusal::DateMissing),
        (json!(""), Refusal::DateMissing),
        (json!("{{datum}}"), Refusal::DateMissing),
        (json!(["02.07.2025"]), Refusal::DateMissing),
    ];
    for (said, reason) in cases {
        assert_eq!(refusal(&saying("datum", said.clone())), reason, "{said}");
    }
}

#[test]
fn times_that_nobody_can_follow_are_refused_by_name() {
    let cases = [
        (json!("später"), Refusal::TimeUnreadable),
        (json!("25:00"), Refusal::TimeUnreadable),
        (json!("11:00Z"), Refusal::TimeUnreadable),
        (json!("11:00:00+02:00"), Refusal::TimeUnreadable),
        (Value::Null, Refusal::TimeMissing),
        (json!("{{uhrzeit}}"), Refusal::TimeMissing),
    ];
    for (said, reason) in cases {
        assert_eq!(refusal(&saying("uhrzeit", said.clone())), reason, "{said}");
    }
}

#[test]
fn values_as_models_write_them_are_the_same_wish() {
    for said in
        [json!("2025-07-02"), json!("02.07.2025"), json!("2.7."), json!("02072025"), json!(2_072_025), json!("morgen")]
    {
        assert_eq!(wished(&saying("datum", said.clone())).start, at("2025-07-02T09:00:00Z"), "{said}");
    }
    for said in [json!("11:00"), json!("11:00 Uhr"), json!("11 Uhr"), json!(11), json!("elf"), json!("11:00:00")] {
        assert_eq!(wished(&saying("uhrzeit", said.clone())).start, at("2025-07-02T09:00:00Z"), "{said}");
    }
    assert_eq!(wished(&saying("uhrzeit", json!("halb drei"))).start, at("2025-07-02T12:30:00Z"));
}

#[test]
fn synonyms_mean_the_same() {
    let renamed = with(
        ENDED,
        &[
            (&format!("{COLLECTED}/datum"), Value::Null),
            (&format!("{COLLECTED}/appointment_date"), json!("02.07.2025")),
            (&format!("{COLLECTED}/uhrzeit"), Value::Null),
            (&format!("{COLLECTED}/appointment_time"), json!("11:00")),
            (&format!("{COLLECTED}/dienstleistung"), Value::Null),
            (&format!("{COLLECTED}/service_name"), json!("Beratung")),
            (&format!("{COLLECTED}/name"), Value::Null),
            (&format!("{COLLECTED}/customer_name"), json!("Max Mustermann")),
        ],
    );
    let (one, other) = (wished(&renamed), wished(ENDED));
    assert_eq!((one.start, one.event_type, one.wish.name), (other.start, other.event_type, other.wish.name));
}

#[test]
fn a_hallucinated_year_lies_in_the_past_and_is_not_put_right() {
    assert_eq!(refusal(&saying("datum", json!("2023-07-02"))), Refusal::InThePast);
    assert_eq!(refusal(&saying("datum", json!("30.06."))), Refusal::InThePast);
    let same_day_earlier = with(&saying("datum", json!("heute")), &[(&format!("{COLLECTED}/uhrzeit"), json!("09:59"))]);
    assert_eq!(refusal(&same_day_earlier), Refusal::InThePast, "the call began at ten by the clock on the wall");
    let at_once = with(&saying("datum", json!("heute")), &[(&format!("{COLLECTED}/uhrzeit"), json!("10:00"))]);
    assert_eq!(wished(&at_once).start, at("2025-07-01T08:00:00Z"));
}

#[test]
fn lesson_01_an_hour_that_is_skipped_or_comes_twice_is_asked_back() {
    let at_half_past_two = |day: &str| {
        let said = with(&saying("datum", json!(day)), &[(&format!("{COLLECTED}/uhrzeit"), json!("02:30"))]);
        refusal(&said)
    };
    assert_eq!(at_half_past_two("29.03.2026"), Refusal::TimeDoesNotExist);
    assert_eq!(at_half_past_two("25.10.2026"), Refusal::TimeExistsTwice);
    let at_eleven = |day: &str| wished(&saying("datum", json!(day))).start;
    assert_eq!(at_eleven("28.03.2026"), at("2026-03-28T10:00:00Z"));
    assert_eq!(at_eleven("29.03.2026"), at("2026-03-29T09:00:00Z"));
    assert_eq!(at_eleven("24.10.2026"), at("2026-10-24T09:00:00Z"));
    assert_eq!(at_eleven("25.10.2026"), at("2026-10-25T10:00:00Z"));
}

#[test]
fn without_a_service_the_branchs_default_is_meant() {
    let unnamed = saying("dienstleistung", Value::Null);
    assert_eq!(wished(&unnamed).event_type, ADVICE);
    assert_eq!(wished(&saying("dienstleistung", json!("{{dienstleistung}}"))).event_type, ADVICE);
    let refused = heard_at(&unnamed, "nord");
    assert!(matches!(refused, Some(WishFact::Refused(Refusal::ServiceMissing, _))), "nord has no default");
}

#[test]
fn lesson_12_a_service_that_nobody_knows_is_refused_and_no_default_steps_in() {
    for said in [json!("Massage"), json!("Ber"), json!("2563199"), json!("Beratung und Färben")] {
        assert_eq!(refusal(&saying("dienstleistung", said.clone())), Refusal::ServiceUnknown, "{said}");
    }
    for (said, service) in [("färben", COLOUR), (" FÄRBEN ", COLOUR), ("erstgespräch", ADVICE), ("2563194", COLOUR)]
        as [(&str, EventTypeId); 4]
    {
        assert_eq!(wished(&saying("dienstleistung", json!(said))).event_type, service, "{said}");
    }
    let elsewhere = heard_at(&saying("dienstleistung", json!("Färben")), "nord");
    assert!(matches!(elsewhere, Some(WishFact::Refused(Refusal::ServiceUnknown, _))), "not offered at nord");
}

#[test]
fn somebody_is_asked_for_by_name() {
    let cases = [
        ("Anna", "anna"),
        ("anna beispiel", "anna"),
        ("Beispiel", "anna"),
        ("Frau Beispiel", "anna"),
        ("Herrn Muster", "ben"),
    ];
    for (said, who) in cases {
        assert_eq!(wished(&saying("mitarbeiter", json!(said))).staff, Some(staff(who)), "{said}");
    }
    for said in ["Cara", "Dora", "Ann"] {
        assert_eq!(refusal(&saying("mitarbeiter", json!(said))), Refusal::StaffUnknown, "{said}");
    }
    assert_eq!(wished(&saying("mitarbeiter", json!("{{mitarbeiter}}"))).staff, None);
}

/// What the agent collected counts before what it was given, and that before what was analysed.
#[test]
fn collected_goes_before_given_and_given_before_analysed() {
    let by_all = with(
        ANALYZED,
        &[
            (&format!("{COLLECTED}/uhrzeit"), json!("12:00")),
            (&format!("{GIVEN}/uhrzeit"), json!("13:00")),
            (&format!("{CUSTOM}/uhrzeit"), json!("14:00")),
        ],
    );
    assert_eq!(wished(&by_all).start, at("2025-07-02T10:00:00Z"));
    let not_collected = with(&by_all, &[(&format!("{COLLECTED}/uhrzeit"), json!("{{uhrzeit}}"))]);
    assert_eq!(wished(&not_collected).start, at("2025-07-02T11:00:00Z"));
    let not_given = with(&not_collected, &[(&format!("{GIVEN}/uhrzeit"), Value::Null)]);
    assert_eq!(wished(&not_given).start, at("2025-07-02T12:00:00Z"));
}

#[test]
fn a_no_that_was_collected_outweighs_a_yes_that_was_analysed() {
    let mixed = with(ANALYZED, &[(&format!("{COLLECTED}/booking_confirmed"), json!("nein"))]);
    assert_eq!(heard(&mixed), Some(WishFact::NotWanted));
    let unfilled = with(ANALYZED, &[(&format!("{COLLECTED}/booking_confirmed"), json!("{{booking_confirmed}}"))]);
    assert!(matches!(heard(&unfilled), Some(WishFact::Asked(_))));
}

#[test]
fn a_refused_wish_keeps_the_callers_own_words() {
    let Some(WishFact::Refused(_, said)) = heard(&saying("datum", json!("irgendwann"))) else { panic!("a refusal") };
    assert_eq!((said.date.as_deref(), said.time.as_deref()), (Some("irgendwann"), Some("11 Uhr")));
    assert_eq!((said.service.as_deref(), said.name.as_deref()), (Some("Beratung"), Some("Max Mustermann")));
}

/// The wish is heard as anywhere else; it is the page that says no, with the branch's name.
#[test]
fn an_inactive_branch_keeps_its_calls_and_refuses_by_its_name() {
    let closed: Company =
        company_after(set_up().into_iter().chain([BranchDeactivated { branch: branch("mitte") }.into()]));
    let heard = interpret(&reading(ENDED), &closed, &branch("mitte"), at("2025-07-01T09:00:00Z"));
    let Some(WishFact::Asked(wished)) = heard else { panic!("a wish") };
    let terms = closed.terms(&branch("mitte"), wished.event_type, wished.page).expect("known");
    let end = shifted(wished.start, 30);
    let slot = Slot { start: wished.start, end, buffer_before_minutes: 0, buffer_after_minutes: 0 };
    let answer = Diary::default().free(&slot, &terms, None, None, at("2025-07-01T09:00:00Z"));
    let refused = Rejection::BranchInactive { branch: "Mitte".into() };
    assert_eq!(answer, Err(refused.clone()));
    assert!(Refusal::Diary { rejection: refused }.spoken("de").contains("Mitte"));
}

#[test]
fn no_date_however_odd_breaks_anything() {
    for said in ["31.12.9999", "9999-12-31", "1.1.0001", "0000-00-00", "-1.-1.-1", "29.2.", "🗓", "9999999999999999999"]
    {
        assert!(heard(&saying("datum", json!(said))).is_some(), "{said}");
    }
    for said in ["-1:00", "+9:00", ":", ".", "halb", "viertel", "um", "uhr", "::::", "99:99:99"] {
        assert!(heard(&saying("uhrzeit", json!(said))).is_some(), "{said}");
    }
}
