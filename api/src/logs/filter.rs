//! What is looked for in the log.

use super::line::Line;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::str::FromStr;

/// Everything that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct LogFilter {
    pub since: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    /// This grave or graver.
    pub level: Option<LogLevel>,
    /// How the module begins.
    pub target: Option<String>,
    /// Somewhere in the line, in upper or lower case.
    pub text: Option<String>,
    pub request_id: Option<String>,
    pub call: Option<String>,
}

/// How grave it is; the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl FromStr for LogLevel {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "error" => Ok(Self::Error),
            "warn" => Ok(Self::Warn),
            "info" => Ok(Self::Info),
            "debug" => Ok(Self::Debug),
            "trace" => Ok(Self::Trace),
            _ => Err("error, warn, info, debug or trace is expected"),
        }
    }
}

impl LogFilter {
    pub(super) fn takes(&self, line: &Line, text: &str) -> bool {
        let grave = |level: LogLevel| line.level.parse::<LogLevel>().is_ok_and(|known| known <= level);
        let holds = |wanted: &String| text.to_lowercase().contains(&wanted.to_lowercase());
        self.until.is_none_or(|until| line.time < until)
            && self.level.is_none_or(grave)
            && self.target.as_ref().is_none_or(|target| line.target.starts_with(target))
            && self.request_id.as_ref().is_none_or(|id| line.has("request_id", id))
            && self.call.as_ref().is_none_or(|call| line.has("call", call))
            && self.text.as_ref().is_none_or(holds)
    }

    /// Whether a line, and with it every earlier one, is too old.
    pub(super) fn is_past(&self, line: &Line) -> bool {
        self.since.is_some_and(|since| line.time < since)
    }

    /// Whether the file of a day can hold what is looked for. A line of the last moment may stand in the next day's.
    pub(super) fn may_stand_in(&self, day: Date) -> bool {
        let of = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
        self.since.is_none_or(|since| of(since) <= day)
            && self.until.is_none_or(|until| day.yesterday().is_ok_and(|before| before <= of(until)))
    }
}
