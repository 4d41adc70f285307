//! The log as the program uses it: typed events, aggregates that decide, private parts sealed on the way in and opened on
//! the way out. Every write of the program goes through `execute` or `begin`, and made-up history through `tell`.

mod alarm;
mod chain;
mod memory;
mod snapshots;
mod store;
mod turns;

use crate::metrics::Metrics;
use crate::telemetry::traces::Writing;
use alarm::Alarm;
pub use chain::Chain;
use cqrs_es::event_sink::EventSink;
use cqrs_es::{AggregateContext, AggregateError, EventStore};
use jiff::Timestamp;
use memory::Memory;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::event::{DecodeError, Encoded, EventFamily, Opened};
use ringbuch_domain::ids::{CompanyId, DeliveryId, derived};
use ringbuch_domain::ports::{
    Append, AppendError, Appended, Clock, Codec, EventLog, Expected, LogError, SealContext, SnapshotStore, Unlocked,
};
use ringbuch_domain::recorded::{Cause, Envelope, Link, NewEvent, Recorded, StreamId};
use ringbuch_domain::snapshot::Snapshot;
pub use snapshots::SNAPSHOT_EVERY;
use snapshots::Snapshots;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;
use store::{Context, StreamStore};
use thiserror::Error;
use tokio::task::spawn_blocking;
pub use turns::Turns;
use uuid::Uuid;

/// An aggregate whose events the log can keep.
pub trait Stored: Snapshot<Services = (), Event: EventFamily, Command: Clone> + Clone + 'static {}
impl<A> Stored for A where A: Snapshot<Services = (), Event: EventFamily, Command: Clone> + Clone + 'static {}

/// An aggregate as its stream has left it.
#[derive(Debug, Clone)]
pub struct Loaded<A> {
    pub aggregate: A,
    /// 0 while the stream holds nothing.
    pub revision: u64,
    /// The command behind each event, with where its last event stands.
    commands: HashMap<Uuid, Appended>,
    newest: Option<Link>,
    /// The same for each thing of the stream, where it holds the histories of several.
    newest_about: HashMap<Uuid, Link>,
}

/// What a command led to.
#[derive(Debug, Clone)]
pub struct Executed<A: cqrs_es::Aggregate> {
    /// As it stands now.
    pub aggregate: A,
    /// Empty where the command led to nothing, or had been carried out before.
    pub events: Vec<A::Event>,
    /// Absent where nothing was ever written for the command.
    pub appended: Option<Appended>,
    /// The last of the events, for what answers it.
    pub newest: Option<Link>,
}

#[derive(Debug, Error)]
pub enum ExecuteError<E: std::error::Error + 'static> {
    /// The business said no.
    #[error("{0}")]
    Rejected(#[source] E),
    /// Something broke; the same command may be given again.
    #[error(transparent)]
    Failed(#[from] JournalError),
}

/// Something below the journal broke.
#[derive(Debug, Error)]
pub enum JournalError {
    #[error("stream {0} is too busy: others were faster every time")]
    TooBusy(StreamId),
    #[error("the event log cannot take it: {0}")]
    Append(#[source] AppendError),
    #[error("the event log cannot be read: {0}")]
    Read(#[from] LogError),
    #[error("a stored event cannot be read: {0}")]
    Decode(#[from] DecodeError),
    #[error("an event cannot be written down: {0}")]
    Encode(#[from] serde_json::Error),
    #[error(transparent)]
    Codec(#[from] ringbuch_domain::ports::CodecError),
}

/// How often somebody else may be faster before a command gives up; in one process commands to a stream queue, so only
/// other processes can be.
const ATTEMPTS: u32 = 50;

/// Events from which on two threads share the work of opening them.
const SHARED: usize = 256;

pub struct Journal {
    log: Arc<dyn EventLog>,
    codec: Arc<dyn Codec>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    turns: Turns,
    memory: Memory,
    snapshots: Option<Snapshots>,
}

impl Journal {
    pub fn new(log: Arc<dyn EventLog>, codec: Arc<dyn Codec>, clock: Arc<dyn Clock>, metrics: Metrics) -> Self {
        let (turns, memory) = (Turns::default(), Memory::default());
        Self { log, codec, clock, metrics, turns, memory, snapshots: None }
    }

    /// Keeps the states of long streams: a load that read more than `every` events leaves a snapshot behind.
    #[must_use]
    pub fn with_snapshots(mut self, store: Arc<dyn SnapshotStore>, every: usize) -> Self {
        self.snapshots = Some(Snapshots::new(store, every));
        self
    }

    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub fn log(&self) -> &dyn EventLog {
        &*self.log
    }

    /// The aggregate as it stands.
    pub async fn load<A: Stored>(&self, stream: &StreamId) -> Result<Arc<Loaded<A>>, JournalError> {
        let (mut loaded, news) = match self.memory.get::<A>(stream) {
            Some(known) => {
                let news = self.log.read_stream(stream, known.revision).await?;
                if news.is_empty() {
                    return Ok(known);
                }
                ((*known).clone(), news)
            }
            None => self.recall(stream).await?,
        };
        let read = news.len();
        for event in self.open_all::<A::Event>(news).await? {
            loaded.absorb(event);
        }
        if let Some(snapshots) = &self.snapshots {
            snapshots.keep(stream, &loaded, read).await;
        }
        let loaded = Arc::new(loaded);
        self.memory.put(stream, &loaded);
        Ok(loaded)
    }

    /// The state that was kept, or none, and the events behind it.
    async fn recall<A: Stored>(&self, stream: &StreamId) -> Result<(Loaded<A>, Vec<Envelope>), JournalError> {
        if let Some(snapshots) = &self.snapshots
            && let Some(recalled) = snapshots.recall(&*self.log, stream).await?
        {
            return Ok(recalled);
        }
        Ok((Loaded::default(), self.log.read_stream(stream, 0).await?))
    }

    /// Carries a command out: loads, decides, appends; again where somebody else was faster. A command that the stream
    /// knows gets its first result before anything is decided.
    ///
    /// It is first decided on what is remembered, without asking the log: where the log takes what came of it, nothing
    /// was missed. What does not lead to that is decided on what is stored.
    pub async fn execute<A: Stored>(
        &self,
        stream: &StreamId,
        company: Option<&CompanyId>,
        cause: Cause,
        command: A::Command,
    ) -> Result<Executed<A>, ExecuteError<A::Error>> {
        let _turn = self.turns.take(stream).await;
        let store = StreamStore::new(self, company, cause);
        let mut remembered = store.remembered::<A>(stream);
        for _ in 0..ATTEMPTS {
            let sure = remembered.is_none();
            let mut context: Context<A> = match remembered.take() {
                Some(context) => context,
                None => store.load_aggregate(stream.as_str()).await.map_err(failed)?,
            };
            if let Some(first) = context.first_result(cause.command) {
                let (aggregate, appended) = (context.into_aggregate(), Some(first));
                return Ok(Executed { aggregate, events: vec![], appended, newest: None });
            }
            let sink = EventSink::default();
            let decided = context.aggregate().handle(command.clone(), &(), &sink).await;
            let events = sink.collect().await;
            if !sure && (decided.is_err() || events.is_empty()) {
                continue;
            }
            decided.map_err(ExecuteError::Rejected)?;
            let aggregate = context.aggregate().clone();
            let Some(last) = events.len().checked_sub(1) else {
                return Ok(Executed { aggregate, events, appended: None, newest: None });
            };
            match store.commit(events.clone(), context, HashMap::new()).await {
                // Another node has carried the command out, and what came of it may be something else.
                Ok(_) if !sure && store.appended().is_some_and(|appended| appended.repeated) => {}
                Ok(_) => {
                    let newest = Link { event: event_id(stream, cause, last), correlation: cause.correlation };
                    return Ok(Executed { aggregate, events, appended: store.appended(), newest: Some(newest) });
                }
                Err(AggregateError::AggregateConflict) => {}
                Err(other) => return Err(failed(other)),
            }
        }
        Err(JournalError::TooBusy(stream.clone()).into())
    }

    /// Writes the first event of a stream without reading it before. A stream that exists says so: `repeated` where the
    /// same command had begun it, `None` where another had.
    pub async fn begin<E: EventFamily>(
        &self,
        stream: &StreamId,
        company: Option<&CompanyId>,
        cause: Cause,
        event: &E,
    ) -> Result<Option<Appended>, JournalError> {
        let events = vec![self.seal(stream, company, cause, 0, event).await?];
        let time = self.clock.now();
        let (stream, company) = (stream.clone(), company.cloned());
        match self.append(Append { stream, expected: Expected::NoStream, cause, company, time, events }).await {
            Ok(appended) => Ok(Some(appended)),
            Err(AppendError::Conflict { .. } | AppendError::CommandReused { .. }) => Ok(None),
            Err(other) => Err(JournalError::Append(other)),
        }
    }

    /// Appends what happened at some time, behind whatever the stream holds. Nobody decides on it, so this is for history
    /// that is told afterwards. Returns the last event, for what answers it.
    pub async fn tell(
        &self,
        stream: StreamId,
        company: Option<&CompanyId>,
        cause: Cause,
        time: Timestamp,
        events: &[AnyEvent],
    ) -> Result<Option<Link>, JournalError> {
        let mut sealed = Vec::with_capacity(events.len());
        for (index, event) in events.iter().enumerate() {
            let id = event_id(&stream, cause, index);
            sealed.push(self.seal_encoded(&stream, company, id, event.encode()?).await?);
        }
        let newest = sealed.last().map(|event| Link { event: event.id, correlation: cause.correlation });
        let append = Append { stream, expected: Expected::Any, cause, company: company.cloned(), time, events: sealed };
        self.append(append).await.map_err(JournalError::Append)?;
        Ok(newest)
    }

    /// The events of one stream, decoded.
    pub async fn read_stream<E: EventFamily>(&self, stream: &StreamId) -> Result<Vec<Recorded<E>>, JournalError> {
        self.open_all(self.log.read_stream(stream, 0).await?).await
    }

    /// Events of the whole log after a position. One that cannot be read does not hide the others.
    pub async fn read_all(
        &self,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Recorded<Result<AnyEvent, DecodeError>>>, JournalError> {
        self.open_any(self.log.read_all(after, limit).await?).await
    }

    /// Private parts as they were before they were sealed; nothing where there is none, or it was erased.
    pub async fn reveal(&self, envelopes: Vec<Envelope>) -> Result<Vec<Revealed>, JournalError> {
        let keys = self.unlock(&envelopes).await?;
        let reveal = |envelope: Envelope| {
            let plain = plain(&*keys, &envelope).map(|plain| match plain {
                Plain::Known(bytes) => Some(bytes),
                Plain::Absent | Plain::Erased => None,
            });
            (envelope, plain)
        };
        Ok(envelopes.into_iter().map(reveal).collect())
    }

    /// Makes the content of a delivery unreadable for ever.
    pub async fn forget_delivery(&self, delivery: &DeliveryId) -> Result<(), JournalError> {
        let envelopes = self.log.read_stream(&StreamId::webhook(delivery), 0).await?;
        let parts: Vec<_> = envelopes.iter().filter_map(|envelope| envelope.private.as_ref()).collect();
        Ok(self.codec.destroy(&parts).await?)
    }

    /// Drops what is remembered of one stream, for whoever goes over many and asks for none of them again.
    pub fn let_go<A: Stored>(&self, stream: &StreamId) {
        self.memory.drop::<A>(stream);
    }

    /// Drops what is remembered of persons: aggregates and keys. The next question reads what is stored.
    pub fn forget(&self) {
        self.memory.forget();
        self.codec.forget();
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let asked = Instant::now();
        let alarms: Vec<Alarm> = append.events.iter().filter_map(Alarm::of).collect();
        let writing = Writing::of(&append);
        let appended = self.log.append(append).await;
        if let Ok(Appended { repeated, .. }) = &appended {
            self.metrics.event_append(asked.elapsed());
            if !repeated {
                for alarm in &alarms {
                    alarm.raise(&self.metrics);
                }
                if let Some(writing) = writing {
                    writing.done();
                }
            }
        }
        appended
    }

    async fn seal<E: EventFamily>(
        &self,
        stream: &StreamId,
        company: Option<&CompanyId>,
        cause: Cause,
        index: usize,
        event: &E,
    ) -> Result<NewEvent, JournalError> {
        self.seal_encoded(stream, company, event_id(stream, cause, index), event.encode()?).await
    }

    async fn seal_encoded(
        &self,
        stream: &StreamId,
        company: Option<&CompanyId>,
        id: Uuid,
        encoded: Encoded,
    ) -> Result<NewEvent, JournalError> {
        let context = SealContext { company, stream, event: id, kind: encoded.kind };
        let private = match encoded.private {
            Some((subject, plain)) => Some(self.codec.seal(context, subject, plain).await?),
            None => None,
        };
        Ok(NewEvent { id, kind: encoded.kind, version: encoded.version, public: encoded.public, private })
    }

    async fn open_all<E: EventFamily>(&self, envelopes: Vec<Envelope>) -> Result<Vec<Recorded<E>>, JournalError> {
        let keys = self.unlock(&envelopes).await?;
        let events = envelopes.into_iter().map(|envelope| decoded(&*keys, envelope, E::decode).transpose());
        Ok(events.collect::<Result<_, _>>()?)
    }

    /// As events of whatever kind. One that cannot be read does not hide the others.
    pub async fn open_any(
        &self,
        envelopes: Vec<Envelope>,
    ) -> Result<Vec<Recorded<Result<AnyEvent, DecodeError>>>, JournalError> {
        let keys: Arc<dyn Unlocked> = self.unlock(&envelopes).await?.into();
        let decode = |keys: Arc<dyn Unlocked>, envelopes: Vec<Envelope>| -> Vec<_> {
            envelopes.into_iter().map(|envelope| decoded(&*keys, envelope, AnyEvent::decode)).collect()
        };
        let (mut here, there) = (envelopes, Arc::clone(&keys));
        if here.len() < SHARED {
            return Ok(decode(keys, here));
        }
        let rest = here.split_off(here.len() / 2);
        let rest = spawn_blocking(move || decode(there, rest));
        let mut events = decode(keys, here);
        events.extend(rest.await.map_err(|error| LogError::new("reading events on another thread", error))?);
        Ok(events)
    }

    async fn unlock(&self, envelopes: &[Envelope]) -> Result<Box<dyn Unlocked>, JournalError> {
        let parts: Vec<_> = envelopes.iter().filter_map(|envelope| envelope.private.as_ref()).collect();
        Ok(self.codec.unlock(&parts).await?)
    }
}

/// An event with its private part, or why that cannot be opened.
pub type Revealed = (Envelope, Result<Option<Vec<u8>>, DecodeError>);

enum Plain {
    Absent,
    Erased,
    Known(Vec<u8>),
}

fn plain(keys: &dyn Unlocked, envelope: &Envelope) -> Result<Plain, DecodeError> {
    let Envelope { company, stream, id, kind, private, .. } = envelope;
    let Some(sealed) = private else { return Ok(Plain::Absent) };
    let context = SealContext { company: company.as_ref(), stream, event: *id, kind };
    Ok(keys.open(context, sealed)?.map_or(Plain::Erased, Plain::Known))
}

/// Opens the private part and reads the whole by its name.
fn decoded<E>(
    keys: &dyn Unlocked,
    envelope: Envelope,
    decode: fn(&str, u16, &[u8], Opened<'_>) -> Result<E, DecodeError>,
) -> Recorded<Result<E, DecodeError>> {
    let event = plain(keys, &envelope).and_then(|plain| {
        let private = match &plain {
            Plain::Absent => Opened::Absent,
            Plain::Erased => Opened::Erased,
            Plain::Known(bytes) => Opened::Known(bytes),
        };
        decode(&envelope.kind, envelope.version, &envelope.public, private)
    });
    recorded(envelope, event)
}

/// The same however often the command is tried.
fn event_id(stream: &StreamId, cause: Cause, index: usize) -> Uuid {
    derived(&["event", stream.as_str(), &cause.command.to_string(), &index.to_string()])
}

fn recorded<E>(envelope: Envelope, data: E) -> Recorded<E> {
    let Envelope { position, stream, revision, id, cause, company, time, .. } = envelope;
    Recorded { position, stream, revision, id, cause, company, time, data }
}

fn failed<E: std::error::Error + 'static>(error: AggregateError<E>) -> ExecuteError<E> {
    match error {
        AggregateError::UserError(rejection) => ExecuteError::Rejected(rejection),
        AggregateError::DatabaseConnectionError(source)
        | AggregateError::DeserializationError(source)
        | AggregateError::UnexpectedError(source) => match source.downcast::<JournalError>() {
            Ok(known) => ExecuteError::Failed(*known),
            Err(source) => {
                JournalError::Read(LogError { what: "the event log failed".into(), source: Some(source) }).into()
            }
        },
        AggregateError::AggregateConflict => {
            JournalError::Read(LogError::message("a conflict was not resolved")).into()
        }
    }
}

impl<A: Default> Default for Loaded<A> {
    fn default() -> Self {
        let (commands, newest_about) = (HashMap::new(), HashMap::new());
        Self { aggregate: A::default(), revision: 0, commands, newest: None, newest_about }
    }
}

impl<A: Stored> Loaded<A> {
    /// The command has been carried out already; given again it gets its first result.
    pub fn knows(&self, command: Uuid) -> bool {
        self.commands.contains_key(&command)
    }

    /// The stream's last event.
    pub fn newest(&self) -> Option<Link> {
        self.newest
    }

    /// The last event about one thing of the stream, such as a booking of a page.
    pub fn newest_about(&self, thing: Uuid) -> Option<Link> {
        self.newest_about.get(&thing).copied()
    }

    /// The same with the events of a command that the aggregate has applied already.
    fn carried_on(mut self, events: &[A::Event], stream: &StreamId, cause: Cause, appended: Appended) -> Self {
        self.revision = appended.revision;
        self.commands.insert(cause.command, Appended { repeated: true, ..appended });
        for (index, event) in events.iter().enumerate() {
            let link = Link { event: event_id(stream, cause, index), correlation: cause.correlation };
            self.newest = Some(link);
            self.newest_about.extend(event.about().map(|thing| (thing, link)));
        }
        self
    }

    fn absorb(&mut self, event: Recorded<A::Event>) {
        let place = Appended { revision: event.revision, position: event.position, repeated: true };
        self.revision = event.revision;
        self.commands.insert(event.cause.command, place);
        self.newest = Some(event.link());
        self.newest_about.extend(event.data.about().map(|thing| (thing, event.link())));
        self.aggregate.apply(event.data);
    }
}
