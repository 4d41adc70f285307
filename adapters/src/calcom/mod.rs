//! Cal.com, where appointments are truly made, through version 2 of its interface, or version 1 where a company's own
//! installation speaks nothing newer. A request passes the company's breaker and its key's limiter before it is sent; what
//! comes back is told by what is certain.

mod answer;
mod client;
mod event_type;
mod exchange;
mod hours;
mod line;
mod metadata;
mod owner;
mod request;
mod sentences;
mod set_up;
mod settings;
pub mod signature;
mod span;
mod v1;
mod v2;

pub use client::Calcom;
pub use settings::{Api, ApiVersions, CALCOM_BASE_URL, CalcomOptions, CalcomSettings, CompanySettings};

#[cfg(test)]
mod tests;
