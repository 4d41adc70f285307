//! What providers say, what has to change, and taking it back.

use super::*;
use crate::company::{BookingWindow, Command, Window};
use crate::ports::{EventTypeThere, Hours, MemberThere, NumberThere, ScheduleThere};
use crate::salon::{ADVICE, COLOUR, advice, branch, colour, company_after, person, salon, set_up, staff};
use cqrs_es::test::TestFramework;
use jiff::civil::{date, time};

const RUN: Uuid = Uuid::from_u128(0xa1);

fn service(it: &EventTypeSynced, hosts: &[i64]) -> EventTypeThere {
    EventTypeThere {
        event_type: it.event_type,
        team: it.team,
        slug: it.title.to_lowercase(),
        title: it.title.clone(),
        minutes: it.minutes,
        lengths: vec![],
        slot_interval: None,
        notice_minutes: it.notice_minutes,
        buffer_before: it.buffer_before,
        buffer_after: it.buffer_after,
        window: it.horizon_days.map(|days| BookingWindow::CalendarDays { days, rolling: false }),
        limits: vec![],
        requires_confirmation: false,
        hidden: false,
        bookable: true,
        hosts: hosts.to_vec(),
        fields: vec![],
        schedule: None,
    }
}

fn member(host: i64, name: &str) -> MemberThere {
    MemberThere { host, name: name.into(), username: None, teams: vec![] }
}

fn week(owner: i64, zone: &str, is_default: bool) -> ScheduleThere {
    let window = Window { from: time(9, 0, 0, 0), to: time(17, 0, 0, 0) };
    let hours = Hours { weekly: (1..=5).map(|day| (day, window)).collect(), overrides: vec![] };
    ScheduleThere { schedule: owner * 10, owner, name: "Woche".into(), zone: zone.into(), is_default, hours }
}

/// The salon's calendar as it would be if both sides had always agreed.
fn calendar() -> SeenCalendar {
    SeenCalendar {
        event_types: vec![service(&advice(), &[11, 12, 13]), service(&colour(), &[11, 12])],
        members: vec![member(11, "Anna Beispiel"), member(12, "Ben Muster"), member(13, "Cara Probe")],
        schedules: vec![week(11, "Europe/Berlin", true), week(12, "Europe/Berlin", true)],
    }
}

fn seen(calendar: SeenCalendar) -> Seen {
    Seen { calendar: Some(calendar), agents: None }
}

fn applied(company: &Company, seen: &Seen, run: Uuid) -> Vec<CompanyEvent> {
    let run = SyncRun { run, scope: SyncScope::Calcom, by: "cli".into(), plan: company.plan(seen) };
    company.decide(Command::ApplySync(run)).expect("a run is never refused")
}

fn told(company: &mut Company, events: Vec<CompanyEvent>) {
    for event in events {
        company.apply(event);
    }
}

fn finished(events: &[CompanyEvent]) -> &SyncFinished {
    match events.last() {
        Some(CompanyEvent::SyncFinished(finished)) => finished,
        other => panic!("{other:?}"),
    }
}

fn tally(events: &[CompanyEvent], kind: SyncKind) -> (u32, u32, u32, u32, u32) {
    let tally = finished(events).tallies.iter().find(|tally| tally.kind == kind).expect("a tally");
    (tally.found, tally.added, tally.changed, tally.gone, tally.failed)
}

fn in_step() -> Vec<CompanyEvent> {
    let mut history = set_up();
    history.extend(applied(&salon(), &seen(calendar()), Uuid::from_u128(1)));
    history
}

#[test]
fn a_second_run_finds_nothing_to_do() {
    let company = company_after(in_step());
    let events = applied(&company, &seen(calendar()), RUN);
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(tally(&events, SyncKind::EventTypes), (2, 0, 0, 0, 0));
    assert_eq!(finished(&events).changes, 0);
}

/// Aliases and branches are told here alone; the calendar's value of everything else wins.
#[test]
fn the_calendar_wins_and_what_only_we_know_stays() {
    let company = company_after(in_step());
    let mut there = calendar();
    there.event_types[0].minutes = 45;
    there.event_types[0].title = "Beratung lang".into();
    let events = applied(&company, &seen(there), RUN);
    let mut after = company;
    told(&mut after, events.clone());
    let expected = EventTypeSynced { minutes: 45, title: "Beratung lang".into(), ..advice() };
    assert_eq!(after.event_types.get(&ADVICE), Some(&expected));
    assert_eq!(tally(&events, SyncKind::EventTypes), (2, 0, 1, 0, 0));
}

#[test]
fn what_vanished_is_gone_and_may_come_back() {
    let mut company = company_after(in_step());
    let mut there = calendar();
    there.event_types.remove(1);
    there.members.pop();
    there.event_types[0].hosts.pop();
    let events = applied(&company, &seen(there), RUN);
    assert_eq!(tally(&events, SyncKind::EventTypes), (1, 0, 1, 1, 0));
    assert_eq!(tally(&events, SyncKind::Staff), (2, 0, 0, 1, 0));
    told(&mut company, events);
    assert_eq!(company.service_named(&branch("mitte"), "Färben"), None);
    assert!(!company.terms(&branch("mitte"), COLOUR, date(2025, 7, 2)).expect("known").offered);
    assert_eq!(company.staff_named(&branch("nord"), "Cara"), None);

    let again = applied(&company, &seen(calendar()), Uuid::from_u128(3));
    assert_eq!(tally(&again, SyncKind::EventTypes), (2, 1, 1, 0, 0));
    told(&mut company, again);
    assert!(company.service_named(&branch("mitte"), "Färben").is_some());
    assert_eq!(company.staff_named(&branch("nord"), "Cara"), Some(&staff("cara")));
}

#[test]
fn somebody_new_gets_an_id_that_is_always_the_same() {
    let company = company_after(in_step());
    let mut there = calendar();
    there.members.push(member(14, "Dora Neu"));
    let events = applied(&company, &seen(there.clone()), RUN);
    let CompanyEvent::StaffSynced(first) = &events[0] else { panic!("{events:?}") };
    assert_eq!((first.name.as_str(), first.host), ("Dora Neu", Some(14)));
    let CompanyEvent::StaffSynced(second) = &applied(&company, &seen(there), RUN)[0] else { panic!() };
    assert_eq!(first.staff, second.staff);
}

#[test]
fn a_schedule_of_another_zone_keeps_it() {
    let mut there = calendar();
    there.schedules = vec![week(11, "Europe/London", false), week(11, "America/New_York", true)];
    let mut company = company_after(in_step());
    let events = applied(&company, &seen(there), RUN);
    told(&mut company, events);
    let terms = company.terms(&branch("mitte"), COLOUR, date(2025, 7, 2)).expect("known");
    let anna = terms.staff.iter().find(|day| day.staff == staff("anna")).expect("Anna");
    let window = anna.windows.as_ref().and_then(|windows| windows.first()).expect("a window");
    assert_eq!(window.from.to_string(), "2025-07-02T13:00:00Z");
}

/// Managed parents exist so that others are made of them.
#[test]
fn what_cannot_be_booked_is_not_offered() {
    let mut there = calendar();
    there.event_types[0].bookable = false;
    let mut company = company_after(in_step());
    let events = applied(&company, &seen(there), RUN);
    told(&mut company, events);
    assert_eq!(company.service_named(&branch("mitte"), "Beratung"), None);
}

#[test]
fn what_cannot_be_taken_in_is_named_and_hinders_nothing() {
    let mut there = calendar();
    there.event_types[0].minutes = 0;
    there.event_types[1].minutes = 90;
    there.event_types[1].hosts.push(99);
    let events = applied(&company_after(in_step()), &seen(there), RUN);
    assert_eq!(tally(&events, SyncKind::EventTypes), (2, 0, 1, 0, 2));
    let told = finished(&events).failures.join("; ");
    assert!(told.contains("user 99") && told.contains(&ADVICE.to_string()), "{told}");
}

#[test]
fn a_provider_that_was_not_asked_says_nothing_of_what_is_gone() {
    let agents = SeenAgents { agents: vec![], numbers: vec![number("+493023125001")] };
    let company = company_after(in_step());
    let events = applied(&company, &Seen { calendar: None, agents: Some(agents) }, RUN);
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!(tally(&events, SyncKind::PhoneNumbers), (1, 1, 0, 0, 0));
    let none = Seen { calendar: None, agents: Some(SeenAgents::default()) };
    let mut company = company;
    told(&mut company, events);
    assert_eq!(tally(&applied(&company, &none, RUN), SyncKind::PhoneNumbers), (0, 0, 0, 1, 0));
}

fn number(e164: &str) -> NumberThere {
    let (nickname, inbound_webhook_url, modified_at) = (None, None, None);
    NumberThere { number: e164.into(), nickname, inbound: vec![], outbound: vec![], inbound_webhook_url, modified_at }
}

#[test]
fn differences_name_the_fields() {
    let company = company_after(in_step());
    let mut there = calendar();
    there.event_types[0].minutes = 45;
    there.event_types[0].requires_confirmation = true;
    there.members[0].name = "Anna Neu".into();
    let events = applied(&company, &seen(there), RUN);
    let found = company.differences(&events);
    let told: Vec<_> = found.iter().map(|it| (it.kind, it.what, it.fields.len())).collect();
    assert_eq!(told, [(SyncKind::EventTypes, Kind::Changed, 2), (SyncKind::Staff, Kind::Changed, 1)]);
    let fields: Vec<_> = found.iter().flat_map(|it| &it.fields).map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["minutes", "requires_confirmation", "name"]);
    assert_eq!(found[0].fields[0].after, 45);
}

#[test]
fn a_run_taken_back_leaves_the_set_up_as_it_was() {
    let mut history = in_step();
    let before = company_after(history.clone());
    let mut there = calendar();
    there.event_types[0].minutes = 45;
    there.event_types.remove(1);
    there.members.push(member(14, "Dora Neu"));
    there.schedules.push(week(13, "Europe/Vienna", true));
    history.extend(applied(&before, &seen(there), RUN));

    let undo = Undo::of(&history, RUN, "cli").expect("a run");
    assert_eq!(undo.left, [""; 0]);
    let company = company_after(history.clone());
    let events = company.decide(Command::UndoSync(undo)).expect("undone");
    history.extend(events);
    let after = company_after(history.clone());
    assert_eq!((&after.event_types, &after.gone_event_types), (&before.event_types, &before.gone_event_types));
    assert_eq!(after.plan(&seen(calendar())).changes, before.plan(&seen(calendar())).changes);
    assert_eq!(Undo::of(&history, RUN, "cli"), Err(UndoRefused::UndoneAlready));
    assert_eq!(Undo::of(&history, Uuid::from_u128(9), "cli"), Err(UndoRefused::Unknown));
}

#[test]
fn what_was_changed_since_stays() {
    let mut history = in_step();
    let mut there = calendar();
    there.event_types[0].minutes = 45;
    history.extend(applied(&company_after(history.clone()), &seen(there), RUN));
    history.push(EventTypeSynced { minutes: 50, ..advice() }.into());
    let undo = Undo::of(&history, RUN, "cli").expect("a run");
    assert_eq!(undo.changes, []);
    assert!(undo.left[0].contains(&ADVICE.to_string()), "{:?}", undo.left);
}

#[test]
fn nothing_is_kept_in_step_for_a_company_that_is_not_there() {
    let run = SyncRun { run: RUN, scope: SyncScope::All, by: "cli".into(), plan: Plan::default() };
    TestFramework::<Company>::with(())
        .given(vec![])
        .when(Command::ApplySync(run))
        .then_expect_error(Rejection::NotRegistered);
}

#[test]
fn a_person_known_here_by_user_number_keeps_their_id_and_branches() {
    let company = company_after(in_step());
    let mut there = calendar();
    there.members[0].name = "Anna B.".into();
    let changes = company.plan(&seen(there)).changes;
    assert_eq!(changes, [Change::Staff(person("anna", "Anna B.", 11, &["mitte"]))]);
}
