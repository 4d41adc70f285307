use super::*;

const NUMBER: &str = "+491713920042";

fn record() -> OnRecord<'static> {
    OnRecord { name: Some("Max Mustermann"), phone: Some(NUMBER), start: at("2025-07-02T09:00:00Z") }
}

fn evidence(calling: Option<&str>, said: Option<&str>, name: Option<&str>, start: Option<&str>) -> Evidence {
    Evidence {
        calling_number: calling.map(str::to_owned),
        said_number: said.map(str::to_owned),
        name: name.map(str::to_owned),
        start: start.map(at),
    }
}

#[test]
fn two_things_have_to_agree_and_one_of_them_is_the_name() {
    let (max, eva) = (Some("Max Mustermann"), Some("Eva Beispiel"));
    let (then, later) = (Some("2025-07-02T09:00:00Z"), Some("2025-07-02T09:30:00Z"));
    let other = Some("+491713920043");
    let cases = [
        (evidence(Some(NUMBER), None, max, None), true),
        (evidence(None, Some(NUMBER), max, None), true),
        (evidence(other, Some(NUMBER), max, None), true),
        (evidence(None, None, max, then), true),
        (evidence(Some(NUMBER), None, None, then), false),
        (evidence(Some(NUMBER), None, eva, then), false),
        (evidence(None, None, max, None), false),
        (evidence(None, None, max, later), false),
        (evidence(other, other, max, None), false),
        (evidence(None, None, None, None), false),
    ];
    for (evidence, told) in cases {
        assert_eq!(may_be_told(&evidence, &record()), told, "{evidence:?}");
    }
}

#[test]
fn what_is_not_on_record_agrees_with_nothing() {
    let forgotten = OnRecord { name: None, phone: None, ..record() };
    let all = evidence(Some(NUMBER), Some(NUMBER), Some("Max Mustermann"), Some("2025-07-02T09:00:00Z"));
    assert!(!may_be_told(&all, &forgotten));
}

#[test]
fn less_than_two_things_are_asked_for_before_anything_is_compared() {
    let max = Some("Max Mustermann");
    assert!(evidence(Some(NUMBER), None, max, None).is_enough_to_ask());
    assert!(evidence(None, None, max, Some("2025-07-02T09:00:00Z")).is_enough_to_ask());
    assert!(!evidence(None, None, max, None).is_enough_to_ask());
    assert!(!evidence(Some(NUMBER), None, None, Some("2025-07-02T09:00:00Z")).is_enough_to_ask());
}
