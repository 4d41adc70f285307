//! Building every read model anew from the log, as `projections rebuild` does it, against inserting the very same rows.

use super::history::{EVENTS_A_CALL, write};
use super::ours::Ours;
use super::place::{Place, connect};
use super::report::{Case, Report};
use super::turns::{Order, Side, Turn, compare};
use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use ringbuch_adapters::store::Store;
use ringbuch_api::runners::{Projector, Rush};
use ringbuch_projections::directory;
use ringbuch_projections::rows::{ReadModels, Value};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::types::{ToSql, Type};

const CALLS: u64 = 3_000;
const PEER: &str = "INSERT of the same rows, 1000 a transaction";

pub async fn run(report: &mut Report, length: Duration) -> Result<()> {
    for place in Place::all().await? {
        let ours = Ours::open(&place.url).await?;
        write(&ours, CALLS).await?;
        let mut rebuilding = Rebuilding::of(&ours).await?;
        let mut inserting = Inserting::open(&place, &*ours.store.rows).await?;
        let compared = compare((&mut rebuilding, 1), (&mut inserting, 1), length).await?;
        let case = format!("all {} read models", ringbuch_projections::all().len());
        report
            .add(&Case { group: "rebuild", engine: place.engine, done: case, peer: PEER, what: "events" }, &compared)?;
        ours.store.close().await;
    }
    Ok(())
}

struct Rebuilding {
    ours: Ours,
    projector: Projector,
}

impl Rebuilding {
    async fn of(ours: &Ours) -> Result<Self> {
        let Store { rows, builds, leases, .. } = ours.store.clone();
        let (journal, all) = (Arc::clone(&ours.journal), ringbuch_projections::all());
        let watched = directory::PROJECTION.name;
        let projector = Projector::new(journal, (rows, builds, leases), all, watched, Rush::default());
        projector.prepare().await?;
        projector.catch_up().await?;
        Ok(Self { ours: ours.clone(), projector })
    }
}

impl Side for Rebuilding {
    async fn turn(&mut self, _: Order) -> Result<Turn> {
        let names: Vec<_> = ringbuch_projections::all().iter().map(|projection| projection.name).collect();
        let started = Instant::now();
        self.projector.rebuild(&names, |_| ()).await?;
        let worked = started.elapsed().as_secs_f64();
        let (head, standing) = (self.ours.store.log.head().await?, self.projector.standing().await?);
        ensure!(standing.iter().all(|it| it.checkpoint == head), "the read models are not at the end of the log");
        Ok(Turn { worked, done: head, took: Vec::new() })
    }
}

/// The rows of one table, as a read model left them.
struct Table {
    name: &'static str,
    rows: Vec<Vec<Value>>,
}

impl Table {
    fn insert(&self) -> String {
        let places: Vec<_> = (1..=self.rows.first().map_or(0, Vec::len)).map(|place| format!("${place}")).collect();
        format!("INSERT INTO {} VALUES ({})", self.name, places.join(", "))
    }
}

/// Tables of the same shape in a database of their own, with what they are to hold in memory.
struct Inserting {
    source: Source,
    tables: Vec<Table>,
}

enum Source {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client),
}

impl Inserting {
    async fn open(place: &Place, full: &dyn ReadModels) -> Result<Self> {
        Store::migrate(&place.peer_url, false).await?;
        let store = Store::open(&place.peer_url, ringbuch_adapters::store::Options::default()).await?;
        let mut tables = Vec::new();
        for projection in ringbuch_projections::all() {
            store.rows.prepare(projection.ddl).await?;
            for name in projection.tables.iter().copied() {
                let rows = full.query(&format!("SELECT * FROM {name}"), &[]).await?;
                tables.push(Table { name, rows: rows.into_iter().map(|row| row.0).collect() });
            }
        }
        store.close().await;
        let source = if place.is_postgres() {
            let client = connect(&place.peer_url).await?;
            client.batch_execute("SET synchronous_commit = off").await?;
            Source::Postgres(client)
        } else {
            let connection = rusqlite::Connection::open(place.peer_file())?;
            connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 20000")?;
            Source::Sqlite(connection)
        };
        Ok(Self { source, tables })
    }
}

impl Side for Inserting {
    /// Counts events as well: those that the rows are made of.
    async fn turn(&mut self, _: Order) -> Result<Turn> {
        for table in &self.tables {
            match &self.source {
                Source::Sqlite(connection) => connection.execute_batch(&format!("DELETE FROM {}", table.name))?,
                Source::Postgres(client) => client.batch_execute(&format!("DELETE FROM {}", table.name)).await?,
            }
        }
        let started = Instant::now();
        for table in self.tables.iter().filter(|table| !table.rows.is_empty()) {
            match &mut self.source {
                Source::Sqlite(connection) => tokio::task::block_in_place(|| into_sqlite(connection, table))?,
                Source::Postgres(client) => into_postgres(client, table).await?,
            }
        }
        Ok(Turn { worked: started.elapsed().as_secs_f64(), done: CALLS * EVENTS_A_CALL, took: Vec::new() })
    }
}

fn into_sqlite(connection: &mut rusqlite::Connection, table: &Table) -> Result<()> {
    for rows in table.rows.chunks(1000) {
        let transaction = connection.transaction()?;
        let mut insert = transaction.prepare_cached(&table.insert())?;
        for row in rows {
            insert.execute(rusqlite::params_from_iter(row.iter().map(owned)))?;
        }
        drop(insert);
        transaction.commit()?;
    }
    Ok(())
}

fn owned(value: &Value) -> rusqlite::types::Value {
    match value {
        Value::Null => rusqlite::types::Value::Null,
        Value::Int(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
    }
}

async fn into_postgres(client: &mut tokio_postgres::Client, table: &Table) -> Result<()> {
    let insert = client.prepare(&table.insert()).await?;
    for rows in table.rows.chunks(1000) {
        let transaction = client.transaction().await?;
        // Polled together, they are sent one behind the other without waiting for answers.
        try_join_all(rows.iter().map(|row| transaction.execute_raw(&insert, row.iter().map(Column)))).await?;
        transaction.commit().await?;
    }
    Ok(())
}

#[derive(Debug)]
struct Column<'a>(&'a Value);

impl ToSql for Column<'_> {
    fn to_sql(
        &self,
        place: &Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<tokio_postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(tokio_postgres::types::IsNull::Yes),
            Value::Int(number) => number.to_sql(place, out),
            Value::Real(number) => number.to_sql(place, out),
            Value::Text(text) => text.to_sql(place, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}
