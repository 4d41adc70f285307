//! Booking statistics as rows: what happened per hour, with the reasons of losses, and how many bookings stand where now.

use crate::columns::hour_of;
use crate::page::Span;
use crate::projection::Projection;
use crate::rows::{ReadModels, Rows, RowsError, text};
use crate::scope::Scope;
use crate::select::Select;
use crate::series::{Counts, DayPoint, HourPoint, Period, daily, hourly, rate, total};
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::{BookingAsked, BookingRefused, CallEvent};
use ringbuch_domain::diary::{
    Act, BookingConfirmed, BookingImported, BookingOutcomeUnknown, BookingRequested, DiaryEvent, Standing,
};
use ringbuch_domain::ids::{BookingId, CompanyId};
use ringbuch_domain::recorded::Recorded;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

pub const PROJECTION: Projection = Projection {
    name: "booking_stats",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS booking_hours (
            company TEXT NOT NULL, hour BIGINT NOT NULL, measure TEXT NOT NULL, reason TEXT NOT NULL,
            bookings BIGINT NOT NULL, PRIMARY KEY (company, hour, measure, reason))",
        "CREATE INDEX IF NOT EXISTS booking_hours_of_all ON booking_hours (hour)",
        "CREATE TABLE IF NOT EXISTS booking_facts (
            company TEXT NOT NULL, booking TEXT NOT NULL, status TEXT NOT NULL, in_doubt BIGINT NOT NULL,
            PRIMARY KEY (company, booking))",
        "CREATE TABLE IF NOT EXISTS booking_refusals (
            company TEXT NOT NULL, booking TEXT NOT NULL, hour BIGINT NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (company, booking))",
        "CREATE TABLE IF NOT EXISTS booking_states (
            company TEXT NOT NULL, status TEXT NOT NULL, in_doubt BIGINT NOT NULL, bookings BIGINT NOT NULL,
            PRIMARY KEY (company, status, in_doubt))",
    ],
    tables: &["booking_hours", "booking_facts", "booking_refusals", "booking_states"],
    project,
};

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    let row = Row { hour: hour_of(event.time), company };
    match &event.data {
        AnyEvent::Call(CallEvent::BookingAsked(it)) => project_asked(&row, it, rows),
        AnyEvent::Call(CallEvent::BookingRefused(it)) => project_refused(&row, it, rows),
        AnyEvent::Call(CallEvent::BookingContradicted(_)) => count(&row, "contradicted", "", rows),
        AnyEvent::Diary(diary) => project_diary(&row, diary, rows),
        _ => {}
    }
}

struct Row<'a> {
    hour: Timestamp,
    company: &'a CompanyId,
}

fn project_diary(row: &Row<'_>, diary: &DiaryEvent, rows: &mut Rows) {
    match diary {
        DiaryEvent::BookingRequested(it) => project_requested(row, it, rows),
        DiaryEvent::BookingImported(it) => project_imported(row, it, rows),
        DiaryEvent::BookingConfirmed(it) => project_confirmed(row, it, rows),
        DiaryEvent::BookingPending(it) => {
            count(row, "pending", "", rows);
            stands(row.company, it.booking, Some("pending"), false, rows);
        }
        DiaryEvent::BookingFailed(it) => {
            count(row, "failed", &it.reason, rows);
            stands(row.company, it.booking, Some("failed"), false, rows);
        }
        DiaryEvent::BookingOutcomeUnknown(it) => project_unknown(row, it, rows),
        // What was in doubt has been looked up before anybody asks again.
        DiaryEvent::BookingAttemptStarted(it) => {
            let status = (it.act == Act::Book).then_some("requested");
            stands(row.company, it.booking, status, false, rows);
        }
        DiaryEvent::BookingMoved(it) => {
            count(row, "moved", "", rows);
            stands(row.company, it.booking, None, false, rows);
        }
        DiaryEvent::BookingMoveFailed(it) => stands(row.company, it.booking, None, false, rows),
        DiaryEvent::BookingCancelFailed(it) => stands(row.company, it.booking, None, false, rows),
        DiaryEvent::BookingCancelled(it) => {
            count(row, "cancelled", "", rows);
            stands(row.company, it.booking, Some("cancelled"), false, rows);
        }
        DiaryEvent::BookingCompleted(it) => {
            count(row, "completed", "", rows);
            stands(row.company, it.booking, Some("completed"), false, rows);
        }
        DiaryEvent::CustomerDidNotShow(it) => {
            count(row, "no_show", "", rows);
            stands(row.company, it.booking, Some("no_show"), false, rows);
        }
        DiaryEvent::BookingTwinCancelled(_) => count(row, "twins", "", rows),
        DiaryEvent::OverlapSeen(_) => count(row, "overlaps", "", rows),
        _ => {}
    }
}

fn project_requested(row: &Row<'_>, it: &BookingRequested, rows: &mut Rows) {
    count(row, "requested", "", rows);
    rows.execute(
        "INSERT INTO booking_facts (company, booking, status, in_doubt) VALUES ($1, $2, 'requested', 0)
         ON CONFLICT (company, booking) DO NOTHING",
        [text(row.company), text(&it.booking)],
    );
    tally(row.company, it.booking, 1, rows);
}

/// What another system had booked counts in the hour in which it was asked for there, not in that of the import.
fn project_imported(row: &Row<'_>, it: &BookingImported, rows: &mut Rows) {
    let then = Row { hour: hour_of(it.requested_at), company: row.company };
    count(&then, "requested", "", rows);
    let came_to = match it.standing {
        Standing::Completed | Standing::NoShow => "confirmed",
        other => other.as_str(),
    };
    count(&then, came_to, "", rows);
    rows.execute(
        "INSERT INTO booking_facts (company, booking, status, in_doubt) VALUES ($1, $2, $3, 0)
         ON CONFLICT (company, booking) DO NOTHING",
        [text(row.company), text(&it.booking), it.standing.as_str().into()],
    );
    tally(row.company, it.booking, 1, rows);
}

/// A booking is confirmed once; on its new page it only stands again.
fn project_confirmed(row: &Row<'_>, it: &BookingConfirmed, rows: &mut Rows) {
    if it.moved_from.is_none() {
        count(row, "confirmed", "", rows);
    }
    stands(row.company, it.booking, Some("confirmed"), false, rows);
}

fn project_unknown(row: &Row<'_>, it: &BookingOutcomeUnknown, rows: &mut Rows) {
    count(row, "unknown", "", rows);
    stands(row.company, it.booking, (it.act == Act::Book).then_some("unknown"), true, rows);
}

/// A wish that could be read after all was not refused.
fn project_asked(row: &Row<'_>, it: &BookingAsked, rows: &mut Rows) {
    count_refusal(row, it.booking, -1, rows);
    rows.execute(
        "DELETE FROM booking_refusals WHERE company = $1 AND booking = $2",
        [text(row.company), text(&it.booking)],
    );
}

/// A refusal that only repeats to the call what failed at the calendar is counted there.
fn project_refused(row: &Row<'_>, it: &BookingRefused, rows: &mut Rows) {
    count_refusal(row, it.booking, -1, rows);
    rows.execute(
        "INSERT INTO booking_refusals (company, booking, hour, reason)
         SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT)
         WHERE NOT EXISTS (SELECT 1 FROM booking_facts f
                           WHERE f.company = CAST($1 AS TEXT) AND f.booking = CAST($2 AS TEXT) AND f.status = 'failed')
         ON CONFLICT (company, booking) DO UPDATE SET hour = excluded.hour, reason = excluded.reason",
        [text(row.company), text(&it.booking), row.hour.into(), it.reason.code().into()],
    );
    count_refusal(row, it.booking, 1, rows);
}

/// Counts the refusal of a booking, or takes it back; nothing where none is known.
fn count_refusal(row: &Row<'_>, booking: BookingId, sign: i64, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO booking_hours (company, hour, measure, reason, bookings)
         SELECT company, hour, 'refused', reason, CAST($3 AS BIGINT) FROM booking_refusals
         WHERE company = $1 AND booking = $2
         ON CONFLICT (company, hour, measure, reason) DO UPDATE
         SET bookings = booking_hours.bookings + excluded.bookings",
        [text(row.company), text(&booking), sign.into()],
    );
}

fn count(row: &Row<'_>, measure: &str, reason: &str, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO booking_hours (company, hour, measure, reason, bookings) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (company, hour, measure, reason) DO UPDATE
         SET bookings = booking_hours.bookings + excluded.bookings",
        [text(row.company), row.hour.into(), measure.into(), reason.into()],
    );
}

/// Moves a booking from where it was counted to where it stands now; without a status it only leaves or enters doubt.
fn stands(company: &CompanyId, booking: BookingId, status: Option<&str>, in_doubt: bool, rows: &mut Rows) {
    tally(company, booking, -1, rows);
    rows.execute(
        "UPDATE booking_facts SET status = COALESCE($3, status), in_doubt = $4 WHERE company = $1 AND booking = $2",
        [text(company), text(&booking), status.into(), in_doubt.into()],
    );
    tally(company, booking, 1, rows);
}

fn tally(company: &CompanyId, booking: BookingId, sign: i64, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO booking_states (company, status, in_doubt, bookings)
         SELECT company, status, in_doubt, CAST($3 AS BIGINT) FROM booking_facts WHERE company = $1 AND booking = $2
         ON CONFLICT (company, status, in_doubt) DO UPDATE
         SET bookings = booking_states.bookings + excluded.bookings",
        [text(company), text(&booking), sign.into()],
    );
}

/// What happened to bookings in a span of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BookingCounts {
    /// Taken by the diary.
    pub requested: i64,
    pub confirmed: i64,
    pub pending: i64,
    /// Given up at the calendar.
    pub failed: i64,
    /// Turned down by a rule before the calendar was asked.
    pub refused: i64,
    pub cancelled: i64,
    pub moved: i64,
    /// Answers of the calendar that stayed away; each was looked up.
    pub unknown: i64,
    pub completed: i64,
    pub no_show: i64,
    /// Second bookings of ours that were found and cancelled.
    pub twins: i64,
    pub overlaps: i64,
    pub contradicted: i64,
}

impl BookingCounts {
    fn set(&mut self, measure: &str, count: i64) {
        let field = match measure {
            "requested" => &mut self.requested,
            "confirmed" => &mut self.confirmed,
            "pending" => &mut self.pending,
            "failed" => &mut self.failed,
            "refused" => &mut self.refused,
            "cancelled" => &mut self.cancelled,
            "moved" => &mut self.moved,
            "unknown" => &mut self.unknown,
            "completed" => &mut self.completed,
            "no_show" => &mut self.no_show,
            "twins" => &mut self.twins,
            "overlaps" => &mut self.overlaps,
            "contradicted" => &mut self.contradicted,
            _ => return,
        };
        *field += count;
    }

    /// Everything that somebody wanted booked.
    pub fn wishes(&self) -> i64 {
        self.requested + self.refused
    }
}

impl Counts for BookingCounts {
    fn add(&mut self, other: &Self) {
        self.requested += other.requested;
        self.confirmed += other.confirmed;
        self.pending += other.pending;
        self.failed += other.failed;
        self.refused += other.refused;
        self.cancelled += other.cancelled;
        self.moved += other.moved;
        self.unknown += other.unknown;
        self.completed += other.completed;
        self.no_show += other.no_show;
        self.twins += other.twins;
        self.overlaps += other.overlaps;
        self.contradicted += other.contradicted;
    }
}

/// Why bookings were lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "LossCount")]
pub struct Loss {
    /// `refused` or `failed`.
    pub outcome: String,
    /// A stable word: `slot_taken`, `closed`, `date_unreadable`, ….
    pub reason: String,
    pub count: i64,
}

/// How many bookings stand where, now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StatusCount {
    pub status: String,
    pub count: i64,
    /// Of these, those of whose last act nobody knows what came of it.
    pub in_doubt: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BookingStats {
    pub totals: BookingCounts,
    /// Confirmed of all that somebody wanted booked.
    pub success_rate: Option<f64>,
    /// Cancelled of the confirmed.
    pub cancellation_rate: Option<f64>,
    /// Most frequent first.
    pub losses: Vec<Loss>,
    /// Whatever the period is.
    pub by_status: Vec<StatusCount>,
    pub hourly: Vec<HourPoint<BookingCounts>>,
    pub daily: Vec<DayPoint<BookingCounts>>,
}

pub async fn stats(rows: &dyn ReadModels, scope: Scope<'_>, period: &Period) -> Result<BookingStats, RowsError> {
    let span = Span { since: Some(period.first_hour()), until: Some(period.until) };
    let columns = "hour, measure, CAST(SUM(bookings) AS BIGINT)";
    let counted = Select::from("booking_hours", scope).within("hour", span);
    let mut by_hour: BTreeMap<Timestamp, BookingCounts> = BTreeMap::new();
    for row in counted.computed(rows, columns, "GROUP BY hour, measure").await? {
        let Some(hour) = row.opt_time(0) else { continue };
        by_hour.entry(hour).or_default().set(&row.text(1), row.int(2));
    }
    let totals = total(&by_hour);
    Ok(BookingStats {
        totals,
        success_rate: rate(totals.confirmed, totals.wishes()),
        cancellation_rate: rate(totals.cancelled, totals.confirmed),
        losses: losses(rows, scope, span).await?,
        by_status: by_status(rows, scope).await?,
        hourly: hourly(period, &by_hour),
        daily: daily(period, &by_hour),
    })
}

async fn losses(rows: &dyn ReadModels, scope: Scope<'_>, span: Span) -> Result<Vec<Loss>, RowsError> {
    let columns = "measure, reason, CAST(SUM(bookings) AS BIGINT)";
    let lost = Select::from("booking_hours", scope).within("hour", span).and("measure IN ('refused', 'failed')");
    let found = lost.computed(rows, columns, "GROUP BY measure, reason HAVING SUM(bookings) <> 0").await?;
    let mut losses: Vec<_> =
        found.iter().map(|row| Loss { outcome: row.text(0), reason: row.text(1), count: row.int(2) }).collect();
    losses.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.outcome, &a.reason).cmp(&(&b.outcome, &b.reason))));
    Ok(losses)
}

/// How many bookings stand where, now; by name of the status.
pub async fn by_status(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<StatusCount>, RowsError> {
    let columns = "status, CAST(SUM(bookings) AS BIGINT), CAST(SUM(bookings * in_doubt) AS BIGINT)";
    let ending = "GROUP BY status HAVING SUM(bookings) <> 0";
    let found = Select::from("booking_states", scope).computed(rows, columns, ending).await?;
    let mut standing: Vec<_> =
        found.iter().map(|row| StatusCount { status: row.text(0), count: row.int(1), in_doubt: row.int(2) }).collect();
    standing.sort_by(|a, b| a.status.cmp(&b.status));
    Ok(standing)
}

/// What ever happened to bookings.
pub async fn totals(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<BookingCounts, RowsError> {
    let columns = "measure, CAST(SUM(bookings) AS BIGINT)";
    let mut totals = BookingCounts::default();
    for row in Select::from("booking_hours", scope).computed(rows, columns, "GROUP BY measure").await? {
        totals.set(&row.text(0), row.int(1));
    }
    Ok(totals)
}

#[cfg(test)]
mod tests;
