//! What the client must know of a company before it can ask, and the limits that hold for all of them.

use crate::budget::Rate;
use crate::provider::{BreakerSettings, LimitSettings};
use async_trait::async_trait;
use jiff::SignedDuration;
use ringbuch_domain::ids::CompanyId;
use secrecy::SecretString;
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
    /// Open times, and reservations of them.
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
