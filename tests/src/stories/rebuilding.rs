//! Read models are nothing but what the log says: dropped and replayed, every row is the same.

use crate::app::{Said, Setting, TestApp};
use crate::contract::database::Database;
use jiff::SignedDuration;
use ringbuch_adapters::sandbox::{Fault, Operation};
use ringbuch_api::reconcile::{Scan, reconcile};
use ringbuch_projections::rows::{ReadModels, Statement};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// Every row of every table, in the order of their texts.
pub async fn rows(rows: &dyn ReadModels) -> BTreeMap<&'static str, Vec<String>> {
    let mut tables = BTreeMap::new();
    for table in ringbuch_projections::all().iter().flat_map(|projection| projection.tables) {
        let found = rows.query(&format!("SELECT * FROM {table}"), &[]).await.unwrap();
        let mut found: Vec<String> = found.iter().map(|row| format!("{:?}", row.0)).collect();
        found.sort();
        tables.insert(*table, found);
    }
    tables
}

/// Statements that live as long as the test program.
fn everything_dropped() -> Vec<Statement> {
    let tables = ringbuch_projections::all().iter().flat_map(|projection| projection.tables);
    let tables = tables.chain(&["projection_checkpoints"]);
    tables.map(|table| Statement { sql: format!("DELETE FROM {table}").leak(), args: vec![] }).collect()
}

pub async fn dropped_read_models_come_back_row_by_row(database: Database) {
    let mut app = TestApp::with(database, Setting::impatient()).await;
    app.with_a_changed_agent().await;
    a_busy_day(&app).await;
    reconcile(app.app(), Scan::usual(app.now())).await.unwrap();
    app.settle().await;
    let before = rows(app.rows()).await;
    let empty: Vec<_> = before.iter().filter(|(_, rows)| rows.is_empty()).map(|(table, _)| *table).collect();
    // The lists of what is to be done are empty when all is done; keys are issued to nobody here, nobody is invited, no
    // prompt published, nobody told of trouble or written to.
    let to_do =
        ["alert_breakers", "alert_rules", "alert_signals", "alert_todo", "alerts", "mail_settings", "mail_todo"];
    let others = empty.iter().copied().filter(|table| !to_do.contains(table));
    assert_eq!(
        others.collect::<Vec<_>>(),
        ["agent_publications", "api_keys", "booking_todo", "holds", "intake_todo", "users"]
    );
    app.restart_after(async |store| {
        store.rows.execute(&everything_dropped()).await.unwrap();
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

/// As the command does it, beside a server that leads.
pub(super) async fn build_all_anew(app: &TestApp) {
    let command = app.another_process().await;
    let names: Vec<_> = ringbuch_projections::all().iter().map(|projection| projection.name).collect();
    command.projector.rebuild(&names, |_| ()).await.unwrap();
    command.store.close().await;
}

/// While it goes on, whoever reads sees all rows of before at any time, and what is new as well.
pub async fn read_models_are_built_anew_while_calls_come_in(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    a_busy_day(&app).await;
    let before = rows(app.rows()).await;
    let done = AtomicBool::new(false);
    let rebuild = async {
        build_all_anew(&app).await;
        done.store(true, Ordering::Relaxed);
    };
    let read = async {
        while !done.load(Ordering::Relaxed) {
            for (table, rows) in rows(app.rows()).await {
                assert!(rows.len() >= before[table].len(), "{table} has lost rows");
            }
        }
    };
    let call = async { app.caller("Jan").books("17:00").await };
    tokio::join!(rebuild, read, call);
    app.settle().await;
    // What the copies hold is what the log says: built once more, with nothing going on, every row is the same.
    let after = rows(app.rows()).await;
    assert!(after["calls"].len() > before["calls"].len());
    build_all_anew(&app).await;
    assert_eq!(rows(app.rows()).await, after);
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
