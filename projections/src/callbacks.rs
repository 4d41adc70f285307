//! Callers whom staff should call back: those who asked for it, and those whose call ended without what they wanted.

use crate::columns::position;
use crate::page::{Page, Paging};
use crate::projection::Projection;
use crate::record::record;
use crate::rows::{ReadModels, Rows, RowsError, Value, text};
use crate::scope::Scope;
use crate::select::Select;
use crate::words::words;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::{BookingRefused, CallEvent, CallReceived, CallbackNoteTaken, CustomerIdentified};
use ringbuch_domain::customer::CustomerEvent;
use ringbuch_domain::diary::{BookingConfirmed, DiaryEvent};
use ringbuch_domain::ids::{BranchId, CallId, CompanyId, CustomerId};
use ringbuch_domain::recorded::Recorded;

pub const PROJECTION: Projection = Projection {
    name: "callbacks",
    version: 2,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS callbacks (
            company TEXT NOT NULL, call TEXT NOT NULL, position BIGINT NOT NULL, began_at BIGINT NOT NULL,
            asked_at BIGINT NOT NULL, status TEXT NOT NULL DEFAULT 'none', reason TEXT, branch TEXT, customer TEXT,
            name TEXT, phone TEXT, note TEXT, done_by TEXT, done_at BIGINT, PRIMARY KEY (company, call))",
        "CREATE INDEX IF NOT EXISTS callbacks_status ON callbacks (company, status, asked_at, position)",
        // Nearly every call has a row, and few of them a callback.
        "CREATE INDEX IF NOT EXISTS callbacks_time ON callbacks (company, asked_at, position) WHERE status <> 'none'",
        "CREATE INDEX IF NOT EXISTS callbacks_customer ON callbacks (company, customer)",
    ],
    tables: &["callbacks"],
    project,
};

words! {
    pub enum CallbackStatus ("status") {
        /// Nobody waits for one.
        None = "none",
        /// Staff have still to call.
        Open = "open",
        /// The call ended without what the caller wanted, and nobody asked for a callback.
        Refused = "refused",
        Done = "done",
    }
}

record! {
    pub struct Callback {
        pub company: CompanyId,
        pub call: CallId,
        pub asked_at: Timestamp,
        pub status: CallbackStatus,
        /// `asked`, `provider_down`, …, or the word of a refusal.
        pub reason: Option<String>,
        pub branch: Option<BranchId>,
        pub customer: Option<CustomerId>,
        /// As the caller said it, or as it is known.
        pub name: Option<String>,
        /// E.164.
        pub phone: Option<String>,
        /// In the caller's own words.
        pub note: Option<String>,
        pub done_by: Option<String>,
        pub done_at: Option<Timestamp>,
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    match &event.data {
        AnyEvent::Call(call) => project_call(event, company, call, rows),
        AnyEvent::Diary(DiaryEvent::BookingConfirmed(it)) => project_confirmed(company, it, rows),
        AnyEvent::Customer(CustomerEvent::CustomerErased(it)) => rows.execute(
            "UPDATE callbacks SET name = NULL, phone = NULL, note = NULL WHERE company = $1 AND customer = $2",
            [text(company), text(&it.customer)],
        ),
        _ => {}
    }
}

fn project_call(event: &Recorded<AnyEvent>, company: &CompanyId, call: &CallEvent, rows: &mut Rows) {
    match call {
        CallEvent::CallReceived(it) => project_received(event, company, it, rows),
        CallEvent::CustomerIdentified(it) => project_identified(company, it, rows),
        CallEvent::CallbackRequested(it) => rows.execute(
            "UPDATE callbacks SET status = 'open', reason = $3, asked_at = $4 WHERE company = $1 AND call = $2",
            [text(company), text(&it.call), it.reason.as_str().into(), event.time.into()],
        ),
        CallEvent::CallbackNoteTaken(it) => project_note(company, it, rows),
        CallEvent::BookingRefused(it) => project_refused(event, company, it, rows),
        // What the call asks for now may still become what the caller wanted.
        CallEvent::BookingAsked(it) => rows.execute(NO_LONGER_REFUSED, [text(company), text(&it.call)]),
        CallEvent::CallbackDone(it) => rows.execute(
            "UPDATE callbacks SET status = 'done', done_by = $3, done_at = $4 WHERE company = $1 AND call = $2",
            [text(company), text(&it.call), it.by.as_str().into(), event.time.into()],
        ),
        CallEvent::CallErased(it) => rows.execute(
            "UPDATE callbacks SET name = NULL, phone = NULL, note = NULL, status = 'none'
             WHERE company = $1 AND call = $2",
            [text(company), text(&it.call)],
        ),
        _ => {}
    }
}

const NO_LONGER_REFUSED: &str =
    "UPDATE callbacks SET status = 'none' WHERE company = $1 AND call = $2 AND status = 'refused'";

fn project_received(event: &Recorded<AnyEvent>, company: &CompanyId, it: &CallReceived, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO callbacks (company, call, position, began_at, asked_at, branch) VALUES ($1, $2, $3, $4, $4, $5)
         ON CONFLICT (company, call) DO NOTHING",
        [text(company), text(&it.call), position(event), event.time.into(), text(&it.branch)],
    );
}

fn project_identified(company: &CompanyId, it: &CustomerIdentified, rows: &mut Rows) {
    let number: Value = it.private.known().and_then(|caller| caller.number.as_deref()).into();
    rows.execute(
        "UPDATE callbacks SET customer = $3, phone = COALESCE(phone, $4) WHERE company = $1 AND call = $2",
        [text(company), text(&it.call), text(&it.customer), number],
    );
}

fn project_note(company: &CompanyId, it: &CallbackNoteTaken, rows: &mut Rows) {
    let Some(note) = it.private.known() else { return };
    rows.execute(
        "UPDATE callbacks SET name = COALESCE($3, name), phone = COALESCE($4, phone), note = COALESCE($5, note)
         WHERE company = $1 AND call = $2",
        [
            text(company),
            text(&it.call),
            note.name.as_deref().into(),
            note.phone.as_deref().into(),
            note.text.as_deref().into(),
        ],
    );
}

/// Whoever asked to be called back is called back for that reason, and what staff have done is done.
fn project_refused(event: &Recorded<AnyEvent>, company: &CompanyId, it: &BookingRefused, rows: &mut Rows) {
    let name: Value = it.private.known().and_then(|said| said.name.as_deref()).into();
    rows.execute(
        "UPDATE callbacks SET status = 'refused', reason = $3, asked_at = $4, name = COALESCE($5, name)
         WHERE company = $1 AND call = $2 AND status IN ('none', 'refused')",
        [text(company), text(&it.call), it.reason.code().into(), event.time.into(), name],
    );
}

fn project_confirmed(company: &CompanyId, it: &BookingConfirmed, rows: &mut Rows) {
    if let Some(call) = &it.call {
        rows.execute(NO_LONGER_REFUSED, [text(company), text(call)]);
    }
}

/// Those that staff have still to make, or with `all` those that they have made as well; newest first.
pub async fn list(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    all: bool,
    paging: Paging,
) -> Result<Page<Callback>, RowsError> {
    let wanted = if all { "status <> 'none'" } else { "status IN ('open', 'refused')" };
    Select::from("callbacks", scope).and(wanted).page(rows, "asked_at", paging).await
}

pub async fn find(rows: &dyn ReadModels, scope: Scope<'_>, call: &CallId) -> Result<Option<Callback>, RowsError> {
    Select::from("callbacks", scope).only("call", Some(call.as_str())).one(rows).await
}

#[cfg(test)]
mod tests;
