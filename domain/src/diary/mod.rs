//! The day's page of a company's appointment book: the boundary inside which double booking is impossible.

mod aggregate;
mod apply;
mod arrival;
mod booking;
mod command;
mod contention;
mod decide;
mod event;
mod fit;
mod progress;
mod rejection;
mod rules;
mod slot;
#[cfg(test)]
pub(crate) mod tests;
mod upcast;

pub use aggregate::Diary;
pub use booking::{Booking, Doubt, Errand, Phase, Standing, Target};
pub use command::{Arrival, Command, Confirmation, Hold, RequestBooking};
pub use event::*;
pub use fit::{Item, clashes, fits};
pub use rejection::Rejection;
pub use rules::{Asked, RULES};
pub use slot::{Span, StaffDay, Terms, shifted};
