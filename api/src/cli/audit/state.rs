//! `ringbuch audit state`: what an aggregate was at a moment, from its events up to then.

use crate::cli::args::AuditState;
use crate::cli::output::{Output, printable};
use crate::cli::{Exit, Failure};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::journal::Journal;
use crate::past::{self, PastError, Stood};
use crate::wiring;
use ringbuch_adapters::store::Store;
use ringbuch_domain::recorded::StreamId;
use std::sync::Arc;

pub(super) async fn run(asked: &AuditState, config: &Config, output: Output) -> Result<Exit, Failure> {
    let stood = if asked.private {
        let app = wiring::open(config, Arc::new(SystemClock)).await?;
        let stood = stand(&app.store, Some(&app.journal), asked).await;
        app.store.close().await;
        stood?
    } else {
        let store = wiring::store(config).await?;
        let stood = stand(&store, None, asked).await;
        store.close().await;
        stood?
    };
    output.value(&stood, || serde_json::to_string_pretty(&stood).unwrap_or_default())?;
    Ok(Exit::Done)
}

async fn stand(store: &Store, journal: Option<&Journal>, asked: &AuditState) -> Result<Stood, Failure> {
    let stream = StreamId::from_stored(&asked.stream);
    let events = store.log.read_stream(&stream, 0).await?;
    past::stand(journal, stream, events, asked.at).await.map_err(|error| told(asked, &error))
}

fn told(asked: &AuditState, error: &PastError) -> Failure {
    match error {
        PastError::NoStream => {
            let hint =
                "streams are named like call-COMPANY-ID, diary-COMPANY-DATE or webhook-ID; `events tail` shows some";
            Failure::new(format!("there is no stream '{}'", printable(&asked.stream))).hint(hint)
        }
        PastError::NotYet { position, time } => Failure::new("the stream did not exist then")
            .hint(format!("it began at position {position}, on {time}; ask for a later moment")),
        other => Failure::new(other.to_string()),
    }
}
