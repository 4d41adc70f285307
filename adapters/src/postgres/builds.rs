//! Copies of projections beside those that are read, in a schema of their own, where the same names mean the copies.

use super::Postgres;
use super::dialect::byte_collated;
use super::failure::Failure;
use super::read_models::{check, in_sql, writing};
use super::values::Arg;
use crate::store::number;
use async_trait::async_trait;
use deadpool_postgres::Transaction;
use ringbuch_projections::Projection;
use ringbuch_projections::engine::Builds;
use ringbuch_projections::rows::{Row, RowsError, Step};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

const SCHEMA: &str = "CREATE SCHEMA IF NOT EXISTS ringbuch_beside";
/// Rows that come in do not wait for the disk; what is lost in a crash is built again.
const BESIDE: &str = "
    SELECT set_config('search_path', 'ringbuch_beside, ' || quote_ident(current_schema()), true),
           set_config('synchronous_commit', 'off', true)";
const HERE: &str = "SELECT quote_ident(current_schema())";
/// Whoever reads the old tables is waited for this long, and whoever comes meanwhile waits behind us.
const PATIENCE: &str = "SET LOCAL lock_timeout = '2s'";
const FORGET: &str = "DELETE FROM projection_checkpoints WHERE name = $1";
const STAND: &str = "INSERT INTO projection_checkpoints (name, version, position, changed) VALUES ($1, $2, $3, $3)";

#[async_trait]
impl Builds for Postgres {
    async fn begin(&self, projection: &Projection) -> Result<(), RowsError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        transaction.batch_execute(SCHEMA).await.map_err(Failure::from)?;
        beside(&transaction).await?;
        discard(&transaction, projection).await?;
        // The statements would be content with the tables that are there; those of the copy are named in full.
        for sql in projection.table_ddl() {
            let sql = sql.replacen(" IF NOT EXISTS ", " ringbuch_beside.", 1);
            batch(&transaction, &byte_collated(&sql)).await?;
        }
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }

    async fn load(&self, _: &Projection, table: &str, rows: Vec<Row>) -> Result<(), RowsError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        beside(&transaction).await?;
        copy(&transaction, table, &rows).await?;
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }

    async fn index(&self, projection: &Projection) -> Result<(), RowsError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        beside(&transaction).await?;
        for sql in projection.index_ddl() {
            batch(&transaction, sql).await?;
        }
        for table in projection.tables {
            batch(&transaction, &format!("ANALYZE {table}")).await?;
        }
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }

    async fn discard(&self, projection: &Projection) -> Result<(), RowsError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        discard(&transaction, projection).await?;
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }

    async fn swap(&self, projection: &Projection, step: &Step) -> Result<(), RowsError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        check(&transaction, step.fence.as_ref()).await?;
        let here: String =
            transaction.query_one(HERE, &[]).await.and_then(|row| row.try_get(0)).map_err(Failure::from)?;
        beside(&transaction).await?;
        self.run(&transaction, &step.statements).await?;
        let (version, to) = (i64::from(step.version), number(step.to));
        transaction.execute(FORGET, &[&projection.name]).await.map_err(Failure::from)?;
        transaction.execute(STAND, &[&projection.name, &version, &to]).await.map_err(Failure::from)?;
        batch(&transaction, PATIENCE).await?;
        for table in projection.tables {
            batch(&transaction, &format!("DROP TABLE IF EXISTS {here}.{table}")).await?;
            batch(&transaction, &format!("ALTER TABLE ringbuch_beside.{table} SET SCHEMA {here}")).await?;
        }
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }
}

async fn discard(transaction: &Transaction<'_>, projection: &Projection) -> Result<(), Failure> {
    for table in projection.tables {
        batch(transaction, &format!("DROP TABLE IF EXISTS ringbuch_beside.{table}")).await?;
    }
    Ok(())
}

/// For the rest of the transaction a name means the copy, where there is one.
async fn beside(transaction: &Transaction<'_>) -> Result<(), Failure> {
    transaction.query_one(BESIDE, &[]).await?;
    Ok(())
}

async fn batch(transaction: &Transaction<'_>, sql: &str) -> Result<(), Failure> {
    transaction.batch_execute(sql).await.map_err(|error| in_sql(error, sql))
}

async fn copy(transaction: &Transaction<'_>, table: &str, rows: &[Row]) -> Result<(), Failure> {
    let shape = transaction.prepare(&format!("SELECT * FROM {table}")).await?;
    let types: Vec<Type> = shape.columns().iter().map(|column| column.type_().clone()).collect();
    let sql = format!("COPY {table} FROM STDIN (FORMAT binary)");
    let sink = transaction.copy_in(&sql).await.map_err(|error| in_sql(error, &sql))?;
    let writer = BinaryCopyInWriter::new(sink, &types);
    let mut writer = std::pin::pin!(writer);
    for row in rows {
        if row.0.len() != types.len() {
            return Err(Failure::refused(format!("{} values for {} columns of {table}", row.0.len(), types.len())));
        }
        let args: Vec<Arg<'_>> = row.0.iter().map(Arg).collect();
        writer.as_mut().write_raw(args).await?;
    }
    writer.finish().await.map_err(|error| in_sql(error, &sql))?;
    Ok(())
}
