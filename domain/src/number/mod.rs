//! One telephone number of a business. It has a stream of its own so that it belongs to one company in the whole
//! installation, whoever assigns it where at the same time.

mod aggregate;
mod event;

pub use aggregate::{Command, Number, Rejection};
pub use event::*;
