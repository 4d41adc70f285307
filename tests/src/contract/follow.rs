//! A reader that follows the log and notices when something comes out of order.

use ringbuch_adapters::chain::Chain;
use ringbuch_adapters::store::Store;
use ringbuch_domain::recorded::Envelope;
use std::collections::HashMap;

/// Whether positions count the events. Those stores do it whose chain runs through the log: both take a log that one
/// writer at a time holds.
pub fn dense(store: &Store) -> bool {
    store.chain == Chain::Log
}

/// Follows from the start until it has seen `count` events. Fails on the first position that is not the next one.
pub async fn follow(store: &Store, count: u64) -> Vec<Envelope> {
    let mut seen: Vec<Envelope> = Vec::new();
    while (seen.len() as u64) < count {
        let position = last(&seen);
        let page = store.log.read_all(position, 64).await.unwrap();
        if page.is_empty() {
            store.log.wait_for_news(position).await.unwrap();
        }
        take(store, &mut seen, page);
    }
    seen
}

/// The whole log, which must be in order, and each stream's revisions in it, which must be dense.
pub async fn whole(store: &Store) -> Vec<Envelope> {
    let head = store.log.head().await.unwrap();
    let mut seen = Vec::new();
    while last(&seen) < head {
        let page = store.log.read_all(last(&seen), 64).await.unwrap();
        assert!(!page.is_empty(), "the log ends before its head");
        take(store, &mut seen, page);
    }
    let mut revisions = HashMap::new();
    for event in &seen {
        let revision = revisions.entry(event.stream.clone()).or_insert(0);
        *revision += 1;
        assert_eq!(event.revision, *revision, "{} has a gap", event.stream);
    }
    seen
}

fn last(seen: &[Envelope]) -> u64 {
    seen.last().map_or(0, |event| event.position)
}

fn take(store: &Store, seen: &mut Vec<Envelope>, page: Vec<Envelope>) {
    for event in page {
        assert!(event.position > last(seen), "a position came twice or too late");
        if dense(store) {
            assert_eq!(event.position, seen.len() as u64 + 1, "a position was skipped");
        }
        seen.push(event);
    }
}
