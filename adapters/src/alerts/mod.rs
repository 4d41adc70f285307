//! Where alerts go: a channel of Slack, mailboxes, or a webhook that is signed as Standard Webhooks say. A receiver that
//! hears the same twice knows it by its id.

mod destination;
mod notice;
mod sender;
mod signing;

pub use destination::{Destination, DestinationUnusable};
pub use notice::Notice;
pub use sender::{AlertSender, Undelivered};
pub use signing::{SigningSecret, SigningSecretUnusable};

#[cfg(test)]
mod tests;
