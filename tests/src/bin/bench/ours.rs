//! Ringbuch's side: the program's own journal over one of its stores, chain and sealing on, in this process or in others.

use super::process::{Process, Processes, obey};
use super::turns::{Crowd, Sender};
use anyhow::Result;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use ringbuch_adapters::sealing::{MasterKeys, SealingCodec};
use ringbuch_adapters::store::Store;
use ringbuch_api::app::open_store;
use ringbuch_api::clock::SystemClock;
use ringbuch_api::journal::Journal;
use ringbuch_api::metrics::Metrics;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::{CallEnded, CallEvent, Rank, Spoken};
use ringbuch_domain::ids::{CallId, CompanyId, CustomerId};
use ringbuch_domain::money::Money;
use ringbuch_domain::ports::{Append, Codec, Expected, SealContext};
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::{Cause, NewEvent, StreamId};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use uuid::Uuid;

/// The word that makes this program a node.
pub const NODE: &str = "node";
/// People whose calls are told of, each with a key of their own.
const PEOPLE: u64 = 64;

#[derive(Clone)]
pub struct Ours {
    pub store: Store,
    pub journal: Arc<Journal>,
    pub company: CompanyId,
    /// Seals what is written in bulk, as the journal seals what it writes.
    codec: Arc<dyn Codec>,
    master: SecretString,
}

impl Ours {
    pub async fn open(url: &str) -> Result<Self> {
        Self::with(url, MasterKeys::generate()?).await
    }

    async fn with(url: &str, master: SecretString) -> Result<Self> {
        let (store, clock) = (open_store(url).await?, Arc::new(SystemClock));
        let keys = Arc::new(MasterKeys::parse(&master)?);
        let codec: Arc<dyn Codec> = Arc::new(SealingCodec::new(Arc::clone(&store.keys), keys, clock.clone()));
        let journal = Journal::new(Arc::clone(&store.log), Arc::clone(&codec), clock, Metrics::new()?);
        Ok(Self { store, journal: Arc::new(journal), company: CompanyId::new("bench")?, codec, master })
    }

    /// Appends the events of one stream in one go, behind whatever it holds.
    pub async fn write(&self, stream: StreamId, company: Option<&CompanyId>, events: &[AnyEvent]) -> Result<()> {
        let mut sealed = Vec::with_capacity(events.len());
        for event in events {
            let (encoded, id) = (event.encode()?, Uuid::now_v7());
            let context = SealContext { company, stream: &stream, event: id, kind: encoded.kind };
            let private = match encoded.private {
                Some((subject, plain)) => Some(self.codec.seal(context, subject, plain).await?),
                None => None,
            };
            let (kind, version, public) = (encoded.kind, encoded.version, encoded.public);
            sealed.push(NewEvent { id, kind, version, public, private });
        }
        let (expected, cause, company) = (Expected::Any, Cause::first(Uuid::now_v7()), company.cloned());
        let append = Append { stream, expected, cause, company, time: Timestamp::UNIX_EPOCH, events: sealed };
        self.store.log.append(append).await?;
        Ok(())
    }

    /// Appends that many events, ten to a stream, until the log holds as many.
    pub async fn fill(&self, events: u64) -> Result<()> {
        const WRITERS: usize = 64;
        let missing = events.saturating_sub(self.store.log.head().await?);
        let writers = (0..missing.div_ceil(10)).take(WRITERS).map(|first| {
            let ours = self.clone();
            tokio::spawn(async move {
                for nth in (first..missing.div_ceil(10)).step_by(WRITERS) {
                    let call = CallId::new(&Uuid::now_v7().simple().to_string())?;
                    let stream = StreamId::call(&ours.company, &call);
                    let event = AnyEvent::Call(ended(call, nth).into());
                    ours.write(stream, Some(&ours.company), &vec![event; 10]).await?;
                }
                anyhow::Ok(())
            })
        });
        for writer in try_join_all(writers).await? {
            writer?;
        }
        Ok(())
    }

    /// Nodes beside this one: processes of this same program over the same database.
    pub async fn nodes(&self, url: &str, count: usize) -> Result<Processes> {
        let (program, words) = (std::env::current_exe()?, [NODE, url, self.master.expose_secret()]);
        let start = (0..count).map(|_| Process::start(&program, &words));
        Ok(Processes(try_join_all(start).await?))
    }
}

impl Sender for Ours {
    /// One event of about a kilobyte, most of it private, on a stream of its own.
    async fn do_one(&self, sender: usize) -> Result<()> {
        let command = Uuid::now_v7();
        let call = CallId::new(&command.simple().to_string())?;
        let stream = StreamId::call(&self.company, &call);
        let event = CallEvent::from(ended(call, sender as u64));
        self.journal.begin(&stream, Some(&self.company), Cause::first(command), &event).await?;
        Ok(())
    }
}

/// As a call ends.
pub fn ended(call: CallId, nth: u64) -> CallEnded {
    CallEnded {
        call,
        customer: CustomerId(Uuid::from_u128(u128::from(nth % PEOPLE) + 1)),
        rank: Rank::Ended,
        status: "ended".into(),
        disconnection: Some("user_hangup".into()),
        started_at: Some(Timestamp::UNIX_EPOCH),
        ended_at: Some(Timestamp::UNIX_EPOCH),
        duration_ms: Some(300_000),
        cost: Money::from_cents(70.0),
        latency: None,
        private: Private::Known(Spoken {
            transcript: Some("Guten Tag, ich hätte gern einen Termin. ".repeat(14)),
            recording_url: Some("https://example.com/recording.wav".into()),
        }),
    }
}

/// What such a process does.
pub async fn be_a_node(url: &str, master: &str) -> Result<()> {
    let ours = Ours::with(url, SecretString::from(master)).await?;
    obey(Crowd(ours.clone())).await?;
    ours.store.close().await;
    Ok(())
}
