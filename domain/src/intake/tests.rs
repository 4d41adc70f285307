//! From bytes to facts.

mod facts;
mod reading;
mod wish;
