//! `ringbuch doctor`: whether callers would be served, and what to do where they would not.

use super::args::DoctorArgs;
use super::desk::Desk;
use super::output::{printable, table};
use super::{Exit, Failure};
use crate::doctor::{Ending, Finding, Severity, Step, examine, follow};
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::{Scope, directory};
use std::io::{self, Write};
use std::time::Duration;

pub async fn run(desk: &Desk<'_>, args: &DoctorArgs) -> Result<Exit, Failure> {
    if args.first_call { first_call(desk, Duration::from_mins(args.wait)).await } else { examined(desk).await }
}

async fn examined(desk: &Desk<'_>) -> Result<Exit, Failure> {
    let companies = directory::companies(desk.rows(), desk.scope()).await?;
    if companies.is_empty() {
        return Err(Failure::new("there is no company yet").hint("add one with `ringbuch company add`"));
    }
    let mut findings = vec![];
    for company in companies {
        findings.extend(examine(&desk.app, &company.company).await?);
    }
    findings.sort_by_key(|it| (it.company.clone(), std::cmp::Reverse(it.severity)));
    desk.output.value(&findings, || told(&findings))?;
    let fine = findings.iter().all(|it| it.severity == Severity::Fine);
    Ok(if fine { Exit::Done } else { Exit::NotAsItShouldBe })
}

fn told(findings: &[Finding]) -> String {
    let rows = findings.iter().map(|it| {
        let severity = match it.severity {
            Severity::Fine => "fine",
            Severity::Doubtful => "doubtful",
            Severity::Broken => "BROKEN",
        };
        let advice = it.advice.as_ref().map(|advice| format!("; {advice}")).unwrap_or_default();
        vec![severity.into(), it.company.to_string(), it.thing.clone(), format!("{}{advice}", it.finding)]
    });
    table(&["", "Company", "What", "Finding"], rows)
}

/// Says each thing as it happens.
async fn first_call(desk: &Desk<'_>, wait: Duration) -> Result<Exit, Failure> {
    let company = match desk.scope() {
        Scope::Company(company) => Some(company),
        Scope::All => None,
    };
    if !desk.output.is_json() {
        let _ = writeln!(io::stderr(), "Call the number now, and agree to an appointment.");
    }
    let ending = follow(&desk.app, company, wait, |step| say(desk, company, step)).await?;
    Ok(if ending == Ending::Booked { Exit::Done } else { Exit::NotAsItShouldBe })
}

/// Whoever does not listen any more is told nothing.
fn say(desk: &Desk<'_>, company: Option<&CompanyId>, step: &Step) {
    let line = if desk.output.is_json() {
        serde_json::to_string(step).unwrap_or_default()
    } else {
        let advice = step.advice.as_ref().map(|advice| format!("; {advice}")).unwrap_or_default();
        printable(&format!("{}  {}{advice}", desk.local(company).exact(step.time), step.told))
    };
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
