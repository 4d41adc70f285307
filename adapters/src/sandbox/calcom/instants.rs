//! Times as Cal.com writes and reads them.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};

/// With milliseconds and Z.
pub(super) fn iso(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// With milliseconds and the zone's offset, Z for UTC.
pub(super) fn iso_in(at: Timestamp, zone: &TimeZone) -> String {
    if *zone == TimeZone::UTC {
        return iso(at);
    }
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string()
}

/// ISO 8601; what carries no offset is UTC, wherever the writer sits.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let in_utc = |local: civil::DateTime| local.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.parse::<Timestamp>().ok().or_else(|| text.parse().ok().and_then(in_utc))
}

/// As [`read`], but a bare date means its last second.
pub(super) fn read_end(text: &str) -> Option<Timestamp> {
    let start = read(text)?;
    if text.len() > "2050-09-05".len() {
        Some(start)
    } else {
        start.checked_add(SignedDuration::from_secs(86_399)).ok()
    }
}

pub(super) fn plus_minutes(at: Timestamp, minutes: u32) -> Timestamp {
    at.checked_add(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(Timestamp::MAX)
}

pub(super) fn minus_minutes(at: Timestamp, minutes: u32) -> Timestamp {
    at.checked_sub(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(Timestamp::MIN)
}

/// Half-open: the end belongs to whatever comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

impl Span {
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    pub(super) fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub(super) fn widened(self, before: u32, after: u32) -> Self {
        Self { start: minus_minutes(self.start, before), end: plus_minutes(self.end, after) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_offset_is_utc() {
        let table = [
            ("2025-07-02T11:00:00", Some("2025-07-02T11:00:00.000Z")),
            ("2025-07-02T11:00:00Z", Some("2025-07-02T11:00:00.000Z")),
            ("2025-07-02T11:00:00+02:00", Some("2025-07-02T09:00:00.000Z")),
            ("2025-07-02T11:00", Some("2025-07-02T11:00:00.000Z")),
            ("2025-07-02", Some("2025-07-02T00:00:00.000Z")),
            ("02.07.2025 11:00", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(read(text).map(iso).as_deref(), expected, "{text}");
        }
        assert_eq!(read_end("2025-07-02").map(iso).as_deref(), Some("2025-07-02T23:59:59.000Z"));
        assert_eq!(read_end("2025-07-02T10:00Z").map(iso).as_deref(), Some("2025-07-02T10:00:00.000Z"));
    }

    #[test]
    fn zones_are_written_as_offsets() {
        let at = read("2025-07-02T09:00:00Z").unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(iso_in(at, &berlin), "2025-07-02T11:00:00.000+02:00");
        assert_eq!(iso_in(at, &TimeZone::UTC), "2025-07-02T09:00:00.000Z");
    }
}
