//! Bringing a database up to date, and refusing one that is not.

use super::database::Database;
use super::follow::whole;
use super::write::{append, fill, one};
use futures_util::future::join_all;
use ringbuch_adapters::store::{OpenError, Options, ServeLockError, Store};
use ringbuch_domain::ports::Expected;

pub async fn migrating_again_changes_nothing(database: &Database) {
    let store = database.store().await;
    fill(&store, "s", 2).await;
    assert!(Store::migrate(&database.url, false).await.unwrap().is_empty());
    assert!(Store::migrate(&database.url, true).await.unwrap().is_empty());
    append(&store, one("s", Expected::Revision(2))).await.unwrap();
    assert_eq!(whole(&store).await.len(), 3);
}

pub async fn a_dry_run_changes_nothing(database: &Database) {
    let fresh = database.fresh().await;
    let named = Store::migrate(&fresh.url, true).await.unwrap();
    assert_eq!(named.first().map(String::as_str), Some("V1__event_log"));
    if let Some(path) = fresh.url.strip_prefix("sqlite:") {
        assert!(!std::path::Path::new(path).exists(), "a dry run made the file");
    } else {
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!(fresh.stranger().await.number(tables).await, 0);
    }
    assert_eq!(Store::migrate(&fresh.url, false).await.unwrap(), named);
    assert!(Store::migrate(&fresh.url, true).await.unwrap().is_empty());
}

pub async fn a_database_that_is_behind_is_not_opened(database: &Database) {
    let fresh = database.fresh().await;
    match Store::open(&fresh.url, Options::default()).await {
        Err(OpenError::Absent { .. }) => assert!(fresh.is_sqlite()),
        Err(OpenError::Behind { pending }) => assert!(!fresh.is_sqlite() && pending.len() >= 4),
        met => panic!("{met:?}"),
    }
    let forget = "DELETE FROM refinery_schema_history WHERE version >= 4";
    database.stranger().await.run(forget).await.unwrap();
    match Store::open(&database.url, Options::default()).await {
        Err(error @ OpenError::Behind { .. }) => {
            assert!(error.to_string().contains("V4__counters") && error.to_string().contains("ringbuch migrate"));
        }
        met => panic!("{met:?}"),
    }
    let ahead = "INSERT INTO refinery_schema_history SELECT 4, name, applied_on, checksum
                 FROM refinery_schema_history WHERE version = 1";
    database.stranger().await.run(ahead).await.unwrap();
    assert!(matches!(Store::open(&database.url, Options::default()).await, Err(OpenError::Migration { .. })));
}

pub async fn a_database_of_a_newer_program_is_left_alone(database: &Database) {
    let newer = "INSERT INTO refinery_schema_history SELECT 99, 'future', applied_on, checksum
                 FROM refinery_schema_history WHERE version = 1";
    database.stranger().await.run(newer).await.unwrap();
    let opened = Store::open(&database.url, Options::default()).await.err();
    let migrated = Store::migrate(&database.url, false).await.err();
    let named = Store::migrate(&database.url, true).await.err();
    for refused in [opened, migrated, named] {
        let told = refused.expect("it is refused").to_string();
        assert!(told.contains("V99__future") && told.contains("a newer Ringbuch"), "{told}");
    }
}

pub async fn migrating_at_once_is_safe(database: &Database) {
    let fresh = database.fresh().await;
    let outcomes = join_all((0..4).map(|_| {
        let url = fresh.url.clone();
        tokio::spawn(async move { Store::migrate(&url, false).await })
    }))
    .await;
    let mut applied: Vec<_> = outcomes.into_iter().flat_map(|outcome| outcome.unwrap().unwrap()).collect();
    let named = applied.len();
    applied.sort();
    applied.dedup();
    assert_eq!(applied.len(), named, "a migration was applied twice");
    fill(&fresh.store().await, "s", 1).await;
}

pub async fn serving_is_locked_as_the_engine_needs(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let lock = here.lock_for_serving().unwrap();
    match there.lock_for_serving() {
        Ok(_) => assert!(!database.is_sqlite(), "two serve one file"),
        Err(ServeLockError::Taken { .. }) => assert!(database.is_sqlite()),
        Err(other) => panic!("{other}"),
    }
    // Whoever does not serve appends all the same.
    fill(&there, "s", 1).await;
    drop(lock);
    there.lock_for_serving().unwrap();
}
