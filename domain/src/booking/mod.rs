//! The process manager between calls, the diary and the calendar, without its errands: what is to be done next for a
//! booking, and what it is told on the way. It is a to-do list that survives a crash: every step can be taken again.

mod contact;
mod next;
mod patience;

pub use contact::{Person, contact};
pub use next::{Step, is_too_late, next_step};
pub use patience::{Patience, later};
