//! `calcom`: services, free times and bookings. A request that names a call gets the desk's functions in their place.

use super::{Part, desk};
use crate::mcp::prompts;
use crate::mcp::resources::{Document, Template};
use crate::mcp::tool::{
    Act, BRANCH, CURSOR, Field, Kind, LIMIT, Method, Nature, Place, SINCE, Tool, UNTIL, dry_run, get, id, members,
};

pub const PART: Part = Part {
    name: "calcom",
    address: "/mcp/calcom",
    title: "Ringbuch: bookings at Cal.com",
    about: "Services, free times and bookings of the company. Times are RFC 3339. A booking is asked for here and \
            confirmed by the calendar a moment later: look at its status with get_bookings. What changes something takes \
            dry_run first, and create_booking an idempotency_key. With the header X-Call-Id the tools are those of a \
            voice agent who has that caller on the line; then say what 'message' says.",
    tools: TOOLS,
    on_the_line: desk::TOOLS,
    documents: &[Document {
        uri: "services://all",
        name: "services",
        title: "Services as they are set up",
        path: "/api/v1/event-types",
    }],
    templates: &[Template {
        uri: "booking://{id}",
        name: "booking",
        title: "One booking and how it came there",
        path: "/api/v1/appointments/{id}",
        list: "/api/v1/appointments",
        key: "booking",
    }],
    prompts: &[prompts::NOT_BOOKED],
};

const START: Field = Field::new("start", Kind::Time, Place::Own, "Begin, such as 2026-03-02T09:00:00Z.");
const WHERE: Field = Field::new("branch", Kind::Text(40), Place::Own, "Id of a branch.");
const SERVICE: Field =
    Field::new("service", Kind::Text(200), Place::Own, "Name or number of a service; otherwise the branch's default.");
const STAFF: Field = Field::new("staff", Kind::Text(200), Place::Own, "Only this member of staff, by name or id.");

const CHANGED: &str = "dry_run: truth, booking: object?, would: text?, check: object?";

const SYNCED: &str = "run: text, dry_run: truth";

const fn sync(path: &'static str) -> Act {
    Act::Rest { method: Method::Post, path, always: &[], only: &[] }
}

static TOOLS: &[Tool] = &[
    Tool {
        name: "get_event_types",
        title: "List services",
        about: "Services with their lengths, the branches and staff that serve them, the calendar's rules as last read, \
                and the address where each is edited at Cal.com.",
        nature: Nature::Reads,
        input: &[BRANCH, LIMIT, CURSOR],
        output: "items: [event_type: whole, title: text, minutes: whole, gone: truth, branches: list, staff: list, \
                 link: text?], next: text?",
        act: get("/api/v1/event-types"),
    },
    Tool {
        name: "check_availability",
        title: "Check a time",
        about: "Whether a time could be booked now, by the same rules that book it; where not, why, and what else is free.",
        nature: Nature::Asks,
        input: &[WHERE.required(), START.required(), SERVICE, STAFF],
        output: "free: truth, start: time, end: time, event_type: whole, staff: list, reason: object?, \
                 alternatives: [start: time, branch: text, staff: text?], note: text?",
        act: Act::Availability,
    },
    Tool {
        name: "create_booking",
        title: "Book",
        about: "Books an appointment. The answer says that it is on its way; the status becomes confirmed once the calendar \
                agrees. The same idempotency_key books once.",
        nature: Nature::Sends,
        input: &[
            WHERE.required(),
            START.required(),
            Field::new("name", Kind::Text(200), Place::Own, "Whom it is for.").required(),
            SERVICE,
            STAFF,
            Field::new("phone", Kind::Text(40), Place::Own, "Such as +491713920042."),
            Field::new("email", Kind::Text(254), Place::Own, "Such as max@example.com."),
            Field::new("notes", Kind::Text(4_000), Place::Own, "For whoever serves it."),
            Field::new(
                "idempotency_key",
                Kind::Text(255),
                Place::Own,
                "A text of your own for this booking; needed unless dry_run is true.",
            ),
            dry_run(Place::Own, false),
        ],
        output: CHANGED,
        act: Act::Book,
    },
    Tool {
        name: "get_bookings",
        title: "List bookings",
        about: "Bookings by when they begin, newest first, with their status and, where one failed, why.",
        nature: Nature::Reads,
        input: &[
            BRANCH,
            Field::new(
                "status",
                Kind::Word(&[
                    "requested",
                    "unknown",
                    "pending",
                    "confirmed",
                    "failed",
                    "cancelled",
                    "completed",
                    "no_show",
                ]),
                Place::Query,
                "unknown: nobody knows yet what the calendar has made of it.",
            ),
            Field::new("staff", Kind::Text(64), Place::Query, "Id of a member of staff."),
            Field::new("customer", Kind::Text(64), Place::Query, "Id of a customer."),
            SINCE,
            UNTIL,
            LIMIT,
            CURSOR,
        ],
        output: "items: [booking: text, status: text, start_at: time, end_at: time, branch: text, event_type: whole, \
                 call: text?, reason: text?, last_trouble: text?], next: text?",
        act: get("/api/v1/appointments"),
    },
    Tool {
        name: "get_booking",
        title: "Show a booking",
        about: "One booking with its history in the diary, oldest first.",
        nature: Nature::Reads,
        input: &[id("Id of a booking.")],
        output: "booking: text, status: text, start_at: time, end_at: time, branch: text, history: list",
        act: get("/api/v1/appointments/{id}"),
    },
    Tool {
        name: "cancel_booking",
        title: "Cancel a booking",
        about: "Cancels a booking here and at Cal.com. Asked again it answers the same.",
        nature: Nature::Replaces,
        input: &[
            id("Id of a booking."),
            Field::new("reason", Kind::Text(500), Place::Own, "Why, for the record."),
            dry_run(Place::Own, false),
        ],
        output: CHANGED,
        act: Act::Cancel,
    },
    Tool {
        name: "reschedule_booking",
        title: "Move a booking",
        about: "Moves a booking to another begin, here and at Cal.com. Asked again it answers the same.",
        nature: Nature::Replaces,
        input: &[id("Id of a booking."), START.required(), dry_run(Place::Own, false)],
        output: CHANGED,
        act: Act::Move,
    },
    Tool {
        name: "sync_event_types",
        title: "Synchronise services",
        about: "Reads the company's services, staff and schedules at Cal.com in one run and takes in what differs; the \
                answer tells services first. dry_run, which is the default, only tells.",
        nature: Nature::Sends,
        input: &[dry_run(Place::Body, true)],
        output: SYNCED,
        act: sync("/api/v1/sync/calcom"),
    },
    Tool {
        name: "sync_users_with_schedules",
        title: "Synchronise staff and their hours",
        about: "The same run as sync_event_types: one reading of the set-up at Cal.com brings staff, schedules and services \
                in step. dry_run, which is the default, only tells.",
        nature: Nature::Sends,
        input: &[dry_run(Place::Body, true)],
        output: SYNCED,
        act: sync("/api/v1/sync/calcom"),
    },
    Tool {
        name: "test_connection",
        title: "Test the connection",
        about: "Asks both providers whether callers would be served now; each finding says what is wrong and what to do.",
        nature: Nature::Asks,
        input: &[],
        output: "items: [check: text, severity: text, thing: text, finding: text, advice: text?]",
        act: members("/api/v1/doctor", &["items"]),
    },
];
