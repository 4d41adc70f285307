//! From events to the rows of appointments.

use super::AppointmentStatus;
use crate::columns::{opt_text, page_of, position, word};
use crate::rows::{Rows, Value, text};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::customer::CustomerEvent;
use ringbuch_domain::diary::{
    Act, BookingAttemptStarted, BookingCancelRequested, BookingCancelled, BookingConfirmed, BookingFailed,
    BookingImported, BookingMoved, BookingOutcomeUnknown, BookingPending, BookingPostponed, BookingRequested,
    DiaryEvent, ProviderRef,
};
use ringbuch_domain::ids::{BookingId, CompanyId, CustomerId};
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::Recorded;

pub(super) fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    match &event.data {
        AnyEvent::Diary(diary) => project_diary(&Row { event, company }, diary, rows),
        AnyEvent::Customer(CustomerEvent::CustomerErased(it)) => erase(company, it.customer, rows),
        _ => {}
    }
}

/// The row that an event belongs to.
struct Row<'a> {
    event: &'a Recorded<AnyEvent>,
    company: &'a CompanyId,
}

impl Row<'_> {
    /// `$1` to `$3`: company, booking, time of the change; then the rest.
    fn args<const N: usize>(&self, booking: BookingId, rest: [Value; N]) -> Vec<Value> {
        let mut args = vec![text(self.company), text(&booking), self.event.time.into()];
        args.extend(rest);
        args
    }
}

fn project_diary(row: &Row<'_>, diary: &DiaryEvent, rows: &mut Rows) {
    match diary {
        DiaryEvent::BookingRequested(it) => project_requested(row, it, rows),
        DiaryEvent::BookingImported(it) => project_imported(row, it, rows),
        DiaryEvent::BookingAttemptStarted(it) => project_attempt(row, it, rows),
        DiaryEvent::BookingPostponed(it) => project_postponed(row, it, rows),
        DiaryEvent::BookingOutcomeUnknown(it) => project_unknown(row, it, rows),
        DiaryEvent::BookingPending(it) => project_pending(row, it, rows),
        DiaryEvent::BookingConfirmed(it) => project_confirmed(row, it, rows),
        DiaryEvent::BookingFailed(it) => project_failed(row, it, rows),
        DiaryEvent::BookingMoveRequested(it) => under_way(row, it.booking, Act::Move, rows),
        DiaryEvent::BookingMoved(it) => project_moved(row, it, rows),
        DiaryEvent::BookingMoveFailed(it) => project_stays(row, it.booking, &it.reason, rows),
        DiaryEvent::BookingCancelFailed(it) => project_stays(row, it.booking, &it.reason, rows),
        DiaryEvent::BookingCancelRequested(it) => project_cancel_requested(row, it, rows),
        DiaryEvent::BookingCancelled(it) => project_cancelled(row, it, rows),
        DiaryEvent::BookingCompleted(it) => set_status(row, it.booking, AppointmentStatus::Completed, rows),
        DiaryEvent::CustomerDidNotShow(it) => set_status(row, it.booking, AppointmentStatus::NoShow, rows),
        DiaryEvent::BookingSettled(it) => project_settled(row, it.booking, rows),
        _ => {}
    }
}

fn project_requested(row: &Row<'_>, it: &BookingRequested, rows: &mut Rows) {
    let Some(page) = page_of(&row.event.stream) else { return };
    let contact = it.private.known();
    let rest = [
        position(row.event),
        it.requested_at.into(),
        opt_text(it.call.as_ref()),
        text(&it.customer),
        text(&it.branch),
        it.event_type.0.into(),
        text(&page),
        it.slot.start.into(),
        it.slot.end.into(),
        it.source.as_str().into(),
        contact.map(|contact| contact.name.as_str()).into(),
        contact.map(|contact| contact.email.as_str()).into(),
        contact.and_then(|contact| contact.phone.as_deref()).into(),
        contact.map(|contact| contact.notes.as_str()).into(),
    ];
    rows.execute(
        "INSERT INTO appointments (company, booking, updated_at, position, requested_at, call, customer, branch,
                                   event_type, page, start_at, end_at, status, source, name, email, phone, notes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'requested', $13, $14, $15, $16, $17)
         ON CONFLICT (company, booking) DO NOTHING",
        row.args(it.booking, rest),
    );
}

fn project_imported(row: &Row<'_>, it: &BookingImported, rows: &mut Rows) {
    let Some(page) = page_of(&row.event.stream) else { return };
    let taken = it.private.known();
    let (contact, provider) = (taken.map(|taken| &taken.contact), taken.and_then(|taken| taken.provider.as_ref()));
    let rest = [
        position(row.event),
        it.requested_at.into(),
        opt_text(it.call.as_ref()),
        text(&it.customer),
        text(&it.branch),
        it.event_type.0.into(),
        text(&page),
        it.slot.start.into(),
        it.slot.end.into(),
        it.standing.as_str().into(),
        contact.map(|contact| contact.name.as_str()).into(),
        contact.map(|contact| contact.email.as_str()).into(),
        contact.and_then(|contact| contact.phone.as_deref()).into(),
        contact.map(|contact| contact.notes.as_str()).into(),
        opt_text(it.staff.as_ref()),
        provider.map(|provider| provider.uid.as_str()).into(),
        provider.map(|provider| provider.number).into(),
    ];
    rows.execute(
        "INSERT INTO appointments (company, booking, updated_at, position, requested_at, call, customer, branch,
                                   event_type, page, start_at, end_at, status, source, name, email, phone, notes,
                                   staff, uid, number, settled)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'import', $14, $15, $16, $17, $18, $19, $20, 1)
         ON CONFLICT (company, booking) DO NOTHING",
        row.args(it.booking, rest),
    );
}

/// A look-up came before a new attempt at booking, so that the booking is no longer in doubt until this one ends.
fn project_attempt(row: &Row<'_>, it: &BookingAttemptStarted, rows: &mut Rows) {
    rows.execute(
        "UPDATE appointments
         SET attempts = $4, next_attempt_at = NULL, in_doubt = 0,
             status = CASE WHEN status = 'unknown' THEN 'requested' ELSE status END, updated_at = $3
         WHERE company = $1 AND booking = $2",
        row.args(it.booking, [it.attempt.into()]),
    );
}

fn project_postponed(row: &Row<'_>, it: &BookingPostponed, rows: &mut Rows) {
    rows.execute(
        "UPDATE appointments SET attempts = $4, next_attempt_at = $5, last_trouble = $6, updated_at = $3
         WHERE company = $1 AND booking = $2",
        row.args(it.booking, [it.attempt.into(), it.next_attempt_at.into(), it.reason.as_str().into()]),
    );
}

fn project_unknown(row: &Row<'_>, it: &BookingOutcomeUnknown, rows: &mut Rows) {
    let sql = match it.act {
        Act::Book => {
            "UPDATE appointments
             SET attempts = $4, next_attempt_at = $5, last_trouble = $6, in_doubt = 1, status = 'unknown',
                 updated_at = $3
             WHERE company = $1 AND booking = $2"
        }
        Act::Cancel | Act::Move => {
            "UPDATE appointments
             SET attempts = $4, next_attempt_at = $5, last_trouble = $6, in_doubt = 1, updated_at = $3
             WHERE company = $1 AND booking = $2"
        }
    };
    rows.execute(sql, row.args(it.booking, [it.attempt.into(), it.look_up_at.into(), it.reason.as_str().into()]));
}

fn project_pending(row: &Row<'_>, it: &BookingPending, rows: &mut Rows) {
    let [uid, number] = provider_columns(&it.private);
    rows.execute(
        "UPDATE appointments
         SET status = 'pending', start_at = $4, end_at = $5, staff = COALESCE($6, staff), uid = $7, number = $8,
             in_doubt = 0, next_attempt_at = NULL, settled = 0, updated_at = $3
         WHERE company = $1 AND booking = $2",
        row.args(it.booking, [it.start.into(), it.end.into(), opt_text(it.staff.as_ref()), uid, number]),
    );
}

/// The page stays the old one until that lets the booking go: till then it stands on both, and whoever wants something of
/// it must meet the move that is under way.
fn project_confirmed(row: &Row<'_>, it: &BookingConfirmed, rows: &mut Rows) {
    let [uid, number] = provider_columns(&it.private);
    let rest = [
        it.start.into(),
        it.end.into(),
        opt_text(it.staff.as_ref()),
        it.host.into(),
        uid,
        number,
        text(&it.branch),
        it.event_type.0.into(),
    ];
    rows.execute(
        "UPDATE appointments
         SET status = 'confirmed', start_at = $4, end_at = $5, staff = $6, host = $7, uid = $8, number = $9,
             branch = $10, event_type = $11, in_doubt = 0, next_attempt_at = NULL, reason = NULL, settled = 0,
             updated_at = $3
         WHERE company = $1 AND booking = $2",
        row.args(it.booking, rest),
    );
}

fn project_failed(row: &Row<'_>, it: &BookingFailed, rows: &mut Rows) {
    rows.execute(
        "UPDATE appointments
         SET status = 'failed', reason = $4, in_doubt = 0, next_attempt_at = NULL, under_way = NULL, updated_at = $3
         WHERE company = $1 AND booking = $2",
        row.args(it.booking, [it.reason.as_str().into()]),
    );
}

fn project_moved(row: &Row<'_>, it: &BookingMoved, rows: &mut Rows) {
    rows.execute(
        "UPDATE appointments
         SET end_at = end_at + ($4 - start_at), start_at = $4, page = $5, moves = moves + 1, under_way = NULL,
             settled = 1, in_doubt = 0, next_attempt_at = NULL, updated_at = $3
         WHERE company = $1 AND booking = $2",
        row.args(it.booking, [it.to.into(), text(&it.page)]),
    );
}

/// What was asked for will not happen; it stands as before.
fn project_stays(row: &Row<'_>, booking: BookingId, reason: &str, rows: &mut Rows) {
    rows.execute(
        "UPDATE appointments
         SET under_way = NULL, last_trouble = $4, in_doubt = 0, next_attempt_at = NULL, updated_at = $3
         WHERE company = $1 AND booking = $2",
        row.args(booking, [reason.into()]),
    );
}

fn project_cancel_requested(row: &Row<'_>, it: &BookingCancelRequested, rows: &mut Rows) {
    under_way(row, it.booking, Act::Cancel, rows);
    let reason = it.private.known().and_then(|reason| reason.text.as_deref());
    rows.execute(
        "UPDATE appointments SET cancel_reason = $4, updated_at = $3 WHERE company = $1 AND booking = $2",
        row.args(it.booking, [reason.into()]),
    );
}

fn project_cancelled(row: &Row<'_>, it: &BookingCancelled, rows: &mut Rows) {
    rows.execute(
        "UPDATE appointments
         SET status = 'cancelled', cancelled_by = $4, under_way = NULL, in_doubt = 0, next_attempt_at = NULL,
             updated_at = $3
         WHERE company = $1 AND booking = $2",
        row.args(it.booking, [it.by.as_str().into()]),
    );
}

/// A page that a booking has left settles it for itself only.
fn project_settled(row: &Row<'_>, booking: BookingId, rows: &mut Rows) {
    let Some(page) = page_of(&row.event.stream) else { return };
    rows.execute(
        "UPDATE appointments SET settled = 1, next_attempt_at = NULL, updated_at = $3
         WHERE company = $1 AND booking = $2 AND page = $4",
        row.args(booking, [text(&page)]),
    );
}

fn under_way(row: &Row<'_>, booking: BookingId, act: Act, rows: &mut Rows) {
    rows.execute(
        "UPDATE appointments SET under_way = $4, settled = 0, updated_at = $3 WHERE company = $1 AND booking = $2",
        row.args(booking, [word(&act)]),
    );
}

fn set_status(row: &Row<'_>, booking: BookingId, status: AppointmentStatus, rows: &mut Rows) {
    rows.execute(
        "UPDATE appointments SET status = $4, updated_at = $3 WHERE company = $1 AND booking = $2",
        row.args(booking, [status.into()]),
    );
}

fn provider_columns(private: &Private<ProviderRef>) -> [Value; 2] {
    let known = private.known();
    [known.map(|it| it.uid.as_str()).into(), known.map(|it| it.number).into()]
}

fn erase(company: &CompanyId, customer: CustomerId, rows: &mut Rows) {
    rows.execute(
        "UPDATE appointments
         SET name = NULL, email = NULL, phone = NULL, notes = NULL, uid = NULL, number = NULL, cancel_reason = NULL
         WHERE company = $1 AND customer = $2",
        [text(company), text(&customer)],
    );
}
