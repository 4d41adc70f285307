//! `ringbuch desk`: what is done for callers on the line, and which times are kept for them.

use super::args::{DeskAction, RulesAction};
use super::desk::Desk;
use super::output::{card, words};
use super::{Exit, Failure};
use ringbuch_domain::company::Company;
use ringbuch_domain::desk::DeskRules;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::holds::{self, KeptHold};
use serde::Serialize;

pub async fn run(desk: &Desk<'_>, action: DeskAction) -> Result<Exit, Failure> {
    match action {
        DeskAction::Rules { action: RulesAction::Show } => {
            let company = desk.company().await?;
            let known = desk.app.journal.load::<Company>(&StreamId::company(company)).await?;
            let rules = &known.aggregate.desk;
            desk.output.value(rules, || told(rules))?;
        }
        DeskAction::Rules { action: RulesAction::Set(set) } => {
            let rules = desk.set_up().desk_rules(desk.company().await?, (*set).into()).await?;
            desk.output.value(&rules, || told(&rules))?;
        }
        DeskAction::Holds => {
            let kept = holds::list(desk.rows(), desk.scope()).await?;
            desk.output.list(&kept, &COLUMNS, |it| row(desk, it))?;
        }
    }
    Ok(Exit::Done)
}

const COLUMNS: [&str; 6] = ["Company", "For", "Branch", "Start", "Staff", "Until"];

fn row(desk: &Desk<'_>, it: &KeptHold) -> Vec<String> {
    let local = desk.local(Some(&it.company));
    vec![
        it.company.to_string(),
        it.holder.clone(),
        it.branch.to_string(),
        local.show(it.start_at),
        words(&it.staff),
        local.show(it.until_at),
    ]
}

fn told(rules: &DeskRules) -> String {
    let minutes = |minutes: u32| Some(format!("{minutes} minutes"));
    card([
        ("branch closed", Some(word(&rules.branch_closed))),
        ("service unknown", Some(word(&rules.service_unknown))),
        ("provider down", Some(word(&rules.provider_down))),
        ("forward to", rules.forward_to.clone()),
        ("ask for", Some(words(rules.ask_for.iter().map(word)))),
        ("staff wishes", Some(rules.staff_wishes.to_string())),
        ("bookings per call", Some(rules.bookings_per_call.to_string())),
        ("move notice", minutes(rules.move_notice_minutes)),
        ("cancel notice", minutes(rules.cancel_notice_minutes)),
        ("longest call", minutes(rules.longest_call_minutes)),
        ("answer within", Some(format!("{} seconds", rules.answer_within_seconds))),
        ("reject withheld", Some(rules.reject_withheld.to_string())),
        ("agent when closed", rules.agent_when_closed.clone()),
    ])
}

/// A case as it is written in JSON.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
