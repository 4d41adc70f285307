//! The process manager between deliveries, calls and the diary, without its errands: reads what a delivery says, and what
//! of it the company can act on.

#[cfg(test)]
pub(crate) mod deliveries;
mod facts;
mod notice;
mod reading;
#[cfg(test)]
mod tests;
mod value;
mod wish;

pub use facts::{Whose, facts};
pub use notice::{Notice, notice};
pub use reading::{Reading, Said, Unreadable, address, read, read_call};
pub use value::text;
pub use wish::interpret;
