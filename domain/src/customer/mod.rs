//! One person of one company.

mod event;

pub use event::*;
