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
        // The statements would be content with the tables that are there; those of the copy are named in full.
        let table = |sql: &str| byte_collated(&sql.replacen(" IF NOT EXISTS ", " ringbuch_beside.", 1));
        let tables = projection.table_ddl().map(table);
        let statements = [SCHEMA.to_owned(), BESIDE.to_owned()].into_iter().chain(discards(projection)).chain(tables);
        self.in_one_go(statements).await
    }

    async fn load(&self, _: &Projection, table: &str, rows: Vec<Row>) -> Result<(), RowsError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        beside(&transaction).await?;
        copy(&transaction, table, &rows).await?;
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }

    async fn index(&self, projection: &Projection) -> Result<(), RowsError> {
        let indexes = projection.index_ddl().map(str::to_owned);
        let analyzes = projection.tables.iter().map(|table| format!("ANALYZE {table}"));
        self.in_one_go([BESIDE.to_owned()].into_iter().chain(indexes).chain(analyzes)).await
    }

    async fn discard(&self, projection: &Projection) -> Result<(), RowsError> {
        self.in_one_go(discards(projection)).await
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
        let moves = projection.tables.iter().flat_map(|table| {
            [
                format!("DROP TABLE IF EXISTS {here}.{table}"),
                format!("ALTER TABLE ringbuch_beside.{table} SET SCHEMA {here}"),
            ]
        });
        batch(&transaction, [PATIENCE.to_owned()].into_iter().chain(moves)).await?;
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }
}

impl Postgres {
    /// In a transaction of their own, and in one round trip: there are many such for every copy.
    async fn in_one_go(&self, statements: impl Iterator<Item = String> + Send) -> Result<(), RowsError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        batch(&transaction, statements).await?;
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }
}

fn discards(projection: &Projection) -> impl Iterator<Item = String> + Send {
    projection.tables.iter().map(|table| format!("DROP TABLE IF EXISTS ringbuch_beside.{table}"))
}

/// For the rest of the transaction a name means the copy, where there is one.
async fn beside(transaction: &Transaction<'_>) -> Result<(), Failure> {
    Ok(transaction.batch_execute(BESIDE).await?)
}

async fn batch(transaction: &Transaction<'_>, statements: impl Iterator<Item = String>) -> Result<(), Failure> {
    let sql = statements.collect::<Vec<_>>().join(";\n");
    transaction.batch_execute(&sql).await.map_err(|error| in_sql(error, &sql))
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
