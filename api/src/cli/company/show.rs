//! Everything that is set up for one company. Of secrets only that they are set, and since when.

use crate::cli::Failure;
use crate::cli::desk::{Desk, unknown_company};
use crate::cli::output::{card, or_dash, table};
use crate::cli::{event_type, staff};
use crate::intake::RETELL_KEY;
use crate::providers::CALCOM_KEY;
use jiff::Timestamp;
use ringbuch_adapters::sealing::{account_owner, company_owner};
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::Scope;
use ringbuch_projections::directory::{self, Account, Agent, Branch, Company, EventType, PhoneNumber, StaffMember};
use serde::Serialize;

const WEBHOOK_SECRET: &str = crate::cli::args::CalcomSecret::WebhookSecret.name();

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    company: Company,
    account_details: Option<Account>,
    branches: Vec<Branch>,
    event_types: Vec<EventType>,
    staff: Vec<StaffMember>,
    phone_numbers: Vec<PhoneNumber>,
    agents: Vec<Agent>,
    /// When each was set; absent (null) where it is not.
    secrets: Secrets,
}

#[derive(Serialize)]
struct Secrets {
    retell_api_key: Option<Timestamp>,
    calcom_api_key: Option<Timestamp>,
    calcom_webhook_secret: Option<Timestamp>,
}

pub async fn run(desk: &Desk<'_>, id: &CompanyId) -> Result<(), Failure> {
    let shown = read(desk, id).await?;
    desk.output.value(&shown, || told(desk, &shown))
}

async fn read(desk: &Desk<'_>, id: &CompanyId) -> Result<Shown, Failure> {
    let (rows, scope) = (desk.rows(), Scope::Company(id));
    let found = directory::companies(rows, scope).await?.into_iter().next();
    let company = found.ok_or_else(|| unknown_company(id))?;
    Ok(Shown {
        account_details: directory::accounts(rows, scope).await?.into_iter().next(),
        branches: directory::branches(rows, scope).await?,
        event_types: directory::event_types(rows, scope).await?,
        staff: directory::staff(rows, scope).await?,
        phone_numbers: directory::phone_numbers(rows, scope).await?,
        agents: directory::agents(rows, scope).await?,
        secrets: Secrets {
            retell_api_key: set_at(desk, &account_owner(&company.account), RETELL_KEY).await?,
            calcom_api_key: set_at(desk, &company_owner(id), CALCOM_KEY).await?,
            calcom_webhook_secret: set_at(desk, &company_owner(id), WEBHOOK_SECRET).await?,
        },
        company,
    })
}

async fn set_at(desk: &Desk<'_>, owner: &str, name: &str) -> Result<Option<Timestamp>, Failure> {
    let stored = desk.app.store.keys.secrets(owner, name).await?;
    Ok(stored.first().map(|newest| newest.set_at))
}

fn told(desk: &Desk<'_>, shown: &Shown) -> String {
    let parts = [
        facts(desk, shown),
        section("Branches", &["Id", "Name", "Active", "Default service"], &shown.branches, |it| {
            let active = if it.active { "yes" } else { "no" };
            vec![it.branch.to_string(), it.name.clone(), active.into(), or_dash(it.default_event_type)]
        }),
        section("Services", tail(&event_type::COLUMNS), &shown.event_types, |it| without_company(event_type::row(it))),
        section("Staff", tail(&staff::COLUMNS), &shown.staff, |it| without_company(staff::row(it))),
        section("Numbers", &["Number", "Branch"], &shown.phone_numbers, |it| {
            vec![it.number.clone(), it.branch.to_string()]
        }),
        section("Agents", &["Agent", "Branch"], &shown.agents, |it| vec![it.agent.clone(), it.branch.to_string()]),
    ];
    parts.join("\n\n")
}

fn facts(desk: &Desk<'_>, shown: &Shown) -> String {
    let (it, secrets) = (&shown.company, &shown.secrets);
    let local = desk.local(Some(&it.company));
    let since = |set: Option<Timestamp>| {
        Some(set.map_or_else(|| "not set".to_owned(), |time| format!("set {}", local.show(time))))
    };
    let account = shown.account_details.as_ref();
    card([
        ("Company", Some(it.company.to_string())),
        ("Name", Some(it.name.clone())),
        ("Zone", Some(it.zone.clone())),
        ("Language", Some(it.language.clone())),
        ("Placeholder addresses", Some(format!("…@{}", it.placeholder_domain))),
        ("Account at Retell", Some(it.account.to_string())),
        ("Retell address", account.and_then(|account| account.base_url.clone())),
        ("Cal.com address", it.calcom_base_url.clone()),
        ("Retell API key", since(secrets.retell_api_key)),
        ("Cal.com API key", since(secrets.calcom_api_key)),
        ("Cal.com webhook secret", since(secrets.calcom_webhook_secret)),
    ])
}

fn section<T>(title: &str, columns: &[&str], items: &[T], row: impl Fn(&T) -> Vec<String>) -> String {
    format!("{title}\n{}", table(columns, items.iter().map(row)))
}

/// The company stands above all of it.
fn tail<'c>(columns: &'c [&'c str]) -> &'c [&'c str] {
    columns.get(1..).unwrap_or_default()
}

fn without_company(row: Vec<String>) -> Vec<String> {
    row.into_iter().skip(1).collect()
}
