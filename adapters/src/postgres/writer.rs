//! The task that appends. It takes whatever waits, commits it in one transaction and answers; what arrives meanwhile is
//! the next batch. A lost connection is opened again and the batch repeated: the log itself says what had been stored.

use super::append::Session;
use super::connect::Endpoint;
use super::failure::{Failure, Kind};
use crate::store::{Batch, MAX_BATCH, News, Waiting};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Appends that may wait before whoever brings another has to wait as well.
const QUEUE: usize = 1024;
/// How long an append waits for a database that does not answer. Senders of webhooks give up after about ten seconds.
const PATIENCE: Duration = Duration::from_secs(8);
/// A transaction that takes longer than this is taken for lost.
const ATTEMPT: Duration = Duration::from_secs(30);
/// How often other nodes are told of news at most; telling costs about as much as a small append.
const TELL_EVERY: Duration = Duration::from_millis(20);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Writer {
    inbox: mpsc::Sender<Waiting>,
    closing: CancellationToken,
    ended: CancellationToken,
}

impl Writer {
    pub fn start(endpoint: Endpoint, news: Arc<News>) -> Self {
        let (inbox, arriving) = mpsc::channel(QUEUE);
        let (closing, ended) = (CancellationToken::new(), CancellationToken::new());
        let task = Task {
            endpoint,
            session: None,
            news,
            arriving,
            waiting: VecDeque::new(),
            untold: None,
            told: Instant::now(),
            closing: closing.clone(),
            _ended: ended.clone().drop_guard(),
        };
        tokio::spawn(task.run());
        Self { inbox, closing, ended }
    }

    /// Hands an append over. If the store is closed it is dropped, which its waiter sees.
    pub async fn append(&self, waiting: Waiting) {
        let _ = self.inbox.send(waiting).await;
    }

    /// Returns once everything taken is committed and answered.
    pub async fn close(&self) {
        self.closing.cancel();
        self.ended.cancelled().await;
    }
}

struct Task {
    endpoint: Endpoint,
    session: Option<Session>,
    news: Arc<News>,
    arriving: mpsc::Receiver<Waiting>,
    waiting: VecDeque<Waiting>,
    /// Where the log ended at the last commit, until other nodes are told.
    untold: Option<u64>,
    told: Instant,
    closing: CancellationToken,
    _ended: DropGuard,
}

impl Task {
    async fn run(mut self) {
        while self.collect().await {
            let batch = Batch::take(&mut self.waiting);
            self.serve(batch).await;
        }
        self.tell().await;
    }

    /// Takes in whatever waits, and waits only if there is nothing to do. False once closed and done.
    async fn collect(&mut self) -> bool {
        while self.waiting.is_empty() {
            let tell_at = self.told + TELL_EVERY;
            tokio::select! {
                biased;
                () = self.closing.cancelled(), if !self.arriving.is_closed() => self.arriving.close(),
                first = self.arriving.recv() => match first {
                    Some(first) => self.waiting.push_back(first),
                    None => return false,
                },
                () = sleep_until(tell_at), if self.untold.is_some() => self.tell().await,
            }
        }
        while self.waiting.len() < MAX_BATCH {
            match self.arriving.try_recv() {
                Ok(next) => self.waiting.push_back(next),
                Err(_) => break,
            }
        }
        true
    }

    /// Stores what can be stored and answers everyone.
    async fn serve(&mut self, batch: Batch) {
        let mut left = vec![(batch, false)];
        let mut pause = FIRST_PAUSE;
        while let Some((batch, again)) = left.pop() {
            if batch.0.is_empty() {
                continue;
            }
            match self.attempt(&batch.0, again).await {
                Ok((outcomes, head)) => {
                    self.news.announce(head);
                    batch.answer(outcomes);
                    self.untold = Some(head);
                    if self.told.elapsed() > TELL_EVERY {
                        self.tell().await;
                    }
                }
                Err(failure) if failure.kind == Kind::Refused && batch.0.len() > 1 => {
                    let (first, second) = batch.split();
                    left.push((second, again));
                    left.push((first, again));
                }
                Err(failure) if failure.kind == Kind::Refused || is_late(&batch) => {
                    tracing::error!(error = %failure, appends = batch.0.len(), "appends could not be stored");
                    batch.give_up(&format!("the event log could not be written: {failure}"));
                }
                Err(failure) => {
                    tracing::warn!(error = %failure, appends = batch.0.len(), "a batch of appends is tried again");
                    sleep(pause).await;
                    pause = LONGEST_PAUSE.min(pause * 2);
                    left.push((batch, true));
                }
            }
        }
    }

    /// Tells other nodes of what was appended since they were told last.
    async fn tell(&mut self) {
        if let (Some(head), Some(session)) = (self.untold.take(), &self.session) {
            session.tell(head).await;
            self.told = Instant::now();
        }
    }

    async fn attempt(&mut self, batch: &[Waiting], again: bool) -> Result<(super::append::Outcomes, u64), Failure> {
        let session = match self.session.take().filter(Session::is_open) {
            Some(session) => session,
            None => Session::open(&self.endpoint).await.map_err(|failure| Failure::gone(failure.what))?,
        };
        let stored = timeout(ATTEMPT, session.store(batch, again)).await;
        let stored = stored.unwrap_or_else(|_| Err(Failure::gone("the database did not answer in time")));
        let keep = match &stored {
            Ok(_) => true,
            Err(failure) => matches!(failure.kind, Kind::Busy | Kind::Refused) && session.roll_back().await,
        };
        self.session = keep.then_some(session);
        stored
    }
}

/// The oldest of the batch has waited for long enough.
fn is_late(batch: &Batch) -> bool {
    batch.0.first().is_some_and(|oldest| Instant::now() > oldest.since + PATIENCE)
}
