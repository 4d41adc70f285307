//! What the tests of this crate stand on: read models in a throw-away SQLite database, or in PostgreSQL when
//! `RINGBUCH_TEST_DATABASE_URL` names a server, and events of made-up companies.

mod log;
mod postgres;
mod sqlite;
mod tenant;

pub use log::Log;
pub use tenant::{PAGE, START, Tenant};

use crate::projection::Projection;
use crate::rows::{ReadModels, Row};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::recorded::Recorded;
use std::collections::BTreeMap;

pub fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

/// Empty read models, with the tables of every projection.
pub async fn read_models() -> Box<dyn ReadModels> {
    let rows: Box<dyn ReadModels> = match std::env::var("RINGBUCH_TEST_DATABASE_URL") {
        Ok(url) => Box::new(postgres::Postgres::connect(&url).await),
        Err(_) => Box::new(sqlite::Sqlite::in_memory()),
    };
    for projection in crate::all() {
        rows.prepare(projection.ddl).await.unwrap();
    }
    rows
}

/// Brings every projection up to date with the events, in batches of that size.
pub async fn absorb(rows: &dyn ReadModels, events: &[Recorded<AnyEvent>], batch: usize) {
    for projection in crate::all() {
        absorb_one(rows, projection, events, batch).await;
    }
}

pub async fn absorb_one(rows: &dyn ReadModels, projection: &Projection, events: &[Recorded<AnyEvent>], batch: usize) {
    let mut from = rows.checkpoint(projection.name, projection.version).await.unwrap();
    let news: Vec<_> = events.iter().filter(|event| event.position > from).cloned().collect();
    for chunk in news.chunks(batch) {
        let step = projection.step(from, chunk).unwrap();
        from = step.to;
        rows.commit(&[step]).await.unwrap();
    }
}

/// Read models that have absorbed the log.
pub async fn projected(log: &Log) -> Box<dyn ReadModels> {
    let rows = read_models().await;
    absorb(&*rows, &log.events, 5).await;
    rows
}

/// Every row of every table, in an order of its own.
pub async fn dump(rows: &dyn ReadModels) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::new();
    for statement in crate::all().iter().flat_map(|projection| projection.ddl) {
        let Some(definition) = statement.strip_prefix("CREATE TABLE IF NOT EXISTS ") else { continue };
        let table = definition.split_whitespace().next().unwrap().to_owned();
        let found = rows.query(&format!("SELECT * FROM {table}"), &[]).await.unwrap();
        let mut lines: Vec<_> = found.iter().map(|Row(values)| format!("{values:?}")).collect();
        lines.sort();
        tables.insert(table, lines);
    }
    tables
}
