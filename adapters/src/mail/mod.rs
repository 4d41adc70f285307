//! Mail over SMTP: a letter becomes a message with plain text, simple HTML and, for an appointment, an invitation that
//! calendars understand. What the mail server says is told by its code alone, since its words repeat addresses.

mod fault;
mod html;
mod invitation;
mod message;
mod transport;

pub use fault::{Lasting, MailFault};
pub use invitation::{Invitation, Method};
pub use message::Outgoing;
pub use transport::{Mailer, MailerUnusable, Security, SmtpSettings};

#[cfg(test)]
mod tests;
