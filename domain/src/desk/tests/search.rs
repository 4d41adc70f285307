use super::*;

fn open(starts: &[&str]) -> Vec<OpenSlot> {
    let slot = |start: &str| OpenSlot { start: at(start), end: crate::diary::shifted(at(start), 30) };
    starts.iter().map(|start| slot(start)).collect()
}

fn found(open: &[OpenSlot], person: Option<&str>) -> Vec<(String, String, Option<StaffId>)> {
    let company = salon();
    let start = at("2025-07-02T08:00:00Z");
    let wanted = Wanted::at(start, branch("mitte"), person.map(staff));
    let service = &company.event_types[&ADVICE];
    let search = Search { company: &company, service, wanted, holder: None, now: at("2025-06-30T08:00:00Z") };
    let near = search.nearest(open);
    let empty = Diary::default();
    let pages: BTreeMap<_, _> = near.iter().map(|(day, _)| (*day, &empty)).collect();
    let candidates = search.candidates(&near, &pages);
    candidates.into_iter().map(|it| (it.branch.to_string(), it.start.to_string(), it.staff)).collect()
}

#[test]
fn what_the_calendar_does_not_list_is_not_offered() {
    let listed = open(&["2025-07-02T09:00:00Z", "2025-06-29T09:00:00Z"]);
    let starts: Vec<_> = found(&listed, None).into_iter().map(|(place, start, _)| (place, start)).collect();
    // Past times are none; the third branch takes no appointments.
    let nine = "2025-07-02T09:00:00Z".to_owned();
    assert_eq!(starts, [("mitte".into(), nine.clone()), ("nord".into(), nine)]);
}

#[test]
fn whoever_is_wanted_is_offered_where_they_work_and_somebody_else_where_not() {
    let listed = open(&["2025-07-02T09:00:00Z"]);
    let staffed: Vec<_> = found(&listed, Some("anna")).into_iter().map(|(place, _, staff)| (place, staff)).collect();
    assert_eq!(staffed, [("mitte".to_owned(), Some(staff("anna"))), ("nord".to_owned(), Some(staff("ben")))]);
}

fn is_free(start: &str, listed: Option<&[OpenSlot]>) -> Result<Vec<StaffId>, Rejection> {
    let company = salon();
    let slot = company.event_types[&ADVICE].slot_at(at(start));
    let terms = company.terms(&branch("mitte"), ADVICE, date(2025, 7, 2)).expect("known");
    bookable(&Diary::default(), (&slot, &terms), None, listed, None, at("2025-06-30T08:00:00Z"))
}

#[test]
fn lesson_07_a_slot_near_by_is_not_the_slot() {
    let listed = open(&["2025-07-02T09:00:00Z"]);
    assert!(is_free("2025-07-02T09:00:00Z", Some(&listed)).is_ok());
    assert_eq!(is_free("2025-07-02T09:15:00Z", Some(&listed)), Err(Rejection::SlotTaken));
    assert!(is_free("2025-07-02T09:15:00Z", None).is_ok(), "without the calendar the page alone is asked");
    assert_eq!(is_free("2025-07-02T19:00:00Z", Some(&listed)), Err(Rejection::Closed));
}

#[test]
fn of_a_week_every_day_is_searched() {
    let company = salon();
    let hours = |day: u32| {
        (0..32).map(move |quarter| format!("2025-07-{day:02}T{:02}:{:02}:00Z", 7 + quarter / 4, quarter % 4 * 15))
    };
    let listed: Vec<String> = (7..12).flat_map(hours).collect();
    let listed = open(&listed.iter().map(String::as_str).collect::<Vec<_>>());
    let span = |day: u32| Span {
        from: at(&format!("2025-07-{day:02}T00:00:00Z")),
        to: at(&format!("2025-07-{day:02}T22:00:00Z")),
    };
    let wanted = Wanted { spans: (7..12).map(span).collect(), branch: branch("mitte"), staff: None };
    let service = &company.event_types[&ADVICE];
    let search = Search { company: &company, service, wanted, holder: None, now: at("2025-06-30T08:00:00Z") };
    let near = search.nearest(&listed);
    let mut days: Vec<_> = near.iter().map(|(day, _)| *day).collect();
    assert_eq!((days.len(), near[0].1.start), (45, at("2025-07-07T07:00:00Z")));
    days.dedup();
    assert_eq!(days, (7..12).map(|day| date(2025, 7, day)).collect::<Vec<_>>());
}
