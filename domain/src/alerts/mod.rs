//! Telling somebody that something is wrong, for those who run no monitoring of their own: rules of each company, what was
//! measured against them, and who has heard of it.

mod aggregate;
mod channel;
mod event;
mod judging;
mod rule;
mod silence;
mod words;

pub use aggregate::{Alert, Alerts, Command, Rejection, Stage};
pub use channel::{Channel, ChannelUnknown, Means, Tier};
pub use event::*;
pub use judging::Reading;
pub use rule::{AlertKind, AlertRule, KindUnknown, RuleChange, RuleUnusable};
pub use silence::{WEEKS, is_unusual};
pub use words::{fired, title};

#[cfg(test)]
mod tests;
