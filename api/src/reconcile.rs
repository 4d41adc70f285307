//! Compares the voice provider's own list of calls with the log and feeds what is missing through the same intake: a
//! webhook may be lost on its way, a call is not.

use crate::app::App;
use crate::intake::{Filed, Proven, Sketch, file};
use crate::journal::JournalError;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::call::Call;
use ringbuch_domain::company::Company;
use ringbuch_domain::ids::{AccountId, CallId, CompanyId};
use ringbuch_domain::intake::{self, Reading};
use ringbuch_domain::number::Number;
use ringbuch_domain::ports::{CallSummary, VoiceAgentsFailure};
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::{Provider, Verdict};
use ringbuch_projections::rows::RowsError;
use ringbuch_projections::{Scope, calls, directory};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// How far back the comparison goes by itself; longer than it pauses, so that a call that ends late is seen again.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);
/// A call that has just ended is still being told; it is not missing yet.
const STILL_TELLING: SignedDuration = SignedDuration::from_secs(120);

#[derive(Debug, Error)]
pub enum ReconcileError {
    #[error("the list of accounts cannot be read: {0}")]
    Rows(#[from] RowsError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Calls on the provider's lists.
    pub calls: u64,
    /// Of those, calls whose end or analysis the log did not know.
    pub missing: u64,
    /// Of those, fed through intake now.
    pub healed: u64,
    /// Accounts or calls that the provider would not tell about.
    pub failures: Vec<String>,
}

/// Which calls are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Scan {
    pub since: Timestamp,
    /// Only calls that started before this.
    pub until: Timestamp,
    pub dry_run: bool,
}

impl Scan {
    /// Everything of late, but what is still being told.
    pub fn usual(now: Timestamp) -> Self {
        let back = |by| now.checked_sub(by).unwrap_or(Timestamp::MIN);
        Self { since: back(LOOK_BACK), until: back(STILL_TELLING), dry_run: false }
    }
}

/// Compares once.
pub async fn reconcile(app: &App, scan: Scan) -> Result<Found, ReconcileError> {
    let mut found = Found::default();
    for account in directory::accounts(&*app.store.rows, Scope::All).await? {
        match app.voice.list_calls(&account.account, scan.since).await {
            Ok(calls) => compare(app, &account.account, calls, scan, &mut found).await?,
            Err(VoiceAgentsFailure::NoKey(_)) => {}
            Err(failure) => found.failures.push(format!("account {}: {failure}", account.account)),
        }
    }
    Ok(found)
}

async fn compare(
    app: &App,
    account: &AccountId,
    calls: Vec<CallSummary>,
    scan: Scan,
    found: &mut Found,
) -> Result<(), ReconcileError> {
    found.calls += calls.len() as u64;
    let over = |call: &CallSummary| matches!(call.status.as_str(), "ended" | "not_connected" | "error");
    let early = |call: &CallSummary| call.started_at.is_none_or(|started| started <= scan.until);
    for call in calls.into_iter().filter(|call| over(call) && early(call)) {
        if is_known(app, account, &call).await? {
            continue;
        }
        match app.voice.get_call(account, &call.call_id).await {
            Ok(body) => heal(app, account, &call, body, scan, found).await?,
            Err(VoiceAgentsFailure::NotFound) => {}
            Err(failure) => found.failures.push(format!("a call of account {account}: {failure}")),
        }
    }
    Ok(())
}

/// The log holds all that there is to the call, so it need not be fetched. Where the read model has not seen it yet, the
/// call itself tells.
async fn is_known(app: &App, account: &AccountId, call: &CallSummary) -> Result<bool, ReconcileError> {
    let Ok(id) = CallId::new(&call.call_id) else { return Ok(false) };
    let Some(found) = calls::find(&*app.store.rows, Scope::All, &id).await? else { return Ok(false) };
    let company = found.call.company;
    let set_up = app.journal.load::<Company>(&StreamId::company(&company)).await?;
    if set_up.aggregate.account() != Some(account) {
        return Ok(false);
    }
    Ok(is_whole(app, &company, &id, call.analyzed).await?)
}

async fn heal(
    app: &App,
    account: &AccountId,
    call: &CallSummary,
    object: Vec<u8>,
    scan: Scan,
    found: &mut Found,
) -> Result<(), ReconcileError> {
    let event = if call.analyzed { "call_analyzed" } else { "call_ended" };
    let body = [format!(r#"{{"event":"{event}","call":"#).as_bytes(), &object, b"}"].concat();
    let Ok(reading) = intake::read(&body) else { return Ok(()) };
    if knows(app, &reading, call.analyzed).await? {
        return Ok(());
    }
    found.missing += 1;
    if scan.dry_run {
        return Ok(());
    }
    let Ok(delivery) = app.index.delivery(Provider::Retell.as_str(), account, &body) else { return Ok(()) };
    let proven = Proven {
        delivery,
        provider: Provider::Retell,
        account: account.clone(),
        company: None,
        verdict: Verdict::Fetched,
        headers: vec![],
        body: &body,
        label: Sketch::of(&body).label(),
    };
    if file(&app.journal, proven).await? == Filed::New {
        found.healed += 1;
    }
    Ok(())
}

/// The log holds the call's end, and its analysis where there is one; or it is to be held no more.
async fn knows(app: &App, reading: &Reading, analyzed: bool) -> Result<bool, JournalError> {
    let Some(number) = reading.our_number() else { return Ok(false) };
    let assigned = app.journal.load::<Number>(&StreamId::number(&number)).await?;
    let Some(assigned) = &assigned.aggregate.assigned else { return Ok(false) };
    is_whole(app, &assigned.company, &reading.call, analyzed).await
}

async fn is_whole(app: &App, company: &CompanyId, call: &CallId, analyzed: bool) -> Result<bool, JournalError> {
    let call = app.journal.load::<Call>(&StreamId::call(company, call)).await?;
    let call = &call.aggregate;
    Ok(call.erased || (call.ended.is_some() && (!analyzed || call.analyzed.is_some())))
}

/// Compares on a schedule until it is told to stop.
pub async fn run(app: Arc<App>, every: Duration, shutdown: CancellationToken) {
    loop {
        let next = ringbuch_domain::booking::later(app.clock.now(), every);
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = app.clock.sleep_until(next) => {}
        }
        match reconcile(&app, Scan::usual(app.clock.now())).await {
            Ok(found) if found.missing > 0 || !found.failures.is_empty() => {
                tracing::info!(?found, "calls were compared with the voice provider");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "calls could not be compared with the voice provider"),
        }
    }
}
