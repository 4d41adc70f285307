//! One tenant's set-up: branches, services, staff, hours.

mod aggregate;
mod apply;
mod changed;
mod event;
mod holidays;
mod hours;
mod questions;
mod sync;
mod synced;
#[cfg(test)]
mod tests;
mod upcast;

pub use aggregate::{Branch, Command, Company, Member, Rejection};
pub use changed::*;
pub use event::*;
pub use holidays::{Closing, Holidays, HolidaysChange};
pub use hours::span_of;
pub use sync::{
    Change, Difference, FieldChange, Kind, Plan, Seen, SeenAgents, SeenCalendar, SyncRun, Thing, Undo, UndoRefused,
};
pub use synced::*;
