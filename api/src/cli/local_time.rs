//! Times as people at a company read them, with the zone named; JSON keeps to UTC.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::directory::Directory;

/// Shows instants as the clock on a wall does.
#[derive(Debug, Clone)]
pub struct LocalTime(TimeZone);

impl LocalTime {
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// A company's own; UTC where nothing belongs to a company.
    pub fn of(directory: &Directory, company: Option<&CompanyId>) -> Self {
        let zone = company.and_then(|company| TimeZone::get(&directory.company(company)?.zone).ok());
        zone.map_or_else(Self::utc, Self)
    }

    pub fn zone(&self) -> &TimeZone {
        &self.0
    }

    /// `2026-12-01 11:00 CET`.
    pub fn show(&self, time: Timestamp) -> String {
        time.to_zoned(self.0.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
    }

    /// With seconds, for what happens close together.
    pub fn exact(&self, time: Timestamp) -> String {
        time.to_zoned(self.0.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_and_winter_are_told_apart() {
        let berlin = LocalTime(TimeZone::get("Europe/Berlin").unwrap());
        let show = |text: &str| berlin.show(text.parse().unwrap());
        assert_eq!(show("2026-12-01T10:00:00Z"), "2026-12-01 11:00 CET");
        assert_eq!(show("2026-10-25T00:30:00Z"), "2026-10-25 02:30 CEST");
        assert_eq!(show("2026-10-25T01:30:00Z"), "2026-10-25 02:30 CET");
        assert_eq!(LocalTime::utc().exact("2026-12-01T10:00:07Z".parse().unwrap()), "2026-12-01 10:00:07 UTC");
    }
}
