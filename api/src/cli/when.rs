//! Times as people type them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::str::FromStr;

/// From when on: so long ago, or since a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    Ago(SignedDuration),
    At(Timestamp),
}

impl Since {
    /// The time that is meant, seen from now.
    pub fn from(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(span) => now.saturating_sub(span).unwrap_or(Timestamp::MIN),
            Self::At(time) => time,
        }
    }
}

impl FromStr for Since {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let told = "90m, 24h, 7d or a time such as 2026-03-01T00:00:00Z is expected";
        span(text).map(Self::Ago).or_else(|| text.parse().ok().map(Self::At)).ok_or_else(|| told.into())
    }
}

fn span(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    let number: u32 = number.parse().ok()?;
    Some(SignedDuration::from_secs(i64::from(number) * seconds))
}

/// A time: exact, or as the clock shows it where the company is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Exact(Timestamp),
    Local(DateTime),
}

impl When {
    /// The exact time. A local one that the clocks skip, or show twice, is refused, not guessed.
    pub fn in_zone(self, zone: &TimeZone) -> Result<Timestamp, String> {
        match self {
            Self::Exact(time) => Ok(time),
            Self::Local(time) => zone.to_ambiguous_timestamp(time).unambiguous().map_err(|_| {
                format!("the clocks are changed then and {time} does not exist or exists twice; add an offset, such as +01:00")
            }),
        }
    }
}

impl FromStr for When {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let told = "a time such as \"2026-12-01 11:00\" or 2026-12-01T10:00:00Z is expected";
        // A date alone would be read as midnight, which nobody means.
        if !text.contains(':') {
            return Err(told.into());
        }
        let exact = text.parse().ok().map(Self::Exact);
        exact.or_else(|| text.parse().ok().map(Self::Local)).ok_or_else(|| told.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_span_or_a_time() {
        let now: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
        for (text, from) in [
            ("24h", "2026-03-01T00:00:00Z"),
            ("90m", "2026-03-01T22:30:00Z"),
            ("1w", "2026-02-23T00:00:00Z"),
            ("2026-01-01T00:00:00+01:00", "2025-12-31T23:00:00Z"),
        ] {
            assert_eq!(text.parse::<Since>().unwrap().from(now).to_string(), from, "{text}");
        }
        for bad in ["", "h", "24", "-1h", "1y", "yesterday", "2026-01-01", "ä"] {
            assert!(bad.parse::<Since>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_local_time_is_the_companys() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for (text, exact) in [
            ("2026-07-01 11:00", Some("2026-07-01T09:00:00Z")),
            ("2026-12-01T11:00", Some("2026-12-01T10:00:00Z")),
            ("2026-12-01T11:00:00Z", Some("2026-12-01T11:00:00Z")),
            ("2026-03-29 02:30", None),
            ("2026-10-25 02:30", None),
            ("2026-10-25T02:30:00+01:00", Some("2026-10-25T01:30:00Z")),
        ] {
            let when: When = text.parse().unwrap();
            assert_eq!(when.in_zone(&zone).ok().map(|time| time.to_string()).as_deref(), exact, "{text}");
        }
        for bad in ["", "2026-12-01", "11:00", "tomorrow 11:00"] {
            assert!(bad.parse::<When>().is_err(), "{bad}");
        }
    }
}
