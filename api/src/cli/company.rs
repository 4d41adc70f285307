//! `ringbuch company`: companies, each with books of its own.

mod show;

use super::args::{CompanyAction, CompanyAdd};
use super::desk::Desk;
use super::output::words;
use super::{Exit, Failure};
use crate::pushing::{Pushing, listen};
use crate::wiring;
use ringbuch_domain::company::CompanyRegistered;
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
            let told = || format!("Cal.com tells '{company}' at {}: {}", there.url, words(&there.triggers));
            desk.output.value(&json!({ "id": there.id, "url": there.url, "triggers": there.triggers }), told)?;
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
