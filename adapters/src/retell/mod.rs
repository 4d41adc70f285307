//! Retell, whose voice agents answer the telephone: proof that a request came from it, and the client that asks it back.

mod client;
mod rows;
mod settings;
pub mod signature;

pub use client::{Retell, RetellOptions};
pub use settings::{AccountSettings, RETELL_BASE_URL, RetellSettings};
