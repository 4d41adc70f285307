//! What happens, told to whoever watches: one reader of the log for all of them, and the kinds and streams of events, never
//! what is in them.

use crate::app::App;
use jiff::Timestamp;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{EventLog, LogError};
use ringbuch_domain::recorded::Envelope;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, broadcast};
use tokio_util::sync::CancellationToken;

/// Events read at once.
const BATCH: usize = 400;
/// After trouble below, before asking again.
const PAUSE: Duration = Duration::from_millis(500);
/// How far somebody who watches may fall behind before they miss something.
const BEHIND: usize = 1_000;
/// Who may watch at the same time, on this node.
const WATCHING: usize = 500;

/// One event, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct News {
    pub position: u64,
    pub kind: String,
    pub stream: String,
    pub time: Timestamp,
    #[serde(skip)]
    pub company: Option<CompanyId>,
}

/// Cheap to clone; clones tell the same.
#[derive(Clone)]
pub struct Live {
    sender: broadcast::Sender<News>,
    places: Arc<Semaphore>,
    ended: CancellationToken,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            sender: broadcast::channel(BEHIND).0,
            places: Arc::new(Semaphore::new(WATCHING)),
            ended: CancellationToken::new(),
        }
    }
}

impl Live {
    pub fn subscribe(&self) -> broadcast::Receiver<News> {
        self.sender.subscribe()
    }

    /// A place for one more who watches; nothing while there are too many.
    pub fn place(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Cancelled once nothing more is told here.
    pub fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    /// Follows the log until it is told to stop; whoever watches is then sent away. An event is told once the read models show it, so that whoever looks then
    /// sees it.
    pub async fn follow(&self, app: &App, shutdown: CancellationToken) {
        let mut position = None;
        loop {
            let round = async {
                match self.read_on(app, position).await {
                    Ok(read) => position = Some(read),
                    Err(error) => {
                        tracing::warn!(%error, "whoever watches is told nothing; trying again");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => return self.ended.cancel(),
                () = round => {}
            }
        }
    }

    async fn read_on(&self, app: &App, position: Option<u64>) -> Result<u64, LogError> {
        let log: &dyn EventLog = app.journal.log();
        let Some(after) = position else { return log.head().await };
        let events = log.read_all(after, BATCH).await?;
        let Some(last) = events.last().map(|event| event.position) else {
            log.wait_for_news(after).await?;
            return Ok(after);
        };
        app.projector.absorbed(last).await;
        for event in events {
            // Nobody may be listening just now.
            let _ = self.sender.send(News::of(event));
        }
        Ok(last)
    }
}

impl News {
    fn of(event: Envelope) -> Self {
        let stream = event.stream.as_str().to_owned();
        Self { position: event.position, kind: event.kind, stream, time: event.time, company: event.company }
    }
}
