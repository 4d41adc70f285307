//! Deliveries on their way in: proven and stored at the door, understood later from the log.

mod calendar;
mod door;
mod errand;
mod filing;
mod proof;
mod understanding;

pub use calendar::{Book, CalendarIntake, Heeded, Held, Inquiry, Rehearsed, delivery_of};
pub use door::{Door, RETELL_KEY};
pub use errand::IntakeErrands;
pub use filing::{CalendarSketch, Filed, Label, Proven, Sketch, bytes, correlation_of_call, file};
pub use proof::Proof;
pub(crate) use understanding::place;
pub use understanding::{Quarantine, Understanding, Understood, meeting_id, received, recording_id, understand};
