//! Call statistics as rows: per hour in which a call began, by agent version with sums, and by direction, sentiment,
//! disconnection and outcome. A call's row says what it was counted as, so that it can be counted anew when more of it is
//! known, whichever of its events comes first.

mod project;
mod query;

pub use query::{AgentVersion, CallCounts, CallStats, Share, stats};

use crate::projection::Projection;

pub const PROJECTION: Projection = Projection {
    name: "call_stats",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS call_facts (
            company TEXT NOT NULL, call TEXT NOT NULL, hour BIGINT NOT NULL, counted BIGINT NOT NULL DEFAULT 0,
            agent TEXT NOT NULL DEFAULT '', agent_version BIGINT NOT NULL DEFAULT -1,
            direction TEXT NOT NULL DEFAULT '', sentiment TEXT NOT NULL DEFAULT '',
            disconnection TEXT NOT NULL DEFAULT '', outcome TEXT NOT NULL DEFAULT '',
            ended BIGINT NOT NULL DEFAULT 0, timed BIGINT NOT NULL DEFAULT 0, duration_ms BIGINT NOT NULL DEFAULT 0,
            priced BIGINT NOT NULL DEFAULT 0, cost_minor BIGINT NOT NULL DEFAULT 0,
            appointment_requested BIGINT NOT NULL DEFAULT 0, asked BIGINT NOT NULL DEFAULT 0,
            confirmed BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (company, call))",
        "CREATE TABLE IF NOT EXISTS call_hours (
            company TEXT NOT NULL, hour BIGINT NOT NULL, agent TEXT NOT NULL, agent_version BIGINT NOT NULL,
            calls BIGINT NOT NULL, ended BIGINT NOT NULL, timed BIGINT NOT NULL, duration_ms BIGINT NOT NULL,
            priced BIGINT NOT NULL, cost_minor BIGINT NOT NULL, appointment_requested BIGINT NOT NULL,
            asked BIGINT NOT NULL, confirmed BIGINT NOT NULL, PRIMARY KEY (company, hour, agent, agent_version))",
        "CREATE INDEX IF NOT EXISTS call_hours_of_all ON call_hours (hour)",
        "CREATE TABLE IF NOT EXISTS call_shares (
            company TEXT NOT NULL, hour BIGINT NOT NULL, dimension TEXT NOT NULL, value TEXT NOT NULL,
            calls BIGINT NOT NULL, PRIMARY KEY (company, hour, dimension, value))",
        "CREATE INDEX IF NOT EXISTS call_shares_of_all ON call_shares (hour)",
    ],
    tables: &["call_facts", "call_hours", "call_shares"],
    project: project::project,
};

#[cfg(test)]
mod tests;
