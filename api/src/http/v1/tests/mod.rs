//! Every address over the whole front, on an installation of its own.

mod access;
mod alerts;
mod analysis;
mod bookings;
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
mod webhooks;
pub(crate) mod world;
