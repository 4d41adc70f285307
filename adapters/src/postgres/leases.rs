//! Leases on PostgreSQL, by the server's clock.

use super::Postgres;
use super::failure::Failure;
use super::read_models::writing;
use crate::store::unsigned;
use async_trait::async_trait;
use ringbuch_domain::ports::{Lease, LeaseError, Leases};
use std::time::Duration;
use uuid::Uuid;

/// The names come sorted, so that nodes which ask at the same time meet the rows in the same order.
const HOLD: &str = "
    INSERT INTO leases AS held (name, holder, fence, until)
    SELECT name, $2, 1, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) + $3
    FROM unnest($1::text[]) AS wanted (name) ORDER BY name
    ON CONFLICT (name) DO UPDATE
    SET fence = held.fence + CASE WHEN held.holder = excluded.holder THEN 0 ELSE 1 END,
        holder = excluded.holder, until = excluded.until
    WHERE held.holder = excluded.holder OR held.until <= excluded.until - $3
    RETURNING name, fence";
const RELEASE: &str = "UPDATE leases SET until = 0 WHERE name = ANY($1) AND holder = $2";

impl From<Failure> for LeaseError {
    fn from(failure: Failure) -> Self {
        Self(failure.to_string())
    }
}

#[async_trait]
impl Leases for Postgres {
    async fn hold(&self, names: &[String], holder: Uuid, lasts: Duration) -> Result<Vec<Lease>, LeaseError> {
        let lasts = i64::try_from(lasts.as_micros()).unwrap_or(i64::MAX);
        Ok(self.take_leases(names, holder, lasts).await?)
    }

    async fn release(&self, names: &[String], holder: Uuid) -> Result<(), LeaseError> {
        Ok(self.give_up_leases(names, holder).await?)
    }
}

impl Postgres {
    async fn take_leases(&self, names: &[String], holder: Uuid, lasts: i64) -> Result<Vec<Lease>, Failure> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        let statement = transaction.prepare_cached(HOLD).await?;
        let rows = transaction.query(&statement, &[&names, &holder.to_string(), &lasts]).await?;
        transaction.commit().await?;
        let lease = |row: &tokio_postgres::Row| Ok(Lease { name: row.try_get(0)?, fence: unsigned(row.try_get(1)?) });
        rows.iter().map(lease).collect()
    }

    async fn give_up_leases(&self, names: &[String], holder: Uuid) -> Result<(), Failure> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        transaction.execute(RELEASE, &[&names, &holder.to_string()]).await?;
        Ok(transaction.commit().await?)
    }
}
