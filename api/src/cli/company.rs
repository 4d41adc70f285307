//! `ringbuch company`: companies, each with books of its own.

mod show;

use super::args::{CompanyAction, CompanyAdd};
use super::desk::Desk;
use super::output::words;
use super::{Exit, Failure};
use crate::pushing::{Pushing, listen};
use crate::wiring;
use ringbuch_domain::company::CompanyRegistered;
use ringbuch_domain::ports::WebhookThere;
use ringbuch_projections::Scope;
use ringbuch_projections::directory::{self, Company};
use serde_json::json;

pub async fn run(desk: &Desk<'_>, action: CompanyAction) -> Result<Exit, Failure> {
    match action {
        CompanyAction::Add(add) => self::add(desk, add).await?,
        CompanyAction::List => {
            let companies = directory::companies(desk.rows(), desk.scope()).await?;
            desk.output.list(&companies, &["Id", "Name", "Account", "Zone", "Language"], row)?;
        }
        CompanyAction::Show { id } => show::run(desk, &id).await?,
        CompanyAction::Webhook(args) => {
            let company = desk.company().await?;
            let there = listen(&Pushing { app: &desk.app, company }, &args.url).await?;
            let shown = |it: &WebhookThere| json!({ "id": it.id, "event_type": it.event_type, "url": it.url, "triggers": it.triggers });
            let shown: Vec<_> = there.iter().map(shown).collect();
            // The first is the owner's; each service of a team has one of its own.
            let told = || match there.split_first() {
                Some((own, teams)) => {
                    let also = if teams.is_empty() {
                        String::new()
                    } else {
                        format!(", also of {} team services", teams.len())
                    };
                    format!("Cal.com tells '{company}' at {}: {}{also}", own.url, words(&own.triggers))
                }
                None => format!("Cal.com tells '{company}' nothing"),
            };
            desk.output.value(&json!({ "webhooks": shown }), told)?;
        }
    }
    Ok(Exit::Done)
}

async fn add(desk: &Desk<'_>, add: CompanyAdd) -> Result<(), Failure> {
    if let Some(address) = &add.calcom_base_url {
        wiring::check_address(desk.config, address)?;
    }
    let CompanyAdd { id, account, name, zone, language, placeholder_domain, calcom_base_url, calcom_api } = add;
    let profile = CompanyRegistered { company: id.clone(), account, name, zone, language, placeholder_domain };
    let added = desk.set_up().company(profile, calcom_base_url, calcom_api.into()).await?;
    desk.app.catch_up().await?;
    let companies = directory::companies(desk.rows(), Scope::Company(&id)).await?;
    desk.told(added, &companies.first(), &format!("the company '{id}' is there"))
}

fn row(company: &Company) -> Vec<String> {
    let Company { company, account, name, zone, language, .. } = company;
    vec![company.to_string(), name.clone(), account.to_string(), zone.clone(), language.clone()]
}
