//! The API for programs, version 1. One file for each thing that has an address; every request is about one company,
//! whose rows are the only ones that it can see.

mod alerts;
mod analysis;
pub mod appointments;
mod assignments;
mod audit;
mod availability;
pub mod bookings;
pub(crate) mod bundle;
mod calls;
mod customers;
mod desk;
mod directory;
mod doctor;
mod events;
mod exports;
pub mod failure;
mod health;
mod holidays;
pub(crate) mod keys;
mod lists;
mod live;
mod logs;
mod mail;
mod past;
mod projections;
mod pushes;
mod reconcile;
mod replays;
pub mod request;
mod search;
mod stats;
mod sync;
pub(crate) mod users;
mod webhooks;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use audit::{Proof, prove};
pub use directory::settings_page;
pub use events::Shown as ShownEvent;
pub use failure::sentence;
pub(crate) use lists::page_of;
pub(crate) use search::search as search_deliveries;
pub use webhooks::Content as DeliveryContent;
pub(crate) use webhooks::{content as delivery_content, may_see_content};

use crate::app::App;
use crate::http::Routes;
use crate::http::auth::Gate;
use crate::logs::LogFiles;
use utoipa::OpenApi;

/// What every address says of itself; what holds for all of them is added by `openapi`.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ringbuch",
        description = "Phone calls that become appointments: the API for programs.",
        license(name = "see LICENSE")
    ),
    paths(
        calls::list,
        calls::show,
        analysis::show,
        analysis::tree,
        appointments::list,
        appointments::show,
        exports::csv,
        exports::ics,
        bookings::book,
        bookings::move_to,
        bookings::cancel,
        availability::ask,
        customers::hand_over,
        customers::erase,
        customers::list,
        customers::show,
        desk::rules,
        desk::change,
        desk::kept,
        desk::list,
        desk::done,
        directory::companies,
        directory::branches,
        directory::branch,
        holidays::holidays,
        holidays::change,
        directory::phone_numbers,
        directory::phone_number,
        directory::event_types,
        directory::event_type,
        directory::staff,
        directory::staff_member,
        directory::agents,
        directory::agent,
        assignments::number,
        assignments::agent,
        doctor::findings,
        webhooks::list,
        webhooks::show,
        replays::many,
        replays::one,
        events::list,
        events::show,
        past::state,
        audit::verify,
        projections::list,
        projections::show,
        stats::webhooks,
        stats::bookings,
        stats::calls,
        stats::agents,
        health::look,
        logs::list,
        live::watch,
        keys::list,
        keys::issue,
        keys::revoke,
        users::list,
        users::invite,
        users::show,
        users::change,
        users::erase,
        users::reset,
        users::deactivate,
        bundle::take,
        reconcile::list,
        reconcile::compare,
        sync::go_over,
        sync::runs,
        sync::changes,
        sync::take_back,
        pushes::prompt,
        pushes::versions,
        pushes::draft,
        pushes::publish,
        pushes::roll_back,
        pushes::binding,
        pushes::bind,
        pushes::bind_outbound,
        pushes::hours,
        pushes::push_hours,
        alerts::list,
        alerts::find,
        alerts::acknowledge,
        alerts::rules,
        alerts::change_rules,
        alerts::channels,
        alerts::set_channel,
        alerts::remove_channel,
        alerts::test,
        mail::settings,
        mail::change,
    )
)]
pub struct Described;

/// `log_files` is where the log is written, if it is written into files.
pub fn routes(app: &App, gate: &Gate, log_files: Option<&LogFiles>) -> Routes {
    let door = request::Entrance::new(app, gate);
    calls::routes(&door)
        .and(analysis::routes(&door))
        .and(appointments::routes(&door))
        .and(exports::routes(&door))
        .and(bookings::routes(&door))
        .and(availability::routes(&door))
        .and(customers::routes(&door))
        .and(desk::routes(&door))
        .and(holidays::routes(&door))
        .and(directory::routes(&door))
        .and(assignments::routes(&door))
        .and(webhooks::routes(&door))
        .and(replays::routes(&door))
        .and(events::routes(&door))
        .and(past::routes(&door))
        .and(audit::routes(&door))
        .and(projections::routes(&door))
        .and(stats::routes(&door))
        .and(health::routes(&door))
        .and(logs::routes(&door, log_files))
        .and(keys::routes(&door))
        .and(users::routes(&door))
        .and(bundle::routes(&door))
        .and(reconcile::routes(&door))
        .and(sync::routes(&door))
        .and(pushes::routes(&door))
        .and(doctor::routes(&door))
        .and(live::routes(&door))
        .and(alerts::routes(&door))
        .and(mail::routes(&door))
}
