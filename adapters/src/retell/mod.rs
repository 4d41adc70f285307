//! Retell, whose voice agents answer the telephone: proof that a request came from it, and the client that asks it back
//! and sets it up.

mod agent_rows;
mod agents;
mod answer;
mod ask;
mod calls;
mod client;
mod exchange;
mod key;
mod numbers;
mod pages;
mod prompts;
mod settings;
pub mod signature;
mod voices;
mod weights;

pub use client::Retell;
pub use settings::{AccountSettings, RETELL_BASE_URL, RetellOptions, RetellSettings};

#[cfg(test)]
mod tests;
