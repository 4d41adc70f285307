//! The task that appends. It takes whatever waits, commits it in one transaction and answers; what arrives meanwhile is
//! the next batch. A lost connection is opened again and the batch repeated: the log itself says what had been stored.

use super::append::{Attempt, Outcomes};
use super::connect::Endpoint;
use super::failure::{Failure, Kind};
use super::session::Session;
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
const ATTEMPT: Duration = Duration::from_secs(15);
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
            arrivals: Arrivals { arriving, waiting: VecDeque::new() },
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

/// Appends that have come and are in no batch yet.
pub(super) struct Arrivals {
    arriving: mpsc::Receiver<Waiting>,
    waiting: VecDeque<Waiting>,
}

impl Arrivals {
    /// Lets them travel with a batch that is on its way already.
    pub fn join(&mut self, batch: &mut Batch) {
        while self.waiting.len() < MAX_BATCH {
            match self.arriving.try_recv() {
                Ok(next) => self.waiting.push_back(next),
                Err(_) => break,
            }
        }
        batch.fill(&mut self.waiting);
    }
}

struct Task {
    endpoint: Endpoint,
    session: Option<Session>,
    news: Arc<News>,
    arrivals: Arrivals,
    /// Where the log ended at the last commit, until other nodes are told.
    untold: Option<u64>,
    told: Instant,
    closing: CancellationToken,
    _ended: DropGuard,
}

impl Task {
    async fn run(mut self) {
        while self.wait().await {
            let mut batch = Batch::default();
            self.arrivals.join(&mut batch);
            self.serve(batch).await;
            // Whoever was answered and has more to append gets the chance to bring it for the next batch.
            tokio::task::yield_now().await;
        }
        self.tell().await;
    }

    /// Waits until something has arrived. False once closed and done.
    async fn wait(&mut self) -> bool {
        while self.arrivals.waiting.is_empty() {
            let arriving = &mut self.arrivals.arriving;
            let tell_at = self.told + TELL_EVERY;
            tokio::select! {
                biased;
                () = self.closing.cancelled(), if !arriving.is_closed() => arriving.close(),
                first = arriving.recv() => match first {
                    Some(first) => self.arrivals.waiting.push_back(first),
                    None => return false,
                },
                () = sleep_until(tell_at), if self.untold.is_some() => self.tell().await,
            }
        }
        true
    }

    /// Stores what can be stored and answers everyone.
    async fn serve(&mut self, batch: Batch) {
        let mut left = vec![(batch, false)];
        let mut pause = FIRST_PAUSE;
        let mut narrowing = false;
        while let Some((batch, again)) = left.pop() {
            let (batch, stored) = self.attempt(batch, again, !narrowing).await;
            match stored {
                Ok((outcomes, head)) => {
                    self.news.announce(head);
                    batch.answer(outcomes);
                    self.untold = Some(head);
                    if self.told.elapsed() > TELL_EVERY {
                        self.tell().await;
                    }
                }
                Err(failure) if failure.is_refusal() && batch.appends.len() > 1 => {
                    narrowing = true;
                    let (first, second) = batch.split();
                    left.push((second, again));
                    left.push((first, again));
                }
                Err(failure) if failure.is_refusal() || is_late(&batch) => {
                    tracing::error!(error = %failure, appends = batch.appends.len(), "appends could not be stored");
                    batch.give_up(&format!("the event log could not be written: {failure}"));
                }
                Err(failure) => {
                    tracing::warn!(error = %failure, appends = batch.appends.len(), "a batch of appends is tried again");
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

    /// One try. Others may join the batch unless a failure is being narrowed down.
    async fn attempt(&mut self, batch: Batch, again: bool, joined: bool) -> (Batch, Result<(Outcomes, u64), Failure>) {
        let mut attempt = Attempt { batch, joined: joined.then_some(&mut self.arrivals), again };
        let mut session = match self.session.take().filter(Session::is_open) {
            Some(session) => session,
            None => match Session::open(&self.endpoint).await {
                Ok(session) => session,
                Err(failure) => return (attempt.batch, Err(Failure::gone(failure.what))),
            },
        };
        let stored = timeout(ATTEMPT, session.store(&mut attempt)).await;
        let stored = stored.unwrap_or_else(|_| Err(Failure::gone("the database did not answer in time")));
        let keep = match &stored {
            Ok(_) => true,
            Err(failure) => (failure.kind == Kind::Busy || failure.is_refusal()) && session.roll_back().await,
        };
        self.session = keep.then_some(session);
        (attempt.batch, stored)
    }
}

/// The oldest of the batch has waited for long enough.
fn is_late(batch: &Batch) -> bool {
    batch.appends.first().is_some_and(|oldest| Instant::now() > oldest.since + PATIENCE)
}
