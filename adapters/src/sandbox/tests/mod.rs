//! The stand-ins over loopback, as their clients see them.

mod bookings;
pub(crate) mod calcom_schema;
pub(crate) mod calcom_witness;
mod changes;
mod directory;
mod faults;
pub(crate) mod harness;
mod limits;
mod lists;
mod races;
mod reference;
mod reservations;
mod retell;
mod retell_client;
mod retell_drafts;
mod retell_lists;
mod retell_numbers;
mod shapes;
mod slots;
mod v1;
mod versions;
mod webhooks;
mod witness;
