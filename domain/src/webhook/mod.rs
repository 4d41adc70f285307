//! One delivery of a webhook, from its receipt to what came of it.

mod aggregate;
mod event;

pub use aggregate::{Command, Dealt, RETRY_SECONDS, Rejection, Standing, Webhook};
pub use event::*;
