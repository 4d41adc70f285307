//! The thread that writes. Appends go first, all that wait in one transaction; between two such transactions one other
//! piece of work gets its turn, so that neither waits for more than one of the other kind.

use super::append::{self, Told};
use crate::store::{Batch, MAX_BATCH, News, Waiting};
use rusqlite::Connection;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Jobs that may wait before whoever brings another has to wait as well.
const QUEUE: usize = 1024;

/// Whether a commit has to be on the disk before it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// It survives the loss of power.
    Full,
    /// It survives the end of the process. After a loss of power the newest of such commits may be gone, always from the
    /// end and never in part: enough for rows that come back from the log.
    Normal,
}

/// The store is closed.
#[derive(Debug, thiserror::Error)]
#[error("the database is closed")]
pub(super) struct Closed;

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

enum Job {
    Append(Waiting),
    Work(Durability, Work),
    Close,
}

#[derive(Debug, Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    ended: CancellationToken,
}

impl Writer {
    pub fn start(connection: Connection, news: Arc<News>) -> std::io::Result<Self> {
        let (jobs, inbox) = mpsc::channel(QUEUE);
        let ended = CancellationToken::new();
        let inbox = Inbox { jobs: inbox, appends: VecDeque::new(), works: VecDeque::new() };
        let told = Told { news, runtime: Handle::current() };
        let thread =
            Thread { connection, durability: Durability::Full, told, inbox, _ended: ended.clone().drop_guard() };
        std::thread::Builder::new().name("sqlite-writer".to_owned()).spawn(|| thread.run())?;
        Ok(Self { jobs, ended })
    }

    /// Hands an append over. If the store is closed it is dropped, which its waiter sees.
    pub async fn append(&self, waiting: Waiting) {
        let _ = self.jobs.send(Job::Append(waiting)).await;
    }

    /// Runs work on the writing connection and returns what it returns. The work makes its own transaction.
    pub async fn run<T, E>(
        &self,
        durability: Durability,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Closed> + Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let _ = answer.send(work(connection));
        });
        let _ = self.jobs.send(Job::Work(durability, work)).await;
        outcome.await.unwrap_or_else(|_| Err(E::from(Closed)))
    }

    /// Leaves work behind if there is room for it, without waiting; meant for threads of our own.
    pub fn offer(&self, durability: Durability, work: impl FnOnce(&mut Connection) + Send + 'static) {
        let _ = self.jobs.try_send(Job::Work(durability, Box::new(work)));
    }

    /// Returns once everything taken is committed and the thread has ended.
    pub async fn close(&self) {
        let _ = self.jobs.send(Job::Close).await;
        self.ended.cancelled().await;
    }
}

struct Thread {
    connection: Connection,
    durability: Durability,
    told: Told,
    inbox: Inbox,
    _ended: DropGuard,
}

impl Thread {
    fn run(mut self) {
        while self.inbox.wait() {
            let batch = self.inbox.batch();
            if !batch.appends.is_empty() {
                self.set(Durability::Full);
                append::commit(&mut self.connection, batch, &mut self.inbox, &self.told);
            }
            if let Some((durability, work)) = self.inbox.works.pop_front() {
                self.set(durability);
                work(&mut self.connection);
            }
        }
    }

    /// One connection serves both kinds of commit, since a second one would drop its page cache at every change.
    fn set(&mut self, durability: Durability) {
        if self.durability == durability {
            return;
        }
        let word = match durability {
            Durability::Full => "FULL",
            Durability::Normal => "NORMAL",
        };
        if let Err(error) = self.connection.pragma_update(None, "synchronous", word) {
            tracing::error!(%error, "the durability of the next commit could not be set to {word}");
        } else {
            self.durability = durability;
        }
    }
}

/// What waits, sorted by kind.
pub(super) struct Inbox {
    jobs: mpsc::Receiver<Job>,
    appends: VecDeque<Waiting>,
    works: VecDeque<(Durability, Work)>,
}

impl Inbox {
    /// Waits until there is something to do. False once closed and done.
    fn wait(&mut self) -> bool {
        self.collect();
        if self.appends.is_empty() && self.works.is_empty() {
            match self.jobs.blocking_recv() {
                Some(job) => self.sort(job),
                None => return false,
            }
        }
        true
    }

    /// Appends that may travel together.
    fn batch(&mut self) -> Batch {
        self.collect();
        Batch::take(&mut self.appends)
    }

    /// Lets what arrived meanwhile travel with a batch that is on its way already.
    pub fn join(&mut self, batch: &mut Batch) {
        self.collect();
        batch.fill(&mut self.appends);
    }

    fn collect(&mut self) {
        while self.appends.len() < MAX_BATCH {
            match self.jobs.try_recv() {
                Ok(job) => self.sort(job),
                Err(_) => break,
            }
        }
    }

    fn sort(&mut self, job: Job) {
        match job {
            Job::Append(waiting) => self.appends.push_back(waiting),
            Job::Work(durability, work) => self.works.push_back((durability, work)),
            Job::Close => self.jobs.close(),
        }
    }
}
