//! `ringbuch sync`: brings companies in step with Cal.com and Retell, and takes a run back.

use super::args::{SyncAction, SyncArgs};
use super::desk::{BY, Desk, first};
use super::output::{or_dash, table, words};
use super::{Exit, Failure};
use crate::sync::{Synced, Undone, Wanted, sync, undo};
use indicatif::{ProgressBar, ProgressStyle};
use ringbuch_domain::company::{Difference, SyncKind, SyncScope, Tally};
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::directory;
use ringbuch_projections::there::{self, SyncRun};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

pub async fn run(desk: &Desk<'_>, action: SyncAction) -> Result<Exit, Failure> {
    match action {
        SyncAction::Calcom(args) => go_over(desk, SyncScope::Calcom, &args).await,
        SyncAction::Retell(args) => go_over(desk, SyncScope::Retell, &args).await,
        SyncAction::All(args) => go_over(desk, SyncScope::All, &args).await,
        SyncAction::Undo { run, dry_run } => take_back(desk, run, dry_run).await,
        SyncAction::Runs(length) => {
            let runs = first(length.limit, |paging| there::runs(desk.rows(), desk.scope(), paging)).await?;
            let columns = ["Run", "Company", "When", "Scope", "By", "Changes", "Failures", "Undone"];
            desk.output.list(&runs, &columns, |it| row(desk, it))?;
            Ok(Exit::Done)
        }
    }
}

/// What a run came to. Differences and companies are told of one company only; of many they would fill books.
#[derive(Serialize)]
struct Report {
    run: Uuid,
    dry_run: bool,
    companies: u64,
    tallies: Vec<Tally>,
    differences: Vec<Difference>,
    /// Sentences with the company that each is about.
    failures: Vec<String>,
    #[serde(skip)]
    one: bool,
}

async fn go_over(desk: &Desk<'_>, scope: SyncScope, args: &SyncArgs) -> Result<Exit, Failure> {
    let companies = directory::companies(desk.rows(), desk.scope()).await?;
    let companies: Vec<CompanyId> = companies.into_iter().map(|it| it.company).collect();
    if companies.is_empty() {
        return Err(Failure::new("there is no company yet").hint("add one with `ringbuch company add`"));
    }
    let wanted = Wanted::new(scope, BY, args.dry_run);
    let progress = progress(companies.len());
    let mut report = Report::new(&wanted, companies.len());
    let gone_over = sync(&desk.app, companies, &wanted, |part| {
        progress.inc(1);
        report.add(part);
    });
    gone_over.await?;
    progress.finish_and_clear();
    desk.app.catch_up().await?;
    desk.output.value(&report, || report.told())?;
    Ok(if report.failures.is_empty() { Exit::Done } else { Exit::Failed })
}

/// On a terminal only.
fn progress(companies: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} companies, {eta} to go");
    ProgressBar::new(companies as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl Report {
    fn new(wanted: &Wanted, companies: usize) -> Self {
        Self {
            run: wanted.run,
            dry_run: wanted.dry_run,
            companies: 0,
            tallies: vec![],
            differences: vec![],
            failures: vec![],
            one: companies == 1,
        }
    }

    fn add(&mut self, part: Synced) {
        self.companies += 1;
        let sentences = part.unreachable.into_iter().chain(part.failures);
        self.failures.extend(sentences.map(|sentence| format!("{}: {sentence}", part.company)));
        let mut known: BTreeMap<SyncKind, Tally> = self.tallies.drain(..).map(|it| (it.kind, it)).collect();
        for tally in part.tallies {
            let sum = known.entry(tally.kind).or_insert(Tally {
                found: 0,
                added: 0,
                changed: 0,
                gone: 0,
                failed: 0,
                ..tally
            });
            sum.found += tally.found;
            sum.added += tally.added;
            sum.changed += tally.changed;
            sum.gone += tally.gone;
            sum.failed += tally.failed;
        }
        self.tallies = known.into_values().collect();
        if self.one {
            self.differences = part.differences;
        }
    }

    fn told(&self) -> String {
        let rows = self.tallies.iter().map(|it| {
            let count = format!("{} of {}", it.found.saturating_sub(it.failed), it.found);
            let numbers = [it.added, it.changed, it.gone, it.failed].map(|number| number.to_string());
            [vec![named(it.kind).to_owned(), count], numbers.to_vec()].concat()
        });
        let counts = table(&["Type", "Count", "Added", "Changed", "Gone", "Failed"], rows);
        let differences = self.differences.iter().map(difference);
        let failures = self.failures.iter().map(|failure| format!("not taken in: {failure}"));
        let end = if self.dry_run {
            "nothing was changed".to_owned()
        } else {
            format!("`ringbuch sync undo {}` takes it back", self.run)
        };
        let lines = std::iter::once(counts).chain(differences).chain(failures).chain([end]);
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// As it is called where people count it.
fn named(kind: SyncKind) -> &'static str {
    match kind {
        SyncKind::EventTypes => "Event Types",
        SyncKind::Staff => "Staff Members",
        SyncKind::Schedules => "Schedules",
        SyncKind::Agents => "Agents",
        SyncKind::PhoneNumbers => "Phone Numbers",
    }
}

fn difference(it: &Difference) -> String {
    let what = serde_json::to_value(it.what).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
    let name = it.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let field = |it: &ringbuch_domain::company::FieldChange| {
        format!("{}: {} -> {}", it.field, text(&it.before), text(&it.after))
    };
    let fields: Vec<String> = it.fields.iter().map(field).collect();
    let fields = if fields.is_empty() { String::new() } else { format!(": {}", fields.join("; ")) };
    format!("{} {}{name} {what}{fields}", named(it.kind), it.id)
}

async fn take_back(desk: &Desk<'_>, run: Uuid, dry_run: bool) -> Result<Exit, Failure> {
    let undone = undo(&desk.app, desk.scope(), run, BY, dry_run).await?;
    desk.app.catch_up().await?;
    desk.output.value(&undone, || told_back(&undone, dry_run))?;
    Ok(Exit::Done)
}

fn told_back(undone: &[Undone], dry_run: bool) -> String {
    let lines = undone.iter().flat_map(|part| {
        let differences = part.differences.iter().map(|it| format!("{}: {}", part.company, difference(it)));
        differences.chain(part.left.iter().map(|left| format!("{}: {left}", part.company)))
    });
    let end =
        if dry_run { "nothing was changed" } else { "the run was taken back here; the providers are as they are" };
    lines.chain([end.to_owned()]).collect::<Vec<_>>().join("\n")
}

fn row(desk: &Desk<'_>, it: &SyncRun) -> Vec<String> {
    vec![
        it.run.clone(),
        it.company.to_string(),
        desk.local(Some(&it.company)).show(it.at),
        it.scope.clone(),
        it.by_whom.clone(),
        it.changes.to_string(),
        words(&it.failures),
        or_dash(it.undone_by.as_ref()),
    ]
}
