//! Leases on SQLite. All processes on a file share one machine's clock.

use super::Sqlite;
use super::writer::{Closed, Durability};
use crate::store::unsigned;
use async_trait::async_trait;
use ringbuch_domain::ports::{Lease, LeaseError, Leases};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::time::Duration;
use uuid::Uuid;

const HOLD: &str = "
    INSERT INTO leases AS held (name, holder, fence, until)
    VALUES ($1, $2, 1, CAST(unixepoch('subsec') * 1000000 AS INTEGER) + $3)
    ON CONFLICT (name) DO UPDATE
    SET fence = held.fence + (held.holder <> excluded.holder), holder = excluded.holder, until = excluded.until
    WHERE held.holder = excluded.holder OR held.until <= excluded.until - $3
    RETURNING fence";
const END: &str = "UPDATE leases SET until = 0";
const RELEASE: &str = "UPDATE leases SET until = 0 WHERE name = $1 AND holder = $2";

impl From<rusqlite::Error> for Broken {
    fn from(error: rusqlite::Error) -> Self {
        Self(LeaseError(error.to_string()))
    }
}

impl From<Closed> for Broken {
    fn from(error: Closed) -> Self {
        Self(LeaseError(error.to_string()))
    }
}

impl Sqlite {
    /// Whoever serves a file is alone in that, so that a server which led before is dead; another command that leads just
    /// now finds that it does not any more.
    pub fn end_leases(&self) {
        self.writer.offer(Durability::Normal, |connection| {
            if let Err(error) = connection.execute(END, []) {
                tracing::debug!(%error, "leases of a server that died were not ended; they lapse");
            }
        });
    }
}

struct Broken(LeaseError);

#[async_trait]
impl Leases for Sqlite {
    async fn hold(&self, names: &[String], holder: Uuid, lasts: Duration) -> Result<Vec<Lease>, LeaseError> {
        let (names, lasts) = (names.to_vec(), i64::try_from(lasts.as_micros()).unwrap_or(i64::MAX));
        let held = self.writer.run(Durability::Normal, move |connection| hold(connection, names, holder, lasts)).await;
        held.map_err(|Broken(error)| error)
    }

    async fn release(&self, names: &[String], holder: Uuid) -> Result<(), LeaseError> {
        let names = names.to_vec();
        let released = self.writer.run(Durability::Normal, move |connection| release(connection, &names, holder)).await;
        released.map_err(|Broken(error)| error)
    }
}

fn hold(connection: &mut Connection, names: Vec<String>, holder: Uuid, lasts: i64) -> Result<Vec<Lease>, Broken> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut held = Vec::with_capacity(names.len());
    for name in names {
        let mut statement = transaction.prepare_cached(HOLD)?;
        let fence = statement.query_row(params![name, holder.to_string(), lasts], |row| row.get(0)).optional()?;
        held.extend(fence.map(|fence: i64| Lease { name, fence: unsigned(fence) }));
    }
    transaction.commit()?;
    Ok(held)
}

fn release(connection: &mut Connection, names: &[String], holder: Uuid) -> Result<(), Broken> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for name in names {
        transaction.prepare_cached(RELEASE)?.execute(params![name, holder.to_string()])?;
    }
    Ok(transaction.commit()?)
}
