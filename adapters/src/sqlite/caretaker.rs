//! A thread with two small duties, several times a second: it notices what other processes appended, and it copies the
//! write-ahead log back into the file, so that no append ever pays for that.

use super::event_log::head;
use super::writer::{Durability, Writer};
use crate::store::News;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(200);
/// Pages that may wait to be copied back: 8 MiB.
const COPY_FROM: i64 = 2_000;
/// Length of the write-ahead log from which the writer is asked to let it start anew: 64 MiB.
const RESTART_FROM: i64 = 16_000;

/// Ends its thread when it is dropped.
#[derive(Debug)]
pub(super) struct Caretaker {
    _stop: Sender<()>,
}

impl Caretaker {
    pub fn start(connection: Connection, news: Arc<News>, writer: Writer) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let rounds = Rounds { connection, news, writer, seen: None };
        std::thread::Builder::new().name("sqlite-caretaker".to_owned()).spawn(move || rounds.walk(&stopped))?;
        Ok(Self { _stop: stop })
    }
}

struct Rounds {
    connection: Connection,
    news: Arc<News>,
    writer: Writer,
    seen: Option<i64>,
}

impl Rounds {
    fn walk(mut self, stopped: &Receiver<()>) {
        while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(TICK) {
            if let Err(error) = self.look() {
                tracing::warn!(%error, "the caretaker of the SQLite file could not do its round");
            }
        }
    }

    fn look(&mut self) -> rusqlite::Result<()> {
        let version = self.connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if self.seen == Some(version) {
            return Ok(());
        }
        self.news.announce(head(&self.connection)?);
        self.copy_back()?;
        self.seen = Some(version);
        Ok(())
    }

    /// Copying does not hold up the writer, but the log of a busy writer never empties that way: from a certain length on
    /// the writer itself copies the short rest, after which its next commit starts the log anew.
    fn copy_back(&self) -> rusqlite::Result<()> {
        let (length, copied) = checkpoint(&self.connection, "NOOP")?;
        if length - copied >= COPY_FROM {
            checkpoint(&self.connection, "PASSIVE")?;
        }
        if length >= RESTART_FROM {
            self.writer.offer(Durability::Normal, |connection| {
                if let Err(error) = checkpoint(connection, "PASSIVE") {
                    tracing::warn!(%error, "the write-ahead log could not be copied back");
                }
            });
        }
        Ok(())
    }
}

/// Length of the write-ahead log and how much of it is copied back, in pages, after doing what the mode says.
fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<(i64, i64)> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| Ok((row.get(1)?, row.get(2)?)))
}
