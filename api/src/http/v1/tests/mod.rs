//! Every address over the whole front, on an installation of its own.

mod access;
mod alerts;
mod analysis;
pub(crate) mod belongings;
mod bookings;
mod bundle;
mod calls;
mod conformance;
mod desk;
mod directory;
mod events;
mod exports;
mod health;
mod history;
mod holidays;
mod keys;
mod pushes;
mod reconcile;
mod replays;
mod schedules;
mod stats;
mod users;
mod views;
mod walk;
mod webhooks;
pub(crate) mod world;
