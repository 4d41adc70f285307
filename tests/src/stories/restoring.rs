//! A database is lost, and comes back from a backup that is older than what has happened since.

use super::forgetting::{EDELTRAUD, erase};
use super::rebuilding::rows;
use crate::app::{Said, Setting, TestApp};
use crate::contract::chain::verified;
use crate::contract::database::Database;
use jiff::SignedDuration;
use ringbuch_adapters::backup::BackupReader;
use ringbuch_adapters::key_store::{Erasure, KeyRow};
use ringbuch_adapters::sandbox::{Fault, Operation};
use ringbuch_adapters::store::Store;
use ringbuch_api::backup::{self, RestoreError};

/// The two files.
struct Backup {
    log: Vec<u8>,
    keys: Vec<u8>,
}

impl Backup {
    async fn of(app: &TestApp) -> Self {
        let store = &app.app().store;
        let (_, log) = backup::log(store, Vec::new(), app.now(), &|_| ()).await.unwrap();
        let mut keys = Vec::new();
        backup::keys(store, &mut keys).await.unwrap();
        Self { log, keys }
    }

    fn erasures(&self) -> Vec<Erasure> {
        let rows = std::str::from_utf8(&self.keys).unwrap().lines().map(|line| serde_json::from_str(line).unwrap());
        rows.filter_map(|row| if let KeyRow::Erasure(erasure) = row { Some(erasure) } else { None }).collect()
    }

    /// Brings it back into another database and has the app go on there.
    async fn restore(&self, app: &mut TestApp, database: Database, erasures: &[Erasure]) -> (u64, u64) {
        Store::migrate(&database.url, false).await.unwrap();
        let store = database.store().await;
        backup::import_keys(&store, &app.master_keys(), &*self.keys, erasures).await.unwrap();
        let log = BackupReader::open(&*self.log).unwrap();
        let end = backup::import_log(&*store.log, log, &|_| ()).await.unwrap();
        assert_eq!(verified(&store).await, Ok(end.position));
        let again = backup::import_log(&*store.log, BackupReader::open(&*self.log).unwrap(), &|_| ()).await;
        assert!(matches!(again, Err(RestoreError::NotEmpty(_))));
        store.close().await;
        let mut settled = (0, 0);
        app.move_to_database(database, async |app| settled = backup::settle(app).await.unwrap()).await;
        app.settle().await;
        settled
    }
}

fn holds(bytes: &[u8], mark: &str) -> bool {
    bytes.windows(mark.len()).any(|part| part == mark.as_bytes())
}

pub async fn a_backup_brings_back_every_row(database: Database) {
    let mut app = TestApp::start(database).await;
    app.caller("Anna").books("9:00").await;
    app.caller("Ben").asks_for("Hochzeit").books("15:00").await;
    app.caller("Cem").dials("+493023125999").books("11:00").await;
    let (before, backup) = (rows(app.rows()).await, Backup::of(&app).await);
    assert!(!holds(&backup.log, "Anna") && !holds(&backup.keys, "Anna"), "whoever holds a backup holds no names");
    let other = app.database().fresh().await;
    assert_eq!(backup.restore(&mut app, other, &[]).await, (0, 0));
    let after = rows(app.rows()).await;
    for (table, rows) in &before {
        assert_eq!(&after[table], rows, "{table}");
    }
    // And life goes on.
    app.caller("Dora").books("10:00").await;
    assert_eq!(app.outcomes().await.iter().filter(|outcome| *outcome == "confirmed").count(), 2);
    app.finish().await;
}

pub async fn what_was_booked_after_the_backup_is_found_and_not_booked_again(database: Database) {
    let mut app = TestApp::with(database, Setting::impatient()).await;
    let (anna, ben) = (app.caller("Anna"), app.caller("Ben"));
    app.calcom().faults().next(Operation::CreateBooking, Fault::RateLimited);
    anna.books("9:00").await;
    ben.books("10:00").await;
    let waiting = app.appointments().await.iter().filter(|it| it.status.as_str() == "requested").count() as u64;
    assert!(waiting > 0, "something is still to be asked of Cal.com");
    let backup = Backup::of(&app).await;
    app.advance_until_quiet(SignedDuration::from_hours(1)).await;
    assert_eq!((app.live(anna.booking()).len(), app.live(ben.booking()).len()), (1, 1));
    let made = app.asked(Operation::CreateBooking);

    let other = app.database().fresh().await;
    assert_eq!(backup.restore(&mut app, other, &[]).await, (0, waiting));
    app.advance_until_quiet(SignedDuration::from_hours(1)).await;
    assert_eq!(app.asked(Operation::CreateBooking), made, "nothing was booked again");
    assert_eq!(app.outcomes().await, ["confirmed", "confirmed"]);
    app.finish().await;
}

pub async fn who_was_forgotten_stays_forgotten_in_an_older_backup(database: Database) {
    let mut app = TestApp::start(database).await;
    let edeltraud = EDELTRAUD.calls(&app, "call_r1");
    edeltraud.send(&edeltraud.analyzed(Said::Nothing)).await;
    app.settle().await;
    let (call, ended) = (edeltraud.call_id(), edeltraud.ended(Said::Nothing));
    let customer = app.call(&call).await.call.customer.unwrap();
    let older = Backup::of(&app).await;
    erase(&app, customer, false).await.unwrap();
    let newer = Backup::of(&app).await;
    assert_eq!(newer.erasures().len(), 1);

    let other = app.database().fresh().await;
    assert_eq!(older.restore(&mut app, other, &newer.erasures()).await, (1, 0));
    let known = app.customer(customer).await;
    assert!(known.erased && known.name.is_none() && known.phone.is_none(), "{known:?}");
    EDELTRAUD.is_in_no_file(&app).await;
    for file in [&older.log, &older.keys, &newer.log, &newer.keys] {
        assert!(!EDELTRAUD.marks().iter().any(|mark| holds(file, mark)));
    }
    // Retell tells the call once more.
    assert_eq!(app.send(&app.salon, &ended).await, 204);
    app.settle().await;
    assert_eq!(app.call(&call).await.call.caller_number, None);
    app.finish().await;
}
