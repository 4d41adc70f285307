//! Tests that need more than one crate, in one binary: `cargo test -p ringbuch-tests`. What needs a PostgreSQL server is
//! marked as ignored and shows as such; `tests/run` starts a server of its own and runs everything.

#[cfg(test)]
mod app;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod kurrent_server;
#[cfg(test)]
mod observing;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod threats;
