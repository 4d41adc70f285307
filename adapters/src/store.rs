//! One database and what lives in it: the event log, read models, the key store, counters, the providers' budgets and
//! snapshots. Which engine it is shows in the address alone; everything that Ringbuch writes or reads goes through ports.
//! The log may be kept elsewhere, in a KurrentDB.

mod address;
mod append;
mod error;
mod event_row;
pub(crate) mod migrations;
mod news;
mod plan;
mod read_ahead;
mod stored;
mod verify;

pub use address::KEY;
pub use error::OpenError;
pub use verify::{VerifyError, Walk};

pub(crate) use address::Address;
#[cfg(feature = "kurrentdb")]
pub(crate) use address::without_password;
pub(crate) use append::{Batch, MAX_BATCH, Waiting, checked};
pub(crate) use event_row::{EventRow, events, rows_of_a_stretch};
pub(crate) use news::News;
pub(crate) use plan::{Decision, Planner, Stored};
pub(crate) use stored::{company_from, number, subject_from, subject_text, unsigned};
pub(crate) use verify::Chained;

use crate::budget::Budgets;
use crate::chain::Chain;
use crate::counters::Counters;
use crate::key_store::{KeyStore, KeyStoreError};
#[cfg(feature = "kurrentdb")]
use crate::kurrent::Kurrent;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::tickets::Tickets;
use read_ahead::ReadAhead;
use ringbuch_domain::ports::{EventLog, Leases, SnapshotStore};
use ringbuch_projections::engine::Builds;
use ringbuch_projections::rows::ReadModels;
use std::sync::Arc;
use verify::Source;

pub use crate::sqlite::Scratch;
pub use crate::sqlite::{ServeLock, ServeLockError};

/// Statements that a commit of read models should hold at most. A commit cannot be parted, and on SQLite an append that
/// comes meanwhile waits for it.
pub const STATEMENTS_AT_ONCE: usize = 1_000;

/// How much a store may use of its machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Connections that read at the same time. A PostgreSQL node opens as many for the log and as many for read models,
    /// and two of its own beside them.
    pub readers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4 }
    }
}

#[derive(Debug, Clone)]
enum Engine {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

/// An open database. Clones share it.
#[derive(Clone)]
pub struct Store {
    pub log: Arc<dyn EventLog>,
    pub rows: Arc<dyn ReadModels>,
    pub builds: Arc<dyn Builds>,
    pub leases: Arc<dyn Leases>,
    pub keys: Arc<dyn KeyStore>,
    pub counters: Arc<dyn Counters>,
    pub budgets: Arc<dyn Budgets>,
    pub tickets: Arc<dyn Tickets>,
    pub snapshots: Arc<dyn SnapshotStore>,
    /// What the hashes of the log's events follow.
    pub chain: Chain,
    source: Source,
    engine: Engine,
    #[cfg(feature = "kurrentdb")]
    elsewhere: Option<Arc<Kurrent>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("engine", &self.engine).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://…`. The database must be there and up to date: see [`Store::migrate`].
    pub async fn open(url: &str, options: Options) -> Result<Self, OpenError> {
        match Address::parse(url)? {
            Address::Sqlite(path) => {
                let sqlite = Arc::new(Sqlite::open(&path, &options).await?);
                Ok(Self::over(Arc::clone(&sqlite), sqlite.news(), Engine::Sqlite(sqlite)))
            }
            Address::Postgres(config) => {
                let postgres = Arc::new(Postgres::open(*config, &options).await?);
                Ok(Self::over(Arc::clone(&postgres), postgres.news(), Engine::Postgres(postgres)))
            }
        }
    }

    /// Keeps the log in a KurrentDB (`kurrentdb://…` or `esdb://…`) and everything else where it is. What has been read
    /// from one log says nothing of another, so the database must not hold a log of its own.
    #[cfg(feature = "kurrentdb")]
    pub async fn with_log_at(self, url: &str) -> Result<Self, OpenError> {
        if self.log.head().await.map_err(unreadable)? > 0 {
            return Err(OpenError::LogIsHere);
        }
        let kurrent = Arc::new(Kurrent::open(url).await?);
        Ok(Self { log: Arc::clone(&kurrent) as _, chain: Chain::Streams, elsewhere: Some(kurrent), ..self })
    }

    /// This program was built without.
    #[cfg(not(feature = "kurrentdb"))]
    #[expect(clippy::unused_async, reason = "a program that was built with it connects here")]
    pub async fn with_log_at(self, _: &str) -> Result<Self, OpenError> {
        Err(OpenError::LeftOut)
    }

    /// Keeps the log here. Read models that have come further than an empty log followed another.
    pub async fn with_own_log(self) -> Result<Self, OpenError> {
        if self.log.head().await.map_err(unreadable)? > 0 {
            return Ok(self);
        }
        let stands = ringbuch_projections::engine::standing::all(&*self.rows).await.map_err(unreadable)?;
        if stands.values().any(|it| it.checkpoint > 0) {
            return Err(OpenError::LogIsElsewhere);
        }
        Ok(self)
    }

    /// Applies the migrations that are missing and returns their names; a dry run only names them. A SQLite file is
    /// created if it is not there; its folder is not.
    pub async fn migrate(url: &str, dry_run: bool) -> Result<Vec<String>, OpenError> {
        match Address::parse(url)? {
            Address::Sqlite(path) => crate::sqlite::migrate(&path, dry_run).await,
            Address::Postgres(config) => crate::postgres::migrate(*config, dry_run).await,
        }
    }

    /// Makes this process the only one that serves a SQLite file, for as long as the lock lives. Other processes may go
    /// on appending. On PostgreSQL any number of nodes serve one database, and this always succeeds.
    pub fn lock_for_serving(&self) -> Result<ServeLock, ServeLockError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let lock = ServeLock::take(sqlite.path())?;
                sqlite.end_leases();
                Ok(lock)
            }
            Engine::Postgres(_) => Ok(ServeLock::not_needed()),
        }
    }

    /// Takes nothing more and returns once everything taken is committed and answered.
    pub async fn close(&self) {
        #[cfg(feature = "kurrentdb")]
        if let Some(kurrent) = &self.elsewhere {
            kurrent.close().await;
        }
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close().await,
        }
    }

    /// After an erasure: takes what older pages hold out of the write-ahead log of a SQLite file. With `compact`,
    /// PostgreSQL rewrites every table but the log, each under a lock, so that no free space holds what was deleted.
    pub async fn leave_no_trace(&self, compact: bool) -> Result<(), KeyStoreError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.leave_no_trace().await,
            Engine::Postgres(postgres) if compact => postgres.compact().await,
            Engine::Postgres(_) => Ok(()),
        }
    }

    fn over<E>(engine: Arc<E>, news: Arc<News>, kept: Engine) -> Self
    where
        E: EventLog
            + Chained
            + ReadModels
            + Builds
            + Leases
            + KeyStore
            + Counters
            + Budgets
            + Tickets
            + SnapshotStore
            + 'static,
    {
        Self {
            log: Arc::new(ReadAhead::over(Arc::clone(&engine), Arc::clone(&news))),
            source: Source { log: Arc::clone(&engine) as _, news },
            rows: Arc::clone(&engine) as _,
            builds: Arc::clone(&engine) as _,
            leases: Arc::clone(&engine) as _,
            keys: Arc::clone(&engine) as _,
            counters: Arc::clone(&engine) as _,
            budgets: Arc::clone(&engine) as _,
            tickets: Arc::clone(&engine) as _,
            snapshots: engine,
            chain: Chain::Log,
            engine: kept,
            #[cfg(feature = "kurrentdb")]
            elsewhere: None,
        }
    }
}

fn unreadable(error: impl std::fmt::Display) -> OpenError {
    OpenError::Unreachable { place: "of the settings".to_owned(), what: error.to_string() }
}
