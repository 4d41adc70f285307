//! The stand-ins over loopback, as their clients see them.

mod bookings;
mod calcom_client;
mod calcom_client_v1;
mod calcom_schema;
mod calcom_witness;
mod changes;
mod directory;
mod faults;
mod harness;
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
