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
    BUILD_INFO Level "ringbuch_build_info" "The running version; always 1.";
}
