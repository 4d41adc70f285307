//! Mail to customers about their appointments: how a company wants it, which mail is due for a booking as it stands now,
//! what it says, and what was sent. No event holds an address.

mod correspondence;
mod due;
mod event;
mod letter;
mod retry;
mod settings;

pub use correspondence::{Command, Correspondence, Told};
pub use due::{Facts, Verdict, due};
pub use event::*;
pub use letter::{Appointment, Letter, letter};
pub use retry::next_attempt;
pub use settings::{MailChange, MailSettings, MailUnusable, Mailing, SetMail};

#[cfg(test)]
mod tests;
