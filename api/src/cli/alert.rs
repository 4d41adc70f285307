//! `ringbuch alert`: what has fired, who looks after it, and who is told.

use super::args::{AlertAction, ChannelAction};
use super::desk::{BY, Desk, first};
use super::output::{or_dash, table};
use super::secret_source::SecretSource;
use super::{Exit, Failure};
use crate::alerts::{AlertSetUp, Leads};
use ringbuch_adapters::alerts::SigningSecret;
use ringbuch_domain::alerts::{AlertKind, AlertRule, Channel, Means};
use ringbuch_domain::ids::{AlertId, CompanyId};
use ringbuch_projections::alerts::{self, AlertRow, AlertStatus};
use ringbuch_projections::{Paging, alerts::find};
use serde_json::json;
use std::collections::BTreeMap;

pub async fn run(desk: &Desk<'_>, action: AlertAction) -> Result<Exit, Failure> {
    match action {
        AlertAction::List { status, length } => list(desk, status, length.limit).await?,
        AlertAction::Ack { id } => acknowledge(desk, id).await?,
        AlertAction::Rules => rules(desk, &of(desk).await?).await?,
        AlertAction::Set(set) => {
            let set_up = of(desk).await?;
            set_up.change_rules(&BTreeMap::from([(set.kind, set.change())])).await?;
            rules(desk, &set_up).await?;
        }
        AlertAction::Channel { action } => channel(desk, action).await?,
        AlertAction::Test { channel } => return test(desk, channel).await,
    }
    Ok(Exit::Done)
}

async fn of<'a>(desk: &'a Desk<'_>) -> Result<AlertSetUp<'a>, Failure> {
    Ok(about(desk, desk.company().await?))
}

fn about<'a>(desk: &'a Desk<'_>, company: &'a CompanyId) -> AlertSetUp<'a> {
    AlertSetUp { app: &desk.app, company, by: BY.to_owned() }
}

async fn list(desk: &Desk<'_>, status: Option<AlertStatus>, limit: u32) -> Result<(), Failure> {
    let page = async |paging: Paging| alerts::list(desk.rows(), desk.scope(), status, paging).await;
    let found = first(limit, page).await?;
    desk.output.list(&found, &COLUMNS, |it| row(desk, it))
}

const COLUMNS: [&str; 9] = ["Company", "Alert", "Since", "Kind", "About", "Measured", "Status", "By", "Trouble"];

fn row(desk: &Desk<'_>, it: &AlertRow) -> Vec<String> {
    vec![
        it.company.to_string(),
        it.alert.to_string(),
        desk.local(Some(&it.company)).show(it.fired_at),
        it.kind.clone(),
        it.subject.clone(),
        format!("{} of {}", it.measured, it.threshold),
        it.status.to_string(),
        or_dash(it.acknowledged_by.as_ref()),
        or_dash(it.last_trouble.as_ref()),
    ]
}

async fn acknowledge(desk: &Desk<'_>, id: AlertId) -> Result<(), Failure> {
    let unknown =
        || Failure::new(format!("there is no alert '{id}'")).hint("`ringbuch alert list` shows those there are");
    let known = find(desk.rows(), desk.scope(), id).await?.ok_or_else(unknown)?;
    about(desk, &known.company).acknowledge(id).await?;
    desk.app.catch_up().await?;
    let stands = find(desk.rows(), desk.scope(), id).await?;
    desk.told(known.status == AlertStatus::Open, &stands, &format!("somebody looks after '{id}'"))
}

async fn rules(desk: &Desk<'_>, set_up: &AlertSetUp<'_>) -> Result<(), Failure> {
    let rules = set_up.rules().await?;
    desk.output.value(&rules, || table(&RULE, rules.iter().map(rule_row)))
}

const RULE: [&str; 6] = ["Kind", "On", "Threshold", "Window", "Cooldown", "Escalates after"];

fn rule_row((kind, rule): (&AlertKind, &AlertRule)) -> Vec<String> {
    let minutes = |minutes: u32| if minutes == 0 { "-".to_owned() } else { format!("{minutes} min") };
    let threshold = if kind.is_counted() { rule.threshold.to_string() } else { minutes(rule.threshold) };
    vec![
        kind.to_string(),
        rule.on.to_string(),
        threshold,
        minutes(rule.window_minutes),
        minutes(rule.cooldown_minutes),
        minutes(rule.escalate_after_minutes),
    ]
}

async fn channel(desk: &Desk<'_>, action: ChannelAction) -> Result<(), Failure> {
    let set_up = of(desk).await?;
    match action {
        ChannelAction::List => {
            let channels = set_up.channels().await?;
            desk.output.list(&channels, &["Channel"], |channel| vec![channel.to_string()])
        }
        ChannelAction::Set { channel, to, source } => {
            let drawn = set_up.set_channel(channel, leads(channel, to, &source)?).await?;
            let secret = drawn.as_ref().map(SigningSecret::reveal);
            desk.output.value(&json!({ "channel": channel, "secret": secret }), || match secret {
                Some(secret) => format!("{channel} is set; its receiver checks signatures with this secret: {secret}"),
                None => format!("{channel} is set; `ringbuch alert test {channel}` sends a message there"),
            })
        }
        ChannelAction::Remove { channel } => {
            set_up.remove_channel(channel).await?;
            desk.told(true, &json!({ "channel": channel }), &format!("{channel} is taken away"))
        }
    }
}

fn leads(channel: Channel, to: Vec<String>, source: &SecretSource) -> Result<Leads, Failure> {
    match channel.means {
        Means::Email if to.is_empty() => Err(Failure::usage("an e-mail channel needs --to ADDRESS")),
        Means::Email => Ok(Leads::Email(to)),
        _ if !to.is_empty() => Err(Failure::usage("--to is for e-mail channels; the address is read from stdin")),
        Means::Slack => Ok(Leads::Slack(source.read()?)),
        Means::Webhook => Ok(Leads::Webhook(source.read()?, None)),
    }
}

async fn test(desk: &Desk<'_>, channel: Channel) -> Result<Exit, Failure> {
    let failure = of(desk).await?.test(channel).await?;
    let report = json!({ "channel": channel, "delivered": failure.is_none(), "failure": failure });
    desk.output.value(&report, || match &failure {
        None => format!("the other side has taken a message through {channel}"),
        Some(why) => format!("the message through {channel} did not arrive: {why}"),
    })?;
    Ok(if failure.is_none() { Exit::Done } else { Exit::NotAsItShouldBe })
}
