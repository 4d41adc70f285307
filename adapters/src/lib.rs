//! What stands behind the ports: stores, providers, sealing, and the sandbox that stands in for the providers.

pub mod counters;
pub mod key_store;
mod postgres;
mod sqlite;
pub mod store;
