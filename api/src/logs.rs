//! The log, read back from its files: newest first, filtered, page by page. A request reads a bounded part of the files; where
//! that held too little, the page says where to go on.

mod backwards;
mod filter;
mod line;

pub use filter::{LogFilter, LogLevel};
pub use line::Line;

use crate::telemetry::{FILES_BEGIN, FILES_END};
use backwards::Backwards;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// What one request reads at most.
const BYTES: u64 = 32 * 1024 * 1024;

/// The folder that the log is written into.
#[derive(Debug, Clone)]
pub struct LogFiles {
    folder: PathBuf,
}

/// A place in the log: everything before it is older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPlace {
    day: Date,
    offset: u64,
}

/// One page, newest first.
#[derive(Debug, Default)]
pub struct LogPage {
    pub items: Vec<Line>,
    /// Where to go on; absent once everything was read. A page may be empty and have one.
    pub next: Option<LogPlace>,
}

#[derive(Debug, Error)]
pub enum LogsError {
    #[error("the log in {folder} cannot be read: {why}")]
    Unreadable { folder: PathBuf, why: io::Error },
    #[error("reading the log was given up: {0}")]
    GivenUp(#[from] tokio::task::JoinError),
}

impl LogFiles {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// At most `limit` lines before a place, or the newest of all.
    pub async fn read(&self, filter: LogFilter, before: Option<LogPlace>, limit: usize) -> Result<LogPage, LogsError> {
        let files = self.clone();
        tokio::task::spawn_blocking(move || files.page(&filter, before.as_ref(), limit, BYTES)).await?
    }

    fn page(
        &self,
        filter: &LogFilter,
        before: Option<&LogPlace>,
        limit: usize,
        bytes: u64,
    ) -> Result<LogPage, LogsError> {
        let unreadable = |why| LogsError::Unreadable { folder: self.folder.clone(), why };
        let (mut page, mut left) = (LogPage::default(), bytes);
        let days = self.days().map_err(unreadable)?;
        let wanted = days.into_iter().filter(|day| filter.may_stand_in(*day));
        for day in wanted.filter(|day| before.is_none_or(|place| *day <= place.day)) {
            let end = before.filter(|place| place.day == day).map(|place| place.offset);
            let mut lines = Backwards::open(&self.path(day), end).map_err(unreadable)?;
            while let Some((offset, text)) = lines.next_line().map_err(unreadable)? {
                left = left.saturating_sub(text.len() as u64 + 1);
                let line = Line::read(&text);
                if line.as_ref().is_some_and(|line| filter.is_past(line)) {
                    return Ok(page);
                }
                page.items.extend(line.filter(|line| filter.takes(line, &text)));
                if page.items.len() >= limit || left == 0 {
                    page.next = Some(LogPlace { day, offset });
                    return Ok(page);
                }
            }
        }
        Ok(page)
    }

    /// The days that there are files of, newest first.
    fn days(&self) -> io::Result<Vec<Date>> {
        let names = std::fs::read_dir(&self.folder)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let day = |name: String| {
            let rest = name.strip_prefix(FILES_BEGIN)?.strip_prefix('.')?;
            rest.strip_suffix(FILES_END)?.strip_suffix('.')?.parse().ok()
        };
        let mut days: Vec<Date> = names.filter_map(day).collect();
        days.sort_unstable_by(|one, other| other.cmp(one));
        Ok(days)
    }

    fn path(&self, day: Date) -> PathBuf {
        self.folder.join(format!("{FILES_BEGIN}.{day}.{FILES_END}"))
    }
}

#[cfg(test)]
mod tests;
