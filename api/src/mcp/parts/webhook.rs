//! `webhook`: what the providers have sent, what came of it, and having it processed again.

use super::Part;
use crate::mcp::prompts;
use crate::mcp::resources::{Document, Template};
use crate::mcp::tool::{Act, CURSOR, Field, Kind, LIMIT, Nature, Place, SINCE, Tool, UNTIL, dry_run, get, id, post};

pub const PART: Part = Part {
    name: "webhook",
    address: "/mcp/webhook",
    title: "Ringbuch: webhooks",
    about: "Deliveries of Retell and Cal.com: find those that failed, see why, and have them processed again. Ids are \
            opaque; take them from list_webhooks. Begin a replay with dry_run.",
    tools: TOOLS,
    on_the_line: &[],
    documents: &[Document {
        uri: "webhook-stats://last-24-hours",
        name: "webhook-stats",
        title: "Webhooks of the last 24 hours",
        path: "/api/v1/stats/webhooks",
    }],
    templates: &[Template {
        uri: "webhook://{id}",
        name: "webhook",
        title: "One delivery and what came of it",
        path: "/api/v1/webhooks/{id}",
        list: "/api/v1/webhooks",
        key: "delivery",
    }],
    prompts: &[prompts::FAILED_WEBHOOKS],
};

const STATUS: Field = Field::new(
    "status",
    Kind::Word(&["received", "processed", "failed", "dead", "quarantined"]),
    Place::Query,
    "failed: will be tried again; dead: will not; quarantined: cannot be understood, or is nobody's.",
);

const EVENT: Field =
    Field::new("event", Kind::Text(100), Place::Query, "The provider's name for it, such as call_ended.");

const LISTED: &str = "items: [delivery: text, provider: text, event: text, status: text, received_at: time, \
                      attempts: whole, call: text?, last_error: text?, reason: text?, detail: text?, \
                      next_attempt_at: time?, replays: whole], next: text?";

const REPLAYED: &str = "dry_run: truth, found: whole, unknown: list, more: truth, items: list?";

static TOOLS: &[Tool] = &[
    Tool {
        name: "list_webhooks",
        title: "List webhooks",
        about: "Deliveries, newest first, with their status, attempts and last error.",
        nature: Nature::Reads,
        input: &[
            STATUS,
            EVENT,
            Field::new("provider", Kind::Word(&["retell", "calcom"]), Place::Query, "Who sent it."),
            Field::new("call", Kind::Text(128), Place::Query, "Id of a call."),
            SINCE,
            UNTIL,
            LIMIT,
            CURSOR,
        ],
        output: LISTED,
        act: get("/api/v1/webhooks"),
    },
    Tool {
        name: "get_webhook",
        title: "Show a webhook",
        about: "One delivery with everything that happened to it, oldest first. Its content comes only to keys that may \
                work with it, since it holds what people said on the telephone.",
        nature: Nature::Reads,
        input: &[id("Id of a delivery.")],
        output: "delivery: text, provider: text, event: text, status: text, received_at: time, content: object?, \
                 events: list",
        act: get("/api/v1/webhooks/{id}"),
    },
    Tool {
        name: "get_webhook_stats",
        title: "Webhook statistics",
        about: "The last 24 hours by event: how many, how many failed, how long processing took, and an hourly series.",
        nature: Nature::Reads,
        input: &[],
        output: "since: time",
        act: get("/api/v1/stats/webhooks"),
    },
    Tool {
        name: "list_quarantine",
        title: "List the quarantine",
        about: "Deliveries that nobody could make anything of, with the reason for each.",
        nature: Nature::Reads,
        input: &[EVENT, SINCE, UNTIL, LIMIT, CURSOR],
        output: LISTED,
        act: Act::Rest {
            method: crate::mcp::tool::Method::Get,
            path: "/api/v1/webhooks",
            always: &[("status", "quarantined")],
            only: &[],
        },
    },
    Tool {
        name: "replay_webhook",
        title: "Process a webhook again",
        about: "Has one delivery processed again. With dry_run, which is the default, it tells what that would change.",
        nature: Nature::Adds,
        input: &[id("Id of a delivery."), dry_run(Place::Query, true)],
        output: REPLAYED,
        act: post("/api/v1/webhooks/{id}/replay"),
    },
    Tool {
        name: "replay_webhooks",
        title: "Process webhooks again",
        about: "Has several deliveries processed again: those with the ids, or those that a filter finds. With dry_run, \
                which is the default, it tells what that would change.",
        nature: Nature::Adds,
        input: &[
            Field::new("ids", Kind::Texts(500), Place::Body, "Ids of deliveries; then no filter."),
            Field { place: Place::Body, ..STATUS },
            Field { place: Place::Body, ..EVENT },
            Field { place: Place::Body, ..SINCE },
            Field { place: Place::Body, ..UNTIL },
            Field::new("limit", Kind::Whole(1, 1_000), Place::Body, "At most so many of those that the filter finds."),
            dry_run(Place::Body, true),
        ],
        output: REPLAYED,
        act: post("/api/v1/webhooks/replay"),
    },
    Tool {
        name: "process_retell_webhook",
        title: "Hand over a signed webhook",
        about: "Takes a delivery of Retell as it was sent, with its signature: the same check and the same log as at the \
                webhook's own address. The same delivery handed over again changes nothing.",
        nature: Nature::Adds,
        input: &[
            Field::new("body", Kind::Text(4_000_000), Place::Own, "The raw body, to the letter.").required(),
            Field::new("signature", Kind::Text(500), Place::Own, "The header X-Retell-Signature as it came.")
                .required(),
            Field::new("timestamp", Kind::Text(40), Place::Own, "The header X-Retell-Timestamp, where there is one."),
        ],
        output: "accepted: truth",
        act: Act::Deliver,
    },
];
