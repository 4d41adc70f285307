//! Durable appends of one event each to a stream of its own.

use super::raw::{BODY, PEER, places};
use super::report::{Case, Report};
use super::turns::{SENDERS, Side, compare};
use anyhow::Result;
use ringbuch_adapters::store::{Options, Store};
use ringbuch_domain::ports::{Append, Expected};
use ringbuch_domain::recorded::{Cause, NewEvent, StreamId};
use std::time::Duration;
use uuid::Uuid;

#[derive(Clone)]
struct Ours(Store);

impl Side for Ours {
    async fn store_one(&self, _sender: usize) -> Result<()> {
        let (stream, id) = (format!("webhook-{}", Uuid::now_v7().simple()), Uuid::now_v7());
        let event = NewEvent { id, kind: "WebhookReceived", version: 1, public: vec![b'x'; BODY], private: None };
        let append = Append {
            stream: StreamId::from_stored(stream),
            expected: Expected::NoStream,
            cause: Cause::first(id),
            company: None,
            time: jiff::Timestamp::UNIX_EPOCH,
            events: vec![event],
        };
        self.0.log.append(append).await?;
        Ok(())
    }
}

pub async fn run(report: &mut Report, length: Duration) -> Result<()> {
    for place in places().await? {
        Store::migrate(&place.url, false).await?;
        let ours = Ours(Store::open(&place.url, Options::default()).await?);
        for senders in SENDERS {
            let (our_turns, raw_turns) = compare(&ours, &place.raw, senders, length).await?;
            report.add(&Case { group: "append", engine: place.engine, senders, peer: PEER }, &our_turns, &raw_turns)?;
        }
        ours.0.close().await;
    }
    Ok(())
}
