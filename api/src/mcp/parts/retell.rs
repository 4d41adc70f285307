//! `retell`: voice agents and their words, numbers, and calls.

use super::Part;
use crate::mcp::prompts;
use crate::mcp::resources::{Document, Template};
use crate::mcp::tool::{
    Act, BRANCH, CURSOR, Field, Kind, LIMIT, Method, Nature, Place, SINCE, Tool, UNTIL, dry_run, get, id, post,
};

pub const PART: Part = Part {
    name: "retell",
    address: "/mcp/retell",
    title: "Ringbuch: voice agents and calls at Retell",
    about: "Voice agents, their prompts and versions, telephone numbers and calls. A prompt is changed in two steps: \
            update_agent_prompt writes a draft that callers do not hear, publish_agent makes it heard.",
    tools: TOOLS,
    on_the_line: &[],
    documents: &[Document {
        uri: "call-stats://last-7-days",
        name: "call-stats",
        title: "Calls of the last seven days",
        path: "/api/v1/stats/calls",
    }],
    templates: &[
        Template {
            uri: "call://{id}",
            name: "call",
            title: "One call, what was said and what came of it",
            path: "/api/v1/calls/{id}",
            list: "/api/v1/calls",
            key: "call",
        },
        Template {
            uri: "agent://{id}",
            name: "agent",
            title: "One voice agent",
            path: "/api/v1/agents/{id}",
            list: "/api/v1/agents",
            key: "agent",
        },
    ],
    prompts: &[prompts::NOT_BOOKED, prompts::BETTER_PROMPT],
};

const WHY: Field = Field::new("why", Kind::Text(500), Place::Own, "Why, kept beside the change.").required();

const SYNCED: &str = "run: text, dry_run: truth";

static TOOLS: &[Tool] = &[
    Tool {
        name: "list_agents",
        title: "List agents",
        about: "Voice agents that answer for a branch or a number of the company, as last read at Retell.",
        nature: Nature::Reads,
        input: &[BRANCH, LIMIT, CURSOR],
        output: "items: [agent: text, branch: text?, gone: truth, link: text?], next: text?",
        act: get("/api/v1/agents"),
    },
    Tool {
        name: "get_agent",
        title: "Show an agent's prompt",
        about: "The words of an agent as they stand at Retell now, of the newest version or the one named, with the digest \
                that update_agent_prompt asks for.",
        nature: Nature::Asks,
        input: &[
            id("Id of an agent."),
            Field::new("version", Kind::Whole(0, 1_000_000), Place::Query, "A version; otherwise the newest."),
        ],
        output: "agent: text, name: text, version: whole, published: truth, prompt: text, digest: text",
        act: get("/api/v1/agents/{id}/prompt"),
    },
    Tool {
        name: "get_agent_versions",
        title: "List an agent's versions",
        about: "Versions of an agent, newest first, with the numbers that each one answers.",
        nature: Nature::Asks,
        input: &[id("Id of an agent.")],
        output: "items: [version: whole, published: truth, numbers: list, title: text?, modified_at: time?]",
        act: get("/api/v1/agents/{id}/versions"),
    },
    Tool {
        name: "sync_agent_details",
        title: "Synchronise agents",
        about: "Reads the company's agents and numbers at Retell in one run and takes in what differs. dry_run, which is the \
                default, only tells.",
        nature: Nature::Sends,
        input: &[dry_run(Place::Body, true)],
        output: SYNCED,
        act: post("/api/v1/sync/retell"),
    },
    Tool {
        name: "update_agent_prompt",
        title: "Draft a prompt",
        about: "Writes new words for an agent into a draft that callers do not hear yet, and tells the difference line by \
                line. It names the digest of the words that were read before; where they have changed since, nothing is \
                written. dry_run, which is the default, only tells the difference.",
        nature: Nature::Sends,
        input: &[
            id("Id of an agent."),
            Field::new("prompt", Kind::Text(200_000), Place::Own, "The new words, all of them.").required(),
            Field::new("read", Kind::Text(100), Place::Own, "The digest that get_agent told.").required(),
            WHY,
            dry_run(Place::Own, true),
        ],
        output: "agent: text, diff: text, dry_run: truth, version: whole?, digest: text?",
        act: Act::DraftPrompt,
    },
    Tool {
        name: "publish_agent",
        title: "Publish a version",
        about: "Callers hear this version of the agent from now on, where numbers do not name another one. dry_run, which \
                is the default, tells the words that would be heard.",
        nature: Nature::Replaces,
        input: &[
            id("Id of an agent."),
            Field::new("version", Kind::Whole(0, 1_000_000), Place::Own, "The version to publish.").required(),
            WHY,
            dry_run(Place::Own, true),
        ],
        output: "agent: text, version: whole, published: truth, dry_run: truth, prompt: text?",
        act: Act::Publish,
    },
    Tool {
        name: "list_phone_numbers",
        title: "List numbers",
        about: "The company's numbers with the branch that each one leads to, and who answers it as last read at Retell.",
        nature: Nature::Reads,
        input: &[BRANCH, LIMIT, CURSOR],
        output: "items: [number: text, branch: text, there: any?], next: text?",
        act: get("/api/v1/phone-numbers"),
    },
    Tool {
        name: "sync_phone_numbers",
        title: "Synchronise numbers",
        about: "The same run as sync_agent_details: one reading at Retell brings numbers and agents in step. dry_run, which \
                is the default, only tells.",
        nature: Nature::Sends,
        input: &[dry_run(Place::Body, true)],
        output: SYNCED,
        act: post("/api/v1/sync/retell"),
    },
    Tool {
        name: "check_drift",
        title: "Look for drift",
        about: "What differs between the set-up here and both providers; nothing is changed.",
        nature: Nature::Asks,
        input: &[],
        output: SYNCED,
        act: Act::Rest { method: Method::Post, path: "/api/v1/sync/all", always: &[("dry_run", "true")], only: &[] },
    },
    Tool {
        name: "list_calls",
        title: "List calls",
        about: "Calls, newest first, with what was wanted and what came of it.",
        nature: Nature::Reads,
        input: &[
            BRANCH,
            Field::new("direction", Kind::Word(&["inbound", "outbound", "web"]), Place::Query, "Who called whom."),
            Field::new(
                "outcome",
                Kind::Word(&["confirmed", "pending", "asked", "cancelled", "failed", "refused", "none"]),
                Place::Query,
                "What the wish for a booking came to; none: nothing was wanted.",
            ),
            Field::new("callback", Kind::Word(&["none", "requested", "done"]), Place::Query, "Whether to call back."),
            SINCE,
            UNTIL,
            LIMIT,
            CURSOR,
        ],
        output: "items: [call: text, began_at: time, outcome: text, branch: text?, direction: text?, \
                 refusal_code: text?, duration_ms: whole?, sentiment: text?, contradicted: truth], next: text?",
        act: get("/api/v1/calls"),
    },
    Tool {
        name: "get_call",
        title: "Show a call",
        about: "One call with its transcript, what was understood, why it was refused where it was, and its bookings.",
        nature: Nature::Reads,
        input: &[id("Id of a call.")],
        output: "call: text, began_at: time, outcome: text, transcript: text?, refusal: any?, appointments: list",
        act: get("/api/v1/calls/{id}"),
    },
    Tool {
        name: "analyse_call",
        title: "Analyse a call",
        about: "What the caller wanted, how far they came, and whether the agent said that it is booked without its being so.",
        nature: Nature::Reads,
        input: &[id("Id of a call.")],
        output: "",
        act: get("/api/v1/calls/{id}/analysis"),
    },
    Tool {
        name: "get_call_stats",
        title: "Call statistics",
        about: "Totals, rates and series of a period: by status, outcome, agent version, sentiment; duration and cost in cents.",
        nature: Nature::Reads,
        input: &[SINCE, UNTIL],
        output: "since: time, until: time, zone: text",
        act: get("/api/v1/stats/calls"),
    },
];
