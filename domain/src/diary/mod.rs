//! The day's page of a company's appointment book: the boundary inside which double booking is impossible.

mod event;
mod rejection;
pub use event::*;
pub use rejection::Rejection;
