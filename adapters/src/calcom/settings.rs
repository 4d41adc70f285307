//! What the client must know of a company before it can ask, and the limits that hold for all of them.

use crate::budget::Rate;
use crate::provider::{BreakerSettings, LimitSettings};
use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::civil::Date;
use ringbuch_domain::ids::CompanyId;
use secrecy::SecretString;
use std::str::FromStr;
use std::time::Duration;

/// Cal.com's own base address.
pub const CALCOM_BASE_URL: &str = "https://api.cal.com/v2";

/// One company's calendar.
#[derive(Debug, Clone)]
pub struct CalcomSettings {
    /// With or without the version (`/v1`, `/v2`) at its end.
    pub base_url: String,
    pub api_key: SecretString,
    pub api: Api,
    pub versions: ApiVersions,
}

/// Which of its interfaces a Cal.com speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Api {
    /// Self-hosted installations of before April 2026 only. The key travels in the address, and some acts do not exist:
    /// they are refused with the reason `not_in_v1`.
    V1,
    #[default]
    V2,
}

impl Api {
    pub(super) fn segment(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    /// Version 1 allows 30 requests in 60 s for each user, whatever was agreed with Cal.com.
    pub(super) fn limit(self, limit: LimitSettings) -> LimitSettings {
        match self {
            Self::V1 => LimitSettings {
                class: "v1",
                rate: Rate { requests: limit.rate.requests.min(28), ..limit.rate },
                kept_for_callers: limit.kept_for_callers.min(8),
                ..limit
            },
            Self::V2 => limit,
        }
    }
}

/// The `cal-api-version` of each family of routes. An absent one means 2024-04-15 to Cal.com, with other shapes, and one of
/// another family means 404, so each is pinned here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiVersions {
    /// To book, read, cancel, reschedule and confirm one booking.
    pub booking: String,
    /// To list bookings. From 2026-05-01 on the list has cursors and takes one status at a time.
    pub booking_list: String,
    /// To list a team's bookings.
    pub team_booking_list: String,
    /// Personal ones and a team's.
    pub event_types: String,
    /// Open times.
    pub slots: String,
    pub schedules: String,
}

impl Default for ApiVersions {
    fn default() -> Self {
        Self {
            booking: "2026-02-25".into(),
            booking_list: "2026-05-01".into(),
            team_booking_list: "2024-08-13".into(),
            event_types: "2026-06-12".into(),
            slots: "2024-09-04".into(),
            schedules: "2024-06-11".into(),
        }
    }
}

/// `v2` for all of them, or single families in place of those: `booking=2024-08-13,booking_list=2024-08-13`. The error says
/// what is wrong.
impl FromStr for ApiVersions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut versions = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| *part != "v2") {
            let (name, version) = part.split_once('=').ok_or("a part is not FAMILY=DATE")?;
            let family = versions.family(name).ok_or_else(|| format!("the families are {}", FAMILIES.join(", ")))?;
            if version.parse::<Date>().is_err() || version.len() != "2026-02-25".len() {
                return Err(format!("the version of {name} is not a date such as 2026-02-25"));
            }
            version.clone_into(family);
        }
        Ok(versions)
    }
}

const FAMILIES: [&str; 6] = ["booking", "booking_list", "team_booking_list", "event_types", "slots", "schedules"];

impl ApiVersions {
    fn family(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "booking" => &mut self.booking,
            "booking_list" => &mut self.booking_list,
            "team_booking_list" => &mut self.team_booking_list,
            "event_types" => &mut self.event_types,
            "slots" => &mut self.slots,
            "schedules" => &mut self.schedules,
            _ => return None,
        })
    }
}

#[async_trait]
pub trait CompanySettings: Send + Sync {
    /// Nothing if the company is unknown or has no key.
    async fn calcom(&self, company: &CompanyId) -> Option<CalcomSettings>;
}

/// Limits of time, rate and failures.
#[derive(Debug, Clone, Copy)]
pub struct CalcomOptions {
    /// To book, cancel or reschedule. Cal.com writes to calendars and sends mails before it answers.
    pub write_total: Duration,
    pub read_total: Duration,
    pub limit: LimitSettings,
    pub breaker: BreakerSettings,
}

impl Default for CalcomOptions {
    fn default() -> Self {
        Self {
            write_total: Duration::from_secs(10),
            read_total: Duration::from_secs(2),
            limit: LIMIT,
            breaker: BreakerSettings::default(),
        }
    }
}

/// Cal.com allows a key 120 requests in 60 seconds, whatever they ask for, and blocks one that goes beyond for a minute.
const LIMIT: LimitSettings = LimitSettings {
    class: "all",
    rate: Rate { requests: 110, window: SignedDuration::from_secs(60) },
    kept_for_callers: 30,
    caller_waits: Duration::from_secs(2),
    background_waits: Duration::from_secs(20),
    block: Duration::from_mins(1),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_set_family_by_family() {
        let mut all = ApiVersions::default();
        assert!(FAMILIES.iter().all(|name| all.family(name).is_some()));
        assert_eq!("v2".parse(), Ok(ApiVersions::default()));
        let set: ApiVersions = "v2, booking=2024-08-13,slots=2027-01-01".parse().unwrap();
        let expected =
            ApiVersions { booking: "2024-08-13".into(), slots: "2027-01-01".into(), ..ApiVersions::default() };
        assert_eq!(set, expected);
        for (text, part) in [
            ("", "a part is not FAMILY=DATE"),
            ("v3", "a part is not FAMILY=DATE"),
            ("booking=newest", "the version of booking is not a date"),
            ("booking=20240813", "the version of booking is not a date"),
            ("calls=2024-08-13", "the families are booking, booking_list"),
        ] {
            assert!(text.parse::<ApiVersions>().unwrap_err().contains(part), "{text}");
        }
    }
}
