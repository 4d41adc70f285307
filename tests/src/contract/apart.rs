//! A part of a log that others use as well, as if it were a log of its own: the streams of one case, behind where the log
//! ended when the case began. A server that somebody named is never empty, and cases run side by side.

use async_trait::async_trait;
use ringbuch_domain::ports::{Append, AppendError, Appended, EventLog, LogError};
use ringbuch_domain::recorded::{Envelope, StreamId};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Others' news end a wait as well; after this time at the latest nobody waits on.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a stream's name may have.
const LONGEST: usize = 512;

pub struct Apart {
    log: Arc<dyn EventLog>,
    prefix: String,
    from: u64,
}

impl Apart {
    pub fn new(log: Arc<dyn EventLog>, prefix: String, from: u64) -> Self {
        Self { log, prefix, from }
    }

    fn there(&self, stream: &StreamId) -> StreamId {
        // What is no name must stay none, and the longest must not become too long.
        let name = stream.as_str();
        let surplus = if name.len() <= LONGEST { (self.prefix.len() + name.len()).saturating_sub(LONGEST) } else { 0 };
        if name.is_empty() {
            stream.clone()
        } else {
            StreamId::from_stored(format!("{}{}", self.prefix, &name[surplus..]))
        }
    }

    fn here(&self, stream: &StreamId) -> Option<StreamId> {
        stream.as_str().strip_prefix(&self.prefix).map(StreamId::from_stored)
    }

    fn own(&self, event: Envelope) -> Option<Envelope> {
        Some(Envelope { stream: self.here(&event.stream)?, ..event })
    }
}

#[async_trait]
impl EventLog for Apart {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let sent = append.stream.clone();
        let outcome = self.log.append(Append { stream: self.there(&append.stream), ..append }).await;
        outcome.map_err(|error| match error {
            AppendError::Conflict { actual, .. } => AppendError::Conflict { stream: sent, actual },
            AppendError::CommandReused { command, .. } => AppendError::CommandReused { stream: sent, command },
            other => other,
        })
    }

    async fn read_stream(&self, stream: &StreamId, after: u64) -> Result<Vec<Envelope>, LogError> {
        let found = self.log.read_stream(&self.there(stream), after).await?;
        Ok(found.into_iter().filter_map(|event| self.own(event)).collect())
    }

    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        let (mut found, mut position) = (Vec::new(), after.max(self.from));
        while found.len() < limit {
            let page = self.log.read_all(position, 500).await?;
            let Some(last) = page.last() else { break };
            position = last.position;
            found.extend(page.into_iter().filter_map(|event| self.own(event)));
        }
        found.truncate(limit);
        Ok(found)
    }

    async fn head(&self) -> Result<u64, LogError> {
        Ok(self.read_all(0, usize::MAX).await?.last().map_or(0, |event| event.position))
    }

    async fn read_back(&self, until: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        let (mut found, mut known) = (Vec::new(), until);
        while found.len() < limit {
            let mut page = self.log.read_back(known, limit + 1).await?;
            let first = page.first().map_or(0, |event| event.position);
            page.retain(|event| event.position > self.from && (event.position < known || known == until));
            let mut own: Vec<_> = page.into_iter().filter_map(|event| self.own(event)).collect();
            own.append(&mut found);
            found = own;
            if first <= self.from || first == known {
                break;
            }
            known = first;
        }
        Ok(found.split_off(found.len().saturating_sub(limit)))
    }

    async fn behind(&self, position: u64) -> Result<u64, LogError> {
        Ok(self.read_all(position, usize::MAX).await?.len() as u64)
    }

    async fn wait_for_news(&self, position: u64) -> Result<(), LogError> {
        let (until, mut seen) = (Instant::now() + PATIENCE, position.max(self.from));
        while Instant::now() < until && self.read_all(position, 1).await?.is_empty() {
            self.log.wait_for_news(seen).await?;
            seen = self.log.read_all(seen, 500).await?.last().map_or(seen, |event| event.position);
        }
        Ok(())
    }
}
