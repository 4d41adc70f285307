//! Who may do what at a company: its API keys and, with them, every administrative act.

mod event;

pub use event::*;
