//! Compares the providers' own lists with the log and feeds what is missing through the same intake: a webhook may be lost
//! on its way, a call or a booking is not.

mod calendars;
mod calls;
mod open_calls;
mod schedule;

pub use schedule::{LEASE, run};

use crate::app::App;
use crate::intake::{Filed, Held, Proven, file};
use crate::journal::{Chain, ExecuteError, JournalError};
use crate::metrics::{Mismatch, WebhookOutcome};
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::comparison::{self, Compared, Comparison, Done, Finding, List, What};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::rows::RowsError;
use ringbuch_projections::{Scope, directory};
use schemars::JsonSchema;
use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

/// How far back the comparison goes by itself; longer than it pauses, so that a call that ends late is seen again.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);
/// How far back a calendar is compared for the first time: what was booked there before Ringbuch came takes its time too.
const AT_FIRST: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A call that has just ended, or a booking that has just changed, is still being told; it is not missing yet.
const STILL_TELLING: SignedDuration = SignedDuration::from_secs(120);

#[derive(Debug, Error)]
pub enum ReconcileError {
    #[error("the read models cannot be read: {0}")]
    Rows(#[from] RowsError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What a comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ReconcileReport")]
pub struct Found {
    /// Calls on the voice provider's lists.
    pub calls: u64,
    /// Bookings that had changed at the calendars.
    pub bookings: u64,
    /// Things on which the log and a provider did not agree.
    pub missing: u64,
    /// Of those, fed through intake or closed now.
    pub healed: u64,
    /// What they were.
    pub findings: Vec<Finding>,
    /// What a provider would not tell about.
    pub failures: Vec<String>,
}

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Scan {
    pub since: Timestamp,
    /// Only calls that started, and bookings that changed, before this.
    pub until: Timestamp,
    /// Whether the calendars are asked as well as the voice provider.
    pub calendars: bool,
    pub dry_run: bool,
}

impl Scan {
    /// Everything of late, but what is still being told.
    pub fn usual(now: Timestamp) -> Self {
        let back = |by| now.checked_sub(by).unwrap_or(Timestamp::MIN);
        Self { since: back(LOOK_BACK), until: back(STILL_TELLING), calendars: true, dry_run: false }
    }

    /// As somebody asks for it now; without a time as far back as usual.
    pub fn wanted(now: Timestamp, since: Option<Timestamp>, dry_run: bool) -> Self {
        let usual = Self::usual(now);
        Self { since: since.unwrap_or(usual.since), dry_run, ..usual }
    }
}

/// Compares once.
pub async fn reconcile(app: &App, scan: Scan) -> Result<Found, ReconcileError> {
    // What is compared up to a time that has not come is not compared.
    let scan = Scan { until: scan.until.min(app.clock.now()), ..scan };
    let mut found = Found::default();
    for account in directory::accounts(&*app.store.rows, Scope::All).await? {
        calls::compare(app, &account.account, scan, &mut found).await?;
    }
    open_calls::close(app, scan, &mut found).await?;
    if scan.calendars {
        for company in directory::companies(&*app.store.rows, Scope::All).await? {
            calendars::compare(app, &company.company, scan, &mut found).await?;
        }
    }
    for finding in found.findings.iter().filter(|_| !scan.dry_run) {
        app.metrics.mismatch(kind(finding.what));
    }
    Ok(found)
}

/// Files a delivery that was fetched; it counts as received as any other.
async fn filed(app: &App, proven: Proven<'_>) -> Result<Done, JournalError> {
    let (provider, event) = (proven.provider, proven.label.event.clone());
    Ok(match file(&app.journal, proven).await? {
        Filed::New => {
            app.metrics.webhook(provider, &event, WebhookOutcome::Received);
            Done::Filed
        }
        Filed::Repeated => Done::Nothing,
    })
}

fn kind(what: What) -> Mismatch {
    match what {
        What::CallMissing => Mismatch::CallMissing,
        What::CallOpen => Mismatch::CallOpen,
        What::BookingDiffers => Mismatch::BookingDiffers,
        What::BookingGone => Mismatch::BookingGone,
        What::BookingUnknown => Mismatch::BookingUnknown,
        What::ForeignDiffers => Mismatch::ForeignDiffers,
    }
}

impl Found {
    fn note(&mut self, finding: Finding) {
        self.missing += 1;
        self.healed += u64::from(finding.done != Done::Nothing);
        self.findings.push(finding);
    }

    /// What was found from a place in the findings on.
    fn since(&self, place: usize) -> Vec<Finding> {
        self.findings.get(place..).unwrap_or_default().to_vec()
    }
}

/// From when on a list is to be compared so that nothing is left out between this comparison and the last.
async fn resumes_at(app: &App, list: &List, since: Timestamp) -> Result<Timestamp, JournalError> {
    let known = app.journal.load::<Comparison>(&StreamId::comparison(list)).await?;
    let first = match list {
        List::Calls(_) => since,
        List::Calendar(_) => app.clock.now().checked_sub(AT_FIRST).unwrap_or(Timestamp::MIN),
    };
    Ok(known.aggregate.resumes_at(since, first))
}

/// Keeps what a comparison has found.
async fn tell(app: &App, company: Option<&CompanyId>, compared: Compared) -> Result<(), JournalError> {
    let stream = StreamId::comparison(&compared.list);
    let cause = Chain::from_outside(Uuid::now_v7()).next();
    match app.journal.execute::<Comparison>(&stream, company, cause, comparison::Command::Tell(compared)).await {
        Ok(_) => Ok(()),
        Err(ExecuteError::Failed(error)) => Err(error),
        Err(ExecuteError::Rejected(never)) => match never {},
    }
}

/// A database that cannot be read ends the comparison; what a calendar will not tell now is asked for the next time.
fn unless_broken<T>(compared: Result<T, Held>) -> Result<Option<T>, ReconcileError> {
    match compared {
        Ok(value) => Ok(Some(value)),
        Err(Held::Journal(error)) => Err(error.into()),
        Err(Held::Rows(error)) => Err(error.into()),
        Err(Held::Calendar(_) | Held::Until(_) | Held::Behind) => Ok(None),
    }
}
