//! Who is who: accounts, companies, branches, numbers, agents, services and staff as set up. Intake resolves deliveries
//! by it, and REST lists it.

mod snapshot;

pub use snapshot::{Directory, Route};

use crate::columns::{json, word};
use crate::projection::Projection;
use crate::record::{Record, record};
use crate::rows::{ReadModels, Rows, RowsError, text};
use crate::scope::Scope;
use crate::select::Select;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::account::{AccountEvent, SignatureForm};
use ringbuch_domain::company::{CompanyEvent, DayOverride, EventTypeSynced, WeeklyHours};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, EventTypeId, StaffId};
use ringbuch_domain::number::NumberEvent;
use ringbuch_domain::recorded::Recorded;

pub const PROJECTION: Projection = Projection {
    name: "directory",
    version: 2,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS accounts (
            account TEXT PRIMARY KEY, name TEXT NOT NULL, signature TEXT NOT NULL, base_url TEXT)",
        "CREATE TABLE IF NOT EXISTS companies (
            company TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, zone TEXT NOT NULL,
            language TEXT NOT NULL, placeholder_domain TEXT NOT NULL, calcom_base_url TEXT,
            calcom_api TEXT NOT NULL DEFAULT 'v2')",
        "CREATE TABLE IF NOT EXISTS branches (
            company TEXT NOT NULL, branch TEXT NOT NULL, name TEXT NOT NULL, active BIGINT NOT NULL,
            default_event_type BIGINT, PRIMARY KEY (company, branch))",
        "CREATE TABLE IF NOT EXISTS event_types (
            company TEXT NOT NULL, event_type BIGINT NOT NULL, title TEXT NOT NULL, aliases TEXT NOT NULL,
            minutes BIGINT NOT NULL, buffer_before BIGINT NOT NULL, buffer_after BIGINT NOT NULL,
            notice_minutes BIGINT NOT NULL, horizon_days BIGINT, team BIGINT, branches TEXT NOT NULL,
            staff TEXT NOT NULL, gone BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (company, event_type))",
        "CREATE TABLE IF NOT EXISTS staff (
            company TEXT NOT NULL, staff TEXT NOT NULL, name TEXT NOT NULL, host BIGINT,
            branches TEXT NOT NULL DEFAULT '[]', weekly TEXT NOT NULL DEFAULT '[]',
            overrides TEXT NOT NULL DEFAULT '[]', schedule BIGINT, zone TEXT, gone BIGINT NOT NULL DEFAULT 0,
            PRIMARY KEY (company, staff))",
        "CREATE TABLE IF NOT EXISTS phone_numbers (
            number TEXT PRIMARY KEY, company TEXT NOT NULL, branch TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS agents (
            company TEXT NOT NULL, agent TEXT NOT NULL, branch TEXT NOT NULL, PRIMARY KEY (company, agent))",
    ],
    tables: &["accounts", "companies", "branches", "event_types", "staff", "phone_numbers", "agents"],
    project,
};

record! {
    /// An account at Retell.
    pub struct Account {
        pub account: AccountId,
        pub name: String,
        pub signature: SignatureForm,
        pub base_url: Option<String>,
    }
}

record! {
    /// One tenant.
    pub struct Company {
        pub company: CompanyId,
        pub account: AccountId,
        pub name: String,
        /// IANA name.
        pub zone: String,
        pub language: String,
        pub placeholder_domain: String,
        pub calcom_base_url: Option<String>,
        /// `v1` or `v2`.
        pub calcom_api: String,
    }
}

record! {
    pub struct Branch {
        pub company: CompanyId,
        pub branch: BranchId,
        pub name: String,
        pub active: bool,
        pub default_event_type: Option<EventTypeId>,
    }
}

record! {
    /// A service as it is booked at the calendar.
    pub struct EventType {
        pub company: CompanyId,
        pub event_type: EventTypeId,
        pub title: String,
        pub aliases: Vec<String>,
        pub minutes: i64,
        pub buffer_before: i64,
        pub buffer_after: i64,
        pub notice_minutes: i64,
        pub horizon_days: Option<i64>,
        pub team: Option<i64>,
        /// Empty: offered at every branch.
        pub branches: Vec<BranchId>,
        pub staff: Vec<StaffId>,
        /// The calendar has it no more.
        pub gone: bool,
    }
}

record! {
    pub struct StaffMember {
        pub company: CompanyId,
        pub staff: StaffId,
        pub name: String,
        /// User number at the calendar.
        pub host: Option<i64>,
        /// Empty: works at every branch.
        pub branches: Vec<BranchId>,
        pub weekly: Vec<WeeklyHours>,
        pub overrides: Vec<DayOverride>,
        /// The calendar's schedule that the hours were read from.
        pub schedule: Option<i64>,
        /// IANA name, where it is another than the company's.
        pub zone: Option<String>,
        /// The calendar knows them no more.
        pub gone: bool,
    }
}

record! {
    pub struct PhoneNumber {
        /// E.164.
        pub number: String,
        pub company: CompanyId,
        pub branch: BranchId,
    }
}

record! {
    /// A voice agent that answers for a branch.
    pub struct Agent {
        pub company: CompanyId,
        pub agent: String,
        pub branch: BranchId,
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    match (&event.data, &event.company) {
        (AnyEvent::Account(account), _) => project_account(account, rows),
        (AnyEvent::Number(number), _) => project_number(number, rows),
        (AnyEvent::Company(data), Some(company)) => project_company(company, data, rows),
        _ => {}
    }
}

fn project_account(event: &AccountEvent, rows: &mut Rows) {
    let AccountEvent::AccountOpened(opened) = event else { return };
    rows.execute(
        "INSERT INTO accounts (account, name, signature, base_url) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account) DO UPDATE
         SET name = excluded.name, signature = excluded.signature, base_url = excluded.base_url",
        [
            text(&opened.account),
            opened.name.as_str().into(),
            word(&opened.signature),
            opened.base_url.as_deref().into(),
        ],
    );
}

fn project_number(event: &NumberEvent, rows: &mut Rows) {
    match event {
        NumberEvent::NumberAssigned(it) => rows.execute(
            "INSERT INTO phone_numbers (number, company, branch) VALUES ($1, $2, $3)
             ON CONFLICT (number) DO UPDATE SET company = excluded.company, branch = excluded.branch",
            [it.number.as_str().into(), text(&it.company), text(&it.branch)],
        ),
        NumberEvent::NumberReleased(it) => rows.execute(
            "DELETE FROM phone_numbers WHERE number = $1 AND company = $2",
            [it.number.as_str().into(), text(&it.company)],
        ),
    }
}

fn project_company(company: &CompanyId, event: &CompanyEvent, rows: &mut Rows) {
    let switch = "UPDATE branches SET active = $3 WHERE company = $1 AND branch = $2";
    match event {
        CompanyEvent::CompanyRegistered(it) => rows.execute(
            "INSERT INTO companies (company, account, name, zone, language, placeholder_domain)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (company) DO UPDATE
             SET account = excluded.account, name = excluded.name, zone = excluded.zone,
                 language = excluded.language, placeholder_domain = excluded.placeholder_domain",
            [
                text(&it.company),
                text(&it.account),
                it.name.as_str().into(),
                it.zone.as_str().into(),
                it.language.as_str().into(),
                it.placeholder_domain.as_str().into(),
            ],
        ),
        CompanyEvent::CalendarConnected(it) => rows.execute(
            "UPDATE companies SET calcom_base_url = $2, calcom_api = $3 WHERE company = $1",
            [text(company), it.base_url.as_deref().into(), word(&it.api)],
        ),
        CompanyEvent::BranchOpened(it) => rows.execute(
            "INSERT INTO branches (company, branch, name, active, default_event_type) VALUES ($1, $2, $3, 1, $4)
             ON CONFLICT (company, branch) DO UPDATE
             SET name = excluded.name, default_event_type = excluded.default_event_type",
            [text(company), text(&it.branch), it.name.as_str().into(), it.default_event_type.map(|it| it.0).into()],
        ),
        CompanyEvent::BranchActivated(it) => rows.execute(switch, [text(company), text(&it.branch), true.into()]),
        CompanyEvent::BranchDeactivated(it) => rows.execute(switch, [text(company), text(&it.branch), false.into()]),
        CompanyEvent::BranchDefaultChanged(it) => rows.execute(
            "UPDATE branches SET default_event_type = $3 WHERE company = $1 AND branch = $2",
            [text(company), text(&it.branch), it.event_type.0.into()],
        ),
        CompanyEvent::AgentAssigned(it) => rows.execute(
            "INSERT INTO agents (company, agent, branch) VALUES ($1, $2, $3)
             ON CONFLICT (company, agent) DO UPDATE SET branch = excluded.branch",
            [text(company), it.agent.as_str().into(), text(&it.branch)],
        ),
        CompanyEvent::EventTypeSynced(it) => project_event_type(company, it, rows),
        CompanyEvent::StaffSynced(it) => rows.execute(
            "INSERT INTO staff (company, staff, name, host, branches) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (company, staff) DO UPDATE
             SET name = excluded.name, host = excluded.host, branches = excluded.branches, gone = 0",
            [text(company), text(&it.staff), it.name.as_str().into(), it.host.into(), json(&it.branches)],
        ),
        // Hours of somebody who is not synced yet wait under the id as a name.
        CompanyEvent::WorkingHoursSynced(it) => rows.execute(
            "INSERT INTO staff (company, staff, name, weekly, overrides, schedule, zone)
             VALUES ($1, $2, $2, $3, $4, $5, $6)
             ON CONFLICT (company, staff) DO UPDATE
             SET weekly = excluded.weekly, overrides = excluded.overrides, schedule = excluded.schedule,
                 zone = excluded.zone",
            [
                text(company),
                text(&it.staff),
                json(&it.weekly),
                json(&it.overrides),
                it.schedule.into(),
                it.zone.as_deref().into(),
            ],
        ),
        CompanyEvent::EventTypeGone(it) => rows.execute(
            "UPDATE event_types SET gone = 1 WHERE company = $1 AND event_type = $2",
            [text(company), it.event_type.0.into()],
        ),
        CompanyEvent::StaffGone(it) => rows
            .execute("UPDATE staff SET gone = 1 WHERE company = $1 AND staff = $2", [text(company), text(&it.staff)]),
        // These are rows of the set-up as the providers have it.
        _ => {}
    }
}

fn project_event_type(company: &CompanyId, it: &EventTypeSynced, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO event_types (company, event_type, title, aliases, minutes, buffer_before, buffer_after,
                                  notice_minutes, horizon_days, team, branches, staff)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (company, event_type) DO UPDATE
         SET title = excluded.title, aliases = excluded.aliases, minutes = excluded.minutes,
             buffer_before = excluded.buffer_before, buffer_after = excluded.buffer_after,
             notice_minutes = excluded.notice_minutes, horizon_days = excluded.horizon_days, team = excluded.team,
             branches = excluded.branches, staff = excluded.staff, gone = 0",
        [
            text(company),
            it.event_type.0.into(),
            it.title.as_str().into(),
            json(&it.aliases),
            it.minutes.into(),
            it.buffer_before.into(),
            it.buffer_after.into(),
            it.notice_minutes.into(),
            it.horizon_days.into(),
            it.team.into(),
            json(&it.branches),
            json(&it.staff),
        ],
    );
}

// Set-up is small, so its lists come whole. They are sorted here because the engines order text differently.
async fn list<T: Record, K: Ord>(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    table: &'static str,
    key: impl Fn(&T) -> K,
) -> Result<Vec<T>, RowsError> {
    let mut found: Vec<T> = Select::from(table, scope).all(rows, "").await?;
    found.sort_by_key(key);
    Ok(found)
}

/// The accounts; for a company, the one that serves it.
pub async fn accounts(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<Account>, RowsError> {
    let serving: Vec<AccountId> = companies(rows, scope).await?.into_iter().map(|it| it.account).collect();
    let mut found: Vec<Account> = Select::from("accounts", Scope::All).all(rows, "").await?;
    found.retain(|it| scope == Scope::All || serving.contains(&it.account));
    found.sort_by(|a, b| a.account.cmp(&b.account));
    Ok(found)
}

pub async fn companies(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<Company>, RowsError> {
    list(rows, scope, "companies", |it: &Company| it.company.clone()).await
}

pub async fn branches(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<Branch>, RowsError> {
    list(rows, scope, "branches", |it: &Branch| (it.company.clone(), it.branch.clone())).await
}

pub async fn event_types(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<EventType>, RowsError> {
    list(rows, scope, "event_types", |it: &EventType| (it.company.clone(), it.event_type)).await
}

pub async fn staff(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<StaffMember>, RowsError> {
    list(rows, scope, "staff", |it: &StaffMember| (it.company.clone(), it.staff.clone())).await
}

pub async fn phone_numbers(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<PhoneNumber>, RowsError> {
    list(rows, scope, "phone_numbers", |it: &PhoneNumber| it.number.clone()).await
}

pub async fn agents(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<Agent>, RowsError> {
    list(rows, scope, "agents", |it: &Agent| (it.company.clone(), it.agent.clone())).await
}

// Branch, staff and event type ids are unique within a company only: across companies the first company's is found.

pub async fn branch(rows: &dyn ReadModels, scope: Scope<'_>, id: &BranchId) -> Result<Option<Branch>, RowsError> {
    Select::from("branches", scope).only("branch", Some(id.as_str())).one(rows).await
}

pub async fn event_type(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    id: EventTypeId,
) -> Result<Option<EventType>, RowsError> {
    Select::from("event_types", scope).only("event_type", Some(id.0)).one(rows).await
}

pub async fn staff_member(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    id: &StaffId,
) -> Result<Option<StaffMember>, RowsError> {
    Select::from("staff", scope).only("staff", Some(id.as_str())).one(rows).await
}

pub async fn phone_number(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    number: &str,
) -> Result<Option<PhoneNumber>, RowsError> {
    Select::from("phone_numbers", scope).only("number", Some(number)).one(rows).await
}

#[cfg(test)]
mod tests;
