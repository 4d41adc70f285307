//! A connection that listens for what any node appends. If it is lost, readers still look every other second by
//! themselves until it is back.

use super::connect::{Endpoint, Role};
use super::event_log;
use super::failure::Failure;
use super::session::CHANNEL;
use crate::store::News;
use futures_util::future::join;
use futures_util::{StreamExt, stream};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use tokio_postgres::AsyncMessage;
use tokio_util::sync::{CancellationToken, DropGuard};

const PAUSE: Duration = Duration::from_secs(1);

/// Listens until the guard is dropped.
pub(super) fn start(endpoint: Endpoint, news: Arc<News>) -> DropGuard {
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move { stopped.run_until_cancelled(keep_listening(&endpoint, &news)).await });
    stop.drop_guard()
}

async fn keep_listening(endpoint: &Endpoint, news: &News) {
    loop {
        if let Err(failure) = listen(endpoint, news).await {
            tracing::debug!(error = %failure, "listening for events of other nodes starts again");
        }
        sleep(PAUSE).await;
    }
}

/// Returns when the connection ends.
async fn listen(endpoint: &Endpoint, news: &News) -> Result<(), Failure> {
    let (client, mut connection) = endpoint.raw(Role::Listener).await?;
    let begin = async {
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        // What was appended before listening began is not told.
        news.announce(event_log::head(&client).await?);
        Ok(())
    };
    let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
    let hear = async {
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(told) = message {
                news.announce(told.payload().parse().unwrap_or(0));
            }
        }
    };
    join(begin, hear).await.0
}
