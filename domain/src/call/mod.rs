//! One phone call: its facts in any order, and the one decision on what it wanted booked.

mod event;

pub use event::*;
