//! Rules, given what has happened.

use super::*;
use crate::ids::{AlertId, derived};
use crate::salon::{at, company};
use cqrs_es::Aggregate;
use jiff::Timestamp;

const SLACK: Channel = Channel::new(Tier::First, Means::Slack);
const MAIL: Channel = Channel::new(Tier::Second, Means::Email);

fn reading(kind: AlertKind, measured: u64) -> Reading {
    Reading { kind, subject: String::new(), measured }
}

/// Carries a command out.
fn told(alerts: &mut Alerts, command: Command) -> Vec<AlertEvent> {
    let events = alerts.decide(command).expect("it is taken");
    for event in &events {
        alerts.apply(event.clone());
    }
    events
}

fn judged(alerts: &mut Alerts, now: &str, readings: Vec<Reading>) -> Vec<&'static str> {
    let events = told(alerts, Command::Judge { company: company(), readings, now: at(now) });
    events.iter().map(name).collect()
}

fn name(event: &AlertEvent) -> &'static str {
    match event {
        AlertEvent::AlertFired(_) => "fired",
        AlertEvent::AlertResolved(_) => "resolved",
        _ => "other",
    }
}

fn with_channels() -> Alerts {
    let mut alerts = Alerts::default();
    for channel in [SLACK, MAIL] {
        told(&mut alerts, Command::NoteChannel { channel, by: "cli".into() });
    }
    alerts
}

#[test]
fn every_kind_fires_at_its_threshold_and_not_below() {
    for kind in AlertKind::ALL {
        let threshold = u64::from(kind.usual_rule().threshold);
        let mut alerts = Alerts::default();
        assert!(judged(&mut alerts, "2025-07-01T08:00:00Z", vec![reading(kind, threshold - 1)]).is_empty(), "{kind}");
        assert_eq!(judged(&mut alerts, "2025-07-01T08:00:00Z", vec![reading(kind, threshold)]), ["fired"], "{kind}");
        assert_eq!(kind.usual_rule().check(kind), Ok(()), "{kind}");
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
}

#[test]
fn what_stands_is_told_once_and_what_comes_again_at_once_is_the_same_trouble() {
    let mut alerts = Alerts::default();
    let failing = || vec![reading(AlertKind::BookingFailures, 3)];
    assert_eq!(judged(&mut alerts, "2025-07-01T08:00:00Z", failing()), ["fired"]);
    assert!(judged(&mut alerts, "2025-07-01T20:00:00Z", failing()).is_empty(), "it still stands");
    assert_eq!(judged(&mut alerts, "2025-07-01T20:01:00Z", vec![]), ["resolved"]);
    let mut flapping = Alerts::default();
    judged(&mut flapping, "2025-07-01T08:00:00Z", failing());
    judged(&mut flapping, "2025-07-01T08:01:00Z", vec![]);
    assert!(judged(&mut flapping, "2025-07-01T08:59:00Z", failing()).is_empty(), "within the hour");
    assert_eq!(judged(&mut flapping, "2025-07-01T09:00:00Z", failing()), ["fired"]);
}

#[test]
fn troubles_of_two_providers_are_two() {
    let mut alerts = Alerts::default();
    let open = |subject: &str| Reading { kind: AlertKind::BreakerOpen, subject: subject.into(), measured: 5 };
    assert_eq!(judged(&mut alerts, "2025-07-01T08:00:00Z", vec![open("calcom"), open("retell")]), ["fired", "fired"]);
    assert_eq!(judged(&mut alerts, "2025-07-01T08:05:00Z", vec![open("retell")]), ["resolved"]);
}

fn fired(alerts: &mut Alerts) -> AlertFired {
    let readings = vec![reading(AlertKind::OverlapSeen, 1)];
    let now = at("2025-07-01T08:00:00Z");
    let events = told(alerts, Command::Judge { company: company(), readings, now });
    let [AlertEvent::AlertFired(fired)] = &events[..] else { panic!("{events:?}") };
    fired.clone()
}

#[test]
fn the_first_channels_hear_at_once_and_the_second_when_nobody_acknowledges() {
    let mut alerts = with_channels();
    let alert = fired(&mut alerts);
    assert_eq!((alert.channels, alert.escalate_at), (vec![SLACK], Some(at("2025-07-01T08:15:00Z"))));
    let escalate = || Command::Escalate { alert: alert.alert };
    let expected: AlertEvent = AlertEscalated { alert: alert.alert, channels: vec![MAIL] }.into();
    assert_eq!(told(&mut alerts, escalate()), [expected]);
    assert!(told(&mut alerts, escalate()).is_empty(), "once");

    let mut heard = with_channels();
    let alert = fired(&mut heard);
    let acknowledge = || Command::Acknowledge { alert: alert.alert, by: "key:1".into() };
    assert_eq!(told(&mut heard, acknowledge()).len(), 1);
    assert!(told(&mut heard, acknowledge()).is_empty());
    assert!(told(&mut heard, Command::Escalate { alert: alert.alert }).is_empty());
}

#[test]
fn without_a_second_channel_nothing_escalates() {
    let mut alerts = with_channels();
    told(&mut alerts, Command::RemoveChannel { channel: MAIL, by: "cli".into() });
    assert_eq!(fired(&mut alerts).escalate_at, None);
}

#[test]
fn what_is_unknown_is_refused() {
    let alerts = Alerts::default();
    let stranger = AlertId(derived(&["nobody"]));
    assert_eq!(alerts.decide(Command::Acknowledge { alert: stranger, by: "cli".into() }), Err(Rejection::NotOpen));
    let tested = AlertChannelTested { channel: SLACK, by: "cli".into(), failure: None };
    assert_eq!(alerts.decide(Command::NoteTested(tested)), Err(Rejection::ChannelMissing(SLACK)));
    assert!("third-slack".parse::<Channel>().is_err() && "noise".parse::<AlertKind>().is_err());
}

#[test]
fn a_rule_is_changed_within_bounds() {
    let mut alerts = Alerts::default();
    let usual = alerts.rule(AlertKind::Silence);
    let set = |change: RuleChange, kind: AlertKind| {
        let rule = change.applied_to(kind.usual_rule());
        Command::SetRule { kind, rule, by: "cli".into() }
    };
    assert!(told(&mut alerts, set(RuleChange::default(), AlertKind::Silence)).is_empty());
    for (change, kind) in [
        (RuleChange { threshold: Some(0), ..RuleChange::default() }, AlertKind::Drift),
        (RuleChange { window_minutes: Some(60), ..RuleChange::default() }, AlertKind::Silence),
        (RuleChange { window_minutes: Some(4), ..RuleChange::default() }, AlertKind::Drift),
        (RuleChange { cooldown_minutes: Some(0), ..RuleChange::default() }, AlertKind::Drift),
    ] {
        assert!(matches!(alerts.decide(set(change, kind)), Err(Rejection::RuleUnusable(_))), "{change:?}");
    }
    told(&mut alerts, set(RuleChange { on: Some(false), ..RuleChange::default() }, AlertKind::Silence));
    assert_eq!(alerts.rule(AlertKind::Silence), AlertRule { on: false, ..usual });
    assert!(judged(&mut alerts, "2025-07-01T08:00:00Z", vec![reading(AlertKind::Silence, 9999)]).is_empty());
}

#[test]
fn nothing_heard_is_unusual_only_where_something_usually_is() {
    for (now, before, unusual) in [
        (0, [3, 1, 2, 5], true),
        (0, [3, 1, 2, 0], true),
        (0, [3, 1, 0, 0], false),
        (1, [3, 1, 2, 5], false),
        (0, [0, 0, 0, 0], false),
    ] {
        assert_eq!(is_unusual(now, before), unusual, "{now} {before:?}");
    }
}

#[test]
fn what_is_told_names_figures_in_both_languages() {
    for kind in AlertKind::ALL {
        for language in ["de", "en"] {
            let text = super::fired(kind, "calcom", 17, 12, language);
            assert!(text.contains("17") && text.contains("12") && !title(kind, language).is_empty(), "{text}");
        }
        assert_ne!(title(kind, "de"), title(kind, "en"));
    }
}

#[test]
fn time_has_an_end() {
    let mut alerts = with_channels();
    let readings = vec![reading(AlertKind::OverlapSeen, 1)];
    let now = Timestamp::MAX;
    assert_eq!(told(&mut alerts, Command::Judge { company: company(), readings, now }).len(), 1);
}
