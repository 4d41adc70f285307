//! Read models are nothing but what the log says: dropped and replayed, every row is the same.

use crate::app::{Said, Setting, TestApp};
use crate::contract::database::Database;
use jiff::SignedDuration;
use ringbuch_adapters::sandbox::{Fault, Operation};
use ringbuch_projections::Projection;
use ringbuch_projections::rows::ReadModels;
use std::collections::BTreeMap;

/// Every row of every table, in the order of their texts.
pub async fn rows(rows: &dyn ReadModels) -> BTreeMap<&'static str, Vec<String>> {
    let mut tables = BTreeMap::new();
    for table in ringbuch_projections::all().iter().flat_map(tables_of) {
        let found = rows.query(&format!("SELECT * FROM {table}"), &[]).await.unwrap();
        let mut found: Vec<String> = found.iter().map(|row| format!("{:?}", row.0)).collect();
        found.sort();
        tables.insert(table, found);
    }
    tables
}

fn tables_of(projection: &'static Projection) -> impl Iterator<Item = &'static str> {
    let named = |ddl: &&'static str| ddl.split_once("CREATE TABLE IF NOT EXISTS ").map(|(_, rest)| rest);
    projection.ddl.iter().filter_map(named).map(|rest| rest.split([' ', '(']).next().unwrap())
}

pub async fn dropped_read_models_come_back_row_by_row(database: Database) {
    let mut app = TestApp::with(database, Setting::impatient()).await;
    a_busy_day(&app).await;
    let before = rows(app.rows()).await;
    let empty: Vec<_> = before.iter().filter(|(_, rows)| rows.is_empty()).map(|(table, _)| *table).collect();
    // The lists of what is to be done are empty when all is done; keys are issued to nobody here.
    assert_eq!(empty, ["api_keys", "booking_todo", "intake_todo"]);
    app.restart_after(async |store| {
        for projection in ringbuch_projections::all() {
            store.rows.reset(projection.name, projection.version, projection.clear).await.unwrap();
        }
        assert!(rows(&*store.rows).await.values().all(Vec::is_empty));
    })
    .await;
    app.settle().await;
    let after = rows(app.rows()).await;
    for (table, rows) in &before {
        assert_eq!(&after[table], rows, "{table}");
    }
    app.finish().await;
}

/// A bit of everything.
async fn a_busy_day(app: &TestApp) {
    let calcom = app.calcom();
    let [anna, ben, cem, dora] = ["Anna", "Ben", "Cem", "Dora"].map(|name| app.caller(name));
    anna.books("9:00").await;
    ben.clone().asks_for("Färben").books("10:00").await;
    app.caller("Eve").asks_for("Färben").books("10:00").await;
    app.caller("Fritz").asks_for("Hochzeit").books("15:00").await;
    app.caller("Gerd").from("anonymous").books("16:00").await;
    app.caller("Hans").dials("+493023125999").books("11:00").await;
    app.caller("Ida").books("gegen Abend").await;
    let ida = app.caller("Ida");
    ida.send(&ida.ended(Said::Nothing)).await;
    app.send_named(&app.salon, "{").await;

    calcom.faults().next(Operation::CreateBooking, Fault::CutBefore);
    cem.books("12:00").await;
    calcom.faults().next(Operation::CreateBooking, Fault::CutAfter);
    dora.books("13:00").await;
    app.advance_until_quiet(SignedDuration::from_hours(1)).await;

    app.cancel(anna.booking()).await.unwrap();
    app.move_to(cem.booking(), "2025-07-01T14:00:00+02:00").await.unwrap();
    app.move_to(dora.booking(), "2025-07-02T14:00:00+02:00").await.unwrap();
    // Says something else than what was booked.
    dora.send(&dora.analyzed(Said::Books("17:00"))).await;
    app.advance_until_quiet(SignedDuration::from_hours(1)).await;
}
