//! What an operator hears of this process: the log, on stderr or in files by day; traces and reports of what broke, where
//! their addresses are set. Lines hold patterns and ids, never bodies, numbers or names of people.

pub mod context;
mod files;
#[cfg(feature = "sentry")]
mod reports;
#[cfg(feature = "otlp")]
pub mod traces;
#[cfg(not(feature = "otlp"))]
#[path = "telemetry/untraced.rs"]
pub mod traces;

pub use files::{BEGIN as FILES_BEGIN, END as FILES_END};

use secrecy::SecretString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use thiserror::Error;
#[cfg(any(feature = "otlp", feature = "sentry"))]
use tracing::Metadata;
#[cfg(any(feature = "otlp", feature = "sentry"))]
use tracing_subscriber::filter::{FilterFn, LevelFilter};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// How a line on stderr looks. In files each line is a JSON object, since programs read them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// For machines: one JSON object a line.
    Json,
}

/// What is logged, how, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogSettings {
    /// `info`, or per module: `info,ringbuch_api::http=debug`.
    pub filter: String,
    pub format: LogFormat,
    /// Files by day are written in here, and nothing on stderr.
    pub folder: Option<PathBuf>,
    /// How many days' files are kept.
    pub days: usize,
}

/// Where else it is told.
#[derive(Debug, Clone, Default)]
pub struct Elsewhere {
    /// The base address of a collector that speaks OTLP over HTTP.
    pub collector: Option<String>,
    /// The address that Sentry gives for a project.
    pub sentry: Option<SecretString>,
    /// Sentry may stand on this machine.
    pub allow_loopback: bool,
}

#[derive(Debug, Error)]
pub enum TelemetryError {
    #[error("no log can be written in {path}: {why}; set RINGBUCH_LOG_DIR to a folder that may be written")]
    File { path: PathBuf, why: String },
    #[error(
        "RINGBUCH_LOG '{filter}' cannot be read: {why}; allowed are levels and module=level, such as info,hyper=warn"
    )]
    Filter { filter: String, why: String },
    #[error("no traces can be sent to OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
    Collector(String),
    #[error("nothing can be reported to RINGBUCH_SENTRY_DSN: {0}")]
    Sentry(String),
}

type Lines = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts the log of this process, within its runtime. A second start changes nothing.
pub fn init(settings: &LogSettings, elsewhere: &Elsewhere) -> Result<(), TelemetryError> {
    let lines: Lines = match &settings.folder {
        Some(folder) => lines(LogFormat::Json, files::open(folder, settings.days)?, false),
        None => lines(settings.format, io::stderr, io::stderr().is_terminal()),
    };
    let subscriber = Registry::default().with(lines.with_filter(filter(&settings.filter)?));
    #[cfg(feature = "otlp")]
    let subscriber = {
        let traces = elsewhere.collector.as_deref().map(traces::start).transpose()?;
        subscriber.with(traces.map(|traces| traces.with_filter(ours())))
    };
    #[cfg(feature = "sentry")]
    let subscriber = {
        let dsn = elsewhere.sentry.as_ref();
        let reports = dsn.map(|dsn| reports::start(dsn, elsewhere.allow_loopback)).transpose()?;
        subscriber.with(reports.map(|reports| reports.with_filter(ours())))
    };
    let _ = elsewhere;
    // Only a first start can set the subscriber, and tests start more than once.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// Sends what is on its way elsewhere, for some seconds at most.
pub async fn end() {
    traces::flush().await;
    #[cfg(feature = "sentry")]
    reports::flush().await;
}

/// Other crates' spans say nothing about our work, and may hold what nobody has looked through.
#[cfg(any(feature = "otlp", feature = "sentry"))]
fn ours() -> FilterFn {
    let is_ours: fn(&Metadata<'_>) -> bool = |metadata| metadata.target().starts_with("ringbuch");
    FilterFn::new(is_ours).with_max_level_hint(LevelFilter::INFO)
}

/// Reads a filter as `RINGBUCH_LOG` has it.
pub fn filter(text: &str) -> Result<EnvFilter, TelemetryError> {
    let filter = EnvFilter::builder().parse(text);
    // Below that it writes down what was sent, in which people are named.
    let quiet = filter.and_then(|filter| Ok(filter.add_directive("rmcp=error".parse()?)));
    quiet.map_err(|why| TelemetryError::Filter { filter: text.to_owned(), why: why.to_string() })
}

fn lines<W>(format: LogFormat, writer: W, colours: bool) -> Lines
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(colours);
    match format {
        LogFormat::Pretty => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    }
}

/// From here on a panic says where it happened. What it says is left out: it may quote what somebody sent.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "something broke; please report it with this place");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn json_lines_are_json_and_the_filter_holds() {
        let written = Written::default();
        let writer = written.clone();
        let layer = lines(LogFormat::Json, move || writer.clone(), false).with_filter(filter("info").unwrap());
        let subscriber = Registry::default().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!("not wanted");
            tracing::info!(company = "salon", "wanted");
        });
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(
            (&line["message"], &line["company"], &line["level"]),
            (&"wanted".into(), &"salon".into(), &"INFO".into())
        );
    }

    #[test]
    fn a_filter_that_cannot_be_read_says_so() {
        let told = filter("info,hyper=loud").unwrap_err().to_string();
        assert!(told.contains("'info,hyper=loud'") && told.contains("allowed"), "{told}");
    }
}
