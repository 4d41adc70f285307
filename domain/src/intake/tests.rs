//! From bytes to facts.

mod facts;
mod notice;
mod reading;
mod wish;
