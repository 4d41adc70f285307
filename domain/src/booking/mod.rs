//! The process manager between calls, the diary and the calendar, without its errands: what is to be done next for a
//! booking, and what it is told on the way. It is a to-do list that survives a crash: every step can be taken again.

mod contact;
mod next;
mod patience;
#[cfg(test)]
mod simulation;
mod truth;

pub use contact::{Person, contact, via_telephone};
pub use next::{Step, moves_in_doubt_until, next_if_absent, next_step};
pub use patience::{Patience, later};
pub use truth::{Correction, Fate, Live, Truth, correction};
