//! The program: what it listens to, what it is told on the command line, and how everything is wired together.

pub mod cli;
pub mod clock;
pub mod config;
pub mod http;
pub mod journal;
pub mod metrics;
pub mod problem;
pub mod server;
pub mod telemetry;
