//! Tickets on PostgreSQL.

use super::Postgres;
use super::read_models::writing;
use crate::key_store::KeyStoreError;
use crate::tickets::{Ticket, TicketKind, Tickets, ticket};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::ids::UserId;
use tokio_postgres::types::ToSql;

const SWEEP: &str = "DELETE FROM tickets WHERE expires_at < $1";
const PUT: &str = "
    INSERT INTO tickets (hash, kind, user_id, made_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
const FIND: &str = "SELECT user_id, made_at, seen_at, expires_at FROM tickets WHERE hash = $1 AND kind = $2";
const SEEN: &str = "UPDATE tickets SET seen_at = $2 WHERE hash = $1 AND seen_at < $2";
const TAKE: &str = "DELETE FROM tickets WHERE hash = $1";
const TAKE_ALL: &str = "DELETE FROM tickets WHERE user_id = $1 AND kind = $2";

#[async_trait]
impl Tickets for Postgres {
    async fn put(&self, new: Ticket) -> Result<(), KeyStoreError> {
        let [made, seen, expires] = [new.made_at, new.seen_at, new.expires_at].map(Timestamp::as_microsecond);
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        transaction.execute(SWEEP, &[&made]).await?;
        let (kind, user) = (new.kind.as_str(), new.user.to_string());
        transaction.execute(PUT, &[&new.hash, &kind, &user, &made, &seen, &expires]).await?;
        Ok(transaction.commit().await?)
    }

    async fn find(&self, kind: TicketKind, hash: &str) -> Result<Option<Ticket>, KeyStoreError> {
        let client = self.rows().await?;
        let statement = client.prepare_cached(FIND).await?;
        let Some(row) = client.query_opt(&statement, &[&hash, &kind.as_str()]).await? else { return Ok(None) };
        let user: String = row.try_get(0)?;
        ticket(kind, hash, &user, [row.try_get(1)?, row.try_get(2)?, row.try_get(3)?]).map(Some)
    }

    async fn seen(&self, hash: &str, at: Timestamp) -> Result<(), KeyStoreError> {
        self.changed(SEEN, &[&hash, &at.as_microsecond()]).await.map(|_| ())
    }

    async fn take(&self, hash: &str) -> Result<bool, KeyStoreError> {
        Ok(self.changed(TAKE, &[&hash]).await? > 0)
    }

    async fn take_all(&self, kind: TicketKind, user: UserId) -> Result<(), KeyStoreError> {
        self.changed(TAKE_ALL, &[&user.to_string(), &kind.as_str()]).await.map(|_| ())
    }
}

impl Postgres {
    /// Runs one writing statement and says how many rows it changed.
    async fn changed(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, KeyStoreError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        let changed = transaction.execute(sql, values).await?;
        transaction.commit().await?;
        Ok(changed)
    }
}
