//! Parameters that many addresses take. They are read by `Query`, `Page` and `Request`; these types only describe them.

use super::InQuery;
use jiff::Timestamp;
use schemars::JsonSchema;

/// Of a list that comes in pages.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
pub struct Paging {
    /// Items of one page; 50 unless said otherwise.
    #[schemars(range(min = 1, max = 200), extend("default" = 50))]
    limit: Option<u16>,
    /// What the page before gave as `next`.
    cursor: Option<String>,
}

/// A span of time.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
pub struct Span {
    /// From then on.
    #[schemars(extend("examples" = ["2026-03-01T00:00:00Z"]))]
    since: Option<Timestamp>,
    /// Until shortly before then.
    #[schemars(extend("examples" = ["2026-04-01T00:00:00Z"]))]
    until: Option<Timestamp>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
pub struct OfAll {
    /// Of every company and of none; for owners.
    all: Option<bool>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
pub struct AtBranch {
    #[schemars(extend("examples" = ["mitte"]))]
    branch: Option<ringbuch_domain::ids::BranchId>,
}

pub type Pages = InQuery<Paging>;
pub type Times = InQuery<Span>;
pub type All = InQuery<OfAll>;
pub type Branch = InQuery<AtBranch>;
