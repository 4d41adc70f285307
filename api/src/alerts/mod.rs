//! Alerts for those without monitoring of their own: measuring on a schedule, telling whoever a channel leads to, and
//! setting both up.

mod errand;
mod readings;
mod set_up;
mod sight;
#[cfg(test)]
mod tests;
mod watch;

pub use errand::AlertErrands;
pub use set_up::{AlertSetUp, Leads};
pub use watch::{LEASE, evaluate, run};
