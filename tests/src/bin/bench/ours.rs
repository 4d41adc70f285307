//! Ringbuch's side: the program's own journal over one of its stores, chain and sealing on, in this process or in others.

use super::process::{Process, Processes, obey};
use super::turns::{Crowd, Sender};
use anyhow::Result;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use ringbuch_adapters::sealing::PlainCodec;
use ringbuch_adapters::store::Store;
use ringbuch_api::app::open_store;
use ringbuch_api::clock::SystemClock;
use ringbuch_api::journal::Journal;
use ringbuch_api::metrics::Metrics;
use ringbuch_domain::call::{CallEnded, CallEvent, Rank, Spoken};
use ringbuch_domain::ids::{CallId, CompanyId, CustomerId};
use ringbuch_domain::money::Money;
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::{Cause, StreamId};
use std::sync::Arc;
use uuid::Uuid;

/// The word that makes this program a node.
pub const NODE: &str = "node";
/// People whose calls are told of, each with a key of their own.
const PEOPLE: usize = 64;

#[derive(Clone)]
pub struct Ours {
    pub store: Store,
    pub journal: Arc<Journal>,
    company: CompanyId,
}

impl Ours {
    pub async fn open(url: &str) -> Result<Self> {
        let store = open_store(url).await?;
        let journal =
            Journal::new(Arc::clone(&store.log), Arc::new(PlainCodec), Arc::new(SystemClock), Metrics::new()?);
        Ok(Self { store, journal: Arc::new(journal), company: CompanyId::new("bench")? })
    }
}

impl Sender for Ours {
    /// One event of about a kilobyte, most of it private, on a stream of its own.
    async fn store_one(&self, sender: usize) -> Result<()> {
        let command = Uuid::now_v7();
        let call = CallId::new(&command.simple().to_string())?;
        let stream = StreamId::call(&self.company, &call);
        let event = CallEvent::from(ended(call, sender));
        self.journal.begin(&stream, Some(&self.company), Cause::first(command), &event).await?;
        Ok(())
    }
}

fn ended(call: CallId, sender: usize) -> CallEnded {
    CallEnded {
        call,
        customer: CustomerId(Uuid::from_u128((sender % PEOPLE) as u128 + 1)),
        rank: Rank::Ended,
        status: "ended".into(),
        disconnection: Some("user_hangup".into()),
        started_at: Some(Timestamp::UNIX_EPOCH),
        ended_at: Some(Timestamp::UNIX_EPOCH),
        duration_ms: Some(300_000),
        cost: Money::from_cents(70.0),
        private: Private::Known(Spoken {
            transcript: Some("Guten Tag, ich hätte gern einen Termin. ".repeat(14)),
            recording_url: Some("https://example.com/recording.wav".into()),
        }),
    }
}

/// Nodes of an installation: processes of this same program over one database.
pub async fn nodes(url: &str, count: usize) -> Result<Processes> {
    let (program, words) = (std::env::current_exe()?, [NODE, url]);
    let start = (0..count).map(|_| Process::start(&program, &words));
    Ok(Processes(try_join_all(start).await?))
}

/// What such a process does.
pub async fn be_a_node(url: &str) -> Result<()> {
    let ours = Ours::open(url).await?;
    obey(Crowd(ours.clone())).await?;
    ours.store.close().await;
    Ok(())
}
