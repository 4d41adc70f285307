//! What stands behind the ports: stores, providers, sealing, and the sandbox that stands in for the providers.

pub mod alerts;
pub mod backup;
pub mod budget;
pub mod calcom;
pub mod chain;
pub mod counters;
pub mod key_store;
#[cfg(feature = "kurrentdb")]
pub mod kurrent;
pub mod mail;
pub mod outbound;
mod postgres;
pub mod provider;
pub mod query;
pub mod retell;
pub mod sandbox;
pub mod sealing;
mod sqlite;
pub mod store;
pub mod tickets;
