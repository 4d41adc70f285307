//! What a provider's own list said that the log did not: found again and again, since a delivery may be lost and a booking
//! is not.

mod aggregate;
mod event;

pub use aggregate::{Command, Comparison, Rejection};
pub use event::*;
