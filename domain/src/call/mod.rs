//! One phone call: its facts in any order, and the one decision on what it wanted booked.

mod aggregate;
mod desk;
mod event;
mod refusal;
#[cfg(test)]
mod tests;
mod upcast;

pub use aggregate::{AskedAtDesk, Call, Callback, Command, Decision, Facts, Rejection, WishFact, Wished};
pub use event::*;
