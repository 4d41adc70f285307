//! One delivery of a webhook, from its receipt to what came of it.

mod event;

pub use event::*;
