//! The store that the aggregate framework asks, over the event log. It applies no event twice and takes no snapshot; the
//! events that a command made are applied where they were made, and what came of it is remembered once it is stored.

use super::{Journal, JournalError, Loaded, Stored};
use cqrs_es::{AggregateContext, AggregateError, EventEnvelope, EventStore};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{Append, AppendError, Appended, Expected};
use ringbuch_domain::recorded::{Cause, StreamId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// One command's view of the log.
pub struct StreamStore<'j> {
    journal: &'j Journal,
    company: Option<&'j CompanyId>,
    cause: Cause,
    appended: Mutex<Option<Appended>>,
}

/// An aggregate on its way through a command.
pub struct Context<A> {
    stream: StreamId,
    loaded: Loaded<A>,
}

impl<A: Stored> Context<A> {
    pub fn first_result(&self, command: Uuid) -> Option<Appended> {
        self.loaded.commands.get(&command).copied()
    }

    pub fn into_aggregate(self) -> A {
        self.loaded.aggregate
    }
}

impl<A: Stored> AggregateContext<A> for Context<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.loaded.aggregate
    }
}

impl<'j> StreamStore<'j> {
    pub fn new(journal: &'j Journal, company: Option<&'j CompanyId>, cause: Cause) -> Self {
        Self { journal, company, cause, appended: Mutex::new(None) }
    }

    /// Where the last commit's events stand.
    pub fn appended(&self) -> Option<Appended> {
        *self.appended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The aggregate as it was when it was last used, if it was lately.
    pub fn remembered<A: Stored>(&self, stream: &StreamId) -> Option<Context<A>> {
        let known = self.journal.memory.get::<A>(stream)?;
        Some(Context { stream: stream.clone(), loaded: (*known).clone() })
    }

    async fn append<A: Stored>(&self, events: &[A::Event], context: &Context<A>) -> Result<Appended, JournalError> {
        let mut sealed = Vec::with_capacity(events.len());
        for (index, event) in events.iter().enumerate() {
            sealed.push(self.journal.seal(&context.stream, self.company, self.cause, index, event).await?);
        }
        let expected = match context.loaded.revision {
            0 => Expected::NoStream,
            revision => Expected::Revision(revision),
        };
        let append = Append {
            stream: context.stream.clone(),
            expected,
            cause: self.cause,
            company: self.company.cloned(),
            time: self.journal.clock.now(),
            events: sealed,
        };
        self.journal.append(append).await.map_err(JournalError::Append)
    }
}

impl<A: Stored> EventStore<A> for StreamStore<'_> {
    type AC = Context<A>;

    async fn load_events(&self, id: &str) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let events = self.journal.read_stream::<A::Event>(&StreamId::from_stored(id)).await.map_err(broken)?;
        let envelope = |event: ringbuch_domain::recorded::Recorded<A::Event>| EventEnvelope {
            aggregate_id: id.to_owned(),
            sequence: usize::try_from(event.revision).unwrap_or(usize::MAX),
            payload: event.data,
            metadata: HashMap::new(),
        };
        Ok(events.into_iter().map(envelope).collect())
    }

    async fn load_aggregate(&self, id: &str) -> Result<Context<A>, AggregateError<A::Error>> {
        let stream = StreamId::from_stored(id);
        let loaded = self.journal.load::<A>(&stream).await.map_err(broken)?;
        Ok(Context { stream, loaded: (*loaded).clone() })
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        context: Context<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let appended = match self.append(&events, &context).await {
            Ok(appended) => appended,
            Err(JournalError::Append(AppendError::Conflict { .. } | AppendError::CommandReused { .. })) => {
                return Err(AggregateError::AggregateConflict);
            }
            Err(other) => return Err(broken(other)),
        };
        *self.appended.lock().unwrap_or_else(PoisonError::into_inner) = Some(appended);
        let Context { stream, loaded } = context;
        let first = loaded.revision + 1;
        if !appended.repeated {
            let known = loaded.carried_on(&events, &stream, self.cause, appended);
            self.journal.memory.put(&stream, &Arc::new(known));
        }
        let envelope = |(sequence, payload)| EventEnvelope {
            aggregate_id: stream.as_str().to_owned(),
            sequence: usize::try_from(sequence).unwrap_or(usize::MAX),
            payload,
            metadata: metadata.clone(),
        };
        Ok((first..).zip(events).map(envelope).collect())
    }
}

fn broken<E: std::error::Error>(error: JournalError) -> AggregateError<E> {
    AggregateError::UnexpectedError(Box::new(error))
}
