//! Reads the log ahead of whoever walks through it in large pages: while one page is worked on, the next are on their way.
//! Positions are dense and nothing stored changes, so that a page which lies before the newest known position is final.

use super::News;
use async_trait::async_trait;
use ringbuch_domain::ports::{Append, AppendError, Appended, EventLog, LogError};
use ringbuch_domain::recorded::{Envelope, StreamId};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinHandle;

/// Who asks for fewer events does not walk.
const LARGE: usize = 256;
/// Pages on their way for one walk.
const AHEAD: u64 = 2;
/// Pages kept for all walks together; of those that nobody has come for, the oldest go.
const KEPT: usize = 6;

pub(crate) struct ReadAhead<L> {
    log: Arc<L>,
    news: Arc<News>,
    coming: Mutex<VecDeque<Coming>>,
}

/// A page on its way.
struct Coming {
    after: u64,
    limit: usize,
    page: JoinHandle<Result<Vec<Envelope>, LogError>>,
}

impl<L: EventLog + 'static> ReadAhead<L> {
    pub fn over(log: Arc<L>, news: Arc<News>) -> Self {
        Self { log, news, coming: Mutex::default() }
    }

    /// Sends for the pages behind this one that are full by now.
    fn send_for_more(&self, after: u64, limit: usize) {
        let (newest, size) = (self.news.newest(), limit as u64);
        for after in (1..=AHEAD).map(|page| after + page * size).take_while(|after| after + size <= newest) {
            let mut coming = self.coming();
            if coming.iter().any(|it| it.after == after && it.limit == limit) {
                continue;
            }
            let log = Arc::clone(&self.log);
            let page = tokio::spawn(async move { log.read_all(after, limit).await });
            coming.push_back(Coming { after, limit, page });
            while coming.len() > KEPT {
                coming.pop_front();
            }
        }
    }

    fn take(&self, after: u64, limit: usize) -> Option<Coming> {
        let mut coming = self.coming();
        let place = coming.iter().position(|it| it.after == after && it.limit == limit)?;
        coming.remove(place)
    }

    fn coming(&self) -> MutexGuard<'_, VecDeque<Coming>> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<L: EventLog + 'static> EventLog for ReadAhead<L> {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.log.append(append).await
    }

    async fn read_stream(&self, stream: &StreamId, after: u64) -> Result<Vec<Envelope>, LogError> {
        self.log.read_stream(stream, after).await
    }

    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        if limit < LARGE {
            return self.log.read_all(after, limit).await;
        }
        let here = self.take(after, limit);
        self.send_for_more(after, limit);
        match here {
            // What went wrong on the way is asked for once more.
            Some(here) => match here.page.await {
                Ok(Ok(page)) => Ok(page),
                Ok(Err(_)) | Err(_) => self.log.read_all(after, limit).await,
            },
            None => self.log.read_all(after, limit).await,
        }
    }

    async fn head(&self) -> Result<u64, LogError> {
        self.log.head().await
    }

    async fn wait_for_news(&self, position: u64) -> Result<(), LogError> {
        self.log.wait_for_news(position).await
    }
}
