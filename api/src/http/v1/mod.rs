//! The API for programs, version 1. One file for each thing that has an address; every request is about one company,
//! whose rows are the only ones that it can see.

mod analysis;
mod appointments;
mod availability;
mod bookings;
mod calls;
mod customers;
mod desk;
mod directory;
mod doctor;
mod events;
mod failure;
mod health;
mod holidays;
pub(crate) mod keys;
mod lists;
mod live;
mod projections;
mod pushes;
mod reconcile;
mod replays;
pub mod request;
mod stats;
mod sync;
mod webhooks;

#[cfg(test)]
pub(crate) mod tests;

pub use events::Shown as ShownEvent;
pub use webhooks::Content as DeliveryContent;

use crate::app::App;
use crate::http::Routes;
use crate::http::auth::Gate;

pub fn routes(app: &App, gate: &Gate) -> Routes {
    let door = request::Entrance::new(app, gate);
    calls::routes(&door)
        .and(analysis::routes(&door))
        .and(appointments::routes(&door))
        .and(bookings::routes(&door))
        .and(availability::routes(&door))
        .and(customers::routes(&door))
        .and(desk::routes(&door))
        .and(holidays::routes(&door))
        .and(directory::routes(&door))
        .and(webhooks::routes(&door))
        .and(replays::routes(&door))
        .and(events::routes(&door))
        .and(projections::routes(&door))
        .and(stats::routes(&door))
        .and(health::routes(&door))
        .and(keys::routes(&door))
        .and(reconcile::routes(&door))
        .and(sync::routes(&door))
        .and(pushes::routes(&door))
        .and(doctor::routes(&door))
        .and(live::routes(&door))
}
