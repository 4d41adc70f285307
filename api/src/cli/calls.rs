//! `ringbuch calls`: calls, and what came of each.

mod analysis;
mod trace;

use super::appointments;
use super::args::CallsAction;
use super::desk::{Desk, first};
use super::output::{card, or_dash, printable, table};
use super::{Exit, Failure};
use ringbuch_domain::analysis::Analysis;
use ringbuch_domain::ids::CallId;
use ringbuch_projections::analysis as analyses;
use ringbuch_projections::appointments::{Appointment, of_call};
use ringbuch_projections::calls::{self, Call, CallDetail, CallFilter};
use ringbuch_projections::page::Span;
use ringbuch_projections::{Paging, Scope};
use serde::Serialize;

pub async fn run(desk: &Desk<'_>, action: CallsAction) -> Result<Exit, Failure> {
    match action {
        CallsAction::List { since, branch, length } => {
            let since = since.map(|since| since.from(desk.now()));
            let filter = CallFilter { branch, span: Span { since, until: None }, ..CallFilter::default() };
            let page = async |paging: Paging| calls::list(desk.rows(), desk.scope(), &filter, paging).await;
            let found = first(length.limit, page).await?;
            desk.output.list(&found, &COLUMNS, |call| row(desk, call))?;
        }
        CallsAction::Show { id, trace: false } => show(desk, &id).await?,
        CallsAction::Show { id, trace: true } => trace::show(desk, &find(desk, &id).await?.call).await?,
    }
    Ok(Exit::Done)
}

const COLUMNS: [&str; 8] = ["Company", "Call", "Began", "Branch", "From", "Seconds", "Outcome", "Summary"];

/// Of a summary in a list.
const SUMMARY_LETTERS: usize = 60;

fn row(desk: &Desk<'_>, call: &Call) -> Vec<String> {
    let from = call.caller_number.clone().or_else(|| call.anonymous.filter(|it| *it).map(|_| "anonymous".into()));
    vec![
        call.company.to_string(),
        call.call.to_string(),
        desk.local(Some(&call.company)).show(call.began_at),
        or_dash(call.branch.as_ref()),
        or_dash(from),
        or_dash(call.duration_ms.map(|ms| ms / 1000)),
        outcome(call),
        or_dash(call.summary.as_deref().map(|summary| cut(summary, SUMMARY_LETTERS))),
    ]
}

fn outcome(call: &Call) -> String {
    let refusal = call.refusal_code.as_deref().map(|code| format!(": {code}")).unwrap_or_default();
    let contradicted = if call.contradicted { ", contradicted" } else { "" };
    format!("{}{refusal}{contradicted}", call.outcome)
}

fn cut(text: &str, letters: usize) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= letters { line.into() } else { line.chars().take(letters - 1).chain(['…']).collect() }
}

/// A call with the appointments that it led to.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    call: CallDetail,
    appointments: Vec<Appointment>,
    /// Absent while the read model has not heard of the call.
    analysis: Option<Analysis>,
}

async fn find(desk: &Desk<'_>, id: &str) -> Result<CallDetail, Failure> {
    let id = CallId::new(id).map_err(|unusable| Failure::usage(unusable.to_string()))?;
    let found = calls::find(desk.rows(), desk.scope(), &id).await?;
    let unknown = || Failure::new(format!("there is no call '{id}'")).hint("`ringbuch calls list` shows the newest");
    found.ok_or_else(unknown)
}

async fn show(desk: &Desk<'_>, id: &str) -> Result<(), Failure> {
    let call = find(desk, id).await?;
    let appointments = of_call(desk.rows(), Scope::Company(&call.call.company), &call.call.call).await?;
    let analysis = analyses::find(desk.rows(), Scope::Company(&call.call.company), &call.call.call).await?;
    desk.set_up().note_view(&call.call.company, "call", call.call.call.as_str()).await?;
    let shown = Shown { call, appointments, analysis };
    desk.output.value(&shown, || told(desk, &shown))
}

fn told(desk: &Desk<'_>, shown: &Shown) -> String {
    let Shown { call: CallDetail { call, more }, appointments: booked, analysis } = shown;
    let local = desk.local(Some(&call.company));
    let money = |minor: i64| format!("{}.{:02} {}", minor / 100, minor % 100, call.currency.as_deref().unwrap_or(""));
    let said = [call.extracted_date.as_deref(), call.extracted_time.as_deref(), more.extracted_service.as_deref()];
    let said: Vec<&str> = said.into_iter().flatten().collect();
    let facts = card([
        ("Company", Some(call.company.to_string())),
        ("Branch", call.branch.as_ref().map(ToString::to_string)),
        ("Call", Some(call.call.to_string())),
        ("Direction", call.direction.map(|direction| direction.as_str().into())),
        ("Our number", call.our_number.clone()),
        ("Caller", call.caller_number.clone()),
        ("Name", more.extracted_name.clone()),
        ("Customer", call.customer.map(|customer| customer.to_string())),
        ("Began", Some(local.exact(call.began_at))),
        ("Ended", call.ended_at.map(|ended| local.exact(ended))),
        ("Status", call.status.clone()),
        ("Ended by", call.disconnection.clone()),
        ("Cost", call.cost_minor.map(money)),
        ("Sentiment", call.sentiment.clone()),
        ("Wanted", Some(said.join(", ")).filter(|said| !said.is_empty())),
        ("Read as", call.extracted_start.map(|start| local.show(start))),
        ("Outcome", Some(outcome(call))),
        ("Differs", more.differs.as_ref().filter(|differs| !differs.is_empty()).map(|differs| differs.join(", "))),
        ("Summary", call.summary.clone()),
    ]);
    let rows = booked.iter().map(|appointment| appointments::row(desk, appointment));
    let booked = match booked.as_slice() {
        [] => String::new(),
        _ => format!("\n\nAppointments\n{}", table(&appointments::COLUMNS, rows)),
    };
    let transcript = more.transcript.as_deref().map(|text| format!("\n\nTranscript\n{}", printable(text)));
    let analysis = analysis.as_ref().map(|it| format!("\n\nAnalysis\n{}", analysis::told(it)));
    format!("{facts}{booked}{}{}", analysis.unwrap_or_default(), transcript.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_in_a_list_is_one_short_line() {
        assert_eq!(cut("Möchte Tee.\nUnd Kuchen.", 60), "Möchte Tee.");
        assert_eq!(cut("äöüß", 3), "äö…");
    }
}
