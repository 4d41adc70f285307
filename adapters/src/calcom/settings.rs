//! What the client must know of a company before it can ask, and the limits that hold for all of them.

use super::breaker::BreakerSettings;
use super::limiter::LimitSettings;
use async_trait::async_trait;
use ringbuch_domain::ids::CompanyId;
use secrecy::SecretString;
use std::time::Duration;

/// Cal.com's own base address.
pub const CALCOM_BASE_URL: &str = "https://api.cal.com/v2";

/// One company's calendar.
#[derive(Debug, Clone)]
pub struct CalcomSettings {
    /// With or without `/v2` at its end.
    pub base_url: String,
    pub api_key: SecretString,
    pub versions: ApiVersions,
}

/// The `cal-api-version` of each family of routes. An absent one means 2024-04-15 to Cal.com, with other shapes, and one of
/// another family means 404, so each is pinned here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiVersions {
    /// To book, read, cancel and reschedule one booking.
    pub booking: String,
    /// To list bookings. From 2026-05-01 on the list has cursors and takes one status at a time.
    pub booking_list: String,
    /// To list a team's bookings.
    pub team_booking_list: String,
}

impl Default for ApiVersions {
    fn default() -> Self {
        Self { booking: "2026-02-25".into(), booking_list: "2026-05-01".into(), team_booking_list: "2024-08-13".into() }
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
            limit: LimitSettings::default(),
            breaker: BreakerSettings::default(),
        }
    }
}
