//! A run taken back on our side: what it changed is put back by new events, company by company.

use super::SyncError;
use crate::app::App;
use crate::journal::ExecuteError;
use ringbuch_domain::company::{Command, Company, CompanyEvent, Difference, Undo, UndoRefused};
use ringbuch_domain::ids::{CompanyId, derived};
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_projections::{Scope, there};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// One company's part of a run, as it was put back, or would be.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Undone {
    pub company: CompanyId,
    pub differences: Vec<Difference>,
    /// Sentences about what stays as it is.
    pub left: Vec<String>,
}

/// Takes a run back in every company of the scope that it went over.
pub async fn undo(app: &App, scope: Scope<'_>, run: Uuid, by: &str, dry_run: bool) -> Result<Vec<Undone>, SyncError> {
    let parts = there::run(&*app.store.rows, scope, &run.to_string()).await?;
    if parts.is_empty() {
        return Err(SyncError::Refused(UndoRefused::Unknown.to_string()));
    }
    if parts.iter().all(|part| part.undone_at.is_some()) {
        return Err(SyncError::Refused(UndoRefused::UndoneAlready.to_string()));
    }
    let mut undone = vec![];
    for part in parts.into_iter().filter(|part| part.undone_at.is_none()) {
        undone.extend(undo_one(app, part.company, run, by, dry_run).await?);
    }
    Ok(undone)
}

async fn undo_one(
    app: &App,
    company: CompanyId,
    run: Uuid,
    by: &str,
    dry_run: bool,
) -> Result<Option<Undone>, SyncError> {
    let stream = StreamId::company(&company);
    let history = app.journal.read_stream::<CompanyEvent>(&stream).await?;
    let history: Vec<CompanyEvent> = history.into_iter().map(|event| event.data).collect();
    let undo = match Undo::of(&history, run, by) {
        Ok(undo) => undo,
        // Somebody else was faster.
        Err(UndoRefused::UndoneAlready) => return Ok(None),
        Err(refused @ UndoRefused::Unknown) => return Err(SyncError::Refused(refused.to_string())),
    };
    let before = app.journal.load::<Company>(&stream).await?;
    let command = Command::UndoSync(undo);
    let events = if dry_run {
        before.aggregate.decide(command).map_err(|rejection| SyncError::Refused(rejection.to_string()))?
    } else {
        let cause = Cause::joining(run, derived(&["sync undo", &run.to_string(), company.as_str()]));
        match app.journal.execute::<Company>(&stream, Some(&company), cause, command).await {
            Ok(executed) => executed.events,
            Err(ExecuteError::Rejected(rejection)) => return Err(SyncError::Refused(rejection.to_string())),
            Err(ExecuteError::Failed(error)) => return Err(error.into()),
        }
    };
    let left = events.iter().find_map(|event| match event {
        CompanyEvent::SyncUndone(undone) => Some(undone.left.clone()),
        _ => None,
    });
    Ok(Some(Undone { differences: before.aggregate.differences(&events), left: left.unwrap_or_default(), company }))
}
