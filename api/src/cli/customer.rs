//! `ringbuch customer`: people, what is kept about them, and forgetting them.

use super::args::CustomerAction;
use super::desk::{BY, Desk, first};
use super::output::or_dash;
use super::{Exit, Failure, private_file};
use crate::backup;
use crate::privacy::{self, EraseError, Erasing, Export, Report};
use indicatif::{ProgressBar, ProgressStyle};
use ringbuch_domain::ids::{CompanyId, CustomerId};
use ringbuch_domain::phone;
use ringbuch_projections::Paging;
use ringbuch_projections::customers::{self, Customer};
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

pub async fn run(desk: &Desk<'_>, action: CustomerAction) -> Result<Exit, Failure> {
    match action {
        CustomerAction::List { phone, length } => list(desk, phone.as_deref(), length.limit).await?,
        CustomerAction::Export { id, out } => export(desk, id, out.as_deref()).await?,
        CustomerAction::Erase { id, keep_appointments, yes, compact } => {
            let company = company_of(desk, id).await?;
            if !yes {
                confirm(desk, id)?;
            }
            let erasing = Erasing { app: &desk.app, company, customer: id, by: BY.to_owned(), keep_appointments };
            let report = erase(&erasing).await?;
            desk.app.store.leave_no_trace(compact).await?;
            if let Some(ledger) = &desk.config.erasures_ledger {
                backup::mirror(&desk.app.store, ledger).await?;
            }
            desk.output.value(&report, || told(&report))?;
            // What Cal.com keeps it keeps for good; the rest can be done yet.
            let undone = report.remaining.iter().any(|it| it.provider != "calcom");
            return Ok(if undone { Exit::NotAsItShouldBe } else { Exit::Done });
        }
    }
    Ok(Exit::Done)
}

const COLUMNS: [&str; 8] = ["Company", "Customer", "Name", "Phone", "E-mail", "Calls", "Appointments", "Last seen"];

async fn list(desk: &Desk<'_>, said: Option<&str>, limit: u32) -> Result<(), Failure> {
    let number = |said: &str| {
        let unusable = format!("'{said}' is no telephone number; write it like +491713920042");
        phone::normalise(said).ok_or_else(|| Failure::usage(unusable))
    };
    let phone = said.map(number).transpose()?;
    let page = async |paging: Paging| customers::list(desk.rows(), desk.scope(), phone.as_deref(), paging).await;
    let found = first(limit, page).await?;
    desk.output.list(&found, &COLUMNS, |customer| row(desk, customer))
}

fn row(desk: &Desk<'_>, customer: &Customer) -> Vec<String> {
    let name = if customer.erased { Some("(erased)".to_owned()) } else { customer.name.clone() };
    vec![
        customer.company.to_string(),
        customer.customer.to_string(),
        or_dash(name),
        or_dash(customer.phone.clone()),
        or_dash(customer.email.clone()),
        customer.calls.to_string(),
        customer.appointments.to_string(),
        desk.local(Some(&customer.company)).show(customer.last_seen_at),
    ]
}

async fn company_of(desk: &Desk<'_>, id: CustomerId) -> Result<CompanyId, Failure> {
    let unknown = || Failure::new(format!("there is no customer '{id}'")).hint("`ringbuch customer list` shows them");
    let company = privacy::company_of(&desk.app.journal, id).await?.ok_or_else(unknown)?;
    if desk.covers(&company) { Ok(company) } else { Err(unknown()) }
}

/// Nobody erases by a slip of the hand; where nobody can be asked, it takes the word on the command line.
pub(super) fn confirm(desk: &Desk<'_>, id: impl Display) -> Result<(), Failure> {
    if desk.output.is_json() || !io::stdin().is_terminal() {
        let meant = "erasing cannot be undone, and nobody is there to be asked";
        return Err(Failure::usage(meant).hint("say --yes if it is meant"));
    }
    let _ = write!(io::stderr(), "Erasing {id} cannot be undone. Type 'erase' to go on: ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if answer.trim() == "erase" { Ok(()) } else { Err(Failure::new("nothing was erased")) }
}

async fn erase(erasing: &Erasing<'_>) -> Result<Report, Failure> {
    let progress = progress(erasing.app.journal.log().head().await?);
    let erased = erasing.run(&|position| progress.set_position(position)).await;
    progress.finish_and_clear();
    erased.map_err(|error| {
        let ahead = matches!(error, EraseError::StillStanding(_));
        let failure = Failure::from(error);
        if ahead {
            failure.hint("cancel them with `ringbuch appointments cancel`, or say --keep-appointments")
        } else {
            failure
        }
    })
}

fn told(report: &Report) -> String {
    let Report { customer, calls, deliveries, appointments, deleted_at_provider, remaining, .. } = report;
    let told = format!(
        "{customer} is forgotten: {calls} calls, {deliveries} deliveries and {appointments} appointments have nobody's \
         name any more; the log still verifies.\nRetell has deleted {deleted_at_provider} calls."
    );
    let remains = remaining.iter().map(|it| format!("\nremains at {}: {} ({})", it.provider, it.id, it.why));
    told + &remains.collect::<String>()
}

async fn export(desk: &Desk<'_>, id: CustomerId, out: Option<&Path>) -> Result<(), Failure> {
    let company = company_of(desk, id).await?;
    desk.set_up().note_view(&company, "customer", &id.to_string()).await?;
    let progress = progress(desk.app.journal.log().head().await?);
    let exported = privacy::export(&desk.app, &company, id, &|position| progress.set_position(position)).await;
    progress.finish_and_clear();
    let document = exported?;
    match out {
        None => write(&document, io::stdout().lock())?,
        Some(path) => write(&document, BufWriter::new(private_file::create(path)?))?,
    }
    Ok(())
}

fn write(document: &Export, mut to: impl Write) -> Result<(), Failure> {
    serde_json::to_writer_pretty(&mut to, document).map_err(io::Error::from)?;
    to.write_all(b"\n")?;
    Ok(to.flush()?)
}

/// On a terminal only. The log is read more than once.
fn progress(events: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} events");
    ProgressBar::new(events).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
