//! What is done with one booking. A booking that exists is named by its number, and cancelled by DELETE: POST is refused.

use super::wire::{self, BookingAsTold, BookingToMake};
use crate::calcom::answer::{About, Answer, not_sent, refused};
use crate::calcom::exchange::Ask;
use crate::calcom::line::Line;
use http::Method;
use jiff::Timestamp;
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ports::{BookRequest, CalendarFailure, ProviderBooking};

pub(in crate::calcom) async fn book(
    line: &Line<'_>,
    request: &BookRequest,
) -> Result<ProviderBooking, CalendarFailure> {
    make(line, "book", &BookingToMake::from(request)).await
}

pub(in crate::calcom) async fn get(line: &Line<'_>, name: &ProviderRef) -> Result<ProviderBooking, CalendarFailure> {
    read(line, name, |answer| wire::booking(answer.under("booking", About::Booking)?)).await
}

pub(in crate::calcom) async fn cancel(
    line: &Line<'_>,
    name: &ProviderRef,
    reason: &str,
) -> Result<(), CalendarFailure> {
    let number = name.number.to_string();
    let ask = Ask::get("cancel", vec!["bookings", &number, "cancel"]).with("cancellationReason", &reason);
    let ask = Ask { method: Method::DELETE, ..ask };
    line.write(ask, |answer| if answer.says_cancelled_already() { Ok(()) } else { answer.succeeded(About::Booking) })
        .await
}

/// It has no act of moving: a booking is made in place of the old one, from what the old one holds.
pub(in crate::calcom) async fn reschedule(
    line: &Line<'_>,
    name: &ProviderRef,
    start: Timestamp,
    reason: &str,
) -> Result<ProviderBooking, CalendarFailure> {
    let old = read(line, name, |answer| BookingAsTold::read(answer.under("booking", About::Booking)?)).await;
    let moved = old.map_err(nothing_done)?.moved_to(start, reason);
    make(line, "reschedule", &moved.ok_or_else(|| refused("cannot_be_made_anew"))?).await
}

/// Nobody has been asked to move anything yet, whatever became of the question.
fn nothing_done(failure: CalendarFailure) -> CalendarFailure {
    match failure {
        CalendarFailure::Unknown { reason } => not_sent(&reason),
        failure => failure,
    }
}

async fn make(
    line: &Line<'_>,
    operation: &'static str,
    booking: &BookingToMake,
) -> Result<ProviderBooking, CalendarFailure> {
    let ask = Ask::sending(operation, Method::POST, vec!["bookings"], booking)?;
    // The booking itself, or wrapped as its description says.
    line.write(ask, |answer| wire::booking(answer.under("booking", About::EventType)?)).await
}

async fn read<T>(
    line: &Line<'_>,
    name: &ProviderRef,
    read: impl Fn(&Answer) -> Result<T, CalendarFailure> + Send + Sync,
) -> Result<T, CalendarFailure> {
    let number = name.number.to_string();
    line.read(Ask::get("get", vec!["bookings", &number]), read).await
}
