//! What every command on a database has at hand: the installation, whose rows it is about, and how it answers.

use super::local_time::LocalTime;
use super::{Failure, Output};
use crate::app::App;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::setup::SetUp;
use crate::wiring;
use jiff::Timestamp;
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::rows::{ReadModels, RowsError};
use ringbuch_projections::{Cursor, Page, Paging, Scope, directory};
use serde::Serialize;
use std::sync::Arc;

/// Who changed something, as the log names them.
pub const BY: &str = "cli";

/// Rows that are read at once.
const AT_ONCE: u32 = 200;

pub struct Desk<'a> {
    pub app: App,
    pub config: &'a Config,
    pub output: Output,
    company: Option<CompanyId>,
}

impl<'a> Desk<'a> {
    /// Opens the installation with its read models up to date.
    pub async fn open(config: &'a Config, company: Option<CompanyId>, output: Output) -> Result<Self, Failure> {
        let app = wiring::open(config, Arc::new(SystemClock)).await?;
        let desk = Self { app, config, output, company };
        match &desk.company {
            Some(named) if desk.app.directory.known().company(named).is_none() => Err(unknown_company(named)),
            _ => Ok(desk),
        }
    }

    pub fn rows(&self) -> &dyn ReadModels {
        &*self.app.store.rows
    }

    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    pub fn set_up(&self) -> SetUp<'_> {
        SetUp::new(&self.app, BY)
    }

    /// The company named, or every company's rows.
    pub fn scope(&self) -> Scope<'_> {
        self.company.as_ref().map_or(Scope::All, Scope::Company)
    }

    /// Whether what belongs to a company may be touched: the one named, or any.
    pub fn covers(&self, company: &CompanyId) -> bool {
        self.company.as_ref().is_none_or(|named| named == company)
    }

    /// The one company that a command is about.
    pub async fn company(&self) -> Result<&CompanyId, Failure> {
        if let Some(company) = &self.company {
            return Ok(company);
        }
        let known = directory::companies(self.rows(), Scope::All).await?;
        let known: Vec<&str> = known.iter().map(|company| company.company.as_str()).collect();
        let hint = match known.as_slice() {
            [] => "add one first, with `ringbuch company add`".to_owned(),
            known => format!("say which with --company ID: {}", known.join(", ")),
        };
        Err(Failure::usage("this is about one company, and none is named").hint(hint))
    }

    /// Times as they are read at a company.
    pub fn local(&self, company: Option<&CompanyId>) -> LocalTime {
        LocalTime::of(&self.app.directory.known(), company)
    }

    /// Tells what a change of the set-up came to: the thing as it stands now, or in a sentence.
    pub fn told(&self, changed: bool, thing: &impl Serialize, sentence: &str) -> Result<(), Failure> {
        self.output.value(thing, || if changed { sentence.to_owned() } else { format!("{sentence}, as before") })
    }
}

pub fn unknown_company(named: &CompanyId) -> Failure {
    Failure::new(format!("there is no company '{named}'")).hint("`ringbuch company list` shows those that there are")
}

/// The first rows of a list that comes in pages.
pub async fn first<T>(
    limit: u32,
    fetch: impl AsyncFn(Paging) -> Result<Page<T>, RowsError>,
) -> Result<Vec<T>, RowsError> {
    let mut rows: Vec<T> = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let missing = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        if missing == 0 {
            return Ok(rows);
        }
        let page = fetch(Paging { after, limit: missing.min(AT_ONCE) }).await?;
        rows.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}
