//! Version 2: an envelope around every answer, the key in a header, and a version of its own for each family of routes.

pub(super) mod bookings;
pub(super) mod changes;
pub(super) mod event_types;
mod listing;
pub(super) mod look_up;
pub(super) mod people;
pub(super) mod schedules;
pub(super) mod slots;
pub(super) mod webhooks;
mod wire;
