//! Bookings that the worker has still to do something about, with the time of the next act: ask the diary, book, look
//! up, cancel, move, or settle. A crash at any moment leaves the row, so nothing is forgotten.

use crate::backlog::{self, Backlog};
use crate::columns::{company_in, opt_text, page_of, position};
use crate::page::Span;
use crate::projection::Projection;
use crate::record::{Columns, Record, record};
use crate::rows::{ReadModels, Rows, RowsError, text};
use crate::scope::Scope;
use crate::select::Select;
use crate::words::words;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::CallEvent;
use ringbuch_domain::diary::{Act, BookingAttemptStarted, BookingConfirmed, BookingMoved, DiaryEvent};
use ringbuch_domain::ids::{BookingId, CallId, CompanyId};
use ringbuch_domain::recorded::Recorded;

pub const PROJECTION: Projection = Projection {
    name: "booking_todo",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS booking_todo (
            company TEXT NOT NULL, booking TEXT NOT NULL, page TEXT NOT NULL, call TEXT, stage TEXT NOT NULL,
            due_at BIGINT NOT NULL, attempt BIGINT NOT NULL, reason TEXT, position BIGINT NOT NULL,
            PRIMARY KEY (company, booking))",
        "CREATE INDEX IF NOT EXISTS booking_todo_due ON booking_todo (due_at, position)",
    ],
    tables: &["booking_todo"],
    project,
};

words! {
    /// What has to be done next.
    pub enum Stage ("stage") {
        /// The call's wish has to be put to the diary.
        Ask = "ask",
        Book = "book",
        /// Nobody knows what came of an attempt.
        LookUp = "look_up",
        Cancel = "cancel",
        Move = "move",
        /// It came to an end; what may still come late has to be waited for, and the call told.
        Settle = "settle",
    }
}

record! {
    pub struct DueBooking {
        pub company: CompanyId,
        pub booking: BookingId,
        /// The page of the diary where it stands or is to stand.
        pub page: Date,
        pub call: Option<CallId>,
        pub stage: Stage,
        pub due_at: Timestamp,
        /// The newest attempt, 0 before the first.
        pub attempt: i64,
        /// The last trouble.
        pub reason: Option<String>,
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    match &event.data {
        AnyEvent::Call(call) => project_call(event, company, call, rows),
        AnyEvent::Diary(diary) => project_diary(event, company, diary, rows),
        _ => {}
    }
}

fn project_call(event: &Recorded<AnyEvent>, company: &CompanyId, call: &CallEvent, rows: &mut Rows) {
    match call {
        CallEvent::BookingAsked(it) => rows.execute(
            "INSERT INTO booking_todo (company, booking, page, call, stage, due_at, attempt, position)
             VALUES ($1, $2, $3, $4, 'ask', $5, 0, $6)
             ON CONFLICT (company, booking) DO NOTHING",
            [text(company), text(&it.booking), text(&it.page), text(&it.call), event.time.into(), position(event)],
        ),
        // A refusal in place of a request ends it; one that follows a failure leaves the rest to settling.
        CallEvent::BookingRefused(it) => rows.execute(
            "DELETE FROM booking_todo WHERE company = $1 AND booking = $2 AND stage = 'ask'",
            [text(company), text(&it.booking)],
        ),
        _ => {}
    }
}

fn project_diary(event: &Recorded<AnyEvent>, company: &CompanyId, diary: &DiaryEvent, rows: &mut Rows) {
    let mut settle = |booking: &BookingId| {
        rows.execute(
            "UPDATE booking_todo SET stage = 'settle', due_at = $3 WHERE company = $1 AND booking = $2",
            [text(company), text(booking), event.time.into()],
        );
    };
    match diary {
        DiaryEvent::BookingRequested(it) => {
            due_at_once(event, company, &it.booking, it.call.as_ref(), Stage::Book, rows);
        }
        DiaryEvent::BookingMoveRequested(it) => due_at_once(event, company, &it.booking, None, Stage::Move, rows),
        DiaryEvent::BookingCancelRequested(it) => due_at_once(event, company, &it.booking, None, Stage::Cancel, rows),
        DiaryEvent::BookingAttemptStarted(it) => project_attempt(company, it, rows),
        // The stage stays: a look-up that reached nobody is still to be made.
        DiaryEvent::BookingPostponed(it) => rows.execute(
            "UPDATE booking_todo SET due_at = $3, attempt = $4, reason = $5 WHERE company = $1 AND booking = $2",
            [text(company), text(&it.booking), it.next_attempt_at.into(), it.attempt.into(), it.reason.as_str().into()],
        ),
        DiaryEvent::BookingOutcomeUnknown(it) => rows.execute(
            "UPDATE booking_todo SET stage = 'look_up', due_at = $3, attempt = $4, reason = $5
             WHERE company = $1 AND booking = $2",
            [text(company), text(&it.booking), it.look_up_at.into(), it.attempt.into(), it.reason.as_str().into()],
        ),
        DiaryEvent::BookingConfirmed(it) => project_confirmed(event, company, it, rows),
        DiaryEvent::BookingMoved(it) => project_moved(event, company, it, rows),
        DiaryEvent::BookingPending(it) => settle(&it.booking),
        // Whoever asked for it has still to hear of it, though its file may have been closed.
        DiaryEvent::BookingFailed(it) => {
            due_at_once(event, company, &it.booking, it.call.as_ref(), Stage::Settle, rows);
        }
        DiaryEvent::BookingMoveFailed(it) => settle(&it.booking),
        DiaryEvent::BookingCancelFailed(it) => settle(&it.booking),
        DiaryEvent::BookingCancelled(it) => settle(&it.booking),
        DiaryEvent::BookingSettled(it) => project_settled(event, company, &it.booking, rows),
        _ => {}
    }
}

fn due_at_once(
    event: &Recorded<AnyEvent>,
    company: &CompanyId,
    booking: &BookingId,
    call: Option<&CallId>,
    stage: Stage,
    rows: &mut Rows,
) {
    let Some(page) = page_of(&event.stream) else { return };
    rows.execute(
        "INSERT INTO booking_todo (company, booking, page, call, stage, due_at, attempt, position)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7)
         ON CONFLICT (company, booking) DO UPDATE
         SET page = excluded.page, call = COALESCE(excluded.call, booking_todo.call), stage = excluded.stage,
             due_at = excluded.due_at, reason = NULL",
        [text(company), text(booking), text(&page), opt_text(call), stage.into(), event.time.into(), position(event)],
    );
}

fn project_attempt(company: &CompanyId, it: &BookingAttemptStarted, rows: &mut Rows) {
    let stage = match it.act {
        Act::Book => Stage::Book,
        Act::Cancel => Stage::Cancel,
        Act::Move => Stage::Move,
    };
    rows.execute(
        "UPDATE booking_todo SET stage = $3, due_at = $4, attempt = $5 WHERE company = $1 AND booking = $2",
        [text(company), text(&it.booking), stage.into(), it.deadline.into(), it.attempt.into()],
    );
}

fn project_confirmed(event: &Recorded<AnyEvent>, company: &CompanyId, it: &BookingConfirmed, rows: &mut Rows) {
    let sql = match it.moved_from {
        Some(_) => "UPDATE booking_todo SET due_at = $3 WHERE company = $1 AND booking = $2",
        None => {
            "UPDATE booking_todo SET stage = 'settle', due_at = $3, reason = NULL WHERE company = $1 AND booking = $2"
        }
    };
    rows.execute(sql, [text(company), text(&it.booking), event.time.into()]);
}

/// The page that it leaves closes the file; where it has arrived, nothing is open.
fn project_moved(event: &Recorded<AnyEvent>, company: &CompanyId, it: &BookingMoved, rows: &mut Rows) {
    rows.execute(
        "UPDATE booking_todo SET stage = 'settle', due_at = $3, reason = NULL WHERE company = $1 AND booking = $2",
        [text(company), text(&it.booking), event.time.into()],
    );
}

/// Only the page that has something open for it closes its file.
fn project_settled(event: &Recorded<AnyEvent>, company: &CompanyId, booking: &BookingId, rows: &mut Rows) {
    let Some(page) = page_of(&event.stream) else { return };
    rows.execute(
        "DELETE FROM booking_todo WHERE company = $1 AND booking = $2 AND page = $3",
        [text(company), text(booking), text(&page)],
    );
}

/// Bookings whose time has come, the longest waiting first.
pub async fn due(rows: &dyn ReadModels, now: Timestamp, limit: u32) -> Result<Vec<DueBooking>, RowsError> {
    let columns = DueBooking::columns().join(", ");
    let sql = format!("SELECT {columns} FROM booking_todo WHERE due_at <= $1 ORDER BY due_at, position LIMIT $2");
    let found = rows.query(&sql, &[now.into(), limit.into()]).await?;
    found.iter().map(|row| DueBooking::read(&mut Columns::of(row))).collect()
}

/// When the next one falls due that is not due yet.
pub async fn next_due(rows: &dyn ReadModels, now: Timestamp) -> Result<Option<Timestamp>, RowsError> {
    let found = rows.query("SELECT MIN(due_at) FROM booking_todo WHERE due_at > $1", &[now.into()]).await?;
    Ok(found.first().and_then(|row| row.opt_time(0)))
}

pub async fn backlog(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Backlog, RowsError> {
    backlog::of(rows, Select::from("booking_todo", scope), "due_at").await
}

/// Since when each company's oldest booking that is due has been waiting.
pub async fn waiting_since(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    now: Timestamp,
) -> Result<Vec<(CompanyId, Timestamp)>, RowsError> {
    let due = Select::from("booking_todo", scope).within("due_at", Span { since: None, until: Some(now) });
    let found = due.computed(rows, "company, MIN(due_at)", "GROUP BY company ORDER BY company").await?;
    Ok(found.iter().filter_map(|row| Some((company_in(row)?, row.opt_time(1)?))).collect())
}

/// Everything that is still under way, with its last trouble and its next act, soonest first; at most 200.
pub async fn pending(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<DueBooking>, RowsError> {
    Select::from("booking_todo", scope).all(rows, "ORDER BY due_at, position LIMIT 200").await
}

/// Where one booking stands, unless it is done.
pub async fn find(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    booking: BookingId,
) -> Result<Option<DueBooking>, RowsError> {
    Select::from("booking_todo", scope).only("booking", Some(text(&booking))).one(rows).await
}

#[cfg(test)]
mod tests;
