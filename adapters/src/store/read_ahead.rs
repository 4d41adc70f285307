//! Reads the log ahead of whoever walks through it in large pages: while one page is worked on, the next are on their way.
//! Positions are dense and nothing stored changes, so that a page which lies before the newest known position is final.

use super::News;
use async_trait::async_trait;
use ringbuch_domain::ports::{About, Append, AppendError, Appended, EventLog, LogError};
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

/// Pages on their way, whatever they hold.
pub(crate) struct Ahead<P> {
    news: Arc<News>,
    coming: Mutex<VecDeque<Coming<P>>>,
}

struct Coming<P> {
    after: u64,
    limit: usize,
    page: JoinHandle<Result<P, LogError>>,
}

impl<P: Send + 'static> Ahead<P> {
    pub fn new(news: Arc<News>) -> Self {
        Self { news, coming: Mutex::default() }
    }

    /// The page behind a position, and sends for those behind it.
    pub async fn page<R>(&self, after: u64, limit: usize, read: impl Fn(u64) -> R) -> Result<P, LogError>
    where
        R: Future<Output = Result<P, LogError>> + Send + 'static,
    {
        if limit < LARGE {
            return read(after).await;
        }
        let here = self.take(after, limit);
        self.send_for_more(after, limit, &read);
        match here {
            // What went wrong on the way is asked for once more.
            Some(here) => match here.page.await {
                Ok(Ok(page)) => Ok(page),
                Ok(Err(_)) | Err(_) => read(after).await,
            },
            None => read(after).await,
        }
    }

    /// Sends for the pages behind this one that are full by now.
    fn send_for_more<R>(&self, after: u64, limit: usize, read: &impl Fn(u64) -> R)
    where
        R: Future<Output = Result<P, LogError>> + Send + 'static,
    {
        let (newest, size) = (self.news.newest(), limit as u64);
        for after in (1..=AHEAD).map(|page| after + page * size).take_while(|after| after + size <= newest) {
            let mut coming = self.coming();
            if coming.iter().any(|it| it.after == after && it.limit == limit) {
                continue;
            }
            coming.push_back(Coming { after, limit, page: tokio::spawn(read(after)) });
            while coming.len() > KEPT {
                coming.pop_front();
            }
        }
    }

    fn take(&self, after: u64, limit: usize) -> Option<Coming<P>> {
        let mut coming = self.coming();
        let place = coming.iter().position(|it| it.after == after && it.limit == limit)?;
        coming.remove(place)
    }

    fn coming(&self) -> MutexGuard<'_, VecDeque<Coming<P>>> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A log of which pages of events are on their way.
pub(crate) struct ReadAhead<L> {
    log: Arc<L>,
    ahead: Ahead<Vec<Envelope>>,
}

impl<L: EventLog + 'static> ReadAhead<L> {
    pub fn over(log: Arc<L>, news: Arc<News>) -> Self {
        Self { log, ahead: Ahead::new(news) }
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

    async fn read_about(&self, stream: &StreamId, about: &About) -> Result<Vec<Envelope>, LogError> {
        self.log.read_about(stream, about).await
    }

    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        let read = |after| {
            let log = Arc::clone(&self.log);
            async move { log.read_all(after, limit).await }
        };
        self.ahead.page(after, limit, read).await
    }

    async fn head(&self) -> Result<u64, LogError> {
        self.log.head().await
    }

    async fn wait_for_news(&self, position: u64) -> Result<(), LogError> {
        self.log.wait_for_news(position).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::recorded::{Cause, EventHash};
    use std::sync::atomic::{AtomicBool, Ordering};
    use uuid::Uuid;

    /// A log of that many events, which fails when asked for a page that is not the first, until it has failed once.
    struct Fake {
        head: u64,
        fails: AtomicBool,
        asked: Mutex<Vec<u64>>,
    }

    fn event(position: u64) -> Envelope {
        Envelope {
            position,
            stream: StreamId::from_stored("s"),
            revision: position,
            id: Uuid::nil(),
            cause: Cause::first(Uuid::nil()),
            company: None,
            time: jiff::Timestamp::UNIX_EPOCH,
            kind: "Noted".to_owned(),
            version: 1,
            public: vec![],
            private: None,
            hash: EventHash([0; 32]),
        }
    }

    #[async_trait]
    impl EventLog for Fake {
        async fn append(&self, _: Append) -> Result<Appended, AppendError> {
            Err(AppendError::Unavailable(LogError::message("it only reads")))
        }
        async fn read_stream(&self, _: &StreamId, _: u64) -> Result<Vec<Envelope>, LogError> {
            Ok(vec![])
        }
        async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
            self.asked.lock().unwrap().push(after);
            if after > 0 && self.fails.swap(false, Ordering::SeqCst) {
                return Err(LogError::message("away for a moment"));
            }
            Ok((after + 1..=self.head).take(limit).map(event).collect())
        }
        async fn head(&self) -> Result<u64, LogError> {
            Ok(self.head)
        }
        async fn wait_for_news(&self, _: u64) -> Result<(), LogError> {
            Ok(())
        }
    }

    async fn walk(head: u64, known: u64, fails: bool, limit: usize) -> (Vec<u64>, Vec<u64>) {
        let fake = Arc::new(Fake { head, fails: fails.into(), asked: Mutex::default() });
        let log = ReadAhead::over(Arc::clone(&fake), Arc::new(News::since(known)));
        let mut seen = Vec::new();
        loop {
            let page = log.read_all(seen.last().copied().unwrap_or(0), limit).await.unwrap();
            if page.is_empty() {
                break;
            }
            seen.extend(page.iter().map(|event| event.position));
        }
        let mut asked = fake.asked.lock().unwrap().clone();
        asked.sort_unstable();
        (seen, asked)
    }

    #[tokio::test]
    async fn a_walk_sees_every_event_once_and_asks_for_every_page_once() {
        let (seen, asked) = walk(2_100, 2_100, false, 500).await;
        assert_eq!(seen, (1..=2_100).collect::<Vec<_>>());
        assert_eq!(asked, [0, 500, 1_000, 1_500, 2_000, 2_100]);
    }

    #[tokio::test]
    async fn only_pages_that_are_known_to_be_full_are_sent_for() {
        let log = Arc::new(Fake { head: 2_100, fails: false.into(), asked: Mutex::default() });
        let ahead = ReadAhead::over(Arc::clone(&log), Arc::new(News::since(1_200)));
        assert_eq!(ahead.read_all(0, 500).await.unwrap().len(), 500);
        assert_eq!(ahead.ahead.coming().iter().map(|it| it.after).collect::<Vec<_>>(), [500]);
        assert_eq!(ahead.read_all(0, LARGE - 1).await.unwrap().len(), LARGE - 1);
        assert_eq!(ahead.ahead.coming().len(), 1, "a small page is no walk");
    }

    #[tokio::test]
    async fn a_page_that_failed_on_its_way_is_asked_for_again() {
        let (seen, asked) = walk(1_500, 1_500, true, 500).await;
        assert_eq!(seen, (1..=1_500).collect::<Vec<_>>());
        assert_eq!(asked.iter().filter(|after| **after > 0).count(), 4, "{asked:?}");
    }
}
