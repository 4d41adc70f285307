//! Bookings as appointments: one row each from the first wish to the last word, wherever it is moved.

mod project;
mod query;

pub use query::{Appointment, AppointmentFilter, Named, by_uid, find, list, of_call, provider_ref, standing};

use crate::projection::Projection;
use crate::words::words;

pub const PROJECTION: Projection = Projection {
    name: "appointments",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS appointments (
            company TEXT NOT NULL, booking TEXT NOT NULL, position BIGINT NOT NULL, requested_at BIGINT NOT NULL,
            call TEXT, customer TEXT NOT NULL, branch TEXT NOT NULL, event_type BIGINT NOT NULL, page TEXT NOT NULL,
            start_at BIGINT NOT NULL, end_at BIGINT NOT NULL, staff TEXT, host BIGINT, status TEXT NOT NULL,
            in_doubt BIGINT NOT NULL DEFAULT 0, under_way TEXT, reason TEXT, attempts BIGINT NOT NULL DEFAULT 0,
            next_attempt_at BIGINT, last_trouble TEXT, source TEXT NOT NULL, name TEXT, email TEXT, phone TEXT,
            notes TEXT, uid TEXT, number BIGINT, moves BIGINT NOT NULL DEFAULT 0, cancelled_by TEXT,
            cancel_reason TEXT, settled BIGINT NOT NULL DEFAULT 0, updated_at BIGINT NOT NULL,
            PRIMARY KEY (company, booking))",
        "CREATE INDEX IF NOT EXISTS appointments_time ON appointments (company, start_at, position)",
        "CREATE INDEX IF NOT EXISTS appointments_time_of_all ON appointments (start_at, position)",
        "CREATE INDEX IF NOT EXISTS appointments_call ON appointments (company, call)",
        "CREATE INDEX IF NOT EXISTS appointments_customer ON appointments (company, customer, start_at)",
        "CREATE INDEX IF NOT EXISTS appointments_status ON appointments (company, status, start_at)",
        "CREATE INDEX IF NOT EXISTS appointments_requested ON appointments (company, requested_at)",
        "CREATE INDEX IF NOT EXISTS appointments_uid ON appointments (company, uid)",
    ],
    tables: &["appointments"],
    project: project::project,
};

words! {
    pub enum AppointmentStatus ("status") {
        /// On its way to the calendar.
        Requested = "requested",
        /// The calendar was asked and nobody knows yet what came of it.
        Unknown = "unknown",
        /// The calendar's host has still to agree; not booked.
        Pending = "pending",
        Confirmed = "confirmed",
        Failed = "failed",
        Cancelled = "cancelled",
        Completed = "completed",
        NoShow = "no_show",
    }
}

#[cfg(test)]
mod tests;
