//! The stand-ins over loopback, as their clients see them.

mod bookings;
mod changes;
mod directory;
mod faults;
mod harness;
mod limits;
mod lists;
mod races;
mod reservations;
mod retell;
mod retell_lists;
mod shapes;
mod slots;
mod versions;
