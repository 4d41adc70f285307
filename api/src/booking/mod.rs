//! Bookings on their way to the calendar: a to-do list from the log, worked off in steps that may each be taken again.

mod acts;
mod errand;
mod file;
mod look_up;

pub use errand::BookingErrands;
