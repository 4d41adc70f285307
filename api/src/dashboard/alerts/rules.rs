//! One rule: from when on somebody is told, and after how long others hear of it.

use super::set_up;
use crate::dashboard::Form;
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use askama::Template;
use ringbuch_domain::alerts::{AlertKind, AlertRule, RuleChange, title};
use std::collections::BTreeMap;
use warp::reply::Response;

#[derive(Template)]
#[template(path = "alert_rule.html")]
struct RulePage {
    page: Page,
    kind: AlertKind,
    title: &'static str,
    rule: AlertRule,
}

pub async fn edit(visit: Visit) -> Result<Response, Problem> {
    let kind = kind(&visit)?;
    let rules = set_up(&visit).rules().await?;
    let rule = rules.get(&kind).copied().unwrap_or_else(|| kind.usual_rule());
    let page = visit.page("alerts.rule");
    html(&RulePage { title: title(kind, page.language.code()), page, kind, rule })
}

pub async fn change(visit: Visit, form: Form) -> Result<Response, Problem> {
    let change = RuleChange {
        on: Some(form.text("on").is_some()),
        threshold: Some(number(&form, "threshold")?),
        window_minutes: form.text("window_minutes").map(|_| number(&form, "window_minutes")).transpose()?,
        cooldown_minutes: Some(number(&form, "cooldown_minutes")?),
        escalate_after_minutes: Some(number(&form, "escalate_after_minutes")?),
    };
    set_up(&visit).change_rules(&BTreeMap::from([(kind(&visit)?, change)])).await?;
    Ok(visit.redirect_saying("/alerts", "alerts.changed"))
}

fn kind(visit: &Visit) -> Result<AlertKind, Problem> {
    visit.id("kind of alert")
}

fn number(form: &Form, name: &str) -> Result<u32, Problem> {
    form.needed(name)?.parse().map_err(|_| super::whole_number(name))
}
