//! One order, in which nobody sees a later event before an earlier one, and how readers hear of news.

use super::database::Database;
use super::follow::{follow, whole};
use super::write::{append, fill, one, several, stream};
use futures_util::future::{join, join_all};
use ringbuch_adapters::store::Store;
use ringbuch_domain::ports::Expected;
use ringbuch_domain::recorded::Envelope;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Writers on some stores and a follower on each, all at once. Every follower sees the same.
async fn write_and_follow(stores: &[Store], writers: usize, each: usize) {
    let write = join_all((0..writers).map(|writer| {
        let store = stores[writer % stores.len()].clone();
        tokio::spawn(async move {
            for nth in 0..each {
                let kinds: &[&'static str] = if nth % 3 == 0 { &["A", "B"] } else { &["A"] };
                let name = if nth % 2 == 0 { "shared".to_owned() } else { format!("own-{writer}") };
                append(&store, several(&name, Expected::Any, Uuid::new_v4(), kinds)).await.unwrap();
            }
        })
    }));
    let count = writers * (each + each.div_ceil(3));
    let read =
        join_all(stores.iter().cloned().map(|store| tokio::spawn(async move { follow(&store, count as u64).await })));
    let (written, read) = join(write, read).await;
    assert!(written.into_iter().all(|writer| writer.is_ok()));
    let everything = whole(&stores[0]).await;
    assert_eq!(everything.len(), count);
    for seen in read {
        assert!(seen.unwrap() == everything, "a follower saw something else");
    }
}

pub async fn readers_see_one_order(database: &Database) {
    let store = database.store().await;
    write_and_follow(&[store.clone(), store.clone(), store], 24, 30).await;
}

pub async fn nodes_on_one_log_keep_one_order(database: &Database) {
    let stores = [database.store().await, database.store().await, database.store().await];
    write_and_follow(&stores, 18, 20).await;
}

pub async fn a_writer_parked_before_its_commit_hides_nothing(database: &Database) {
    let (store, reader) = (database.store().await, database.store().await);
    fill(&store, "s", 2).await;
    let stranger = database.stranger().await;
    stranger.park("parked", 3).await;
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { append(&store, one("late", Expected::NoStream)).await }
    });
    // While the other one holds position 3, nobody may get position 4, nor a reader anything behind 2.
    tokio::pin!(waiting);
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut waiting).await.is_err(), "it did not wait");
    assert_eq!(follow(&reader, 2).await.len(), 2);
    assert!(reader.log.read_all(2, 10).await.unwrap().is_empty());
    assert_eq!(reader.log.head().await.unwrap(), 2);
    stranger.run("COMMIT").await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().position, 4);
    let streams: Vec<_> = whole(&reader).await.into_iter().map(|event| event.stream).collect();
    assert_eq!(streams, ["s", "s", "parked", "late"].map(stream));

    // One that gives up leaves no gap.
    stranger.park("given-up", 5).await;
    let late = append(&store, one("later", Expected::NoStream));
    let (late, given_up) = join(late, stranger.run("ROLLBACK")).await;
    given_up.unwrap();
    assert_eq!(late.unwrap().position, 5);
    assert_eq!(whole(&reader).await.len(), 5);
}

pub async fn reading_goes_by_pages(database: &Database) {
    let store = database.store().await;
    fill(&store, "a", 3).await;
    fill(&store, "b", 4).await;
    fill(&store, "a", 3).await;
    let all = positions(&whole(&store).await);
    assert_eq!(all.len(), 10);
    let page = async |after: u64| positions(&store.log.read_all(after, 4).await.unwrap());
    assert_eq!(page(0).await, all[..4]);
    assert_eq!(page(all[3]).await, all[4..8]);
    assert_eq!(page(all[7]).await, all[8..]);
    assert!(page(all[9]).await.is_empty());
    let of_a = [all[0], all[1], all[2], all[7], all[8], all[9]];
    assert_eq!(positions(&store.log.read_stream(&stream("a"), 0).await.unwrap()), of_a);
    assert_eq!(positions(&store.log.read_stream(&stream("a"), 4).await.unwrap()), of_a[4..]);
    assert!(store.log.read_stream(&stream("a"), 6).await.unwrap().is_empty());
    assert!(store.log.read_stream(&stream("nobody"), 0).await.unwrap().is_empty());
}

/// Whatever positions are like, the newest events are found, one event is found by its position, and how many are still
/// to be read is known.
pub async fn positions_lead_back_and_forth(database: &Database) {
    let store = database.store().await;
    assert!(store.log.read_back(u64::MAX, 5).await.unwrap().is_empty());
    assert_eq!(store.log.behind(0).await.unwrap(), 0);
    fill(&store, "a", 6).await;
    let all = positions(&whole(&store).await);
    let back = async |until: u64, limit: usize| positions(&store.log.read_back(until, limit).await.unwrap());
    assert_eq!(back(u64::MAX, 2).await, all[4..]);
    assert_eq!(back(u64::MAX, 50).await, all);
    for (nth, position) in all.iter().enumerate() {
        assert_eq!(back(*position, 1).await, [*position]);
        assert_eq!(back(*position, 3).await, all[nth.saturating_sub(2)..=nth]);
        assert_eq!(store.log.behind(*position).await.unwrap(), 5 - nth as u64);
    }
    assert_eq!(store.log.behind(0).await.unwrap(), 6);
}

fn positions(events: &[Envelope]) -> Vec<u64> {
    events.iter().map(|event| event.position).collect()
}

pub async fn news_of_this_store_wakes(database: &Database) {
    let store = database.store().await;
    fill(&store, "s", 1).await;
    let started = Instant::now();
    store.log.wait_for_news(0).await.unwrap();
    assert!(started.elapsed() < Duration::from_millis(500), "what is there already is no news to wait for");
    let head = store.log.head().await.unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.log.wait_for_news(head).await.map(|()| Instant::now()) }
    });
    fill(&store, "s", 1).await;
    let written = Instant::now();
    let woken = waiting.await.unwrap().unwrap();
    assert!(woken.saturating_duration_since(written) < Duration::from_millis(1500));
    assert_eq!(store.log.read_all(head, 10).await.unwrap().len(), 1);
}

pub async fn news_of_another_store_wakes(database: &Database) {
    let (reader, writer) = (database.store().await, database.store().await);
    // Several times, so that one lucky end of a wait does not pass for a signal.
    for _ in 0..5 {
        let head = reader.log.head().await.unwrap();
        let waiting = tokio::spawn({
            let reader = reader.clone();
            async move { reader.log.wait_for_news(head).await.map(|()| Instant::now()) }
        });
        fill(&writer, "s", 1).await;
        let written = Instant::now();
        let woken = waiting.await.unwrap().unwrap();
        assert!(woken.saturating_duration_since(written) < Duration::from_millis(1500), "woken too late");
        assert_eq!(reader.log.read_all(head, 10).await.unwrap().len(), 1, "woken without news");
    }
}

pub async fn waiting_without_news_ends(database: &Database) {
    let store = database.store().await;
    let started = Instant::now();
    store.log.wait_for_news(0).await.unwrap();
    let waited = started.elapsed();
    assert!(waited > Duration::from_millis(500) && waited < Duration::from_secs(4), "{waited:?}");
}
