//! Reading streams and the whole log. Everything is asked of the leader, so that whoever has written reads it; the server
//! leaves its own events and links out, and what others keep in the same store is left out here.

use super::connection::Connection;
use super::failure::Failure;
use super::form;
use kurrentdb::{
    Client, Error, Position, ReadAllOptions, ReadStream, ReadStreamOptions, RecordedEvent, StreamPosition,
    SubscriptionFilter,
};
use ringbuch_domain::ports::LogError;
use ringbuch_domain::recorded::{Envelope, StreamId};
use std::sync::Arc;
use std::time::Duration;

/// How long one page may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take to find where the log ends.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// Events that are counted one by one to tell how far somebody is behind; of more, the number is estimated.
const COUNTED: usize = 512;

/// Everything but system events and links, which the server leaves out.
pub(super) fn ours() -> SubscriptionFilter {
    SubscriptionFilter::on_event_type().exclude_system_events()
}

/// A record's position. Nothing is written in transactions of several appends, so both numbers are one.
fn at(position: u64) -> StreamPosition<Position> {
    StreamPosition::Position(Position { commit: position, prepare: position })
}

#[derive(Clone)]
pub(super) struct Reader {
    connection: Arc<Connection>,
}

impl Reader {
    pub fn new(connection: Arc<Connection>) -> Self {
        Self { connection }
    }

    /// The stream's events after a revision.
    pub async fn stream(&self, stream: &StreamId, after: u64) -> Result<Vec<Envelope>, ReadFailure> {
        let name = stream.as_str().to_owned();
        if name.is_empty() || name.starts_with('$') {
            return Ok(Vec::new());
        }
        // The server counts from 0, so that its number of the next event is ours of the last.
        let options = ReadStreamOptions::default().forwards().position(StreamPosition::Position(after));
        let options = options.requires_leader(true);
        let read = async move |client: Client| match whole(client.read_stream(name, &options).await).await {
            Err(Error::ResourceNotFound) => Ok(Vec::new()),
            known => Ok(known?),
        };
        let events = self.connection.ask(PATIENCE, read).await?;
        Ok(events.into_iter().map(form::read).collect::<Result<_, _>>()?)
    }

    /// At most so many events of the whole log after a position.
    pub async fn all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, ReadFailure> {
        let (mut found, mut from) = (Vec::new(), after);
        while found.len() < limit {
            // The event at the position itself comes first.
            let asked = (limit - found.len()).saturating_add(1);
            let page = self.page(from, asked).await?;
            let (more, last) = (page.len() == asked, page.last().map_or(from, |event| event.position.commit));
            let fresh = page.into_iter().filter(|event| event.position.commit > from && form::is_ours(event));
            for event in fresh.take(limit - found.len()) {
                found.push(form::read(event)?);
            }
            if !more || last == from {
                break;
            }
            from = last;
        }
        Ok(found)
    }

    /// The newest events up to a position; none before a position at which nothing stands.
    pub async fn back(&self, until: u64, limit: usize) -> Result<Vec<Envelope>, ReadFailure> {
        let newest = if until == u64::MAX { None } else { self.single(until).await? };
        if until != u64::MAX && newest.is_none() {
            return Ok(Vec::new());
        }
        let from = if until == u64::MAX { StreamPosition::End } else { at(until) };
        let mut found: Vec<_> = newest.into_iter().collect();
        if found.len() < limit {
            found.extend(self.backwards(from, limit - found.len()).await?);
        }
        found.truncate(limit);
        found.reverse();
        Ok(found.into_iter().map(form::read).collect::<Result<_, _>>()?)
    }

    /// The position of our newest event.
    pub async fn head(&self) -> Result<u64, Failure> {
        let newest = self.backwards(StreamPosition::End, 1).await?;
        Ok(newest.first().map_or(0, |event| event.position.commit))
    }

    /// How many events come after a position, by the distance of the first ones where there are many.
    pub async fn behind(&self, position: u64) -> Result<u64, ReadFailure> {
        let head = self.head().await?;
        if position >= head {
            return Ok(0);
        }
        let next = self.all(position, COUNTED).await?;
        let (count, reached) = (next.len() as u64, next.last().map_or(head, |event| event.position));
        if next.len() < COUNTED || reached <= position {
            return Ok(count);
        }
        let estimate = u128::from(count) * u128::from(head - position) / u128::from(reached - position);
        Ok(u64::try_from(estimate).unwrap_or(u64::MAX))
    }

    async fn page(&self, from: u64, count: usize) -> Result<Vec<RecordedEvent>, Failure> {
        let options = ReadAllOptions::default().max_count(count);
        let from = if from == 0 { StreamPosition::Start } else { at(from) };
        self.ask(PATIENCE, options.position(from).forwards(), count, |_| true).await
    }

    /// The event that stands exactly there, if it is one of ours.
    async fn single(&self, position: u64) -> Result<Option<RecordedEvent>, Failure> {
        let found = match self.page(position, 1).await {
            Ok(found) => found,
            // Not every number is the position of a record, and not every server says so in so many words.
            Err(Failure::Unfit(_)) => Vec::new(),
            Err(failure) => self.head().await.map(|_| Vec::new()).map_err(|_| failure)?,
        };
        Ok(found.into_iter().find(|event| event.position.commit == position && form::is_ours(event)))
    }

    /// The newest of our events before a position, the newest first.
    async fn backwards(&self, from: StreamPosition<Position>, count: usize) -> Result<Vec<RecordedEvent>, Failure> {
        let all = ReadAllOptions::default().position(from).backwards();
        let few = self.ask(HEAD_PATIENCE, all.clone().max_count(count), count, |_| true).await?;
        let (full, ours) = (few.len() == count, few.into_iter().filter(form::is_ours).collect::<Vec<_>>());
        if !full || ours.len() == count {
            return Ok(ours);
        }
        self.ask(PATIENCE, all, count, form::is_ours).await
    }

    async fn ask(
        &self,
        patience: Duration,
        options: ReadAllOptions,
        count: usize,
        wanted: impl Fn(&RecordedEvent) -> bool,
    ) -> Result<Vec<RecordedEvent>, Failure> {
        let options = options.filter(ours()).requires_leader(true);
        let read = async move |client: Client| collect(client.read_all(&options).await?, count, wanted).await;
        self.connection.ask(patience, read).await
    }
}

/// The events of an answer until there are enough; what the server would send beyond is left there.
async fn collect(
    mut answer: ReadStream,
    count: usize,
    wanted: impl Fn(&RecordedEvent) -> bool,
) -> Result<Vec<RecordedEvent>, Failure> {
    let mut events = Vec::new();
    while events.len() < count
        && let Some(resolved) = answer.next().await?
    {
        events.extend(resolved.event.filter(|event| wanted(event)));
    }
    Ok(events)
}

async fn whole(answer: kurrentdb::Result<ReadStream>) -> kurrentdb::Result<Vec<RecordedEvent>> {
    let (mut answer, mut events) = (answer?, Vec::new());
    while let Some(resolved) = answer.next().await? {
        events.extend(resolved.event);
    }
    Ok(events)
}

/// Either the server or what it holds.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadFailure {
    #[error(transparent)]
    Server(#[from] Failure),
    #[error(transparent)]
    Content(#[from] LogError),
}

impl From<ReadFailure> for LogError {
    fn from(failure: ReadFailure) -> Self {
        match failure {
            ReadFailure::Server(failure) => failure.into(),
            ReadFailure::Content(error) => error,
        }
    }
}
