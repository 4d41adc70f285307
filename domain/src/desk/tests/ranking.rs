use super::*;

fn wanted(from: &str, to: &str, person: Option<&str>) -> Wanted {
    Wanted { spans: vec![Span { from: at(from), to: at(to) }], branch: branch("mitte"), staff: person.map(staff) }
}

fn candidate(start: &str, person: Option<&str>, place: &str) -> Candidate {
    Candidate { branch: branch(place), staff: person.map(staff), start: at(start) }
}

/// Every half hour of a working day.
fn day(day: &str) -> Vec<Candidate> {
    let half_hours = (16..34).map(|half| format!("{day}T{:02}:{:02}:00Z", half / 2, half % 2 * 30));
    half_hours.map(|start| candidate(&start, None, "mitte")).collect()
}

fn starts(chosen: &[Candidate]) -> Vec<String> {
    chosen.iter().map(|it| it.start.to_string()).collect()
}

#[test]
fn at_most_three_are_offered_the_nearest_first_and_not_side_by_side() {
    let wish = wanted("2025-07-02T10:00:00Z", "2025-07-02T10:00:00Z", None);
    let mut all = day("2025-07-02");
    all.retain(|it| it.start != at("2025-07-02T10:00:00Z"));
    let chosen = ranked(&wish, all);
    assert_eq!(chosen.len(), OFFERS_AT_MOST);
    assert_eq!(starts(&chosen)[0], "2025-07-02T09:30:00Z");
    let apart = |a: &Candidate, b: &Candidate| (a.start.as_second() - b.start.as_second()).abs();
    for (at, one) in chosen.iter().enumerate() {
        assert!(chosen.iter().skip(at + 1).all(|two| apart(one, two) >= 3600), "{:?}", starts(&chosen));
    }
}

#[test]
fn over_a_whole_day_the_offers_are_spread() {
    let wish = wanted("2025-07-01T22:00:00Z", "2025-07-02T22:00:00Z", None);
    let chosen = ranked(&wish, day("2025-07-02"));
    assert_eq!(starts(&chosen), ["2025-07-02T08:00:00Z", "2025-07-02T12:00:00Z", "2025-07-02T16:00:00Z"]);
}

#[test]
fn the_same_person_a_little_later_comes_before_another_one_and_another_branch_last() {
    let wish = wanted("2025-07-02T10:00:00Z", "2025-07-02T10:00:00Z", Some("anna"));
    let chosen = ranked(
        &wish,
        vec![
            candidate("2025-07-02T10:00:00Z", Some("ben"), "nord"),
            candidate("2025-07-02T10:00:00Z", Some("ben"), "mitte"),
            candidate("2025-07-02T10:30:00Z", Some("anna"), "mitte"),
            candidate("2025-07-03T10:00:00Z", Some("anna"), "mitte"),
        ],
    );
    assert_eq!(
        chosen,
        [
            candidate("2025-07-02T10:30:00Z", Some("anna"), "mitte"),
            candidate("2025-07-02T10:00:00Z", Some("ben"), "mitte"),
            candidate("2025-07-02T10:00:00Z", Some("ben"), "nord"),
        ]
    );
}

#[test]
fn what_does_not_depend_on_the_order_of_the_list_is_the_same_in_every_order() {
    let wish = wanted("2025-07-02T10:15:00Z", "2025-07-02T10:15:00Z", None);
    let (forth, mut back) = (day("2025-07-02"), day("2025-07-02"));
    back.reverse();
    assert_eq!(ranked(&wish, forth), ranked(&wish, back));
    assert_eq!(ranked(&wish, vec![]), []);
}

#[test]
fn over_a_week_the_offers_lie_on_days_of_all_of_it() {
    let days = ["2025-07-07", "2025-07-08", "2025-07-09", "2025-07-10", "2025-07-11"];
    let span = |day: &str| Span { from: at(&format!("{day}T00:00:00Z")), to: at(&format!("{day}T23:59:00Z")) };
    let wish = Wanted { spans: days.map(span).to_vec(), branch: branch("mitte"), staff: None };
    let mut all: Vec<Candidate> = days.into_iter().flat_map(day).collect();
    all.extend(day("2025-07-14"));
    let chosen = starts(&ranked(&wish, all.clone()));
    assert_eq!(chosen, ["2025-07-07T08:00:00Z", "2025-07-09T12:00:00Z", "2025-07-11T16:00:00Z"]);
    // What lies outside is offered only where the week itself has too little.
    all.retain(|it| it.start == at("2025-07-09T10:00:00Z") || it.start > at("2025-07-12T00:00:00Z"));
    assert_eq!(starts(&ranked(&wish, all))[0], "2025-07-09T10:00:00Z");
}
