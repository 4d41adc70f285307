//! `database`: questions in SQL over what belongs to no person, search, and which number leads where.

use super::Part;
use crate::mcp::prompts;
use crate::mcp::resources::{Document, Template};
use crate::mcp::tool::{Act, Field, Kind, Nature, Place, SINCE, Tool, UNTIL, get};

pub const PART: Part = Part {
    name: "database",
    address: "/mcp/database",
    title: "Ringbuch: questions to the records",
    about: "Questions about the company's calls, appointments and webhooks in SQL: read get_schema first, then use query \
            with one SELECT. Nothing there belongs to a person: no names, numbers of callers, notes or transcripts.",
    tools: TOOLS,
    on_the_line: &[],
    documents: &[Document {
        uri: "branches://all",
        name: "branches",
        title: "Branches of the company",
        path: "/api/v1/branches",
    }],
    templates: &[Template {
        uri: "branch://{id}",
        name: "branch",
        title: "One branch",
        path: "/api/v1/branches/{id}",
        list: "/api/v1/branches",
        key: "branch",
    }],
    prompts: &[prompts::WEEK],
};

static TOOLS: &[Tool] = &[
    Tool {
        name: "query",
        title: "Ask in SQL",
        about: "Answers one query, a SELECT, in SQLite's dialect over the tables of get_schema. At most 500 rows and two seconds; \
                group and limit in the question, and go on with LIMIT and OFFSET.",
        nature: Nature::Reads,
        input: &[Field::new("sql", Kind::Text(10_000), Place::Own, "One SELECT.").required()],
        output: "columns: list, rows: list, cut: text?, as_of: time",
        act: Act::Query,
    },
    Tool {
        name: "get_schema",
        title: "Show the schema",
        about: "The tables and columns that query can read, with their meaning, how far back they reach, and the functions \
                that can be used.",
        nature: Nature::Reads,
        input: &[],
        output: "tables: [name: text, about: text, rows: whole, complete: truth, columns: list], functions: list, \
                 notes: list, as_of: time, zone: text",
        act: Act::Schema,
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
    Tool {
        name: "get_booking_stats",
        title: "Booking statistics",
        about: "Totals, rates and series of a period: bookings by status and by why they failed.",
        nature: Nature::Reads,
        input: &[SINCE, UNTIL],
        output: "since: time, until: time, zone: text",
        act: get("/api/v1/stats/bookings"),
    },
    Tool {
        name: "search",
        title: "Find something",
        about: "Finds a call, booking, webhook, customer, number, branch, service, agent or member of staff by an id, a \
                telephone number or a part of a name, and tells what kind of thing it is.",
        nature: Nature::Reads,
        input: &[Field::new("term", Kind::Text(200), Place::Own, "An id, a telephone number, or a part of a name.")
            .required()],
        output: "items: [kind: text, id: text, title: text, uri: text?]",
        act: Act::Search,
    },
    Tool {
        name: "phone_number_mapping",
        title: "Which number leads where",
        about: "The branch that a number of the company leads to, or all numbers with their branches.",
        nature: Nature::Reads,
        input: &[Field::new("number", Kind::Text(40), Place::Own, "Such as +493023125100; otherwise all.")],
        output: "items: [number: text, branch: text, branch_name: text?, active: truth?]",
        act: Act::Numbers,
    },
];
