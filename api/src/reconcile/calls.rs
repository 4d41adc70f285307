//! The voice provider's own list of calls against the log.

use super::{Found, ReconcileError, Scan, filed, resumes_at, tell};
use crate::app::App;
use crate::intake::{Proven, Sketch};
use crate::journal::JournalError;
use jiff::Timestamp;
use ringbuch_domain::call::Call;
use ringbuch_domain::company::Company;
use ringbuch_domain::comparison::{Compared, Done, Finding, List, What};
use ringbuch_domain::ids::{AccountId, CallId, CompanyId};
use ringbuch_domain::intake::{self, Reading};
use ringbuch_domain::number::Number;
use ringbuch_domain::ports::{CallSummary, VoiceAgentsFailure};
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::{Provider, Verdict};
use ringbuch_projections::{Scope, calls};

/// Compares one account's calls.
pub(super) async fn compare(
    app: &App,
    account: &AccountId,
    scan: Scan,
    found: &mut Found,
) -> Result<(), ReconcileError> {
    let list = List::Calls(account.clone());
    let since = resumes_at(app, &list, scan.since).await?;
    let calls = match app.voice.list_calls(account, since).await {
        Ok(calls) => calls,
        Err(VoiceAgentsFailure::NoKey(_)) => return Ok(()),
        Err(failure) => {
            found.failures.push(format!("account {account}: {failure}"));
            return Ok(());
        }
    };
    let (listed, before, failures) = (calls.len() as u64, found.findings.len(), found.failures.len());
    found.calls += listed;
    for call in calls.into_iter().filter(|call| is_over(&call.status) && is_early(call, scan.until)) {
        look_at(app, account, &call, scan, found).await?;
    }
    // What was not told is looked for again.
    if scan.dry_run || found.failures.len() > failures {
        return Ok(());
    }
    let compared = Compared { list, from: since, to: scan.until, listed, findings: found.since(before) };
    Ok(tell(app, None, compared).await?)
}

pub(super) fn is_over(status: &str) -> bool {
    matches!(status, "ended" | "not_connected" | "error")
}

fn is_early(call: &CallSummary, until: Timestamp) -> bool {
    call.started_at.is_none_or(|started| started <= until)
}

async fn look_at(
    app: &App,
    account: &AccountId,
    call: &CallSummary,
    scan: Scan,
    found: &mut Found,
) -> Result<(), ReconcileError> {
    if is_known(app, account, call).await? {
        return Ok(());
    }
    match app.voice.get_call(account, &call.call_id).await {
        Ok(body) => {
            if let Some(done) = heal(app, account, call, &body, scan.dry_run).await? {
                found.note(finding(What::CallMissing, done, call));
            }
        }
        Err(VoiceAgentsFailure::NotFound) => {}
        Err(failure) => found.failures.push(format!("a call of account {account}: {failure}")),
    }
    Ok(())
}

fn finding(what: What, done: Done, call: &CallSummary) -> Finding {
    Finding { what, done, call: CallId::new(&call.call_id).ok(), booking: None, at: call.started_at }
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

/// Files a call as the delivery that never came; nothing where the log knows it, or nobody can read it.
pub(super) async fn heal(
    app: &App,
    account: &AccountId,
    call: &CallSummary,
    object: &[u8],
    dry_run: bool,
) -> Result<Option<Done>, JournalError> {
    let event = if call.analyzed { "call_analyzed" } else { "call_ended" };
    let body = [format!(r#"{{"event":"{event}","call":"#).as_bytes(), object, b"}"].concat();
    let Ok(reading) = intake::read(&body) else { return Ok(None) };
    if knows(app, &reading, call.analyzed).await? {
        return Ok(None);
    }
    let Ok(delivery) = app.index.delivery(Provider::Retell.as_str(), account, &body) else { return Ok(None) };
    if dry_run {
        return Ok(Some(Done::Nothing));
    }
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
    filed(app, proven).await.map(Some)
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
