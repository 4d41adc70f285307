//! `ringbuch reconcile`: looks for what never arrived.

use super::args::ReconcileArgs;
use super::desk::Desk;
use super::{Exit, Failure};
use crate::intake::RETELL_KEY;
use crate::reconcile::{Found, Scan, reconcile};
use ringbuch_adapters::sealing::account_owner;
use ringbuch_domain::ids::AccountId;
use ringbuch_projections::Scope;
use ringbuch_projections::directory::{self, Account};
use std::io::{self, Write};

pub async fn run(desk: &Desk<'_>, args: &ReconcileArgs) -> Result<Exit, Failure> {
    let now = desk.now();
    let scan = Scan { since: args.since.from(now), dry_run: args.dry_run, ..Scan::usual(now) };
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
    let calls = format!("{} calls at the voice provider, {} of them not known here", found.calls, found.missing);
    let healed = match (found.missing, dry_run) {
        (0, _) => String::new(),
        (_, true) => "; nothing was changed".into(),
        (_, false) => format!("; {} were filed now, and the server takes them up", found.healed),
    };
    let failures = found.failures.iter().map(|failure| format!("\nnot compared: {failure}"));
    format!("{calls}{healed}{}", failures.collect::<String>())
}
