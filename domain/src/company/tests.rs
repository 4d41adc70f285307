//! Given, when, then; and what booking asks of a set-up.

use super::*;
use crate::diary::{Slot, Span, shifted};
use crate::ids::EventTypeId;
use crate::salon::{
    ADVICE, COLOUR, advice, at, branch, colour, company, company_after, office_hours, opened, person, registered,
    salon, set_up, staff,
};
use crate::webhook::Provider;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use jiff::civil::{Date, Time, date, time};

fn given(events: Vec<CompanyEvent>) -> AggregateTestExecutor<Company> {
    TestFramework::with(()).given(events)
}

#[test]
fn a_company_is_registered_once_and_its_zone_stays() {
    let profile = || Command::Register(registered());
    given(vec![]).when(profile()).then_expect_events(vec![registered().into()]);
    given(vec![registered().into()]).when(profile()).then_expect_events(vec![]);
    for other in [
        CompanyRegistered { zone: "Europe/Vienna".into(), ..registered() },
        CompanyRegistered { account: crate::ids::AccountId::new("other").expect("usable"), ..registered() },
    ] {
        given(vec![registered().into()]).when(Command::Register(other)).then_expect_error(
            Rejection::RegisteredOtherwise { account: registered().account, zone: registered().zone },
        );
    }
    let renamed = CompanyRegistered { name: "Salon Nord".into(), language: "en".into(), ..registered() };
    given(vec![registered().into()]).when(Command::Register(renamed.clone())).then_expect_events(vec![renamed.into()]);
    let nameless = CompanyRegistered { name: " ".into(), ..registered() };
    given(vec![]).when(Command::Register(nameless)).then_expect_error(Rejection::NameMissing);
}

#[test]
fn a_company_needs_a_zone_and_a_domain_that_can_be_used() {
    for zone in ["Berlin", "", "+02:00", "Europe/Nowhere"] {
        let profile = CompanyRegistered { zone: zone.into(), ..registered() };
        let unknown = Rejection::ZoneUnknown { zone: zone.into() };
        given(vec![]).when(Command::Register(profile)).then_expect_error(unknown);
    }
    for domain in ["", "localhost", "a b.com", "max@example.com"] {
        let profile = CompanyRegistered { placeholder_domain: domain.into(), ..registered() };
        let unusable = Rejection::DomainUnusable { domain: domain.into() };
        given(vec![]).when(Command::Register(profile)).then_expect_error(unusable);
    }
}

#[test]
fn nothing_is_set_up_for_a_company_that_is_not_there() {
    let commands = [
        Command::OpenBranch(opened("mitte", "Mitte", None)),
        Command::SyncStaff(person("anna", "Anna Beispiel", 11, &[])),
        Command::SyncEventType(advice()),
        Command::NoteSecret { secret: "calcom_api_key".into() },
        Command::ConnectCalendar { base_url: None, api: CalendarApi::V2 },
    ];
    for command in commands {
        given(vec![]).when(command).then_expect_error(Rejection::NotRegistered);
    }
}

/// Telling the set-up what it knows changes nothing.
#[test]
fn asked_again_nothing_happens() {
    let commands = [
        Command::OpenBranch(opened("mitte", "Mitte", None)),
        Command::OpenBranch(opened("mitte", "Mitte", Some(ADVICE))),
        Command::ActivateBranch { branch: branch("mitte") },
        Command::DeactivateBranch { branch: branch("sued") },
        Command::SetDefault { branch: branch("mitte"), event_type: ADVICE },
        Command::SyncStaff(person("anna", "Anna Beispiel", 11, &["mitte"])),
        Command::SyncEventType(colour()),
        Command::SyncHours(office_hours("anna")),
    ];
    for command in commands {
        given(set_up()).when(command).then_expect_events(vec![]);
    }
}

#[test]
fn what_is_new_is_written_down() {
    let anna = person("anna", "Anna Beispiel", 12, &["mitte", "nord"]);
    let longer = EventTypeSynced { minutes: 45, ..advice() };
    let hours = WorkingHoursSynced { weekly: vec![], ..office_hours("anna") };
    let agent = AgentAssigned { agent: "agent_1".into(), branch: branch("mitte") };
    let connected = CalendarConnected {
        company: company(),
        base_url: Some("https://cal.example.com".into()),
        api: CalendarApi::V1,
    };
    let cases: [(Command, CompanyEvent); 9] = [
        (Command::SyncStaff(anna.clone()), anna.into()),
        (Command::SyncEventType(longer.clone()), longer.into()),
        (Command::SyncHours(hours.clone()), hours.into()),
        (Command::ActivateBranch { branch: branch("sued") }, BranchActivated { branch: branch("sued") }.into()),
        (Command::DeactivateBranch { branch: branch("nord") }, BranchDeactivated { branch: branch("nord") }.into()),
        (
            Command::SetDefault { branch: branch("mitte"), event_type: COLOUR },
            BranchDefaultChanged { branch: branch("mitte"), event_type: COLOUR }.into(),
        ),
        (
            Command::OpenBranch(opened("nord", "Nord", Some(ADVICE))),
            BranchDefaultChanged { branch: branch("nord"), event_type: ADVICE }.into(),
        ),
        (Command::AssignAgent { agent: "agent_1".into(), branch: branch("mitte") }, agent.into()),
        (
            Command::ConnectCalendar { base_url: Some("https://cal.example.com".into()), api: CalendarApi::V1 },
            connected.into(),
        ),
    ];
    for (command, event) in cases {
        given(set_up()).when(command.clone()).then_expect_events(vec![event.clone()]);
        given([set_up(), vec![event]].concat()).when(command).then_expect_events(vec![]);
    }
}

#[test]
fn what_is_named_has_to_be_there() {
    let (nobody, nowhere, nothing) = (staff("dora"), branch("west"), EventTypeId(1));
    let branch_unknown = || Rejection::BranchUnknown { branch: nowhere.clone() };
    let event_type_unknown = Rejection::EventTypeUnknown { event_type: nothing };
    let staff_unknown = || Rejection::StaffUnknown { staff: nobody.clone() };
    let cases = [
        (Command::ActivateBranch { branch: nowhere.clone() }, branch_unknown()),
        (Command::DeactivateBranch { branch: nowhere.clone() }, branch_unknown()),
        (Command::SetDefault { branch: nowhere.clone(), event_type: ADVICE }, branch_unknown()),
        (Command::SetDefault { branch: branch("mitte"), event_type: nothing }, event_type_unknown.clone()),
        (Command::AssignAgent { agent: "agent_1".into(), branch: nowhere.clone() }, branch_unknown()),
        (Command::OpenBranch(opened("west", "West", Some(nothing))), event_type_unknown),
        (Command::OpenBranch(opened("mitte", "Anders", None)), Rejection::BranchExists { branch: branch("mitte") }),
        (Command::SyncStaff(person("dora", "Dora", 14, &["west"])), branch_unknown()),
        (Command::SyncEventType(EventTypeSynced { branches: vec![nowhere.clone()], ..advice() }), branch_unknown()),
        (Command::SyncEventType(EventTypeSynced { staff: vec![nobody.clone()], ..advice() }), staff_unknown()),
        (Command::SyncHours(office_hours("dora")), staff_unknown()),
    ];
    for (command, rejection) in cases {
        given(set_up()).when(command).then_expect_error(rejection);
    }
}

#[test]
fn a_name_means_one_service() {
    let other =
        EventTypeSynced { event_type: EventTypeId(77), aliases: vec![advice().title.to_uppercase()], ..advice() };
    let renamed = EventTypeSynced { title: "Anderes".into(), ..other.clone() };
    let taken = |name: &str| Rejection::NameTaken { name: name.into(), event_type: advice().event_type };
    assert_eq!(salon().decide(Command::SyncEventType(other)), Err(taken(&advice().title)));
    assert_eq!(salon().decide(Command::SyncEventType(renamed)), Err(taken(&advice().title.to_uppercase())));
    let own = EventTypeSynced { aliases: vec!["Neu".into()], ..advice() };
    assert_eq!(salon().decide(Command::SyncEventType(own.clone())), Ok(vec![own.into()]));
}

#[test]
fn an_appointment_has_a_length() {
    for (minutes, usable) in [(0, false), (1, true), (1440, true), (1441, false), (u32::MAX, false)] {
        let names = ("Anderes".to_owned(), vec![]);
        let synced =
            EventTypeSynced { event_type: EventTypeId(1), title: names.0, aliases: names.1, minutes, ..advice() };
        let expected =
            if usable { Ok(vec![synced.clone().into()]) } else { Err(Rejection::LengthUnusable { minutes }) };
        assert_eq!(salon().decide(Command::SyncEventType(synced)), expected);
    }
}

fn window(from: Time, to: Time) -> Window {
    Window { from, to }
}

#[test]
fn hours_end_after_they_begin_and_a_week_has_seven_days() {
    let midnight = Time::midnight();
    let clock = |hour, minute| time(hour, minute, 0, 0);
    let windows = [
        (window(clock(9, 0), clock(17, 0)), true),
        (window(clock(9, 0), midnight), true),
        (window(midnight, midnight), true),
        (window(clock(9, 0), clock(9, 0)), false),
        (window(clock(17, 0), clock(9, 0)), false),
        (window(clock(22, 0), time(0, 0, 30, 0)), false),
    ];
    for (window, sound) in windows {
        let expected =
            |hours: WorkingHoursSynced| if sound { Ok(vec![hours.into()]) } else { Err(Rejection::HoursUnusable) };
        let weekly = WorkingHoursSynced { weekly: vec![WeeklyHours { weekday: 1, window }], ..office_hours("anna") };
        assert_eq!(salon().decide(Command::SyncHours(weekly.clone())), expected(weekly), "{window:?}");
        let special = DayOverride { date: date(2025, 7, 2), windows: vec![window] };
        let special = WorkingHoursSynced { overrides: vec![special], ..office_hours("anna") };
        assert_eq!(salon().decide(Command::SyncHours(special.clone())), expected(special), "{window:?}");
    }
    for (weekday, known) in [(0, false), (1, true), (7, true), (8, false), (-1, false)] {
        let window = window(clock(9, 0), clock(10, 0));
        let hours = WorkingHoursSynced { weekly: vec![WeeklyHours { weekday, window }], ..office_hours("anna") };
        let expected = if known { Ok(vec![hours.clone().into()]) } else { Err(Rejection::WeekdayUnknown { weekday }) };
        assert_eq!(salon().decide(Command::SyncHours(hours)), expected);
    }
}

#[test]
fn hours_stay_when_a_persons_details_change() {
    let renamed = person("anna", "Anna Neu", 11, &["mitte"]);
    let company = company_after(set_up().into_iter().chain([renamed.clone().into()]));
    let anna = &company.staff[&staff("anna")];
    assert_eq!((&anna.details, &anna.hours), (&renamed, &Some(office_hours("anna"))));
}

/// The windows of a day, as the terms of the branch say.
fn at_work(company: &Company, who: &str, day: Date) -> Option<Vec<Span>> {
    let terms = company.terms(&branch("mitte"), ADVICE, day).expect("known");
    terms.staff.into_iter().find(|it| it.staff == staff(who)).expect("works there").windows
}

fn span(from: &str, to: &str) -> Span {
    Span { from: at(from), to: at(to) }
}

#[test]
fn lesson_01_hours_follow_the_clock_on_the_wall() {
    let cases = [
        (date(2025, 7, 2), "2025-07-02T07:00:00Z", "2025-07-02T15:00:00Z"),
        (date(2025, 12, 3), "2025-12-03T08:00:00Z", "2025-12-03T16:00:00Z"),
        (date(2026, 3, 27), "2026-03-27T08:00:00Z", "2026-03-27T16:00:00Z"),
        (date(2026, 3, 30), "2026-03-30T07:00:00Z", "2026-03-30T15:00:00Z"),
        (date(2026, 10, 23), "2026-10-23T07:00:00Z", "2026-10-23T15:00:00Z"),
        (date(2026, 10, 26), "2026-10-26T08:00:00Z", "2026-10-26T16:00:00Z"),
    ];
    for (day, from, to) in cases {
        assert_eq!(at_work(&salon(), "anna", day), Some(vec![span(from, to)]), "{day}");
    }
}

#[test]
fn lesson_01_days_of_23_and_25_hours_are_as_long_as_they_are() {
    let midnight = Time::midnight();
    let all_day = |weekday| WeeklyHours { weekday, window: window(midnight, midnight) };
    let hours = WorkingHoursSynced { weekly: (1..=7).map(all_day).collect(), ..office_hours("anna") };
    let company = company_after(set_up().into_iter().chain([hours.into()]));
    let cases = [
        (date(2025, 7, 2), "2025-07-01T22:00:00Z", "2025-07-02T22:00:00Z", 24),
        (date(2026, 3, 29), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
        (date(2026, 10, 25), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
    ];
    for (day, from, to, long) in cases {
        let expected = span(from, to);
        assert_eq!(expected.to.duration_since(expected.from).as_hours(), long);
        assert_eq!(at_work(&company, "anna", day), Some(vec![expected]), "{day}");
        let terms = company.terms(&branch("mitte"), ADVICE, day).expect("known");
        assert_eq!((terms.day_starts, terms.day_ends), (expected.from, expected.to));
        assert_eq!(span_of(day, &company.zone()), expected);
    }
}

#[test]
fn hours_that_begin_in_a_skipped_hour_begin_after_it() {
    let window = window(time(2, 30, 0, 0), time(4, 0, 0, 0));
    let hours = WorkingHoursSynced { weekly: vec![WeeklyHours { weekday: 7, window }], ..office_hours("anna") };
    let company = company_after(set_up().into_iter().chain([hours.into()]));
    let expected = span("2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z");
    assert_eq!(at_work(&company, "anna", date(2026, 3, 29)), Some(vec![expected]));
}

#[test]
fn an_override_replaces_its_day() {
    let (sunday, day_off) = (date(2025, 7, 6), date(2025, 7, 2));
    let overrides = vec![
        DayOverride { date: sunday, windows: vec![window(time(10, 0, 0, 0), time(12, 0, 0, 0))] },
        DayOverride { date: day_off, windows: vec![] },
    ];
    let company =
        company_after(set_up().into_iter().chain([WorkingHoursSynced { overrides, ..office_hours("anna") }.into()]));
    let opened = span("2025-07-06T08:00:00Z", "2025-07-06T10:00:00Z");
    assert_eq!(at_work(&company, "anna", sunday), Some(vec![opened]));
    assert_eq!(at_work(&company, "anna", day_off), Some(vec![]));
    assert_eq!(at_work(&salon(), "anna", sunday), Some(vec![]), "no hours on Sundays otherwise");
}

#[test]
fn terms_hold_what_the_rules_ask() {
    let terms = salon().terms(&branch("mitte"), COLOUR, date(2025, 7, 2)).expect("known");
    assert_eq!((terms.branch_name.as_str(), terms.branch_active, terms.offered), ("Mitte", true, true));
    assert_eq!((terms.notice_minutes, terms.horizon_days), (120, Some(60)));
    let nord = salon().terms(&branch("nord"), COLOUR, date(2025, 7, 2)).expect("known");
    assert!(!nord.offered);
    let sued = salon().terms(&branch("sued"), ADVICE, date(2025, 7, 2)).expect("known");
    assert!(!sued.branch_active);
    assert_eq!(
        salon().terms(&branch("west"), ADVICE, date(2025, 7, 2)),
        Err(Rejection::BranchUnknown { branch: branch("west") })
    );
    assert_eq!(
        salon().terms(&branch("mitte"), EventTypeId(1), date(2025, 7, 2)),
        Err(Rejection::EventTypeUnknown { event_type: EventTypeId(1) })
    );
}

#[test]
fn who_serves_it_works_at_the_branch() {
    let serving = |at_branch: &str, service| {
        let terms = salon().terms(&branch(at_branch), service, date(2025, 7, 2)).expect("known");
        terms.staff.into_iter().map(|day| day.staff.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(serving("mitte", ADVICE), ["anna", "ben"]);
    assert_eq!(serving("nord", ADVICE), ["ben", "cara"]);
    assert_eq!(serving("nord", COLOUR), ["ben"]);
    assert_eq!(serving("sued", ADVICE), [] as [&str; 0]);
}

#[test]
fn a_branch_has_what_can_be_booked_there_and_whoever_serves_it() {
    let there = |company: &Company, at: &str| {
        let branch = branch(at);
        let offered: Vec<_> = company.offered_at(&branch).map(|it| it.event_type).collect();
        let serving: Vec<_> = company.serving_at(&branch).map(|it| it.details.staff.to_string()).collect();
        (offered, serving.join(" "))
    };
    let salon = salon();
    assert_eq!(there(&salon, "mitte"), (vec![ADVICE, COLOUR], "anna ben".to_owned()));
    assert_eq!(there(&salon, "nord"), (vec![ADVICE], "ben cara".to_owned()));
    assert_eq!(there(&salon, "sued"), (vec![ADVICE], String::new()), "nobody works there");
    let gone = EventTypeGone { event_type: ADVICE }.into();
    let less = company_after(set_up().into_iter().chain([gone]));
    assert_eq!(there(&less, "nord"), (vec![], String::new()), "they serve nothing that is offered there");
}

#[test]
fn somebody_whose_hours_nobody_told_may_work_at_any_time() {
    let terms = salon().terms(&branch("nord"), ADVICE, date(2025, 7, 6)).expect("known");
    let start = at("2025-07-06T01:00:00Z");
    let slot = Slot { start, end: shifted(start, 30), buffer_before_minutes: 0, buffer_after_minutes: 0 };
    assert_eq!(terms.at_work(&slot), [staff("cara")]);
}

#[test]
fn a_name_that_two_share_means_neither() {
    let two = [
        person("bea", "Bea Muster", 15, &["mitte"]).into(),
        EventTypeSynced { event_type: EventTypeId(9), title: "Erstgespräch".into(), ..advice() }.into(),
    ];
    let company = company_after(set_up().into_iter().chain(two));
    assert_eq!(company.staff_named(&branch("mitte"), "Muster"), None);
    assert_eq!(company.staff_named(&branch("mitte"), "Ben"), Some(&staff("ben")));
    assert_eq!(company.service_named(&branch("mitte"), "Erstgespräch"), None);
    assert_eq!(company.service_named(&branch("mitte"), "9").map(|it| it.event_type), Some(EventTypeId(9)));
}

#[test]
fn a_host_of_the_calendar_is_somebody_or_nobody() {
    assert_eq!(salon().staff_of_host(12), Some(&staff("ben")));
    assert_eq!(salon().staff_of_host(99), None);
}

#[test]
fn of_several_nodes_that_say_it_one_is_written_down() {
    let until = at("2025-07-02T08:01:00Z");
    let opens = |provider| Command::NoteBreakerOpened(BreakerOpened { provider, until });
    let opened = |provider| BreakerOpened { provider, until }.into();
    let (calcom, retell) = (Provider::Calcom, Provider::Retell);
    let company = || vec![CompanyEvent::from(registered())];
    let open = || [company(), vec![opened(calcom)]].concat();
    given(company()).when(opens(calcom)).then_expect_events(vec![opened(calcom)]);
    given(open()).when(opens(calcom)).then_expect_events(vec![]);
    given(open()).when(opens(retell)).then_expect_events(vec![opened(retell)]);
    let answers = |provider| Command::NoteBreakerClosed(BreakerClosed { provider });
    let closed = |provider| BreakerClosed { provider }.into();
    given(open()).when(answers(calcom)).then_expect_events(vec![closed(calcom)]);
    given(open()).when(answers(retell)).then_expect_events(vec![]);
    given([open(), vec![closed(calcom)]].concat()).when(opens(calcom)).then_expect_events(vec![opened(calcom)]);
}
