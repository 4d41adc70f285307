use super::*;

#[test]
fn the_rules_that_nobody_set_can_be_followed() {
    assert_eq!(DeskRules::default().check(), Ok(()));
}

#[test]
fn rules_that_cannot_be_followed_say_what_is_missing() {
    let rules = DeskRules::default;
    let out = |rule, from, to| RuleUnusable::OutOfBounds { rule, from, to };
    let cases = [
        (DeskRules { provider_down: Fallback::Forward, ..rules() }, RuleUnusable::NowhereToForward),
        (DeskRules { branch_closed: Fallback::Forward, ..rules() }, RuleUnusable::NowhereToForward),
        (
            DeskRules { forward_to: Some("Empfang".into()), ..rules() },
            RuleUnusable::NotANumber { number: "Empfang".into() },
        ),
        (DeskRules { bookings_per_call: 0, ..rules() }, out("bookings_per_call", 1, 10)),
        (DeskRules { longest_call_minutes: 241, ..rules() }, out("longest_call_minutes", 1, 240)),
        (DeskRules { answer_within_seconds: 0, ..rules() }, out("answer_within_seconds", 1, 60)),
        (DeskRules { move_notice_minutes: 86_401, ..rules() }, out("move_notice_minutes", 0, 86_400)),
        (DeskRules { agent_when_closed: Some(String::new()), ..rules() }, RuleUnusable::AgentUnusable),
    ];
    for (rules, unusable) in cases {
        assert_eq!(rules.check(), Err(unusable));
    }
}

#[test]
fn a_change_leaves_what_it_does_not_name() {
    let change = RulesChange {
        provider_down: Some(Fallback::Forward),
        forward_to: Some("030 23125 009".into()),
        ask_for: Some(vec![Detail::Name, Detail::Phone]),
        ..RulesChange::default()
    };
    let changed = change.applied_to(&DeskRules::default());
    assert_eq!(changed.forward_to.as_deref(), Some("+493023125009"));
    assert_eq!(changed.check(), Ok(()));
    assert_eq!(RulesChange::default().applied_to(&changed), changed);
    let away = RulesChange { forward_to: Some(String::new()), ..RulesChange::default() };
    assert_eq!(away.applied_to(&changed).forward_to, None);
}
