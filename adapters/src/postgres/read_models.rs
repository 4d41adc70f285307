//! Read models on PostgreSQL. A batch travels in one go, and its commit does not wait for the disk: rows and checkpoint
//! are lost together or not at all, and what was lost comes back from the log.

use super::Postgres;
use super::dialect::byte_collated;
use super::failure::{Failure, Kind};
use super::pipeline::Sent;
use super::values::{self, Arg};
use crate::store::{number, unsigned};
use async_trait::async_trait;
use deadpool_postgres::{Client, Transaction};
use futures_util::TryStreamExt;
use ringbuch_projections::rows::{Fence, ReadModels, Row, RowsError, Statement, Step, Value};
use std::collections::HashMap;
use tokio_postgres::Statement as Prepared;
use tokio_postgres::types::Type;

/// Two nodes that start at once prepare one after the other; the number only has to be ours.
const PREPARE_LOCK: &str = "SELECT pg_advisory_xact_lock(5289316402773222)";
const CHECKPOINT: &str = "SELECT position FROM projection_checkpoints WHERE name = $1 AND version = $2";
/// The first step of a projection, and any other. Nothing is moved where somebody was faster, where the lease has gone to
/// another, or where a newer version of the projection stands; which of these it was is looked up then.
const BEGIN: &str = "
    INSERT INTO projection_checkpoints AS stored (name, version, position, changed)
    SELECT $1, $2, $4, $4 * $5
    WHERE NOT EXISTS (SELECT 1 FROM projection_checkpoints newer WHERE newer.name = $1 AND newer.version > $2)
      AND ($6 = '' OR EXISTS (SELECT 1 FROM leases WHERE leases.name = $6 AND leases.fence = $7))
    ON CONFLICT (name, version) DO UPDATE
    SET position = excluded.position, changed = GREATEST(stored.changed, excluded.changed) WHERE stored.position = $3";
const MOVE: &str = "
    UPDATE projection_checkpoints AS stored SET position = $4, changed = GREATEST(stored.changed, $4 * $5)
    WHERE name = $1 AND version = $2 AND position = $3
      AND NOT EXISTS (SELECT 1 FROM projection_checkpoints newer WHERE newer.name = $1 AND newer.version > $2)
      AND ($6 = '' OR EXISTS (SELECT 1 FROM leases WHERE leases.name = $6 AND leases.fence = $7))";
const TYPES: [Type; 7] = [Type::TEXT, Type::INT8, Type::INT8, Type::INT8, Type::INT8, Type::TEXT, Type::INT8];
const NEWEST: &str = "SELECT COALESCE(MAX(version), 0) FROM projection_checkpoints WHERE name = $1";
const FENCE: &str = "SELECT COALESCE(MAX(fence), 0) FROM leases WHERE name = $1";
const LAZY: &str = "SET LOCAL synchronous_commit = off";
/// Statements that a connection keeps prepared before it starts over.
const KEPT: usize = 500;

#[async_trait]
impl ReadModels for Postgres {
    async fn prepare(&self, ddl: &[&'static str]) -> Result<(), RowsError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        transaction.batch_execute(PREPARE_LOCK).await.map_err(Failure::from)?;
        for sql in ddl {
            transaction.batch_execute(&byte_collated(sql)).await.map_err(|error| in_sql(error, sql))?;
        }
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }

    async fn checkpoint(&self, projection: &str, version: u32) -> Result<u64, RowsError> {
        let client = self.rows().await?;
        let statement = client.prepare_cached(CHECKPOINT).await.map_err(Failure::from)?;
        let row = client.query_opt(&statement, &[&projection, &i64::from(version)]).await.map_err(Failure::from)?;
        let position = row.map(|row| row.try_get(0)).transpose().map_err(Failure::from)?;
        Ok(position.map_or(0, unsigned))
    }

    async fn commit(&self, steps: &[Step]) -> Result<(), RowsError> {
        let mut client = self.rows().await?;
        let prepared = self.prepare_all(&client, steps).await?;
        let transaction = writing(&mut client).await?;
        let moved = run_all(&transaction, steps, &prepared).await?;
        if let Some(step) = moved {
            transaction.rollback().await.map_err(Failure::from)?;
            return Err(refusal(&client, step).await?);
        }
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }

    async fn execute(&self, statements: &[Statement]) -> Result<(), RowsError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        self.run(&transaction, statements).await?;
        Ok(transaction.commit().await.map_err(Failure::from)?)
    }

    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
        let client = self.rows().await?;
        let rows = match self.select(&client, sql, args).await {
            Err(failure) if failure.kind == Kind::Stale => {
                client.statement_cache.clear();
                self.select(&client, sql, args).await
            }
            answered => answered,
        };
        Ok(rows?)
    }

    /// Planned each time, with the values: a plan that was made once for all of them would go through a year's deliveries to
    /// find that none has failed.
    async fn search(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
        let client = self.rows().await?;
        let types = self.shapes.learn(sql, args)?;
        let typed = args.iter().map(Arg).zip(types.iter().cloned());
        let rows = client.query_typed_raw(sql, typed).await.map_err(|error| in_sql(error, sql))?;
        let rows: Vec<_> = rows.try_collect().await.map_err(|error| in_sql(error, sql))?;
        Ok(rows.iter().map(values::row).collect::<Result<_, _>>()?)
    }
}

impl Postgres {
    pub(super) async fn rows(&self) -> Result<Client, Failure> {
        let client = self.rows.get().await?;
        if client.statement_cache.size() > KEPT {
            client.statement_cache.clear();
        }
        Ok(client)
    }

    async fn select(&self, client: &Client, sql: &str, args: &[Value]) -> Result<Vec<Row>, Failure> {
        let types = self.shapes.learn(sql, args)?;
        let statement = client.prepare_typed_cached(sql, &types).await.map_err(|error| in_sql(error, sql))?;
        fits(&statement, sql, args)?;
        let rows = client.query_raw(&statement, args.iter().map(Arg)).await.map_err(|error| in_sql(error, sql))?;
        let rows: Vec<_> = rows.try_collect().await.map_err(|error| in_sql(error, sql))?;
        rows.iter().map(values::row).collect()
    }

    /// Carries statements out where they stand, on the tables that the transaction sees.
    pub(super) async fn run(&self, transaction: &Transaction<'_>, statements: &[Statement]) -> Result<(), Failure> {
        let mut sent = Vec::with_capacity(statements.len());
        for statement in statements {
            let types = self.shapes.learn(statement.sql, &statement.args)?;
            let prepared = transaction.prepare_typed_cached(statement.sql, &types).await;
            let prepared = prepared.map_err(|error| in_sql(error, statement.sql))?;
            fits(&prepared, statement.sql, &statement.args)?;
            let args = statement.args.clone();
            sent.push((statement.sql, Sent::send(run(transaction, prepared, args)).await));
        }
        for (sql, effect) in sent {
            effect.answer().await.map_err(|error| in_sql(error, sql))?;
        }
        Ok(())
    }

    /// One prepared statement for each text of the batch, typed by what all of its calls hold.
    async fn prepare_all(&self, client: &Client, steps: &[Step]) -> Result<HashMap<&'static str, Prepared>, Failure> {
        let statements = || steps.iter().flat_map(|step| &step.statements);
        let mut types = HashMap::new();
        for statement in statements() {
            types.insert(statement.sql, self.shapes.learn(statement.sql, &statement.args)?);
        }
        let mut prepared = HashMap::new();
        for (sql, types) in types {
            let statement = client.prepare_typed_cached(sql, &types).await.map_err(|error| in_sql(error, sql))?;
            prepared.insert(sql, statement);
        }
        for statement in statements() {
            if let Some(prepared) = prepared.get(statement.sql) {
                fits(prepared, statement.sql, &statement.args)?;
            }
        }
        Ok(prepared)
    }
}

/// A transaction that writes, on a connection that otherwise only reads.
pub(super) async fn writing(client: &mut Client) -> Result<Transaction<'_>, Failure> {
    Ok(client.build_transaction().read_only(false).start().await?)
}

/// Sends the whole batch and then collects the answers. Returns a step that did not start where its projection stands.
async fn run_all<'a>(
    transaction: &Transaction<'_>,
    steps: &'a [Step],
    prepared: &HashMap<&'static str, Prepared>,
) -> Result<Option<&'a Step>, Failure> {
    let begin = transaction.prepare_typed_cached(BEGIN, &TYPES).await?;
    let advance = transaction.prepare_typed_cached(MOVE, &TYPES).await?;
    let lazy = Sent::send(transaction.batch_execute(LAZY)).await;
    let mut sent = Vec::new();
    for step in steps {
        let checkpoint = if step.from == 0 { &begin } else { &advance };
        let moved = Sent::send(run(transaction, checkpoint.clone(), place(step))).await;
        let mut effects = Vec::with_capacity(step.statements.len());
        for statement in &step.statements {
            let prepared =
                prepared.get(statement.sql).ok_or_else(|| Failure::refused("a statement was not prepared"))?;
            effects.push((statement.sql, Sent::send(run(transaction, prepared.clone(), statement.args.clone())).await));
        }
        sent.push((step, moved, effects));
    }
    lazy.answer().await?;
    for (step, moved, effects) in sent {
        if moved.answer().await? == 0 {
            // What was sent behind it met the rows of whoever was faster; all of it is rolled back.
            return Ok(Some(step));
        }
        for (sql, effect) in effects {
            effect.answer().await.map_err(|error| in_sql(error, sql))?;
        }
    }
    Ok(None)
}

async fn run(
    transaction: &Transaction<'_>,
    statement: Prepared,
    args: Vec<Value>,
) -> Result<u64, tokio_postgres::Error> {
    transaction.execute_raw(&statement, args.iter().map(Arg)).await
}

fn place(step: &Step) -> Vec<Value> {
    let (lease, fence) = step.fence.as_ref().map_or(("", 0), |fence| (fence.lease.as_str(), fence.number));
    vec![
        step.projection.into(),
        step.version.into(),
        Value::Int(number(step.from)),
        Value::Int(number(step.to)),
        Value::from(!step.statements.is_empty()),
        lease.into(),
        Value::Int(number(fence)),
    ]
}

/// Why a step was not taken.
async fn refusal(client: &Client, step: &Step) -> Result<RowsError, Failure> {
    let projection = step.projection.to_owned();
    if number_of(client, NEWEST, &projection).await? > u64::from(step.version) {
        return Ok(RowsError::Superseded { projection });
    }
    if let Some(fence) = &step.fence
        && number_of(client, FENCE, &fence.lease).await? != fence.number
    {
        return Ok(RowsError::TakenOver { lease: fence.lease.clone() });
    }
    let statement = client.prepare_cached(CHECKPOINT).await?;
    let row = client.query_opt(&statement, &[&projection, &i64::from(step.version)]).await?;
    let actual = row.map(|row| row.try_get(0)).transpose()?.map_or(0, unsigned);
    Ok(RowsError::CheckpointMoved { projection, actual })
}

/// Whether the one who writes leads still; while the transaction lasts, nobody takes over.
pub(super) async fn check(transaction: &Transaction<'_>, fence: Option<&Fence>) -> Result<(), RowsError> {
    let Some(Fence { lease, number: fence }) = fence else { return Ok(()) };
    let held = "SELECT 1 FROM leases WHERE name = $1 AND fence = $2 FOR SHARE";
    let found = transaction.query_opt(held, &[lease, &number(*fence)]).await.map_err(Failure::from)?;
    found.map(drop).ok_or_else(|| RowsError::TakenOver { lease: lease.clone() })
}

async fn number_of(client: &Client, sql: &str, name: &str) -> Result<u64, Failure> {
    let statement = client.prepare_cached(sql).await?;
    Ok(unsigned(client.query_one(&statement, &[&name]).await?.try_get(0)?))
}

fn fits(statement: &Prepared, sql: &str, args: &[Value]) -> Result<(), Failure> {
    let places = statement.params().len();
    if places == args.len() {
        return Ok(());
    }
    Err(Failure::refused(format!("{} arguments for {places} places in: {sql}", args.len())))
}

pub(super) fn in_sql(error: tokio_postgres::Error, sql: &str) -> Failure {
    let mut failure = Failure::from(error);
    failure.what = format!("{} in: {sql}", failure.what);
    failure
}
