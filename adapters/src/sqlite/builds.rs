//! Copies of projections beside those that are read, in the same file. Rows come in by small transactions, so that appends
//! never wait for long.

use super::Sqlite;
use super::read_models::{advance, check, run};
use super::values::{execute, failure, query};
use async_trait::async_trait;
use ringbuch_projections::Projection;
use ringbuch_projections::engine::Builds;
use ringbuch_projections::rows::{Row, RowsError, Step};
use rusqlite::Transaction;

/// Rows that one transaction takes in.
const ROWS: usize = 2_000;
const FORGET: &str = "DELETE FROM projection_checkpoints WHERE name = $1";

#[async_trait]
impl Builds for Sqlite {
    async fn begin(&self, projection: &Projection) -> Result<(), RowsError> {
        let projection = *projection;
        self.write(move |transaction| {
            discard(transaction, &projection)?;
            projection.table_ddl().try_for_each(|sql| batch(transaction, &renamed(sql, FIFTH, &beside)))
        })
        .await
    }

    async fn load(&self, _: &Projection, table: &str, mut rows: Vec<Row>) -> Result<(), RowsError> {
        let Some(columns) = rows.first().map(|row| row.0.len()) else { return Ok(()) };
        let places: Vec<_> = (1..=columns).map(|place| format!("${place}")).collect();
        let sql = format!("INSERT INTO {} VALUES ({})", beside(table), places.join(", "));
        while !rows.is_empty() {
            let some: Vec<Row> = rows.drain(..rows.len().min(ROWS)).collect();
            let sql = sql.clone();
            self.write(move |transaction| some.iter().try_for_each(|row| execute(transaction, &sql, &row.0))).await?;
        }
        Ok(())
    }

    async fn index(&self, projection: &Projection) -> Result<(), RowsError> {
        for sql in projection.index_ddl() {
            self.write(move |transaction| {
                let taken = query(transaction, "SELECT name FROM sqlite_master WHERE type = 'index'", &[])?;
                let taken: Vec<String> = taken.iter().map(|row| row.text(0)).collect();
                let sql = renamed(sql, FIFTH, &|name| free(name, &taken));
                batch(transaction, &renamed(&sql, SEVENTH, &beside))
            })
            .await?;
        }
        Ok(())
    }

    async fn discard(&self, projection: &Projection) -> Result<(), RowsError> {
        let projection = *projection;
        self.write(move |transaction| discard(transaction, &projection)).await
    }

    async fn swap(&self, projection: &Projection, step: &Step) -> Result<(), RowsError> {
        let (projection, step) = (*projection, step.clone());
        self.write(move |transaction| swap(transaction, &projection, &step)).await
    }
}

fn discard(transaction: &Transaction<'_>, projection: &Projection) -> Result<(), RowsError> {
    let drop = |table: &&str| batch(transaction, &format!("DROP TABLE IF EXISTS {}", beside(table)));
    projection.tables.iter().try_for_each(drop)
}

/// The old tables go first: the statements name the tables as they are read, and then these are the new ones.
fn swap(transaction: &Transaction<'_>, projection: &Projection, step: &Step) -> Result<(), RowsError> {
    check(transaction, step.fence.as_ref())?;
    for table in projection.tables {
        batch(transaction, &format!("DROP TABLE IF EXISTS {table}"))?;
        batch(transaction, &format!("ALTER TABLE {} RENAME TO {table}", beside(table)))?;
    }
    run(transaction, &step.statements)?;
    execute(transaction, FORGET, &[projection.name.into()])?;
    advance(transaction, step)
}

fn batch(transaction: &Transaction<'_>, sql: &str) -> Result<(), RowsError> {
    transaction.execute_batch(sql).map_err(|error| failure(error, sql))
}

fn beside(table: &str) -> String {
    format!("beside_{table}")
}

/// Indexes cannot be renamed here, and the one in use has its name until the swap.
fn free(name: &str, taken: &[String]) -> String {
    let mut name = name.to_owned();
    while taken.contains(&name) {
        name.push('_');
    }
    name
}

/// Where the name stands in `CREATE … IF NOT EXISTS name`, and the table in `… name ON table`, counted in words.
const FIFTH: usize = 5;
const SEVENTH: usize = 7;

/// The statement with another word in that place. Words of DDL may be parted in any way.
fn renamed(sql: &str, place: usize, to: &dyn Fn(&str) -> String) -> String {
    let word = |(nth, word): (usize, &str)| if nth == place { to(word) } else { word.to_owned() };
    sql.split_whitespace().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_names_of_its_own() {
        let table = "CREATE TABLE IF NOT EXISTS calls (\n    call TEXT PRIMARY KEY, calls BIGINT)";
        let copy = renamed(table, FIFTH, &beside);
        assert_eq!(copy, "CREATE TABLE IF NOT EXISTS beside_calls ( call TEXT PRIMARY KEY, calls BIGINT)");
        let index = "CREATE INDEX IF NOT EXISTS calls_time\n ON calls (call)";
        let taken = ["calls_time".to_owned()];
        let copy = renamed(&renamed(index, FIFTH, &|name| free(name, &taken)), SEVENTH, &beside);
        assert_eq!(copy, "CREATE INDEX IF NOT EXISTS calls_time_ ON beside_calls (call)");
        assert_eq!(free("calls_time", &["calls_time_".to_owned()]), "calls_time");
    }
}
