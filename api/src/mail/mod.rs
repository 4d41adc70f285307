//! Mail to customers about their appointments: the to-do list of who may have to be written to, and its settings.

mod errand;
mod settings;

pub use errand::MailErrands;
pub use settings::{change, settings};
