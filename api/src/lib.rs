//! Placeholder.
pub mod journal;
