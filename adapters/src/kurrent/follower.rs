//! Follows the log by the server's own subscription and tells of what is new. If it is lost, readers still look every
//! other second by themselves until it is back.

use super::connection::Connection;
use super::failure::Failure;
use super::reader::{Reader, ours};
use crate::store::News;
use kurrentdb::{Client, StreamPosition, SubscribeToAllOptions, SubscriptionEvent};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::{CancellationToken, DropGuard};

const PAUSE: Duration = Duration::from_millis(500);
/// A subscription has no end; after this time it is made anew.
const TERM: Duration = Duration::from_hours(24);

/// Follows until the guard is dropped.
pub(super) fn start(connection: Arc<Connection>, reader: Reader, news: Arc<News>) -> DropGuard {
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move { stopped.run_until_cancelled(keep_following(&connection, &reader, &news)).await });
    stop.drop_guard()
}

async fn keep_following(connection: &Connection, reader: &Reader, news: &News) {
    loop {
        let follow = async |client: Client| follow(client, reader, news).await;
        if let Err(failure) = connection.ask(TERM, follow).await {
            tracing::debug!(error = %failure, "following the event store starts again");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Returns when the subscription ends. The library would turn in circles at an end without an error; the server gives
/// every end one.
async fn follow(client: Client, reader: &Reader, news: &News) -> Result<(), Failure> {
    let options = SubscribeToAllOptions::default().position(StreamPosition::End).filter(ours()).requires_leader(true);
    let mut subscription = client.subscribe_to_all(&options).await;
    loop {
        match subscription.next_subscription_event().await? {
            SubscriptionEvent::EventAppeared(resolved) => {
                news.announce(resolved.event.map_or(0, |event| event.position.commit));
            }
            // What was appended before the subscription began is not told.
            SubscriptionEvent::Confirmed(_) => news.announce(reader.head().await?),
            _ => {}
        }
    }
}
