//! Version 1, which only installations of their own still speak: wrappers of other names or none, the key in the address,
//! bookings asked for by number, texts alone as metadata. Changing hours, webhooks, confirming and asking for
//! what changed are left out: it has no way, or none that is documented.

pub(super) mod bookings;
pub(super) mod event_types;
pub(super) mod look_up;
pub(super) mod people;
pub(super) mod schedules;
pub(super) mod slots;
mod wire;
