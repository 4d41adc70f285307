//! What may be asked about in SQL: a company's rows without anything that belongs to a person. Names, numbers of callers,
//! addresses, notes, summaries and transcripts are on no list here, and neither is who works for the company.

use crate::rows::{ReadModels, Row, RowsError};
use crate::scope::Scope;
use crate::select::Select;
use jiff::Timestamp;

/// How a column reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Whole,
    /// 0 or 1.
    Truth,
    /// Epoch microseconds in the read models.
    Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub about: &'static str,
    from: &'static str,
}

/// A table as those see it who ask in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    pub name: &'static str,
    pub about: &'static str,
    pub columns: &'static [Column],
    table: &'static str,
    /// The column by which newer rows are told from older ones; absent where there are few rows at any time.
    time: Option<&'static str>,
}

const fn column(name: &'static str, kind: Kind, about: &'static str) -> Column {
    Column { name, kind, about, from: name }
}

const fn computed(name: &'static str, from: &'static str, kind: Kind, about: &'static str) -> Column {
    Column { name, kind, about, from }
}

use Kind::{Text, Time, Truth, Whole};

pub static ALL: &[View] = &[
    View {
        name: "calls",
        about: "Telephone calls, one row each.",
        table: "calls",
        time: Some("began_at"),
        columns: &[
            column("call", Text, "id, as in the tools for calls"),
            column("began_at", Time, "when it started, or was first heard of"),
            column("branch", Text, "id of the branch that was called"),
            column("direction", Text, "inbound, outbound or web"),
            column("agent", Text, "id of the voice agent"),
            column("agent_version", Whole, "version of the voice agent"),
            computed("seconds", "duration_ms / 1000", Whole, "how long it took"),
            computed("cost_cents", "cost_minor", Whole, "what it cost, in cents"),
            column("status", Text, "the provider's word for how it stands"),
            column("disconnection", Text, "the provider's word for how it ended"),
            column("sentiment", Text, "the provider's judgement"),
            column("successful", Truth, "the provider's judgement"),
            column("voicemail", Truth, "a machine answered"),
            column("appointment_requested", Truth, "an appointment was wanted"),
            column("outcome", Text, "confirmed, pending, asked, cancelled, failed, refused or none"),
            column("refusal_code", Text, "the rule that said no, such as slot_taken"),
            column("contradicted", Truth, "a later delivery says something else than what was booked"),
            column("callback", Text, "none, requested or done"),
        ],
    },
    View {
        name: "appointments",
        about: "Appointments, one row each from the first wish to the last word.",
        table: "appointments",
        time: Some("requested_at"),
        columns: &[
            computed("appointment", "booking", Text, "id, as in the tools for bookings"),
            column("call", Text, "id of the call that it comes from"),
            column("requested_at", Time, "when it was asked for"),
            column("branch", Text, "id"),
            column("event_type", Whole, "id of the service"),
            column("start_at", Time, "begin"),
            column("end_at", Time, "end"),
            column("status", Text, "requested, unknown, pending, confirmed, failed, cancelled, completed or no_show"),
            column("in_doubt", Truth, "nobody knows yet what the calendar has made of it"),
            column("source", Text, "where it comes from: call, api, cli, …"),
            column("attempts", Whole, "how often the calendar was asked"),
            column("moves", Whole, "how often it was moved"),
        ],
    },
    View {
        name: "webhooks",
        about: "Deliveries of the providers, one row each.",
        table: "webhook_deliveries",
        time: Some("received_at"),
        columns: &[
            computed("webhook", "delivery", Text, "id, as in the tools for webhooks"),
            column("received_at", Time, "when it was taken in"),
            column("provider", Text, "retell or calcom"),
            column("event", Text, "the provider's name for it, such as call_ended"),
            column("call", Text, "id of the call that it is about"),
            column("status", Text, "received, processed, failed, dead or quarantined"),
            column("attempts", Whole, "how often it was tried"),
            column("replays", Whole, "how often somebody had it processed again"),
            column("reason", Text, "why it is quarantined, a stable word"),
            column("bytes", Whole, "size of the body"),
            column("processed_at", Time, "when it was processed"),
            computed(
                "milliseconds",
                "(processed_at - received_at) / 1000",
                Whole,
                "from taking it in to having processed it",
            ),
        ],
    },
    View {
        name: "branches",
        about: "Branches of the company.",
        table: "branches",
        time: None,
        columns: &[
            column("branch", Text, "id"),
            column("name", Text, "as people call it"),
            column("active", Truth, "calls are booked there"),
            column("default_event_type", Whole, "the service where none is named"),
        ],
    },
    View {
        name: "event_types",
        about: "Services as they are booked at the calendar.",
        table: "event_types",
        time: None,
        columns: &[
            column("event_type", Whole, "id"),
            column("title", Text, "as people call it"),
            column("minutes", Whole, "how long it takes"),
            column("buffer_before", Whole, "minutes"),
            column("buffer_after", Whole, "minutes"),
            column("notice_minutes", Whole, "minimum notice"),
            column("horizon_days", Whole, "how far ahead it can be booked"),
            column("gone", Truth, "the calendar has it no more"),
        ],
    },
    View {
        name: "phone_numbers",
        about: "The company's own numbers and the branches that they lead to.",
        table: "phone_numbers",
        time: None,
        columns: &[column("number", Text, "E.164"), column("branch", Text, "id")],
    },
    View {
        name: "agents",
        about: "Voice agents and the branches that they answer for.",
        table: "agents",
        time: None,
        columns: &[column("agent", Text, "id"), column("branch", Text, "id")],
    },
];

/// The newest rows of a company since a time, at most so many; one more where there are more.
pub async fn newest(
    view: &View,
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    since: Timestamp,
    most: u32,
) -> Result<Vec<Row>, RowsError> {
    let columns: Vec<_> = view.columns.iter().map(|column| column.from).collect();
    let first = view.columns.first().map_or("company", |column| column.from);
    let (select, order) =
        (Select::from(view.table, scope), view.time.map_or(first.to_owned(), |it| format!("{it} DESC")));
    let select = match view.time {
        Some(time) => select.since(time, since),
        None => select,
    };
    select.computed(rows, &columns.join(", "), &format!("ORDER BY {order} LIMIT {}", u64::from(most) + 1)).await
}

#[cfg(test)]
mod tests;
