//! A reader that follows the log and notices when something comes out of order.

use ringbuch_adapters::store::Store;
use ringbuch_domain::recorded::Envelope;

/// Follows from the start until it has seen `count` events. Fails on the first position that is not the next one.
pub async fn follow(store: &Store, count: u64) -> Vec<Envelope> {
    let mut seen: Vec<Envelope> = Vec::new();
    while (seen.len() as u64) < count {
        let position = seen.len() as u64;
        let page = store.log.read_all(position, 64).await.unwrap();
        if page.is_empty() {
            store.log.wait_for_news(position).await.unwrap();
        }
        for event in page {
            assert_eq!(event.position, seen.len() as u64 + 1, "a position was skipped or came twice");
            seen.push(event);
        }
    }
    seen
}

/// The whole log, which must be dense, and each stream's revisions in it, which must be so as well.
pub async fn whole(store: &Store) -> Vec<Envelope> {
    let seen = follow(store, store.log.head().await.unwrap()).await;
    let mut revisions = std::collections::HashMap::new();
    for event in &seen {
        let revision = revisions.entry(event.stream.clone()).or_insert(0);
        *revision += 1;
        assert_eq!(event.revision, *revision, "{} has a gap", event.stream);
    }
    seen
}
