//! The HTTP side that both stand-ins share: requests, answers, the server loop with its faults, rate limits.

mod answer;
mod limiter;
mod provider;
mod request;
mod server;
mod tally;

pub use self::limiter::RateLimit;
pub(super) use self::{
    answer::Answer,
    limiter::{Limiter, Verdict},
    provider::Provider,
    request::Request,
    server::serve,
    tally::Tally,
};
