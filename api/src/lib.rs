//! The program: what it listens to, what it is told on the command line, and how everything is wired together.

pub mod app;
pub mod appointments;
pub mod booking;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod directory;
pub mod http;
pub mod intake;
pub mod journal;
pub mod keys;
pub mod metrics;
pub mod problem;
pub mod providers;
pub mod ready;
pub mod reconcile;
pub mod runners;
pub mod serve;
pub mod server;
pub mod setup;
pub mod tally;
pub mod telemetry;
pub mod wiring;
