//! Tickets on SQLite.

use super::Sqlite;
use crate::key_store::KeyStoreError;
use crate::tickets::{Ticket, TicketKind, Tickets, ticket};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::ids::UserId;
use rusqlite::{OptionalExtension, params};

const SWEEP: &str = "DELETE FROM tickets WHERE expires_at < ?1";
const PUT: &str = "
    INSERT INTO tickets (hash, kind, user_id, made_at, seen_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const FIND: &str = "SELECT user_id, made_at, seen_at, expires_at FROM tickets WHERE hash = ?1 AND kind = ?2";
const SEEN: &str = "UPDATE tickets SET seen_at = ?2 WHERE hash = ?1 AND seen_at < ?2";
const TAKE: &str = "DELETE FROM tickets WHERE hash = ?1";
const TAKE_ALL: &str = "DELETE FROM tickets WHERE user_id = ?1 AND kind = ?2";

#[async_trait]
impl Tickets for Sqlite {
    async fn put(&self, new: Ticket) -> Result<(), KeyStoreError> {
        self.keep(move |transaction| {
            let times = [new.made_at, new.seen_at, new.expires_at].map(Timestamp::as_microsecond);
            transaction.execute(SWEEP, [times[0]])?;
            let (kind, user) = (new.kind.as_str(), new.user.to_string());
            transaction.execute(PUT, params![new.hash, kind, user, times[0], times[1], times[2]])?;
            Ok(())
        })
        .await
    }

    async fn find(&self, kind: TicketKind, hash: &str) -> Result<Option<Ticket>, KeyStoreError> {
        let hash = hash.to_owned();
        let read = move |connection: &rusqlite::Connection| {
            let mut statement = connection.prepare_cached(FIND)?;
            let found = statement.query_row(params![hash, kind.as_str()], |row| {
                Ok((row.get::<_, String>(0)?, [row.get(1)?, row.get(2)?, row.get(3)?]))
            });
            let found = found.optional()?;
            found.map(|(user, times)| ticket(kind, &hash, &user, times)).transpose()
        };
        self.readers.read(read).await
    }

    async fn seen(&self, hash: &str, at: Timestamp) -> Result<(), KeyStoreError> {
        let hash = hash.to_owned();
        self.keep(move |transaction| {
            transaction.execute(SEEN, params![hash, at.as_microsecond()])?;
            Ok(())
        })
        .await
    }

    async fn take(&self, hash: &str) -> Result<bool, KeyStoreError> {
        let hash = hash.to_owned();
        self.keep(move |transaction| Ok(transaction.execute(TAKE, [hash])? > 0)).await
    }

    async fn take_all(&self, kind: TicketKind, user: UserId) -> Result<(), KeyStoreError> {
        self.keep(move |transaction| {
            transaction.execute(TAKE_ALL, params![user.to_string(), kind.as_str()])?;
            Ok(())
        })
        .await
    }
}
