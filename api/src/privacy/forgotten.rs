//! The records of erasures, carried out: when somebody is forgotten, at every start, and after a restore. Whatever was
//! under way when a process died, and whatever an older backup brings back, ends the same.

use crate::app::App;
use crate::backup::{self, BackupError};
use crate::journal::{ExecuteError, JournalError};
use ringbuch_adapters::key_store::{Erasure, KeyStoreError};
use ringbuch_domain::call::{self, Call};
use ringbuch_domain::customer::{self, Customer};
use ringbuch_domain::ids::{UserId, derived};
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_domain::user::{self, User, UserErased};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// How soon a process drops what it remembers of somebody whom another process has forgotten.
const LOOK_EVERY: Duration = Duration::from_secs(10);

#[derive(Debug, Error)]
pub enum ForgetError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
    #[error("the ledger of erasures could not be written: {0}")]
    Ledger(#[from] BackupError),
}

/// Shuts the person's calls out and closes their file, or a user's; an id is of one or the other. Repeated, it changes
/// nothing.
pub async fn apply(app: &App, erasure: &Erasure) -> Result<(), JournalError> {
    let stream = StreamId::customer(erasure.customer);
    if app.journal.load::<Customer>(&stream).await?.aggregate.erased && calls_are_shut(app, erasure).await? {
        return Ok(());
    }
    let company = Some(&erasure.company);
    let name = erasure.customer.to_string();
    let correlation = derived(&["erase", &name]);
    for call in &erasure.calls {
        let cause = Cause { command: derived(&["erase", &name, call.as_str()]), correlation, causation: None };
        let command = call::Command::Erase { call: call.clone() };
        let shut = app.journal.execute::<Call>(&StreamId::call(&erasure.company, call), company, cause, command).await;
        told(shut)?;
    }
    let command = customer::Command::Erase { by: erasure.by.clone() };
    told(app.journal.execute::<Customer>(&stream, company, Cause::first(correlation), command).await)?;
    let user = UserId(erasure.customer.0);
    let command = user::Command::Erase(UserErased { user, by: erasure.by.clone() });
    told(app.journal.execute::<User>(&StreamId::user(user), company, Cause::first(correlation), command).await)?;
    app.journal.forget();
    Ok(())
}

/// The customer's own event is written last, but a log that was restored may hold neither.
async fn calls_are_shut(app: &App, erasure: &Erasure) -> Result<bool, JournalError> {
    for call in &erasure.calls {
        let stream = StreamId::call(&erasure.company, call);
        if !app.journal.load::<Call>(&stream).await?.aggregate.erased {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Who was never heard of in this log has nothing in it to forget.
fn told<T, E: std::error::Error>(outcome: Result<T, ExecuteError<E>>) -> Result<(), JournalError> {
    match outcome {
        Ok(_) | Err(ExecuteError::Rejected(_)) => Ok(()),
        Err(ExecuteError::Failed(error)) => Err(error),
    }
}

/// Carries out every record that there is; returns how many there are.
pub async fn apply_all(app: &App) -> Result<u64, ForgetError> {
    let erasures = app.store.keys.erasures().await?;
    for erasure in &erasures {
        apply(app, erasure).await?;
    }
    Ok(erasures.len() as u64)
}

/// Carries the records out at the start and whenever there are more of them, until told to stop.
pub async fn follow(app: App, ledger: Option<PathBuf>, shutdown: CancellationToken) {
    let mut known = None;
    loop {
        match look(&app, ledger.as_deref(), known).await {
            Ok(count) => known = Some(count),
            Err(error) => tracing::warn!(%error, "whether somebody was erased could not be seen"),
        }
        let next = ringbuch_domain::booking::later(app.clock.now(), LOOK_EVERY);
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = app.clock.sleep_until(next) => {}
        }
    }
}

async fn look(app: &App, ledger: Option<&Path>, known: Option<u64>) -> Result<u64, ForgetError> {
    let count = app.store.keys.erasure_count().await?;
    if known == Some(count) {
        return Ok(count);
    }
    app.journal.forget();
    let count = apply_all(app).await?;
    if let Some(ledger) = ledger {
        backup::mirror(&app.store, ledger).await?;
    }
    Ok(count)
}
