//! `ringbuch reconcile`: looks for what never arrived.

use super::args::ReconcileArgs;
use super::desk::Desk;
use super::{Exit, Failure};
use crate::intake::RETELL_KEY;
use crate::reconcile::{Found, Scan, reconcile};
use ringbuch_adapters::sealing::account_owner;
use ringbuch_domain::comparison::Finding;
use ringbuch_domain::ids::AccountId;
use ringbuch_projections::Scope;
use ringbuch_projections::directory::{self, Account};
use std::io::{self, Write};

pub async fn run(desk: &Desk<'_>, args: &ReconcileArgs) -> Result<Exit, Failure> {
    let now = desk.now();
    let scan = Scan::wanted(now, Some(args.since.from(now)), args.dry_run);
    let found = reconcile(&desk.app, scan).await?;
    for account in without_key(desk).await? {
        // Not an answer, so it goes where JSON does not.
        let _ = writeln!(io::stderr(), "the account '{account}' has no key and was not compared");
    }
    desk.output.value(&found, || told(&found, args.dry_run))?;
    // What could not be asked was not compared, so all may be well or not.
    Ok(if found.failures.is_empty() { Exit::Done } else { Exit::Failed })
}

async fn without_key(desk: &Desk<'_>) -> Result<Vec<AccountId>, Failure> {
    let mut without = vec![];
    for Account { account, .. } in directory::accounts(desk.rows(), Scope::All).await? {
        if desk.app.store.keys.secrets(&account_owner(&account), RETELL_KEY).await?.is_empty() {
            without.push(account);
        }
    }
    Ok(without)
}

fn told(found: &Found, dry_run: bool) -> String {
    let Found { calls, bookings, missing, healed, .. } = found;
    let compared = format!("{calls} calls at the voice provider and {bookings} changes at the calendars compared");
    let outcome = match (missing, dry_run) {
        (0, _) => "; all of it is known here".into(),
        (_, true) => format!("; {missing} differ, and nothing was changed"),
        (_, false) => format!("; {missing} differed, and {healed} were filed or closed now"),
    };
    let findings = found.findings.iter().map(line);
    let failures = found.failures.iter().map(|failure| format!("\nnot compared: {failure}"));
    format!("{compared}{outcome}{}", findings.chain(failures).collect::<String>())
}

/// One finding with what it is about.
fn line(finding: &Finding) -> String {
    let call = finding.call.as_ref().map(|call| format!(" call {call}"));
    let booking = finding.booking.map(|booking| format!(" appointment {booking}"));
    let at = finding.at.map(|at| format!(" of {at}"));
    let about: String = [booking, call, at].into_iter().flatten().collect();
    format!("\n{}:{about} ({})", finding.what.as_str(), finding.done.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::comparison::{Done, What};

    #[test]
    fn what_was_found_is_told_line_by_line() {
        let call = ringbuch_domain::ids::CallId::new("call_1").ok();
        let at = "2025-07-02T09:00:00Z".parse().ok();
        let finding = Finding { what: What::BookingGone, done: Done::Filed, call, booking: None, at };
        let found = Found { calls: 3, bookings: 4, missing: 1, healed: 1, findings: vec![finding], failures: vec![] };
        assert_eq!(
            told(&found, false),
            "3 calls at the voice provider and 4 changes at the calendars compared; 1 differed, and 1 were filed or \
             closed now\nbooking_gone: call call_1 of 2025-07-02T09:00:00Z (filed)"
        );
        let nothing = Found { failures: vec!["the calendar of salon: away".into()], ..Found::default() };
        assert!(told(&nothing, true).ends_with("all of it is known here\nnot compared: the calendar of salon: away"));
    }
}
