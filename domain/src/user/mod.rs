//! One user of the dashboard: invited with a role, lets themselves in with a password, and is shut out for ever once
//! deactivated. The password's hash is not here; it lies sealed in the key store and can be destroyed there.

mod aggregate;
mod event;

pub use aggregate::{Command, Rejection, User};
pub use event::*;
