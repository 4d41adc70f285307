//! Phone calls: what was said and wanted, and what the booking of each came to. A call may have several bookings (at the
//! desk); its outcome is that of the best one.

mod project;
mod query;

pub use query::{Call, CallDetail, CallFilter, CallPrivate, OpenCall, find, list, live, open};

use crate::projection::Projection;
use crate::words::words;

pub const PROJECTION: Projection = Projection {
    name: "calls",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS calls (
            company TEXT NOT NULL, call TEXT NOT NULL, position BIGINT NOT NULL, first_seen_at BIGINT NOT NULL,
            began_at BIGINT NOT NULL, account TEXT, branch TEXT, customer TEXT, anonymous BIGINT, direction TEXT,
            agent TEXT, agent_version BIGINT, our_number TEXT, caller_number TEXT, started_at BIGINT, ended_at BIGINT,
            duration_ms BIGINT, cost_minor BIGINT, currency TEXT, status TEXT, disconnection TEXT, closed_reason TEXT,
            sentiment TEXT, successful BIGINT, voicemail BIGINT, appointment_requested BIGINT, summary TEXT,
            transcript TEXT, recording_url TEXT, extracted_date TEXT, extracted_time TEXT, extracted_service TEXT,
            extracted_name TEXT, extracted_start BIGINT, event_type BIGINT, booking TEXT,
            outcome TEXT NOT NULL DEFAULT 'none', refusal_code TEXT, refusal TEXT,
            contradicted BIGINT NOT NULL DEFAULT 0, differs TEXT, contradicted_start BIGINT,
            callback TEXT NOT NULL DEFAULT 'none', callback_reason TEXT,
            PRIMARY KEY (company, call))",
        "CREATE INDEX IF NOT EXISTS calls_time ON calls (company, began_at, position)",
        "CREATE INDEX IF NOT EXISTS calls_time_of_all ON calls (began_at, position)",
        "CREATE INDEX IF NOT EXISTS calls_customer ON calls (company, customer, began_at)",
        "CREATE INDEX IF NOT EXISTS calls_callback ON calls (company, callback, began_at)",
        "CREATE INDEX IF NOT EXISTS calls_outcome ON calls (company, outcome, began_at, position)",
        // Of those that are over there are ever more, of those that go on never many.
        "CREATE INDEX IF NOT EXISTS calls_open ON calls (began_at, position) WHERE status IS NULL",
        "CREATE TABLE IF NOT EXISTS call_bookings (
            company TEXT NOT NULL, booking TEXT NOT NULL, call TEXT NOT NULL, outcome TEXT NOT NULL,
            grade BIGINT NOT NULL, PRIMARY KEY (company, booking))",
        "CREATE INDEX IF NOT EXISTS call_bookings_call ON call_bookings (company, call, grade)",
    ],
    tables: &["calls", "call_bookings"],
    project: project::project,
};

words! {
    /// What a call's wish for a booking came to. The better comes first.
    pub enum Outcome ("outcome") {
        Confirmed = "confirmed",
        /// The calendar's host has still to agree.
        Pending = "pending",
        /// On its way.
        Asked = "asked",
        Cancelled = "cancelled",
        /// The calendar said no.
        Failed = "failed",
        /// A rule said no.
        Refused = "refused",
        /// Nothing was wanted.
        None = "none",
    }
}

words! {
    /// Whether somebody has to call back.
    pub enum Callback ("callback") {
        None = "none",
        Requested = "requested",
        Done = "done",
    }
}

#[cfg(test)]
mod tests;
