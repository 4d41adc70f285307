//! Sends spans to the collector, many at once.

use super::Traces;
use crate::telemetry::TelemetryError;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry::KeyValue;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use ringbuch_adapters::outbound::ToOperator;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tracing::dispatcher;

/// Spans that wait to be sent; what a busy node makes in some seconds.
const WAITING: usize = 16_384;
const AT_ONCE: usize = 512;
const EVERY: Duration = Duration::from_secs(2);
const TIME_OUT: Duration = Duration::from_secs(10);

/// What the task that sends is told.
pub(super) enum Told {
    Span(Box<SpanData>),
    /// Everything before this is to be sent.
    Flush(oneshot::Sender<()>),
}

#[derive(Debug)]
struct Client(ToOperator);

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        Ok(self.0.send(request, TIME_OUT).await?)
    }
}

/// Begins to send to a collector's base address, for as long as the process lives.
pub fn start(endpoint: &str) -> Result<Traces, TelemetryError> {
    let client = Client(ToOperator::new().map_err(|why| TelemetryError::Collector(why.to_string()))?);
    let mut exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .map_err(|why| TelemetryError::Collector(why.to_string()))?;
    exporter.set_resource(&resource());
    let (out, told) = mpsc::channel(WAITING);
    tokio::spawn(run(exporter, told));
    Ok(Traces { out, dropped: AtomicU64::default() })
}

/// What sends them; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` are honoured.
fn resource() -> Resource {
    let known = Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    let named = std::env::var_os("OTEL_SERVICE_NAME").is_some_and(|name| !name.is_empty());
    if named { known.build() } else { known.with_service_name("ringbuch").build() }
}

async fn run(exporter: SpanExporter, mut told: mpsc::Receiver<Told>) {
    let mut ticks = tokio::time::interval(EVERY);
    let mut batch = Vec::with_capacity(AT_ONCE);
    loop {
        tokio::select! {
            next = told.recv() => match next {
                Some(Told::Span(span)) => {
                    batch.push(*span);
                    if batch.len() >= AT_ONCE {
                        send(&exporter, &mut batch).await;
                    }
                }
                Some(Told::Flush(done)) => {
                    send(&exporter, &mut batch).await;
                    let _ = done.send(());
                }
                None => return send(&exporter, &mut batch).await,
            },
            _ = ticks.tick() => send(&exporter, &mut batch).await,
        }
    }
}

/// What the collector does not take is not kept: traces are there to look at, and the log is what counts.
async fn send(exporter: &SpanExporter, batch: &mut Vec<SpanData>) {
    if batch.is_empty() {
        return;
    }
    let spans = batch.len();
    if let Err(error) = exporter.export(std::mem::take(batch)).await {
        tracing::warn!(%error, spans, "the collector of traces did not take them");
    }
    let dropped =
        dispatcher::get_default(|it| it.downcast_ref::<Traces>().map(|it| it.dropped.swap(0, Ordering::Relaxed)));
    if let Some(dropped @ 1..) = dropped {
        tracing::warn!(dropped, "spans were dropped, since the collector of traces does not keep up");
    }
}

/// Sends what is waiting, for some seconds at most.
pub async fn flush() {
    let out = dispatcher::get_default(|dispatch| dispatch.downcast_ref::<Traces>().map(|it| it.out.clone()));
    let Some(out) = out else { return };
    let (done, heard) = oneshot::channel();
    let sent = async {
        if out.send(Told::Flush(done)).await.is_ok() {
            let _ = heard.await;
        }
    };
    let _ = tokio::time::timeout(TIME_OUT, sent).await;
}
