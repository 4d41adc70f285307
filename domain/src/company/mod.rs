//! One tenant's set-up: branches, services, staff, hours.

mod event;

pub use event::*;
