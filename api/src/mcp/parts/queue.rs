//! `queue`: what waits, what was given up, why, and having it tried again.

use super::Part;
use crate::mcp::prompts;
use crate::mcp::resources::{Document, Template};
use crate::mcp::tool::{Act, CURSOR, Field, Kind, LIMIT, Nature, Place, Queue, Tool, dry_run, get, id, members, post};

pub const PART: Part = Part {
    name: "queue",
    address: "/mcp/queue",
    title: "Ringbuch: what waits and what was given up",
    about: "The to-do lists: webhooks to be processed and bookings on their way to the calendar. Pending items are tried \
            again by themselves at next_attempt_at; dead ones wait for retry_queue_item.",
    tools: TOOLS,
    on_the_line: &[],
    documents: &[Document {
        uri: "queue://overview",
        name: "queue-overview",
        title: "What keeps up and what does not",
        path: "/api/v1/stats/health",
    }],
    templates: &[Template {
        uri: "queue://webhook/{id}",
        name: "queued-webhook",
        title: "One delivery on the list",
        path: "/api/v1/webhooks/{id}",
        list: "/api/v1/webhooks",
        key: "delivery",
    }],
    prompts: &[prompts::STUCK],
};

const OF: Field = Field::new("kind", Kind::Word(&["webhook", "booking"]), Place::Own, "Usually webhook.");

const LISTED: &str = "kind: text, status: text, items: [id: text, status: text, cause: text?, attempts: whole, \
                      next_attempt_at: time?, since: time], next: text?";

static TOOLS: &[Tool] = &[
    Tool {
        name: "get_queue_overview",
        title: "Overview",
        about: "How much waits on each to-do list, how long the oldest has been due, and how far each read model is behind.",
        nature: Nature::Reads,
        input: &[],
        output: "backlog: object, projections: list",
        act: members("/api/v1/stats/health", &["backlog", "projections"]),
    },
    Tool {
        name: "list_pending_items",
        title: "List what is pending",
        about: "What is tried again by itself, with the cause of the last failure and the time of the next attempt.",
        nature: Nature::Reads,
        input: &[
            OF,
            Field::new(
                "status",
                Kind::Word(&["received", "failed", "requested", "unknown", "pending"]),
                Place::Own,
                "Of webhooks failed (usually) or received; of bookings requested (usually), unknown or pending.",
            ),
            LIMIT,
            CURSOR,
        ],
        output: LISTED,
        act: Act::Queue(Queue::Pending),
    },
    Tool {
        name: "list_dead_items",
        title: "List what was given up",
        about: "What is not tried again by itself, with the cause.",
        nature: Nature::Reads,
        input: &[
            OF,
            Field::new(
                "status",
                Kind::Word(&["dead", "quarantined", "failed"]),
                Place::Own,
                "Of webhooks dead (usually) or quarantined; of bookings failed.",
            ),
            LIMIT,
            CURSOR,
        ],
        output: LISTED,
        act: Act::Queue(Queue::Dead),
    },
    Tool {
        name: "get_queue_item",
        title: "Show an item",
        about: "One webhook on the list with everything that happened to it. For a booking use get_booking of the server \
                calcom.",
        nature: Nature::Reads,
        input: &[id("Id of a delivery.")],
        output: "delivery: text, status: text, attempts: whole, events: list, last_error: text?, next_attempt_at: time?",
        act: get("/api/v1/webhooks/{id}"),
    },
    Tool {
        name: "retry_queue_item",
        title: "Try an item again",
        about: "Has a webhook processed again now. With dry_run, which is the default, it tells what that would change. \
                Bookings are tried again by themselves.",
        nature: Nature::Adds,
        input: &[id("Id of a delivery."), dry_run(Place::Query, true)],
        output: "dry_run: truth, found: whole, unknown: list, more: truth, items: list?",
        act: post("/api/v1/webhooks/{id}/replay"),
    },
    Tool {
        name: "get_queue_metrics",
        title: "Metrics",
        about: "Latencies of requests, providers and the log at p50 and p95, breakers, and what the providers still allow.",
        nature: Nature::Reads,
        input: &[],
        output: "latencies: object, breakers: list, rate_limits: list",
        act: members("/api/v1/stats/health", &["latencies", "breakers", "rate_limits"]),
    },
];
