//! The program itself, run as somebody at a terminal or a machine would run it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "whatever is not as expected ends the test"
)]

#[path = "cli/auditing.rs"]
mod auditing;
#[path = "cli/booking.rs"]
mod booking;
#[path = "cli/forgetting.rs"]
mod forgetting;
#[path = "cli/importing.rs"]
mod importing;
#[path = "cli/installation.rs"]
mod installation;
#[path = "cli/projections.rs"]
mod projections;
#[path = "cli/serving.rs"]
mod serving;
#[path = "cli/setting_up.rs"]
mod setting_up;
