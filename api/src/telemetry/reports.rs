//! Reports of what broke, to Sentry: where it was, which ids it was about, and the sentence that the log has. Nothing that
//! was sent to us, no text of an error, no name of the machine.

use super::TelemetryError;
use http::Method;
use ringbuch_adapters::outbound::{Loopback, Outbound, OutboundSettings};
use secrecy::{ExposeSecret, SecretString};
use sentry_core::protocol::{Event, Level, Map};
use sentry_core::types::Dsn;
use sentry_core::{Client, ClientOptions, Envelope, Transport};
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use tracing::field::{Field, Visit};
use tracing::{Subscriber, dispatcher};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

const TIME_OUT: Duration = Duration::from_secs(10);
/// Reports on their way at once; whatever breaks more often than that is known by then.
const AT_ONCE: usize = 32;

/// Fields of a line that may leave the installation: words and ids of ours.
const TOLD: [&str; 9] =
    ["account", "company", "engine", "list", "operation", "place", "projection", "provider", "request_id"];

pub(super) struct Reports {
    client: Client,
    sending: TaskTracker,
}

/// Begins to report to the project of that address.
pub(super) fn start(dsn: &SecretString, allow_loopback: bool) -> Result<Reports, TelemetryError> {
    let cannot = |why: String| TelemetryError::Sentry(why);
    let dsn: Dsn = dsn.expose_secret().parse().map_err(|_| cannot("that is no address of a project".into()))?;
    let loopback = if allow_loopback { Loopback::Allowed } else { Loopback::Refused };
    let outbound = Outbound::new(OutboundSettings { loopback, ..OutboundSettings::default() });
    let outbound = outbound.map_err(|why| cannot(why.to_string()))?;
    let base = dsn.envelope_api_url().to_string();
    let base = base.trim_end_matches("envelope/").to_owned();
    outbound.check(&base).map_err(|why| cannot(why.to_string()))?;
    let sending = TaskTracker::new();
    let auth = dsn.to_auth(Some(USER_AGENT)).to_string();
    let way = Arc::new(Way { outbound, base, auth, sending: sending.clone(), runtime: Handle::current() });
    let mut options = ClientOptions::new();
    options.dsn = Some(dsn);
    options.release = Some(concat!("ringbuch@", env!("CARGO_PKG_VERSION")).into());
    options.default_integrations = false;
    options.before_send = Some(Arc::new(|event| Some(bare(event))));
    options.transport = Some(Arc::new(move |_: &ClientOptions| Arc::clone(&way) as Arc<dyn Transport>));
    Ok(Reports { client: Client::from_config(options), sending })
}

const USER_AGENT: &str = concat!("ringbuch/", env!("CARGO_PKG_VERSION"));

/// What is left of a report, whoever made it.
fn bare(event: Event<'static>) -> Event<'static> {
    Event {
        event_id: event.event_id,
        level: event.level,
        message: event.message,
        logger: event.logger,
        culprit: event.culprit,
        tags: event.tags,
        release: event.release,
        platform: event.platform,
        timestamp: event.timestamp,
        ..Event::default()
    }
}

/// Sends what is on its way.
pub(super) async fn flush() {
    let tracker = dispatcher::get_default(|it| it.downcast_ref::<Reports>().map(|it| it.sending.clone()));
    if let Some(tracker) = tracker {
        tracker.close();
        let _ = tokio::time::timeout(TIME_OUT, tracker.wait()).await;
        tracker.reopen();
    }
}

impl<S: Subscriber> Layer<S> for Reports {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() != tracing::Level::ERROR {
            return;
        }
        let mut said = Said::default();
        event.record(&mut said);
        let place = event.metadata().file().zip(event.metadata().line()).map(|(file, line)| format!("{file}:{line}"));
        let report = Event {
            level: Level::Error,
            message: Some(said.sentence),
            logger: Some(event.metadata().target().to_owned()),
            culprit: place,
            tags: said.tags,
            ..Event::default()
        };
        self.client.capture_event(report, None);
    }
}

#[derive(Default)]
struct Said {
    sentence: String,
    tags: Map<String, String>,
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.sentence = format!("{value:?}"),
            name if TOLD.contains(&name) => {
                self.tags.insert(name.to_owned(), format!("{value:?}").trim_matches('"').to_owned());
            }
            _ => {}
        }
    }
}

/// The way there, through the client that everything outbound takes.
struct Way {
    outbound: Outbound,
    base: String,
    auth: String,
    sending: TaskTracker,
    runtime: Handle,
}

impl Transport for Way {
    fn send_envelope(&self, envelope: Envelope) {
        let mut body = Vec::new();
        if self.sending.len() >= AT_ONCE || envelope.to_writer(&mut body).is_err() {
            return;
        }
        // The empty last part is the slash that the address ends with.
        let Ok(request) = self.outbound.request(Method::POST, &self.base, &["envelope", ""]) else { return };
        let request = request.header("x-sentry-auth", &self.auth).timeout(TIME_OUT).body(body);
        self.sending.spawn_on(
            async move {
                if request.send().await.is_err() {
                    tracing::debug!("a report did not arrive");
                }
            },
            &self.runtime,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tracing_subscriber::Registry;
    use tracing_subscriber::layer::SubscriberExt;

    /// Takes one request, answers it, and gives all of it.
    async fn heard(listener: TcpListener) -> String {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut text, mut part) = (String::new(), vec![0; 65_536]);
        while !text.contains("a key of nobody") {
            let read = stream.read(&mut part).await.unwrap();
            assert!(read > 0, "{text}");
            text.push_str(&String::from_utf8_lossy(&part[..read]));
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        text
    }

    #[tokio::test]
    async fn what_broke_is_told_and_nothing_that_was_sent() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let dsn = format!("http://public@{}/42", listener.local_addr().unwrap());
        let reports = start(&SecretString::from(dsn), true).unwrap();
        let tracker = reports.sending.clone();
        let subscriber = Registry::default().with(reports);
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(account = "other", "this is no report");
            tracing::error!(account = "main", error = "Max Mustermann +493023125001", "a key of nobody");
        });
        let told = heard(listener).await;
        tracker.close();
        tracker.wait().await;
        assert!(told.starts_with("POST /api/42/envelope/ HTTP/1.1"), "{told}");
        assert!(told.contains("sentry_key=public") && told.contains("\"account\":\"main\""), "{told}");
        assert!(told.contains("reports.rs:"), "{told}");
        for private in ["Mustermann", "+4930", "server_name", "no report", "\"user\""] {
            assert!(!told.contains(private), "{private} in {told}");
        }
    }

    #[tokio::test]
    async fn an_address_inside_the_network_is_refused() {
        let refused = start(&SecretString::from("https://public@127.0.0.1/42"), false).err().unwrap().to_string();
        assert!(refused.contains("RINGBUCH_SENTRY_DSN") && !refused.contains("public@"), "{refused}");
    }
}
