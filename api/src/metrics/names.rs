//! The names, which dashboards and alerts rely on.

/// What a metric measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Count,
    Level,
    Seconds,
}

/// One metric as it is described to Prometheus.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub meaning: &'static str,
}

macro_rules! metrics {
    ($( $constant:ident $kind:ident $name:literal $meaning:literal; )+) => {
        $( #[doc = $meaning] pub const $constant: &str = $name; )+

        pub const METRICS: &[Metric] = &[$( Metric { name: $name, kind: Kind::$kind, meaning: $meaning } ),+];
    };
}

metrics! {
    HTTP_REQUEST Seconds "http_request_duration_seconds" "From the head of a request to the head of its answer.";
    WEBHOOK Count "mcp_webhook_total" "Webhooks by what became of them.";
    WEBHOOK_REJECTED Count "ringbuch_webhook_rejected_total" "Requests to a webhook that proved nothing.";
    BOOKING_SUCCESS Count "mcp_booking_success_total" "Bookings that the calendar confirmed.";
    BOOKING_FAILURE Count "mcp_booking_failure_total" "Bookings that were refused or failed.";
    MCP_REQUEST Seconds "ringbuch_mcp_request_seconds" "Tool calls of the Model Context Protocol.";
    BREAKER Level "circuit_breaker_state" "0 closed, 1 half open, 2 open.";
    EVENT_APPEND Seconds "ringbuch_event_append_seconds" "From asking for an append to its being durable.";
    PROJECTION_LAG Level "ringbuch_projection_lag_events" "Events that a projection has not absorbed yet.";
    BACKLOG_AGE Level "ringbuch_backlog_age_seconds" "Age of the oldest thing that a process still has to do.";
    PROVIDER_REQUEST Seconds "ringbuch_provider_request_seconds" "Requests to a provider.";
    RATE_LIMIT_REMAINING Level "ringbuch_provider_rate_limit_remaining" "Requests that a provider still allows now.";
    CACHE_REQUESTS Count "ringbuch_cache_requests_total" "Look-ups in a cache.";
    HOLDS_ACTIVE Level "ringbuch_holds_active" "Slots that are kept for callers who are on the line.";
    OVERLAP_SEEN Count "ringbuch_overlap_seen_total" "Bookings of one person that overlap at the calendar.";
    MISMATCH Count "ringbuch_mismatch_total" "Things on which webhooks, book and providers do not agree.";
    CROSS_TENANT Count "ringbuch_cross_tenant_total" "Attempts to reach what belongs to somebody else.";
    SYNC_FAILED Count "ringbuch_sync_failed_total" "Companies whose set-up could not be brought into step whole.";
    LAST_WEBHOOK Level "ringbuch_webhook_last_received_timestamp_seconds" "When a company's newest webhook arrived.";
    SECRET_SET Level "ringbuch_secret_set_timestamp_seconds" "When a key or secret was set that is in use.";
    BUILD_INFO Level "ringbuch_build_info" "The running version; always 1.";
}
