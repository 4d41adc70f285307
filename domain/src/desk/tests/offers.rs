use super::*;

fn offer() -> Offer {
    let start = at("2025-07-02T09:00:00Z");
    Offer { branch: branch("mitte"), event_type: ADVICE, staff: Some(staff("anna")), start, round: 0 }
}

#[test]
fn lesson_08_an_offer_means_one_booking_and_no_other_offer_means_the_same() {
    let of = |offer: Offer, id: &str| offer.booking(&company(), &call(id));
    assert_eq!(of(offer(), "call_1"), of(offer(), "call_1"));
    let others = [
        of(offer(), "call_2"),
        of(Offer { branch: branch("nord"), ..offer() }, "call_1"),
        of(Offer { event_type: COLOUR, ..offer() }, "call_1"),
        of(Offer { staff: None, ..offer() }, "call_1"),
        of(Offer { start: at("2025-07-01T09:00:00Z"), ..offer() }, "call_1"),
        of(Offer { round: 1, ..offer() }, "call_1"),
    ];
    assert!(!others.contains(&of(offer(), "call_1")));
    let different: std::collections::BTreeSet<_> = others.iter().collect();
    assert_eq!(different.len(), others.len());
}

#[test]
fn what_is_said_is_in_the_callers_language() {
    let moment = moment(at("2025-07-02T08:30:00Z"), &berlin(), Language::German);
    assert!(Sentence::Free { moment: &moment }.spoken(Language::German).contains("halb elf"), "{moment}");
    let choice = ["A".to_owned(), "B".to_owned(), "C".to_owned()];
    assert_eq!(one_of(&choice, Language::German), "A, B oder C");
    assert_eq!(one_of(&choice[..2], Language::English), "A or B");
    assert_eq!(one_of(&choice[..1], Language::English), "A");
    assert_eq!(one_of(&[], Language::English), "");
    let days = coming_days(date(2025, 6, 30), 2, Language::German);
    assert_eq!(
        days,
        "heute: Montag, der 30. Juni 2025; morgen: Dienstag, der 1. Juli 2025; übermorgen: Mittwoch, der 2. Juli 2025"
    );
}

#[test]
fn a_time_that_is_not_understood_is_asked_for_again() {
    let now = at("2025-06-30T08:00:00Z");
    let read = |date: Option<&str>, time: Option<&str>| when(date, time, now, &berlin(), Language::German);
    let reason = |when: When| match when {
        When::Ask { reason, .. } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(read(Some("2025-07-02"), Some("11:00")), When::At(at("2025-07-02T09:00:00Z")));
    let span = |from: &str, to: &str| Span { from: at(from), to: at(to) };
    let day = When::Within(vec![span("2025-07-01T22:00:00Z", "2025-07-02T22:00:00Z")]);
    assert_eq!(read(Some("2025-07-02"), None), day);
    let rest = When::Within(vec![span("2025-06-30T08:00:00Z", "2025-06-30T22:00:00Z")]);
    assert_eq!(read(Some("heute"), None), rest);
    let afternoon = When::Within(vec![span("2025-07-02T12:00:00Z", "2025-07-02T22:00:00Z")]);
    assert_eq!(read(Some("2025-07-02"), Some("ab 14 Uhr")), afternoon);
    assert_eq!(read(Some("02.07.2025"), Some("14")), When::At(at("2025-07-02T12:00:00Z")));
    assert_eq!(read(Some("Mittwoch"), Some("halb drei")), When::At(at("2025-07-02T12:30:00Z")));
    assert_eq!(read(None, None), When::Unsaid);
    assert_eq!(reason(read(None, Some("11:00"))), "date_missing");
    assert_eq!(reason(read(Some("irgendwann"), None)), "date_unreadable");
    assert!(matches!(read(Some("2025-07-02"), Some("mal sehen")), When::Within(_)));
    assert_eq!(reason(read(Some("2025-06-29"), Some("11:00"))), "in_the_past");
    assert_eq!(reason(read(Some("2025-06-29"), None)), "in_the_past");
    assert_eq!(reason(read(Some("2026-03-29"), Some("02:30"))), "time_does_not_exist");
    assert_eq!(reason(read(Some("2026-10-25"), Some("02:30"))), "time_exists_twice");
}
