//! The set-up as the providers have it, the runs that compared it with ours, and what somebody here changed there.

use crate::columns::{json, position, word};
use crate::page::{Page, Paging};
use crate::projection::Projection;
use crate::record::{Columns, Record, record};
use crate::rows::{ReadModels, Row, Rows, RowsError, Value, text};
use crate::scope::Scope;
use crate::select::Select;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::company::{CompanyEvent, SyncFinished};
use ringbuch_domain::ids::{CompanyId, EventTypeId};
use ringbuch_domain::recorded::Recorded;
use serde_json::Value as Json;

pub const PROJECTION: Projection = Projection {
    name: "there",
    version: 2,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS event_type_rules (
            company TEXT NOT NULL, event_type BIGINT NOT NULL, rules TEXT NOT NULL,
            PRIMARY KEY (company, event_type))",
        "CREATE TABLE IF NOT EXISTS agents_there (
            company TEXT NOT NULL, agent TEXT NOT NULL, details TEXT NOT NULL, gone BIGINT NOT NULL DEFAULT 0,
            drafted BIGINT, published BIGINT, PRIMARY KEY (company, agent))",
        "CREATE TABLE IF NOT EXISTS numbers_there (
            company TEXT NOT NULL, number TEXT NOT NULL, details TEXT NOT NULL, gone BIGINT NOT NULL DEFAULT 0,
            inbound TEXT, PRIMARY KEY (company, number))",
        "CREATE TABLE IF NOT EXISTS sync_runs (
            company TEXT NOT NULL, run TEXT NOT NULL, position BIGINT NOT NULL, at BIGINT NOT NULL,
            scope TEXT NOT NULL, by_whom TEXT NOT NULL, tallies TEXT NOT NULL, failures TEXT NOT NULL,
            changes BIGINT NOT NULL, undone_at BIGINT, undone_by TEXT, PRIMARY KEY (company, run))",
        "CREATE INDEX IF NOT EXISTS sync_runs_time ON sync_runs (company, at, position)",
        "CREATE TABLE IF NOT EXISTS set_up_changes (
            company TEXT NOT NULL, position BIGINT NOT NULL, at BIGINT NOT NULL, what TEXT NOT NULL,
            thing TEXT NOT NULL, version BIGINT, by_whom TEXT NOT NULL, why TEXT NOT NULL,
            PRIMARY KEY (company, position))",
        "CREATE INDEX IF NOT EXISTS set_up_changes_thing ON set_up_changes (company, thing, at, position)",
    ],
    tables: &["event_type_rules", "agents_there", "numbers_there", "sync_runs", "set_up_changes"],
    project,
};

record! {
    /// An agent or a number as the voice provider has it.
    pub struct AgentThere {
        pub company: CompanyId,
        pub agent: String,
        /// As the event that told it, with what was changed from here since.
        pub details: Json,
        pub gone: bool,
    }
}

record! {
    pub struct NumberThere {
        pub company: CompanyId,
        /// E.164.
        pub number: String,
        /// As the event that told it, with what was changed from here since.
        pub details: Json,
        pub gone: bool,
    }
}

record! {
    pub struct RulesThere {
        pub company: CompanyId,
        pub event_type: EventTypeId,
        pub rules: Json,
    }
}

record! {
    /// One company's part of a run.
    pub struct SyncRun {
        pub company: CompanyId,
        pub run: String,
        pub at: Timestamp,
        /// `calcom`, `retell` or `all`.
        pub scope: String,
        pub by_whom: String,
        /// Of each kind: found, added, changed, gone, failed.
        pub tallies: Json,
        pub failures: Vec<String>,
        pub changes: i64,
        pub undone_at: Option<Timestamp>,
        pub undone_by: Option<String>,
    }
}

record! {
    /// What somebody here changed at a provider.
    pub struct SetUpChange {
        pub company: CompanyId,
        pub at: Timestamp,
        /// `prompt_drafted`, `prompt_published`, `number_bound`, `outbound_bound`, `hours_pushed`.
        pub what: String,
        pub thing: String,
        pub version: Option<i64>,
        pub by_whom: String,
        pub why: String,
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let (AnyEvent::Company(data), Some(company)) = (&event.data, &event.company) else { return };
    match data {
        CompanyEvent::EventTypeRulesSynced(it) => rows.execute(
            "INSERT INTO event_type_rules (company, event_type, rules) VALUES ($1, $2, $3)
             ON CONFLICT (company, event_type) DO UPDATE SET rules = excluded.rules",
            [text(company), it.event_type.0.into(), json(it)],
        ),
        CompanyEvent::AgentSynced(it) => rows.execute(
            "INSERT INTO agents_there (company, agent, details) VALUES ($1, $2, $3)
             ON CONFLICT (company, agent) DO UPDATE
             SET details = excluded.details, gone = 0, drafted = NULL, published = NULL",
            [text(company), it.agent.as_str().into(), json(it)],
        ),
        CompanyEvent::AgentGone(it) => rows.execute(
            "UPDATE agents_there SET gone = 1 WHERE company = $1 AND agent = $2",
            [text(company), it.agent.as_str().into()],
        ),
        CompanyEvent::PhoneNumberSynced(it) => rows.execute(
            "INSERT INTO numbers_there (company, number, details) VALUES ($1, $2, $3)
             ON CONFLICT (company, number) DO UPDATE
             SET details = excluded.details, gone = 0, inbound = NULL",
            [text(company), it.number.as_str().into(), json(it)],
        ),
        CompanyEvent::PhoneNumberGone(it) => rows.execute(
            "UPDATE numbers_there SET gone = 1 WHERE company = $1 AND number = $2",
            [text(company), it.number.as_str().into()],
        ),
        CompanyEvent::SyncFinished(it) => finished(event, company, it, rows),
        CompanyEvent::SyncUndone(it) => rows.execute(
            "UPDATE sync_runs SET undone_at = $3, undone_by = $4 WHERE company = $1 AND run = $2",
            [text(company), text(&it.run), event.time.into(), it.by.as_str().into()],
        ),
        CompanyEvent::PromptDrafted(it) => {
            rows.execute(
                "UPDATE agents_there SET drafted = $3
                 WHERE company = $1 AND agent = $2 AND (drafted IS NULL OR drafted < $3)",
                [text(company), it.agent.as_str().into(), it.version.into()],
            );
            changed(event, company, ("prompt_drafted", &it.agent, it.version.into()), (&it.by, &it.why), rows);
        }
        CompanyEvent::PromptPublished(it) => {
            rows.execute(
                "UPDATE agents_there SET published = $3
                 WHERE company = $1 AND agent = $2 AND (published IS NULL OR published < $3)",
                [text(company), it.agent.as_str().into(), it.version.into()],
            );
            changed(event, company, ("prompt_published", &it.agent, it.version.into()), (&it.by, &it.why), rows);
        }
        CompanyEvent::NumberBound(it) => {
            rows.execute(
                "UPDATE numbers_there SET inbound = $3 WHERE company = $1 AND number = $2",
                [text(company), it.number.as_str().into(), json(&it.inbound)],
            );
            changed(event, company, ("number_bound", &it.number, Value::Null), (&it.by, &it.why), rows);
        }
        CompanyEvent::OutboundBound(it) => {
            changed(event, company, ("outbound_bound", &it.number, Value::Null), (&it.by, &it.why), rows);
        }
        CompanyEvent::HoursPushed(it) => {
            changed(event, company, ("hours_pushed", it.staff.as_str(), Value::Null), (&it.by, &it.why), rows);
        }
        _ => {}
    }
}

fn finished(event: &Recorded<AnyEvent>, company: &CompanyId, it: &SyncFinished, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO sync_runs (company, run, position, at, scope, by_whom, tallies, failures, changes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (company, run) DO NOTHING",
        [
            text(company),
            text(&it.run),
            position(event),
            event.time.into(),
            word(&it.scope),
            it.by.as_str().into(),
            json(&it.tallies),
            json(&it.failures),
            it.changes.into(),
        ],
    );
}

fn changed(
    event: &Recorded<AnyEvent>,
    company: &CompanyId,
    (what, thing, version): (&str, &str, Value),
    (by, why): (&str, &str),
    rows: &mut Rows,
) {
    rows.execute(
        "INSERT INTO set_up_changes (company, position, at, what, thing, version, by_whom, why)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (company, position) DO NOTHING",
        [text(company), position(event), event.time.into(), what.into(), thing.into(), version, by.into(), why.into()],
    );
}

pub async fn agents(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<AgentThere>, RowsError> {
    let columns = format!("{}, drafted, published", AgentThere::columns().join(", "));
    let found = Select::from("agents_there", scope).computed(rows, &columns, "ORDER BY company, agent").await?;
    let told = |row: &Row| {
        let mut it = AgentThere::read(&mut Columns::of(row))?;
        // Whoever publishes an old draft leaves the newest published version where it is.
        for (field, version) in [("version", row.opt_int(4)), ("published", row.opt_int(5))] {
            let known = it.details.get(field).and_then(Json::as_i64);
            let newer = version.filter(|version| known.is_none_or(|known| known < *version));
            put(&mut it.details, field, newer.map(Json::from));
        }
        Ok(it)
    };
    found.iter().map(told).collect()
}

pub async fn numbers(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<NumberThere>, RowsError> {
    let columns = format!("{}, inbound", NumberThere::columns().join(", "));
    let found = Select::from("numbers_there", scope).computed(rows, &columns, "ORDER BY company, number").await?;
    let told = |row: &Row| {
        let mut it = NumberThere::read(&mut Columns::of(row))?;
        put(&mut it.details, "inbound", row.opt_text(4).and_then(|inbound| serde_json::from_str(&inbound).ok()));
        Ok(it)
    };
    found.iter().map(told).collect()
}

/// Puts what was changed from here since in the place of what was read.
fn put(details: &mut Json, field: &str, value: Option<Json>) {
    if let (Some(details), Some(value)) = (details.as_object_mut(), value) {
        details.insert(field.to_owned(), value);
    }
}

/// The calendar's rules of each service.
pub async fn rules(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<RulesThere>, RowsError> {
    let mut found: Vec<RulesThere> = Select::from("event_type_rules", scope).all(rows, "").await?;
    found.sort_by(|a, b| (&a.company, a.event_type).cmp(&(&b.company, b.event_type)));
    Ok(found)
}

/// Newest first.
pub async fn runs(rows: &dyn ReadModels, scope: Scope<'_>, paging: Paging) -> Result<Page<SyncRun>, RowsError> {
    Select::from("sync_runs", scope).page(rows, "at", paging).await
}

/// A run's parts in all companies that the scope lets be seen.
pub async fn run(rows: &dyn ReadModels, scope: Scope<'_>, run: &str) -> Result<Vec<SyncRun>, RowsError> {
    Select::from("sync_runs", scope).only("run", Some(run)).all(rows, "ORDER BY company").await
}

/// When somebody's newest run ended, over all companies.
pub async fn last_run_by(rows: &dyn ReadModels, by: &str) -> Result<Option<Timestamp>, RowsError> {
    let select = Select::from("sync_runs", Scope::All).only("by_whom", Some(by));
    let found = select.computed(rows, "at", "ORDER BY at DESC LIMIT 1").await?;
    Ok(found.first().and_then(|row| Timestamp::from_microsecond(row.int(0)).ok()))
}

/// Newest first.
pub async fn changes(rows: &dyn ReadModels, scope: Scope<'_>, paging: Paging) -> Result<Page<SetUpChange>, RowsError> {
    Select::from("set_up_changes", scope).page(rows, "at", paging).await
}

/// What was changed of one thing, newest first.
pub async fn changes_of(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    thing: &str,
    paging: Paging,
) -> Result<Page<SetUpChange>, RowsError> {
    Select::from("set_up_changes", scope).only("thing", Some(thing)).page(rows, "at", paging).await
}

#[cfg(test)]
mod tests;
