//! What is done with one booking: one exchange each, and a second where it was done before.

use super::wire::{self, BookingToMake, Cancelling, Rescheduling};
use crate::calcom::answer::{About, Answer, refused, unknown};
use crate::calcom::exchange::Ask;
use crate::calcom::line::Line;
use http::Method;
use jiff::Timestamp;
use ringbuch_domain::ports::{BookRequest, CalendarFailure, ProviderBooking};
use serde::Serialize;
use serde_json::json;

pub(in crate::calcom) async fn book(
    line: &Line<'_>,
    request: &BookRequest,
) -> Result<ProviderBooking, CalendarFailure> {
    let ask = post(line, "book", vec!["bookings"], &BookingToMake::from(request))?;
    // For some event types Cal.com answers with the booking that the same attendee already has at that time: it is
    // handed on as it is, with the id that it carries.
    line.write(ask, |answer| wire::booking(answer.data(About::EventType)?)).await
}

pub(in crate::calcom) async fn get(line: &Line<'_>, uid: &str) -> Result<ProviderBooking, CalendarFailure> {
    read(line, uid, told).await
}

pub(in crate::calcom) async fn cancel(line: &Line<'_>, uid: &str, reason: &str) -> Result<(), CalendarFailure> {
    let body = Cancelling { cancellation_reason: reason };
    let ask = post(line, "cancel", vec!["bookings", uid, "cancel"], &body)?;
    let cancelled = line.write(ask, |answer| {
        if answer.says_cancelled_already() {
            return Ok(Cancelled::Before);
        }
        answer.data(About::Booking).map(|_| Cancelled::Now)
    });
    match cancelled.await? {
        Cancelled::Now => Ok(()),
        Cancelled::Before => read(line, uid, nowhere_else).await,
    }
}

pub(in crate::calcom) async fn reschedule(
    line: &Line<'_>,
    uid: &str,
    start: Timestamp,
    reason: &str,
) -> Result<ProviderBooking, CalendarFailure> {
    let body = Rescheduling { start, rescheduling_reason: reason };
    let ask = post(line, "reschedule", vec!["bookings", uid, "reschedule"], &body)?;
    let moved = line.write(ask, |answer| match answer.says_moved_to() {
        Some(uid) => Ok(Moved::Before { uid }),
        None => told(answer).map(Moved::Now),
    });
    match moved.await? {
        Moved::Now(booking) => Ok(booking),
        // It was moved before; that it cannot be read now must not sound as if nothing had been done.
        Moved::Before { uid } => get(line, &uid).await.map_err(|_| unknown("moved_before_but_unreadable")),
    }
}

pub(in crate::calcom) async fn confirm(line: &Line<'_>, uid: &str) -> Result<ProviderBooking, CalendarFailure> {
    let ask = post(line, "confirm", vec!["bookings", uid, "confirm"], &json!({}))?;
    let confirmed =
        line.write(ask, |answer| if answer.says_confirmed_already() { Ok(None) } else { told(answer).map(Some) });
    match confirmed.await? {
        Some(booking) => Ok(booking),
        None => get(line, uid).await,
    }
}

enum Cancelled {
    Now,
    Before,
}

enum Moved {
    Now(ProviderBooking),
    Before { uid: String },
}

fn post<'a>(
    line: &Line<'_>,
    operation: &'static str,
    segments: Vec<&'a str>,
    body: &impl Serialize,
) -> Result<Ask<'a>, CalendarFailure> {
    Ok(Ask::sending(operation, Method::POST, segments, body)?.of_version(&line.versions().booking))
}

async fn read<T>(
    line: &Line<'_>,
    uid: &str,
    read: impl Fn(&Answer) -> Result<T, CalendarFailure> + Send + Sync,
) -> Result<T, CalendarFailure> {
    line.read(Ask::get("get", vec!["bookings", uid]).of_version(&line.versions().booking), read).await
}

fn told(answer: &Answer) -> Result<ProviderBooking, CalendarFailure> {
    wire::booking(answer.data(About::Booking)?)
}

/// A moved booking is cancelled under its old uid and lives on under a new one: that is no success of cancelling.
fn nowhere_else(answer: &Answer) -> Result<(), CalendarFailure> {
    match wire::moved_to(answer.data(About::Booking)?) {
        Some(_) => Err(refused("moved")),
        None => Ok(()),
    }
}
