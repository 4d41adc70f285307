//! Values as the replaced system wrote them.

use super::report::Fault;
use super::table::Row;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The clock of exported times without an offset; none was told where it is absent.
pub type ExportClock = Option<TimeZone>;

/// An instant: RFC 3339, seconds or milliseconds since 1970, or a local time where its clock is known. A time that the
/// clock shows twice or never is no instant.
pub fn time(row: &Row, column: &'static str, clock: &ExportClock) -> Result<Option<Timestamp>, Fault> {
    let Some(value) = row.text(column) else { return Ok(None) };
    let unreadable = || Fault::of(column, "is no time; write it like 2025-07-02T11:00:00+02:00");
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = value.parse().map_err(|_| unreadable())?;
        let read = if value.len() > 11 { Timestamp::from_millisecond(number) } else { Timestamp::from_second(number) };
        return read.map(Some).map_err(|_| unreadable());
    }
    if let Ok(instant) = value.parse::<Timestamp>() {
        return Ok(Some(instant));
    }
    // PostgreSQL writes `+02`, where RFC 3339 wants `+02:00`.
    if let Some(instant) = with_short_offset(value) {
        return Ok(Some(instant));
    }
    let local: DateTime = value.replacen(' ', "T", 1).parse().map_err(|_| unreadable())?;
    let clock = clock.as_ref().ok_or_else(|| {
        Fault::of(column, "does not say by which clock; tell it with --clock UTC or --clock Europe/Berlin")
    })?;
    let instant = clock.to_ambiguous_timestamp(local).unambiguous();
    instant.map(Some).map_err(|_| Fault::of(column, "is a time that the clock shows twice or never; add its offset"))
}

fn with_short_offset(value: &str) -> Option<Timestamp> {
    let sign = value.rfind(['+', '-']).filter(|at| *at > 10)?;
    let digits = value.get(sign + 1..)?;
    (digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| format!("{value}:00").parse().ok())
        .flatten()
}

/// A telephone number in E.164; words such as "anonymous" stand for none.
pub fn phone(row: &Row, column: &'static str) -> Option<String> {
    row.text(column).and_then(ringbuch_domain::phone::normalise)
}

#[cfg(test)]
mod tests {
    use super::with_short_offset;

    #[test]
    fn a_short_offset_is_an_offset() {
        let at = |text: &str| with_short_offset(text).map(|instant| instant.to_string());
        assert_eq!(at("2025-07-02 11:00:00+02").as_deref(), Some("2025-07-02T09:00:00Z"));
        assert_eq!(at("2025-07-02 11:00:00"), None);
        assert_eq!(at("2025-07-02"), None);
    }
}
