//! One person of one company.

mod aggregate;
mod event;

pub use aggregate::{Command, Customer, Rejection};
pub use event::*;
