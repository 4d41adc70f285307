//! The log: to stderr, or to `ringbuch.log` in a folder of its own. Lines hold patterns and ids, never bodies, numbers or
//! names of people.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

/// How a line looks.
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
    /// The log is appended to `ringbuch.log` in here. Rotation is left to the machine (`logrotate` with `copytruncate`).
    pub folder: Option<PathBuf>,
}

#[derive(Debug, Error)]
pub enum TelemetryError {
    #[error("the log file {path} cannot be opened: {source}; set RINGBUCH_LOG_DIR to a folder that may be written")]
    File { path: PathBuf, source: io::Error },
    #[error(
        "RINGBUCH_LOG '{filter}' cannot be read: {why}; allowed are levels and module=level, such as info,hyper=warn"
    )]
    Filter { filter: String, why: String },
}

/// Starts the log of this process. A second start changes nothing.
pub fn init(settings: &LogSettings) -> Result<(), TelemetryError> {
    let filter = filter(&settings.filter)?;
    let (writer, colours) = match &settings.folder {
        Some(folder) => (BoxMakeWriter::new(Arc::new(open(folder)?)), false),
        None => (BoxMakeWriter::new(io::stderr), io::stderr().is_terminal()),
    };
    // Only a first start can set the subscriber, and tests start more than once.
    let _ = tracing::subscriber::set_global_default(subscriber(settings.format, filter, writer, colours));
    Ok(())
}

/// Reads a filter as `RINGBUCH_LOG` has it.
pub fn filter(text: &str) -> Result<EnvFilter, TelemetryError> {
    let filter = EnvFilter::builder().parse(text);
    // Below that it writes down what was sent, in which people are named.
    let quiet = filter.and_then(|filter| Ok(filter.add_directive("rmcp=error".parse()?)));
    quiet.map_err(|why| TelemetryError::Filter { filter: text.to_owned(), why: why.to_string() })
}

fn subscriber<W>(
    format: LogFormat,
    filter: EnvFilter,
    writer: W,
    colours: bool,
) -> Box<dyn tracing::Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(colours);
    match format {
        LogFormat::Pretty => Box::new(lines.finish()),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).finish()),
    }
}

fn open(folder: &Path) -> Result<File, TelemetryError> {
    let path = folder.join("ringbuch.log");
    let opened = std::fs::create_dir_all(folder).and_then(|()| File::options().create(true).append(true).open(&path));
    opened.map_err(|source| TelemetryError::File { path, source })
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
    use std::sync::Mutex;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
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
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(LogFormat::Json, filter("info").unwrap(), move || writer.clone(), false);
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!("not wanted");
            tracing::info!(company = "salon", "wanted");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
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

    #[test]
    fn the_log_goes_into_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("logs");
        open(&inner).unwrap();
        open(&inner).unwrap();
        assert!(inner.join("ringbuch.log").is_file());
        std::fs::write(folder.path().join("file"), "").unwrap();
        assert!(open(&folder.path().join("file")).unwrap_err().to_string().contains("RINGBUCH_LOG_DIR"));
    }
}
