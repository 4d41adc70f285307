//! Cal.com, where appointments are truly made, through version 2 of its interface. A request passes the company's breaker
//! and its key's limiter before it is sent; what comes back is told by what is certain.

mod answer;
mod breaker;
mod client;
mod exchange;
mod limiter;
mod listing;
mod settings;
mod told;
mod wire;

pub use breaker::{BreakerSettings, BreakerState};
pub use client::Calcom;
pub use limiter::{LimitSettings, Priority};
pub use settings::{ApiVersions, CALCOM_BASE_URL, CalcomOptions, CalcomSettings, CompanySettings};

#[cfg(test)]
mod tests;
