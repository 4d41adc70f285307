//! `ringbuch doctor`: whether callers would be served, and what to do where they would not.

use super::desk::Desk;
use super::output::table;
use super::{Exit, Failure};
use crate::doctor::{Finding, Severity, examine};
use ringbuch_projections::directory;

pub async fn run(desk: &Desk<'_>) -> Result<Exit, Failure> {
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
