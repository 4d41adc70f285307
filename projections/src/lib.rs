//! The read side: one file a read model, with its tables, what it makes of events, and its queries. Events go in through
//! `Projection::step`, rows come out through queries that name whose rows they may see.

pub mod alert_signals;
pub mod alerts;
pub mod analysis;
pub mod appointments;
pub mod backlog;
pub mod booking_stats;
pub mod booking_todo;
pub mod call_stats;
pub mod callbacks;
pub mod calls;
pub mod comparisons;
pub mod customers;
pub mod deliveries;
pub mod directory;
pub mod engine;
pub mod holds;
pub mod intake_todo;
pub mod keys;
pub mod mail_todo;
pub mod page;
pub mod projection;
pub mod rows;
pub mod scope;
pub mod series;
pub mod summary;
pub mod there;
pub mod users;
pub mod views;
pub mod webhook_stats;

mod columns;
mod latency;
mod record;
mod select;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod testing;
mod words;

pub use page::{Cursor, Page, Paging};
pub use projection::Projection;
pub use scope::Scope;

static ALL: [Projection; 20] = [
    directory::PROJECTION,
    keys::PROJECTION,
    users::PROJECTION,
    there::PROJECTION,
    intake_todo::PROJECTION,
    booking_todo::PROJECTION,
    holds::PROJECTION,
    deliveries::PROJECTION,
    calls::PROJECTION,
    appointments::PROJECTION,
    callbacks::PROJECTION,
    customers::PROJECTION,
    webhook_stats::PROJECTION,
    booking_stats::PROJECTION,
    call_stats::PROJECTION,
    analysis::PROJECTION,
    comparisons::PROJECTION,
    alerts::PROJECTION,
    alert_signals::PROJECTION,
    mail_todo::PROJECTION,
];

/// Every projection, those that others wait for first.
pub fn all() -> &'static [Projection] {
    &ALL
}
