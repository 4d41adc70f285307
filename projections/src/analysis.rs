//! What came of calls. A call's row keeps the facts by which it is judged, and each day's rows count the calls whose facts
//! are the same: reading them costs the same however long the history is. The verdict itself is taken when they are read,
//! by the domain's one rule (`ringbuch_domain::analysis::analyse`).

mod project;
mod query;
mod tally;

pub use query::{AgentVersion, Agents, Publication, agents, find, published, tally};
pub use tally::{Lost, StepCount, Tally};

use crate::projection::Projection;

pub const PROJECTION: Projection = Projection {
    name: "call_analysis",
    version: 1,
    ddl: &[
        // What was heard is JSON without the caller's words, and an empty one once the person is forgotten.
        "CREATE TABLE IF NOT EXISTS call_analyses (
            company TEXT NOT NULL, call TEXT NOT NULL, day BIGINT NOT NULL, agent TEXT NOT NULL DEFAULT '',
            agent_version BIGINT NOT NULL DEFAULT -1, customer TEXT, heard TEXT NOT NULL DEFAULT '{}', heard_mood TEXT,
            mood TEXT, marks BIGINT NOT NULL DEFAULT 0, refusal TEXT NOT NULL DEFAULT '', ended_at BIGINT,
            asked_at BIGINT, confirmed_at BIGINT, duration_ms BIGINT, cost_minor BIGINT, p50_ms BIGINT, p95_ms BIGINT,
            PRIMARY KEY (company, call))",
        "CREATE INDEX IF NOT EXISTS call_analyses_customer ON call_analyses (company, customer)",
        "CREATE TABLE IF NOT EXISTS analysis_days (
            company TEXT NOT NULL, day BIGINT NOT NULL, agent TEXT NOT NULL, agent_version BIGINT NOT NULL,
            heard TEXT NOT NULL, marks BIGINT NOT NULL, refusal TEXT NOT NULL, calls BIGINT NOT NULL,
            timed BIGINT NOT NULL, duration_ms BIGINT NOT NULL, priced BIGINT NOT NULL, cost_minor BIGINT NOT NULL,
            measured BIGINT NOT NULL, p50_ms BIGINT NOT NULL, p95_ms BIGINT NOT NULL, waited BIGINT NOT NULL,
            waited_ms BIGINT NOT NULL, positive BIGINT NOT NULL, neutral BIGINT NOT NULL, negative BIGINT NOT NULL,
            PRIMARY KEY (company, day, agent, agent_version, heard, marks, refusal))",
        "CREATE INDEX IF NOT EXISTS analysis_days_of_all ON analysis_days (day)",
        "CREATE TABLE IF NOT EXISTS agent_publications (
            company TEXT NOT NULL, agent TEXT NOT NULL, agent_version BIGINT NOT NULL, published_at BIGINT NOT NULL,
            published_by TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (company, agent, agent_version))",
    ],
    tables: &["call_analyses", "analysis_days", "agent_publications"],
    project: project::project,
};

#[cfg(test)]
mod tests;
