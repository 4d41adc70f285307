//! The stand-ins over loopback, as their clients see them.

mod bookings;
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
mod versions;
mod witness;
