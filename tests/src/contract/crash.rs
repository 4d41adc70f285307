//! Closing, opening again, and connections that die at a bad moment: what was acknowledged is there, once.

use super::database::Database;
use super::follow::whole;
use super::proxy::Proxy;
use super::write::{append, fill, one, several};
use futures_util::future::{join, join_all};
use ringbuch_domain::ports::{AppendError, Expected};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use uuid::Uuid;

pub async fn closing_commits_what_was_taken(database: &Database) {
    let store = database.store().await;
    let appends: Vec<_> = (0..50)
        .map(|nth| {
            let store = store.clone();
            tokio::spawn(async move { append(&store, one(&format!("s-{nth}"), Expected::NoStream)).await })
        })
        .collect();
    // The first answer shows that appends are being taken.
    tokio::time::timeout(Duration::from_secs(10), store.log.wait_for_news(0)).await.unwrap().unwrap();
    store.close().await;
    store.close().await;
    let acknowledged = join_all(appends).await.into_iter().filter(|outcome| matches!(outcome, Ok(Ok(_)))).count();
    assert!(matches!(append(&store, one("late", Expected::Any)).await, Err(AppendError::Unavailable(_))));
    assert_eq!(whole(&database.store().await).await.len(), acknowledged);
}

pub async fn what_was_acknowledged_is_there_after_opening_again(database: &Database) {
    let store = database.store().await;
    fill(&store, "s", 5).await;
    drop(store);
    let store = database.store().await;
    assert_eq!(whole(&store).await.len(), 5);
    assert_eq!(append(&store, one("s", Expected::Revision(5))).await.unwrap().revision, 6);
    assert_eq!(whole(&store).await.len(), 6);
}

pub async fn lost_connections_lose_and_repeat_nothing(database: &Database) {
    if database.is_sqlite() {
        // A file has no connection to lose; another process that holds it for a while comes nearest.
        return held_file(database).await;
    }
    let store = database.store().await;
    let executioner = database.stranger().await;
    let done = AtomicBool::new(false);
    let killed = Arc::new(AtomicI64::new(0));
    let appends = (0..12).map(|writer| {
        let (store, name, killed) = (store.clone(), format!("s-{}", writer % 4), Arc::clone(&killed));
        tokio::spawn(async move {
            let mut written = 0;
            // However fast the machine is, some connections are lost under way.
            while written < 25 || killed.load(Ordering::SeqCst) < 5 {
                written += 1;
                let sent = several(&name, Expected::Any, Uuid::new_v4(), &["A", "B"]);
                // Whoever hears that nothing is known asks again with the same command.
                while let Err(error) = append(&store, sent.clone()).await {
                    assert!(matches!(error, AppendError::Unavailable(_)), "{error}");
                }
            }
            written
        })
    });
    let writing = async {
        let written: usize = join_all(appends).await.into_iter().map(Result::unwrap).sum();
        done.store(true, Ordering::SeqCst);
        written
    };
    let killing = async {
        let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'ringbuch writer'";
        let (mut next, mut pause) = (1, tokio::time::interval(Duration::from_millis(5)));
        while !done.load(Ordering::SeqCst) {
            pause.tick().await;
            if executioner.number("SELECT COALESCE(MAX(position), 0) FROM events").await >= next {
                killed.fetch_add(executioner.number(kill).await, Ordering::SeqCst);
                next += 40;
            }
        }
    };
    let (written, ()) = join(writing, killing).await;
    assert_eq!(whole(&store).await.len(), written * 2);
}

async fn held_file(database: &Database) {
    let store = database.store().await;
    let holder = database.stranger().await;
    for round in 0..5 {
        holder.run("BEGIN IMMEDIATE").await.unwrap();
        let waiting = tokio::spawn({
            let store = store.clone();
            async move { append(&store, one(&format!("s-{round}"), Expected::NoStream)).await }
        });
        tokio::pin!(waiting);
        assert!(tokio::time::timeout(Duration::from_millis(50), &mut waiting).await.is_err(), "it did not wait");
        holder.run("ROLLBACK").await.unwrap();
        waiting.await.unwrap().unwrap();
    }
    assert_eq!(whole(&store).await.len(), 5);
}

pub async fn a_commit_whose_answer_was_lost_is_found(database: &Database) {
    if database.is_sqlite() {
        // A commit to a file answers where it was asked; nothing lies between that could swallow the answer.
        return;
    }
    let proxy = Proxy::before(database.host_and_port()).await;
    let store = database.store_at(&database.url.replace(database.host_and_port(), &proxy.host_and_port)).await;
    fill(&store, "s", 1).await;
    for round in 1..=5 {
        proxy.arm();
        let appends = (0..4).map(|nth| append(&store, one(&format!("s-{round}-{nth}"), Expected::NoStream)));
        for outcome in join_all(appends).await {
            let stored = outcome.unwrap();
            assert!(!stored.repeated && stored.revision == 1, "its own events are its own, {stored:?}");
        }
        assert_eq!(proxy.times_sprung(), round);
        assert_eq!(whole(&store).await.len(), 1 + 4 * round);
    }
}
