//! Appends: what the stream holds is known first, then the events are sent with exactly the revision that their hashes
//! follow. The server takes them there or nowhere, so that whatever is lost on the way can be sent again.

use super::connection::Connection;
use super::failure::Failure;
use super::form;
use super::reader::{ReadFailure, Reader};
use super::tails::{Tail, Tails};
use crate::store::{Decision, News, Planner};
use kurrentdb::{AppendToStreamOptions, Client, EventData, StreamState};
use ringbuch_domain::ports::{Append, AppendError, Appended, Expected, LogError};
use ringbuch_domain::recorded::StreamId;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// How long an answer to an append is waited for; the server itself gives up after ten seconds.
const PATIENCE: Duration = Duration::from_secs(12);
/// Pauses between attempts at one and the same append whose answer was lost.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(800), Duration::from_secs(3)];
/// How often other nodes may be faster before an append gives up.
const ATTEMPTS: u32 = 50;
/// Two streams may share a turn; that costs a short wait and nothing else.
const LANES: usize = 1024;

pub(super) struct Writer {
    connection: Arc<Connection>,
    reader: Reader,
    news: Arc<News>,
    tails: Tails,
    /// Appends to one stream queue within the process, so that they do not lose their work to each other.
    lanes: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Writer {
    pub fn new(connection: Arc<Connection>, reader: Reader, news: Arc<News>) -> Self {
        let lanes = (0..LANES).map(|_| Mutex::new(())).collect();
        Self { connection, reader, news, tails: Tails::default(), lanes, hasher: RandomState::new() }
    }

    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let _turn = self.turn(&append.stream).await;
        let mut tail = match append.expected {
            // Where nothing is, nothing is known either; if there is something after all, the server says so.
            Expected::NoStream => Tail::default(),
            _ => self.caught_up(&append.stream, self.tails.take(&append.stream)).await?,
        };
        let outcome = self.decide_and_send(&append, &mut tail).await;
        self.tails.put(&append.stream, tail);
        outcome
    }

    async fn turn(&self, stream: &StreamId) -> Option<MutexGuard<'_, ()>> {
        let lane = usize::try_from(self.hasher.hash_one(stream) % LANES as u64).unwrap_or_default();
        match self.lanes.get(lane) {
            Some(lane) => Some(lane.lock().await),
            None => None,
        }
    }

    async fn decide_and_send(&self, append: &Append, tail: &mut Tail) -> Result<Appended, AppendError> {
        for _ in 0..ATTEMPTS {
            let answer = match decide(append, tail) {
                Decision::Answer(answer) => return answer,
                Decision::Write { answer, .. } => answer,
            };
            match self.send(append, tail).await {
                Ok(position) => return self.settled(append, tail, Appended { position, ..answer }).await,
                Err(Failure::Conflict) => self.look_again(&append.stream, tail).await?,
                Err(failure) => return Err(refusal(append, failure)),
            }
        }
        Err(unavailable(LogError::message(format!("stream {} is too busy", append.stream))))
    }

    /// Sends the events behind the tail and returns the position of the last one. After a lost answer the same events go
    /// with the same expectation once more: if they had arrived, the server says so and stores nothing.
    async fn send(&self, append: &Append, tail: &Tail) -> Result<u64, Failure> {
        let events =
            form::written(append, tail.revision, tail.hash).map_err(|error| Failure::Refused(error.to_string()))?;
        let mut outcome = self.send_once(append, tail.revision, events.clone()).await;
        for pause in PAUSES {
            match outcome {
                Err(Failure::Lost(error)) => tracing::debug!(error, "an append goes to the event store once more"),
                known => return known,
            }
            tokio::time::sleep(pause).await;
            outcome = self.send_once(append, tail.revision, events.clone()).await;
        }
        outcome
    }

    async fn send_once(&self, append: &Append, revision: u64, events: Vec<EventData>) -> Result<u64, Failure> {
        // The server counts from 0.
        let expected = revision.checked_sub(1).map_or(StreamState::NoStream, StreamState::StreamRevision);
        let options = AppendToStreamOptions::default().stream_state(expected).requires_leader(true);
        let name = append.stream.as_str().to_owned();
        let send = async move |client: Client| Ok(client.append_to_stream(name, &options, events).await?);
        let written = self.connection.ask(PATIENCE, send).await?;
        Ok(written.position.commit)
    }

    /// Not every server tells where events stand that it had stored before.
    async fn settled(&self, append: &Append, tail: &mut Tail, stored: Appended) -> Result<Appended, AppendError> {
        let position = if stored.position == 0 || stored.position == u64::MAX {
            self.look_again(&append.stream, tail).await?;
            tail.held(append.cause.command).last().map_or(0, |event| event.position)
        } else {
            stored.position
        };
        self.news.announce(position);
        Ok(Appended { position, ..stored })
    }

    /// Reads what is new in the stream; where nothing is, the tail was of a stream that was cut off, and all of it is read.
    async fn look_again(&self, stream: &StreamId, tail: &mut Tail) -> Result<(), AppendError> {
        let before = tail.revision;
        *tail = self.caught_up(stream, std::mem::take(tail)).await?;
        if tail.revision == before {
            *tail = self.caught_up(stream, Tail::default()).await?;
        }
        Ok(())
    }

    async fn caught_up(&self, stream: &StreamId, mut tail: Tail) -> Result<Tail, AppendError> {
        let mut news = self.reader.stream(stream, tail.revision).await;
        for pause in PAUSES {
            if !matches!(news, Err(ReadFailure::Server(Failure::Lost(_)))) {
                break;
            }
            tokio::time::sleep(pause).await;
            news = self.reader.stream(stream, tail.revision).await;
        }
        for event in news.map_err(|failure| unavailable(failure.into()))? {
            tail.absorb(event);
        }
        Ok(tail)
    }
}

fn decide(append: &Append, tail: &Tail) -> Decision {
    let (stream, command) = (append.stream.as_str(), append.cause.command);
    let mut plan = Planner::new(0, false);
    plan.stream_ends(stream, tail.revision);
    plan.command_holds(stream, command, tail.held(command));
    plan.decide(append)
}

fn refusal(append: &Append, failure: Failure) -> AppendError {
    match failure {
        Failure::Unfit(_) => {
            let why = "it is larger than the event store takes at once; raise MaxAppendSize there";
            AppendError::Unusable { stream: append.stream.clone(), why }
        }
        other => unavailable(other.into()),
    }
}

fn unavailable(error: LogError) -> AppendError {
    AppendError::Unavailable(error)
}
