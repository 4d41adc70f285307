//! The rules of Ringbuch: aggregates, process managers and the ports that they need. No input or output happens here,
//! and nothing here knows the time, randomness, SQL, HTTP or encryption; all of that comes with a command or a port.

pub mod access;
pub mod account;
pub mod alerts;
pub mod analysis;
pub mod any_event;
pub mod any_state;
pub mod booking;
pub mod call;
pub mod company;
pub mod comparison;
pub mod customer;
pub mod desk;
pub mod diary;
pub mod event;
pub mod ids;
pub mod intake;
pub mod mail;
pub mod money;
pub mod number;
pub mod phone;
pub mod ports;
pub mod private;
pub mod recorded;
#[cfg(test)]
mod salon;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod schemas;
pub mod snapshot;
pub mod spoken;
pub mod upcast;
pub mod user;
pub mod webhook;

pub use any_event::AnyEvent;
