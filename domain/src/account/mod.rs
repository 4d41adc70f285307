//! One account at Retell: how its deliveries are signed and whose companies it serves. Its keys lie sealed outside the
//! log; here stands only that they changed.

mod aggregate;
mod event;

pub use aggregate::{Account, Command, Rejection};
pub use event::*;
