//! Calls that go on for longer than calls do: the voice provider is asked for each, and what it knows no end of is closed.

use super::calls::{heal, is_over};
use super::{Found, ReconcileError, Scan};
use crate::app::App;
use crate::journal::{ExecuteError, JournalError};
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::call::{self, Call};
use ringbuch_domain::comparison::{Done, Finding, What};
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{CallSummary, VoiceAgentsFailure};
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_projections::calls::{self, OpenCall};
use ringbuch_projections::page::Span;
use serde_json::Value;
use uuid::Uuid;

/// No call goes on for longer, as a rule; from then on the provider is asked.
const LONG: SignedDuration = SignedDuration::from_hours(2);
/// A call that the provider still calls ongoing is closed after this.
const ENDLESS: SignedDuration = SignedDuration::from_hours(24);
/// Asked for in one comparison; the rest comes with the next ones.
const AT_ONCE: u32 = 200;

pub(super) async fn close(app: &App, scan: Scan, found: &mut Found) -> Result<(), ReconcileError> {
    let until = app.clock.now().checked_sub(LONG).ok();
    for open in calls::open(&*app.store.rows, Span { since: None, until }, AT_ONCE).await? {
        // What the list has told of just now is on its way.
        let told = found.findings.iter().any(|finding| finding.call.as_ref() == Some(&open.call));
        if !told {
            ask(app, &open, scan, found).await?;
        }
    }
    Ok(())
}

async fn ask(app: &App, open: &OpenCall, scan: Scan, found: &mut Found) -> Result<(), ReconcileError> {
    let stream = StreamId::call(&open.company, &open.call);
    let known = app.journal.load::<Call>(&stream).await?;
    let call = &known.aggregate;
    let Some(account) = call.received.as_ref().map(|received| received.account.clone()) else { return Ok(()) };
    if call.erased || call.closed || call.ended.is_some() {
        return Ok(());
    }
    let done = match app.voice.get_call(&account, open.call.as_str()).await {
        Ok(body) => of_answer(app, &account, open, &body, scan).await?,
        Err(VoiceAgentsFailure::NotFound) => Some(end(app, open, "unknown_at_provider", scan).await?),
        Err(VoiceAgentsFailure::NoKey(_)) => None,
        Err(failure) => {
            found.failures.push(format!("a call of account {account}: {failure}"));
            None
        }
    };
    if let Some(done) = done {
        let (call, at) = (Some(open.call.clone()), Some(open.began_at));
        found.note(Finding { what: What::CallOpen, done, call, booking: None, at });
    }
    Ok(())
}

async fn of_answer(
    app: &App,
    account: &AccountId,
    open: &OpenCall,
    body: &[u8],
    scan: Scan,
) -> Result<Option<Done>, JournalError> {
    let told: Value = serde_json::from_slice(body).unwrap_or_default();
    let status = told.get("call_status").and_then(Value::as_str).unwrap_or_default().to_owned();
    let analyzed = told.get("call_analysis").is_some_and(Value::is_object);
    let call = CallSummary { call_id: open.call.to_string(), status, analyzed, started_at: Some(open.began_at) };
    if is_over(&call.status) {
        return heal(app, account, &call, body, scan.dry_run).await;
    }
    let endless = lasts(app.clock.now(), open) >= ENDLESS;
    if endless { end(app, open, "outlived", scan).await.map(Some) } else { Ok(None) }
}

fn lasts(now: Timestamp, open: &OpenCall) -> SignedDuration {
    now.duration_since(open.began_at)
}

/// Whatever is still told of it later is taken in all the same.
async fn end(app: &App, open: &OpenCall, reason: &str, scan: Scan) -> Result<Done, JournalError> {
    if scan.dry_run {
        return Ok(Done::Nothing);
    }
    let stream = StreamId::call(&open.company, &open.call);
    let Some(newest) = app.journal.load::<Call>(&stream).await?.newest() else { return Ok(Done::Nothing) };
    let cause = Cause::answering(newest, Uuid::now_v7());
    let command = call::Command::Close { reason: reason.to_owned() };
    match app.journal.execute::<Call>(&stream, Some(&open.company), cause, command).await {
        Ok(executed) if !executed.events.is_empty() => Ok(Done::Closed),
        Ok(_) | Err(ExecuteError::Rejected(_)) => Ok(Done::Nothing),
        Err(ExecuteError::Failed(error)) => Err(error),
    }
}
