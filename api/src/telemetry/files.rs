//! The log as files: one a day by UTC, `ringbuch.2026-12-01.log`, of which the newest are kept.

use super::TelemetryError;
use std::path::Path;
use tracing_appender::rolling::{RollingFileAppender, Rotation};

pub const BEGIN: &str = "ringbuch";
pub const END: &str = "log";

/// Opens the file of today in a folder, which is made where it is missing. What is older than the newest `days` files goes.
pub(super) fn open(folder: &Path, days: usize) -> Result<RollingFileAppender, TelemetryError> {
    let cannot = |why: String| TelemetryError::File { path: folder.to_owned(), why };
    std::fs::create_dir_all(folder).map_err(|error| cannot(error.to_string()))?;
    let daily = RollingFileAppender::builder().rotation(Rotation::DAILY).filename_prefix(BEGIN).filename_suffix(END);
    daily.max_log_files(days).build(folder).map_err(|error| cannot(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_newest_days_are_kept_and_nobody_elses_files_touched() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("logs");
        std::fs::create_dir(&inner).unwrap();
        for old in ["ringbuch.2020-01-01.log", "ringbuch.2020-01-02.log", "ringbuch.2020-01-03.log", "other.txt"] {
            std::fs::write(inner.join(old), "{}\n").unwrap();
        }
        writeln!(open(&inner, 2).unwrap(), "line").unwrap();
        let left = names(&inner);
        assert_eq!(left.len(), 3, "{left:?}");
        assert!(left.contains(&"other.txt".to_owned()), "{left:?}");
        assert!(left.iter().any(|name| std::fs::read_to_string(inner.join(name)).unwrap() == "line\n"), "{left:?}");
    }

    #[test]
    fn a_folder_that_is_a_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        assert!(open(&folder.path().join("file"), 2).unwrap_err().to_string().contains("RINGBUCH_LOG_DIR"));
    }
}
