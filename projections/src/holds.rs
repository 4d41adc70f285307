//! Time that is kept for callers and for moves, with when it is to be let go: when it has run out, when its caller hangs
//! up, chooses another time, or has booked. Whoever works on this list tells the page of the day.

use crate::backlog::{self, Backlog};
use crate::columns::{json, page_of, position};
use crate::projection::Projection;
use crate::record::{Columns, Record, record};
use crate::rows::{ReadModels, Rows, RowsError, Value, text};
use crate::scope::Scope;
use crate::select::Select;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::CallEvent;
use ringbuch_domain::diary::{DiaryEvent, Holder, SlotHeld};
use ringbuch_domain::ids::{BranchId, CallId, CompanyId, EventTypeId, StaffId};
use ringbuch_domain::recorded::Recorded;

pub const PROJECTION: Projection = Projection {
    name: "holds",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS holds (
            company TEXT NOT NULL, holder TEXT NOT NULL, page TEXT NOT NULL, call TEXT, branch TEXT NOT NULL,
            event_type BIGINT NOT NULL, start_at BIGINT NOT NULL, end_at BIGINT NOT NULL, staff TEXT NOT NULL,
            held_at BIGINT NOT NULL, until_at BIGINT NOT NULL, due_at BIGINT NOT NULL, position BIGINT NOT NULL,
            PRIMARY KEY (company, holder, page))",
        "CREATE INDEX IF NOT EXISTS holds_due ON holds (due_at, position)",
    ],
    tables: &["holds"],
    project,
};

record! {
    /// Time that is kept without being booked.
    pub struct KeptHold {
        pub company: CompanyId,
        /// The page of the diary.
        pub page: Date,
        /// `call:…` or `move:…`.
        pub holder: String,
        /// The caller for whom it is kept; absent for a move.
        pub call: Option<CallId>,
        pub branch: BranchId,
        pub event_type: EventTypeId,
        pub start_at: Timestamp,
        pub end_at: Timestamp,
        /// Who could serve it.
        pub staff: Vec<StaffId>,
        pub held_at: Timestamp,
        pub until_at: Timestamp,
        /// When it is to be let go.
        pub due_at: Timestamp,
    }
}

/// As one word.
pub fn holder_word(holder: &Holder) -> String {
    match holder {
        Holder::Call(call) => call_word(call),
        Holder::Move(booking) => format!("move:{booking}"),
    }
}

fn call_word(call: &CallId) -> String {
    format!("call:{call}")
}

impl KeptHold {
    pub fn holder(&self) -> Option<Holder> {
        match (&self.call, self.holder.strip_prefix("move:")) {
            (Some(call), _) => Some(Holder::Call(call.clone())),
            (None, Some(booking)) => booking.parse().ok().map(Holder::Move),
            (None, None) => None,
        }
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    match &event.data {
        AnyEvent::Diary(diary) => project_diary(event, company, diary, rows),
        AnyEvent::Call(CallEvent::CallEnded(it)) => let_go(event, company, &it.call, None, rows),
        AnyEvent::Call(CallEvent::CallClosed(it)) => let_go(event, company, &it.call, None, rows),
        _ => {}
    }
}

fn project_diary(event: &Recorded<AnyEvent>, company: &CompanyId, diary: &DiaryEvent, rows: &mut Rows) {
    let Some(page) = page_of(&event.stream) else { return };
    match diary {
        DiaryEvent::SlotHeld(it) => {
            project_held(event, company, page, it, rows);
            if let Holder::Call(call) = &it.holder {
                let_go(event, company, call, Some(page), rows);
            }
        }
        DiaryEvent::HoldReleased(it) => gone(company, page, &it.holder, rows),
        DiaryEvent::HoldExpired(it) => gone(company, page, &it.holder, rows),
        DiaryEvent::BookingRequested(it) => {
            if let Some(call) = &it.call {
                let_go(event, company, call, Some(page), rows);
            }
        }
        _ => {}
    }
}

fn project_held(event: &Recorded<AnyEvent>, company: &CompanyId, page: Date, it: &SlotHeld, rows: &mut Rows) {
    let call = match &it.holder {
        Holder::Call(call) => text(call),
        Holder::Move(_) => Value::Null,
    };
    rows.execute(
        "INSERT INTO holds (company, holder, page, call, branch, event_type, start_at, end_at, staff, held_at, until_at,
                            due_at, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)
         ON CONFLICT (company, holder, page) DO UPDATE
         SET branch = excluded.branch, event_type = excluded.event_type, start_at = excluded.start_at,
             end_at = excluded.end_at, staff = excluded.staff, held_at = excluded.held_at,
             until_at = excluded.until_at, due_at = excluded.due_at, position = excluded.position",
        [
            text(company),
            holder_word(&it.holder).into(),
            text(&page),
            call,
            text(&it.branch),
            it.event_type.0.into(),
            it.slot.start.into(),
            it.slot.end.into(),
            json(&it.staff),
            event.time.into(),
            it.until.into(),
            position(event),
        ],
    );
}

/// A caller keeps one time; what they kept on other pages than this one is let go now.
fn let_go(event: &Recorded<AnyEvent>, company: &CompanyId, call: &CallId, but: Option<Date>, rows: &mut Rows) {
    let page = but.map(|page| page.to_string()).unwrap_or_default();
    rows.execute(
        "UPDATE holds SET due_at = $4
         WHERE company = $1 AND holder = $2 AND page <> $3 AND due_at > $4",
        [text(company), call_word(call).into(), page.into(), event.time.into()],
    );
}

fn gone(company: &CompanyId, page: Date, holder: &Holder, rows: &mut Rows) {
    rows.execute(
        "DELETE FROM holds WHERE company = $1 AND holder = $2 AND page = $3",
        [text(company), holder_word(holder).into(), text(&page)],
    );
}

/// Holds whose time has come, the longest waiting first.
pub async fn due(rows: &dyn ReadModels, now: Timestamp, limit: u32) -> Result<Vec<KeptHold>, RowsError> {
    let columns = KeptHold::columns().join(", ");
    let sql = format!("SELECT {columns} FROM holds WHERE due_at <= $1 ORDER BY due_at, position LIMIT $2");
    let found = rows.query(&sql, &[now.into(), limit.into()]).await?;
    found.iter().map(|row| KeptHold::read(&mut Columns::of(row))).collect()
}

/// When the next one falls due that is not due yet.
pub async fn next_due(rows: &dyn ReadModels, now: Timestamp) -> Result<Option<Timestamp>, RowsError> {
    let found = rows.query("SELECT MIN(due_at) FROM holds WHERE due_at > $1", &[now.into()]).await?;
    Ok(found.first().and_then(|row| row.opt_time(0)))
}

/// What is kept now, by start; at most 200.
pub async fn list(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<KeptHold>, RowsError> {
    Select::from("holds", scope).all(rows, "ORDER BY start_at, position LIMIT 200").await
}

/// How much is kept, and when the first of it is to be let go.
pub async fn backlog(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Backlog, RowsError> {
    backlog::of(rows, Select::from("holds", scope), "due_at").await
}

#[cfg(test)]
mod tests;
