//! Keeping companies in step with their providers: everything is read first, then compared, then taken in by one append,
//! so that a provider that fails half-way leaves nothing half-done. Cal.com and Retell are right; what differed is told.

mod progress;
mod reading;
mod schedule;
mod undo;

pub use progress::{Progress, Stage};
pub use schedule::run;
pub use undo::{Undone, undo};

use crate::app::App;
use crate::journal::{ExecuteError, JournalError};
use reading::Voices;
use ringbuch_domain::company::{
    Command, Company, CompanyEvent, Difference, Seen, SyncFinished, SyncRun, SyncScope, Tally,
};
use ringbuch_domain::ids::{AccountId, CompanyId, derived};
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_projections::directory::Directory;
use ringbuch_projections::rows::RowsError;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use thiserror::Error;
use tokio::task::{JoinError, JoinSet};
use uuid::Uuid;

/// Companies that are asked about at once. Each has a key of its own at the calendar, so they hardly meet at a limit.
const AT_ONCE: usize = 4;

/// What is to be compared, and who wants it.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub run: Uuid,
    pub scope: SyncScope,
    pub by: String,
    /// Only says what would change.
    pub dry_run: bool,
}

impl Wanted {
    pub fn new(scope: SyncScope, by: impl Into<String>, dry_run: bool) -> Self {
        Self { run: Uuid::now_v7(), scope, by: by.into(), dry_run }
    }
}

/// One company's part of a run.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Synced {
    pub company: CompanyId,
    pub tallies: Vec<Tally>,
    /// What is different from now on, or would be.
    pub differences: Vec<Difference>,
    /// Sentences about what could not be taken in.
    pub failures: Vec<String>,
    /// Why nothing of the company was taken in, if nothing was.
    pub unreachable: Option<String>,
}

#[derive(Debug, Error)]
pub enum SyncError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the read models cannot be read: {0}")]
    Rows(#[from] RowsError),
    #[error("{0}")]
    Refused(String),
    #[error("the work on a company broke off: {0}")]
    BrokeOff(#[from] JoinError),
}

/// Goes over companies and hands each one's part to `each` as it is done, in no particular order.
pub async fn sync(
    app: &App,
    companies: Vec<CompanyId>,
    wanted: &Wanted,
    mut each: impl FnMut(Synced),
) -> Result<(), SyncError> {
    let voices = Arc::new(Voices::new(app.clone()));
    let mut waiting = by_turns(&app.directory.known(), companies).into_iter();
    // Dropped, it ends what is under way; nothing of it is half-done.
    let mut under_way = JoinSet::new();
    loop {
        while under_way.len() < AT_ONCE
            && let Some(company) = waiting.next()
        {
            let (app, voices, wanted) = (app.clone(), Arc::clone(&voices), wanted.clone());
            under_way.spawn(async move { sync_one(&app, &voices, company, &wanted, &Progress::default()).await });
        }
        match under_way.join_next().await {
            Some(part) => each(part??),
            None => return Ok(()),
        }
    }
}

/// Goes over one company and tells how far it is.
pub async fn sync_company(
    app: &App,
    company: CompanyId,
    wanted: &Wanted,
    progress: &Progress,
) -> Result<Synced, SyncError> {
    sync_one(app, &Voices::new(app.clone()), company, wanted, progress).await
}

/// What a company's providers say of it now, or why they do not.
pub async fn seen(app: &App, company: &CompanyId, scope: SyncScope) -> Result<Result<Seen, String>, SyncError> {
    Voices::new(app.clone()).seen(company, scope, &Progress::default()).await
}

/// What a run would change that saw this.
pub async fn would_take(app: &App, company: CompanyId, seen: &Seen) -> Result<Synced, SyncError> {
    compared(app, company, seen, &Wanted::new(SyncScope::All, "nobody", true)).await
}

/// The companies of each account one after the other and the accounts by turns, since an account's companies share the
/// limit of its key.
fn by_turns(known: &Directory, companies: Vec<CompanyId>) -> Vec<CompanyId> {
    let mut seen: HashMap<Option<AccountId>, usize> = HashMap::new();
    let mut with_turn: Vec<(usize, CompanyId)> = companies
        .into_iter()
        .map(|company| {
            let account = known.company(&company).map(|it| it.account.clone());
            let turn = seen.entry(account).or_default();
            *turn += 1;
            (*turn, company)
        })
        .collect();
    with_turn.sort_by_key(|(turn, _)| *turn);
    with_turn.into_iter().map(|(_, company)| company).collect()
}

async fn sync_one(
    app: &App,
    voices: &Voices,
    company: CompanyId,
    wanted: &Wanted,
    progress: &Progress,
) -> Result<Synced, SyncError> {
    let stream = StreamId::company(&company);
    let part = match voices.seen(&company, wanted.scope, progress).await {
        Ok(Ok(seen)) if wanted.dry_run => compared(app, company.clone(), &seen, wanted).await,
        Ok(Ok(seen)) => taken(app, company.clone(), &seen, wanted).await,
        Ok(Err(why)) => Ok(Synced::unreachable(company.clone(), why)),
        Err(error) => Err(error),
    };
    if !wanted.dry_run {
        app.metrics.synced(&company, part.as_ref().is_ok_and(Synced::is_whole));
    }
    // A run over a thousand companies must not fill the memory with all of them.
    app.journal.let_go::<Company>(&stream);
    part
}

async fn compared(app: &App, company: CompanyId, seen: &Seen, wanted: &Wanted) -> Result<Synced, SyncError> {
    let known = app.journal.load::<Company>(&StreamId::company(&company)).await?;
    let before = &known.aggregate;
    match before.decide(Command::ApplySync(wanted.run_of(before, seen))) {
        Ok(events) => Ok(Synced::of(company, before, &events)),
        Err(rejection) => Ok(Synced::unreachable(company, rejection.to_string())),
    }
}

/// The plan is made from what is known now; where somebody is faster, their change is compared as well at the next run.
async fn taken(app: &App, company: CompanyId, seen: &Seen, wanted: &Wanted) -> Result<Synced, SyncError> {
    let stream = StreamId::company(&company);
    let before = app.journal.load::<Company>(&stream).await?;
    let run = wanted.run_of(&before.aggregate, seen);
    let cause = Cause::joining(wanted.run, derived(&["sync", &wanted.run.to_string(), company.as_str()]));
    match app.journal.execute::<Company>(&stream, Some(&company), cause, Command::ApplySync(run)).await {
        Ok(executed) => Ok(Synced::of(company, &before.aggregate, &executed.events)),
        Err(ExecuteError::Rejected(rejection)) => Ok(Synced::unreachable(company, rejection.to_string())),
        Err(ExecuteError::Failed(error)) => Err(error.into()),
    }
}

impl Wanted {
    fn run_of(&self, known: &Company, seen: &Seen) -> SyncRun {
        SyncRun { run: self.run, scope: self.scope, by: self.by.clone(), plan: known.plan(seen) }
    }
}

impl Synced {
    fn of(company: CompanyId, before: &Company, events: &[CompanyEvent]) -> Self {
        let finished = events.iter().find_map(|event| match event {
            CompanyEvent::SyncFinished(SyncFinished { tallies, failures, .. }) => Some((tallies, failures)),
            _ => None,
        });
        let (tallies, failures) =
            finished.map(|(tallies, failures)| (tallies.clone(), failures.clone())).unwrap_or_default();
        Self { company, tallies, failures, differences: before.differences(events), unreachable: None }
    }

    fn unreachable(company: CompanyId, why: String) -> Self {
        Self { company, tallies: vec![], differences: vec![], failures: vec![], unreachable: Some(why) }
    }

    /// All that was asked for was taken in.
    pub fn is_whole(&self) -> bool {
        self.unreachable.is_none() && self.failures.is_empty()
    }
}
