//! One tenant's set-up: branches, services, staff, hours.

mod aggregate;
mod event;
mod hours;
mod questions;
mod synced;
#[cfg(test)]
mod tests;

pub use aggregate::{Branch, Command, Company, Member, Rejection};
pub use event::*;
pub use hours::span_of;
pub use synced::*;
