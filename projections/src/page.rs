//! Lists in pages, newest first. A cursor names the last row that was seen by its time and its place in the log, so that
//! rows which arrive meanwhile neither shift nor repeat anything.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Where the next page starts. Opaque to users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) at: i64,
    pub(crate) position: i64,
}

/// A cursor that no list has given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the cursor was not given out by this list; start again without one")]
pub struct UnusableCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at, self.position)
    }
}

impl FromStr for Cursor {
    type Err = UnusableCursor;
    fn from_str(value: &str) -> Result<Self, UnusableCursor> {
        let (at, position) = value.split_once('.').ok_or(UnusableCursor)?;
        let number = |text: &str| text.parse().map_err(|_| UnusableCursor);
        Ok(Self { at: number(at)?, position: number(position)? })
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Which page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    pub after: Option<Cursor>,
    /// Taken as 1 to 200.
    pub limit: u32,
}

impl Default for Paging {
    fn default() -> Self {
        Self { after: None, limit: 50 }
    }
}

impl Paging {
    pub(crate) fn bounded_limit(&self) -> usize {
        self.limit.clamp(1, 200) as usize
    }
}

/// One page of a list, in the shape that REST answers with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Absent on the last page.
    pub next: Option<Cursor>,
}

/// A span of time: `since` belongs to it, `until` does not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let cursor = Cursor { at: -5, position: 42 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "7", "a.b", "1.2.3", "9999999999999999999999.1"] {
            assert_eq!(bad.parse::<Cursor>(), Err(UnusableCursor), "{bad}");
        }
    }

    #[test]
    fn a_limit_is_kept_within_bounds() {
        let bounded = |limit| Paging { after: None, limit }.bounded_limit();
        assert_eq!([bounded(0), bounded(1), bounded(200), bounded(201)], [1, 1, 200, 200]);
    }
}
