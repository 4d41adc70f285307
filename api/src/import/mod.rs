//! Taking over what the replaced system kept, from CSV exports of its tables: the set-up first, then people, calls,
//! appointments and deliveries. Every row becomes a command whose id follows from the row, so that an import that is
//! repeated, broken off or grown takes in only what is new. Nothing is asked of a provider.

mod appointments;
mod calls;
mod deliveries;
mod known;
mod people;
mod report;
mod set_up;
mod table;
mod value;

pub use report::{Fault, Left, Part, Took};
pub use table::TableError;

use crate::app::App;
use crate::journal::{ExecuteError, JournalError, Stored};
use cqrs_es::event_sink::EventSink;
use futures_util::stream::{FuturesUnordered, StreamExt};
use jiff::tz::TimeZone;
use known::Known;
use ringbuch_domain::company::Company;
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_domain::ports::PeopleError;
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_projections::rows::RowsError;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use table::{Row, Shape, Table};
use thiserror::Error;
use uuid::Uuid;

/// Rows that are taken in at once; their appends share commits.
const AT_ONCE: usize = 64;

/// What is to be taken over, and how it is to be read.
pub struct Order {
    pub folder: PathBuf,
    /// The account of companies whose row names none; absent: one account for each company, called as it is.
    pub account: Option<AccountId>,
    /// The clock of times that are exported without an offset.
    pub clock: Option<TimeZone>,
    /// Only says what would be taken.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, serde::Serialize)]
pub struct Imported {
    pub run: Uuid,
    pub dry_run: bool,
    pub files: Vec<Part>,
    pub companies: Vec<CompanyId>,
}

impl Imported {
    pub fn left_out(&self) -> u64 {
        self.files.iter().map(|part| part.left_out).sum()
    }
}

/// What whoever watches an import is told while it runs.
pub enum Happening<'a> {
    /// So many bytes of so many were read.
    Read {
        file: &'a str,
        at: u64,
        of: u64,
    },
    Left(Left),
}

#[derive(Debug, Error)]
pub enum ImportError {
    #[error("{0} holds none of the tables: companies.csv, branches.csv, phone_numbers.csv, …")]
    Nothing(PathBuf),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the read models cannot be read: {0}")]
    Rows(#[from] RowsError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error("the read models cannot be brought up to date: {0}")]
    CatchUp(String),
    #[error("a delivery cannot be named: {0}")]
    Unnamed(String),
}

/// Why a row was not taken in: it is not as it should be, or something broke that ends the import.
enum Trouble {
    Row(Fault),
    Broken(ImportError),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Row(fault)
    }
}

impl<E: Into<ImportError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

type Taken = Result<Took, Trouble>;

struct Importer<'a> {
    app: &'a App,
    order: &'a Order,
    run: Uuid,
    known: Known,
    /// Companies as they stand, or would stand by now.
    companies: HashMap<CompanyId, Arc<Company>>,
}

/// Takes everything over that the folder holds.
pub async fn import(
    app: &App,
    order: &Order,
    watch: &mut (dyn FnMut(Happening<'_>) + Send),
) -> Result<Imported, ImportError> {
    let run = Uuid::now_v7();
    let mut importer = Importer { app, order, run, known: Known::default(), companies: HashMap::new() };
    let mut files = importer.take_set_up(watch).await?;
    if !order.dry_run {
        app.catch_up().await.map_err(|error| ImportError::CatchUp(error.to_string()))?;
    }
    files.extend(importer.take_people(watch).await?);
    files.extend(importer.take_calls(watch).await?);
    files.extend(importer.take_appointments(watch).await?);
    files.extend(importer.take_deliveries(watch).await?);
    if files.is_empty() {
        return Err(ImportError::Nothing(order.folder.clone()));
    }
    let companies = importer.known.companies();
    Ok(Imported { run, dry_run: order.dry_run, files, companies })
}

impl Importer<'_> {
    fn open(&self, shape: &Shape) -> Result<Option<Table>, ImportError> {
        Ok(Table::open(&self.order.folder, shape)?)
    }

    /// A command that follows from a row: the same row is the same command. It joins the chain of what it is about.
    fn cause(correlation: Uuid, table: &str, row: &Row) -> Cause {
        Cause::joining(correlation, ringbuch_domain::ids::derived(&["import", table, &row.whole()]))
    }

    /// Tells an aggregate, or in a dry run asks what it would say.
    async fn tell<A: Stored>(
        &self,
        stream: &StreamId,
        company: &CompanyId,
        cause: Cause,
        command: A::Command,
    ) -> Taken {
        if self.order.dry_run {
            let known = self.app.journal.load::<A>(stream).await?;
            let sink = EventSink::default();
            let mut aggregate = known.aggregate.clone();
            aggregate.handle(command, &(), &sink).await.map_err(|rejection| Fault::of_row(rejection.to_string()))?;
            return Ok(Took::of(!sink.collect().await.is_empty()));
        }
        let told = self.app.journal.execute::<A>(stream, Some(company), cause, command).await;
        // A million streams that nobody asks for again must not fill the memory.
        self.app.journal.let_go::<A>(stream);
        match told {
            Ok(executed) => Ok(Took::of(!executed.events.is_empty())),
            Err(ExecuteError::Rejected(rejection)) => Err(Fault::of_row(rejection.to_string()).into()),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }

    /// Takes the rows of a table in, many at once, and counts what came of them.
    async fn each<F>(
        &self,
        mut table: Table,
        watch: &mut (dyn FnMut(Happening<'_>) + Send),
        take: impl Fn(Row) -> F,
    ) -> Result<Part, ImportError>
    where
        F: Future<Output = (u64, Taken)>,
    {
        let mut part = part_of(&table);
        let mut under_way = FuturesUnordered::new();
        loop {
            while under_way.len() < AT_ONCE
                && let Some(row) = table.next()
            {
                match row {
                    Ok(row) => under_way.push(take(row)),
                    Err(fault) => leave(&mut part, fault, watch),
                }
            }
            let Some((line, taken)) = under_way.next().await else { return Ok(part) };
            conclude(&mut part, line, taken, watch)?;
            watch(Happening::Read { file: &part.file, at: table.position(), of: table.bytes });
        }
    }
}

fn part_of(table: &Table) -> Part {
    Part { file: table.file.clone(), unused_columns: table.unused.clone(), ..Part::default() }
}

fn conclude(
    part: &mut Part,
    line: u64,
    taken: Taken,
    watch: &mut (dyn FnMut(Happening<'_>) + Send),
) -> Result<(), ImportError> {
    match taken {
        Ok(took) => part.count(took),
        Err(Trouble::Row(fault)) => leave(part, fault.at(line), watch),
        Err(Trouble::Broken(error)) => return Err(error),
    }
    Ok(())
}

fn leave(part: &mut Part, fault: Fault, watch: &mut (dyn FnMut(Happening<'_>) + Send)) {
    part.leave_out();
    watch(Happening::Left(Left { file: part.file.clone(), fault }));
}
