//! From events to the rows of calls.

use super::Outcome;
use crate::columns::{json, position};
use crate::rows::{Rows, Value, text};
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::{
    BookingAsked, BookingContradicted, BookingRefused, CallAnalyzed, CallEnded, CallEvent, CallReceived,
    CustomerIdentified, Refusal,
};
use ringbuch_domain::customer::CustomerEvent;
use ringbuch_domain::diary::{DiaryEvent, Standing};
use ringbuch_domain::ids::{BookingId, CallId, CompanyId};
use ringbuch_domain::money::Currency;
use ringbuch_domain::recorded::Recorded;

pub(super) fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    match &event.data {
        AnyEvent::Call(call) => project_call(&Row { event, company }, call, rows),
        AnyEvent::Diary(diary) => project_diary(company, diary, rows),
        AnyEvent::Customer(CustomerEvent::CustomerErased(it)) => {
            rows.execute(BLANK_CALLS_OF, [text(company), text(&it.customer)]);
        }
        _ => {}
    }
}

/// The row that an event of a call belongs to. Whichever event comes first makes the row.
struct Row<'a> {
    event: &'a Recorded<AnyEvent>,
    company: &'a CompanyId,
}

impl Row<'_> {
    /// `$1` to `$5`: company, call, position, when it was first seen, when it began; then the rest.
    fn args<const N: usize>(&self, call: &CallId, started_at: Option<Timestamp>, rest: [Value; N]) -> Vec<Value> {
        let seen = self.event.time;
        let mut args =
            vec![text(self.company), text(call), position(self.event), seen.into(), started_at.unwrap_or(seen).into()];
        args.extend(rest);
        args
    }
}

fn project_call(row: &Row<'_>, call: &CallEvent, rows: &mut Rows) {
    match call {
        CallEvent::CallReceived(it) => project_received(row, it, rows),
        CallEvent::CustomerIdentified(it) => project_identified(row, it, rows),
        CallEvent::CallEnded(it) => project_ended(row, it, rows),
        CallEvent::CallAnalyzed(it) => project_analyzed(row, it, rows),
        CallEvent::BookingAsked(it) => project_asked(row, it, rows),
        CallEvent::BookingRefused(it) => project_refused(row, it, rows),
        CallEvent::BookingContradicted(it) => project_contradicted(row, it, rows),
        CallEvent::CallbackRequested(it) => rows.execute(
            "INSERT INTO calls (company, call, position, first_seen_at, began_at, callback, callback_reason)
             VALUES ($1, $2, $3, $4, $5, 'requested', $6)
             ON CONFLICT (company, call) DO UPDATE
             SET callback = excluded.callback, callback_reason = excluded.callback_reason",
            row.args(&it.call, None, [it.reason.as_str().into()]),
        ),
        CallEvent::CallbackDone(it) => rows.execute(
            "UPDATE calls SET callback = 'done' WHERE company = $1 AND call = $2",
            [text(row.company), text(&it.call)],
        ),
        // Other read models show these.
        CallEvent::CallImported(_)
        | CallEvent::CallbackNoteTaken(_)
        | CallEvent::AppointmentWithheld(_)
        | CallEvent::FunctionAnswered(_) => {}
        CallEvent::CallErased(it) => rows.execute(BLANK_CALL, [text(row.company), text(&it.call)]),
        CallEvent::CallClosed(it) => rows.execute(
            "INSERT INTO calls (company, call, position, first_seen_at, began_at, status, closed_reason)
             VALUES ($1, $2, $3, $4, $5, 'closed', $6)
             ON CONFLICT (company, call) DO UPDATE
             SET status = COALESCE(calls.status, excluded.status), closed_reason = excluded.closed_reason",
            row.args(&it.call, None, [it.reason.as_str().into()]),
        ),
    }
}

fn project_received(row: &Row<'_>, it: &CallReceived, rows: &mut Rows) {
    let rest = [
        text(&it.account),
        text(&it.branch),
        it.direction.as_str().into(),
        it.our_number.as_deref().into(),
        it.agent.as_deref().into(),
        it.agent_version.into(),
        it.started_at.into(),
    ];
    rows.execute(
        "INSERT INTO calls (company, call, position, first_seen_at, began_at, account, branch, direction, our_number,
                            agent, agent_version, started_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (company, call) DO UPDATE
         SET account = excluded.account, branch = excluded.branch, direction = excluded.direction,
             our_number = COALESCE(excluded.our_number, calls.our_number),
             agent = COALESCE(excluded.agent, calls.agent),
             agent_version = COALESCE(excluded.agent_version, calls.agent_version),
             started_at = COALESCE(excluded.started_at, calls.started_at),
             began_at = COALESCE(excluded.started_at, calls.began_at)",
        row.args(&it.call, it.started_at, rest),
    );
}

fn project_identified(row: &Row<'_>, it: &CustomerIdentified, rows: &mut Rows) {
    let number = it.private.known().and_then(|caller| caller.number.as_deref());
    rows.execute(
        "INSERT INTO calls (company, call, position, first_seen_at, began_at, customer, anonymous, caller_number)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (company, call) DO UPDATE
         SET customer = excluded.customer, anonymous = excluded.anonymous, caller_number = excluded.caller_number",
        row.args(&it.call, None, [text(&it.customer), it.anonymous.into(), number.into()]),
    );
}

fn project_ended(row: &Row<'_>, it: &CallEnded, rows: &mut Rows) {
    let spoken = it.private.known();
    let currency = it.cost.map(|cost| match cost.currency {
        Currency::Usd => "USD",
    });
    let rest = [
        text(&it.customer),
        it.status.as_str().into(),
        it.disconnection.as_deref().into(),
        it.started_at.into(),
        it.ended_at.into(),
        it.duration_ms.into(),
        it.cost.map(|cost| cost.minor).into(),
        currency.into(),
        spoken.and_then(|spoken| spoken.transcript.as_deref()).into(),
        spoken.and_then(|spoken| spoken.recording_url.as_deref()).into(),
    ];
    rows.execute(
        "INSERT INTO calls (company, call, position, first_seen_at, began_at, customer, status, disconnection,
                            started_at, ended_at, duration_ms, cost_minor, currency, transcript, recording_url)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (company, call) DO UPDATE
         SET customer = excluded.customer, status = excluded.status,
             disconnection = COALESCE(excluded.disconnection, calls.disconnection),
             started_at = COALESCE(excluded.started_at, calls.started_at),
             began_at = COALESCE(excluded.started_at, calls.began_at),
             ended_at = COALESCE(excluded.ended_at, calls.ended_at),
             duration_ms = COALESCE(excluded.duration_ms, calls.duration_ms),
             cost_minor = COALESCE(excluded.cost_minor, calls.cost_minor),
             currency = COALESCE(excluded.currency, calls.currency),
             transcript = COALESCE(excluded.transcript, calls.transcript),
             recording_url = COALESCE(excluded.recording_url, calls.recording_url)",
        row.args(&it.call, it.started_at, rest),
    );
}

fn project_analyzed(row: &Row<'_>, it: &CallAnalyzed, rows: &mut Rows) {
    let rest = [
        text(&it.customer),
        it.sentiment.as_deref().into(),
        it.successful.into(),
        it.voicemail.into(),
        it.appointment_requested.into(),
        it.private.known().and_then(|analysis| analysis.summary.as_deref()).into(),
    ];
    rows.execute(
        "INSERT INTO calls (company, call, position, first_seen_at, began_at, customer, sentiment, successful,
                            voicemail, appointment_requested, summary)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (company, call) DO UPDATE
         SET customer = excluded.customer, sentiment = COALESCE(excluded.sentiment, calls.sentiment),
             successful = COALESCE(excluded.successful, calls.successful),
             voicemail = COALESCE(excluded.voicemail, calls.voicemail),
             appointment_requested = COALESCE(excluded.appointment_requested, calls.appointment_requested),
             summary = COALESCE(excluded.summary, calls.summary)",
        row.args(&it.call, None, rest),
    );
}

fn project_asked(row: &Row<'_>, it: &BookingAsked, rows: &mut Rows) {
    let wish = it.private.known();
    let rest = [
        text(&it.customer),
        text(&it.booking),
        it.event_type.0.into(),
        it.start.into(),
        wish.and_then(|wish| wish.said.date.as_deref()).into(),
        wish.and_then(|wish| wish.said.time.as_deref()).into(),
        wish.and_then(|wish| wish.said.service.as_deref()).into(),
        wish.and_then(|wish| wish.name.as_deref()).into(),
    ];
    rows.execute(
        "INSERT INTO calls (company, call, position, first_seen_at, began_at, customer, booking, event_type,
                            extracted_start, extracted_date, extracted_time, extracted_service, extracted_name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (company, call) DO UPDATE
         SET customer = excluded.customer, booking = excluded.booking, event_type = excluded.event_type,
             extracted_start = excluded.extracted_start, extracted_date = excluded.extracted_date,
             extracted_time = excluded.extracted_time, extracted_service = excluded.extracted_service,
             extracted_name = excluded.extracted_name,
             refusal_code = NULL, refusal = NULL",
        row.args(&it.call, None, rest),
    );
    link(row.company, &it.call, it.booking, Outcome::Asked, rows);
}

fn project_refused(row: &Row<'_>, it: &BookingRefused, rows: &mut Rows) {
    let said = it.private.known();
    let rest = [
        text(&it.customer),
        text(&it.booking),
        it.reason.code().into(),
        json(&it.reason),
        said.and_then(|said| said.date.as_deref()).into(),
        said.and_then(|said| said.time.as_deref()).into(),
        said.and_then(|said| said.service.as_deref()).into(),
        said.and_then(|said| said.name.as_deref()).into(),
    ];
    rows.execute(
        "INSERT INTO calls (company, call, position, first_seen_at, began_at, customer, booking, refusal_code, refusal,
                            extracted_date, extracted_time, extracted_service, extracted_name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (company, call) DO UPDATE
         SET customer = excluded.customer, booking = excluded.booking, refusal_code = excluded.refusal_code,
             refusal = excluded.refusal,
             extracted_date = COALESCE(excluded.extracted_date, calls.extracted_date),
             extracted_time = COALESCE(excluded.extracted_time, calls.extracted_time),
             extracted_service = COALESCE(excluded.extracted_service, calls.extracted_service),
             extracted_name = COALESCE(excluded.extracted_name, calls.extracted_name)",
        row.args(&it.call, None, rest),
    );
    let outcome = if matches!(it.reason, Refusal::Calendar { .. }) { Outcome::Failed } else { Outcome::Refused };
    link(row.company, &it.call, it.booking, outcome, rows);
}

fn project_contradicted(row: &Row<'_>, it: &BookingContradicted, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO calls (company, call, position, first_seen_at, began_at, contradicted, differs, contradicted_start)
         VALUES ($1, $2, $3, $4, $5, 1, $6, $7)
         ON CONFLICT (company, call) DO UPDATE
         SET contradicted = 1, differs = excluded.differs, contradicted_start = excluded.contradicted_start",
        row.args(&it.call, None, [json(&it.differs), it.start.into()]),
    );
}

fn project_diary(company: &CompanyId, diary: &DiaryEvent, rows: &mut Rows) {
    match diary {
        DiaryEvent::BookingRequested(it) => {
            if let Some(call) = &it.call {
                link(company, call, it.booking, Outcome::Asked, rows);
            }
        }
        DiaryEvent::BookingImported(it) => {
            if let Some(call) = &it.call {
                link(company, call, it.booking, outcome_of(it.standing), rows);
            }
        }
        DiaryEvent::BookingConfirmed(it) => came_to(company, it.booking, Outcome::Confirmed, rows),
        DiaryEvent::BookingPending(it) => came_to(company, it.booking, Outcome::Pending, rows),
        DiaryEvent::BookingFailed(it) => came_to(company, it.booking, Outcome::Failed, rows),
        DiaryEvent::BookingCancelled(it) => came_to(company, it.booking, Outcome::Cancelled, rows),
        _ => {}
    }
}

fn outcome_of(standing: Standing) -> Outcome {
    match standing {
        Standing::Requested => Outcome::Asked,
        Standing::Pending => Outcome::Pending,
        Standing::Failed => Outcome::Failed,
        Standing::Cancelled => Outcome::Cancelled,
        Standing::Confirmed | Standing::Moved | Standing::Completed | Standing::NoShow => Outcome::Confirmed,
    }
}

/// Ties a booking to its call. What has failed stays failed, though the call then records its refusal as well.
fn link(company: &CompanyId, call: &CallId, booking: BookingId, outcome: Outcome, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO call_bookings (company, booking, call, outcome, grade) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (company, booking) DO UPDATE
         SET grade = CASE WHEN call_bookings.outcome = 'failed' THEN call_bookings.grade ELSE excluded.grade END,
             outcome = CASE WHEN call_bookings.outcome = 'failed' THEN 'failed' ELSE excluded.outcome END",
        [text(company), text(&booking), text(call), outcome.into(), grade(outcome)],
    );
    show_best(company, booking, rows);
}

fn came_to(company: &CompanyId, booking: BookingId, outcome: Outcome, rows: &mut Rows) {
    rows.execute(
        "UPDATE call_bookings SET outcome = $3, grade = $4 WHERE company = $1 AND booking = $2",
        [text(company), text(&booking), outcome.into(), grade(outcome)],
    );
    show_best(company, booking, rows);
}

fn show_best(company: &CompanyId, booking: BookingId, rows: &mut Rows) {
    rows.execute(
        "UPDATE calls
         SET outcome = COALESCE((SELECT b.outcome FROM call_bookings b
                                 WHERE b.company = calls.company AND b.call = calls.call
                                 ORDER BY b.grade LIMIT 1), 'none')
         WHERE company = $1 AND call = (SELECT l.call FROM call_bookings l WHERE l.company = $1 AND l.booking = $2)",
        [text(company), text(&booking)],
    );
}

/// Place among the outcomes, the best being 0.
fn grade(outcome: Outcome) -> Value {
    let place = Outcome::ALL.iter().position(|other| *other == outcome).unwrap_or(Outcome::ALL.len());
    crate::columns::size(place as u64)
}

macro_rules! blank {
    ($which:literal) => {
        concat!(
            "UPDATE calls SET caller_number = NULL, summary = NULL, transcript = NULL, recording_url = NULL, ",
            "extracted_date = NULL, extracted_time = NULL, extracted_service = NULL, extracted_name = NULL ",
            "WHERE company = $1 AND ",
            $which,
            " = $2"
        )
    };
}

/// Take away whatever somebody said or is known by.
const BLANK_CALL: &str = blank!("call");
const BLANK_CALLS_OF: &str = blank!("customer");
