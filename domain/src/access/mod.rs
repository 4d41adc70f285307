//! Who may do what at a company: its API keys and, with them, every administrative act.

mod aggregate;
mod event;

pub use aggregate::{Access, Command, Rejection};
pub use event::*;
