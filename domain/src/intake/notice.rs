//! What a delivery of the calendar says: a hint which booking to look at. What is true of that booking the calendar itself
//! is asked, so that late, doubled, lost and disordered deliveries do no harm.

use super::Unreadable;
use super::value::{text, time};
use crate::diary::{Booking, ProviderRef, Standing};
use crate::ids::{BookingId, EventTypeId};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// One booking at the calendar of which something was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub event: String,
    /// How the calendar calls it; the number is 0 where only the uid was told.
    pub name: ProviderRef,
    /// What the booking was called whose place it took.
    pub former: Option<ProviderRef>,
    /// From our metadata, if it carries any.
    pub booking: Option<BookingId>,
    pub event_type: Option<EventTypeId>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
}

/// Events of which each names a booking.
const OF_BOOKINGS: [&str; 12] = [
    "BOOKING_CREATED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_REQUESTED",
    "BOOKING_PAYMENT_INITIATED",
    "BOOKING_PAID",
    ABSENCE,
    "BOOKING_LOCATION_UPDATED",
    "BOOKING_REASSIGNED",
    "MEETING_STARTED",
    "MEETING_ENDED",
];

const ABSENCE: &str = "BOOKING_NO_SHOW_UPDATED";

/// Events of the calendar that change nothing in a book. `PING` is what its page sends to try a webhook out.
const OF_NO_BOOKING: [&str; 14] = [
    "PING",
    "RECORDING_READY",
    "RECORDING_TRANSCRIPTION_GENERATED",
    "INSTANT_MEETING",
    "INSTANT_MEETING_ACCEPTED",
    "OOO_CREATED",
    "FORM_SUBMITTED",
    "FORM_SUBMITTED_NO_EVENT",
    "ROUTING_FORM_FALLBACK_HIT",
    "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
    "WRONG_ASSIGNMENT_REPORT",
    "DELEGATION_CREDENTIAL_ERROR",
    "CALENDAR_ENTRY_REJECTED",
];

/// Reads a raw body; nothing where it is about no booking.
pub fn notice(body: &[u8]) -> Result<Option<Notice>, Unreadable> {
    let root = super::reading::object_of(body)?;
    let event = match root.get("triggerEvent") {
        Some(Value::String(event)) => event.as_str(),
        Some(_) => return Err(Unreadable::WrongType { field: "triggerEvent", expected: "a text" }),
        None => return Err(Unreadable::Missing("triggerEvent")),
    };
    if OF_NO_BOOKING.contains(&event) {
        return Ok(None);
    }
    if !OF_BOOKINGS.contains(&event) {
        let named = event.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
        return Err(Unreadable::UnknownEvent(named));
    }
    // What is told of a meeting stands at the root.
    let told = root.get("payload").and_then(Value::as_object).unwrap_or(&root);
    told_of(event, told).map(Some)
}

fn told_of(event: &str, told: &Map<String, Value>) -> Result<Notice, Unreadable> {
    let uid = field(told, "uid").or_else(|| field(told, "bookingUid")).ok_or(Unreadable::Missing("uid"))?;
    let number = |name: &str| told.get(name).and_then(Value::as_i64);
    let former = field(told, "rescheduleUid").filter(|former| *former != uid);
    Ok(Notice {
        event: event.to_owned(),
        name: name(uid, number("bookingId").or_else(|| number("id")))?,
        former: former.map(|uid| name(uid, number("rescheduleId"))).transpose()?,
        booking: told.get("metadata").and_then(|metadata| text(metadata.get("ringbuch_booking")?)?.parse().ok()),
        event_type: number("eventTypeId").map(EventTypeId),
        start: told.get("startTime").and_then(time),
        end: told.get("endTime").and_then(time),
    })
}

/// A uid becomes part of an address, so it must look like one.
fn name(uid: String, number: Option<i64>) -> Result<ProviderRef, Unreadable> {
    let fits = uid.len() <= 128 && uid.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    let expected = "the uid of a booking";
    if fits {
        Ok(ProviderRef { uid, number: number.unwrap_or(0) })
    } else {
        Err(Unreadable::WrongType { field: "uid", expected })
    }
}

fn field(told: &Map<String, Value>, name: &str) -> Option<String> {
    told.get(name).and_then(text)
}

impl Notice {
    pub fn is_of_absence(&self) -> bool {
        self.event == ABSENCE
    }

    /// The book says so already, so the calendar need not be asked. Most of what it tells is the echo of what was asked of
    /// it from here.
    pub fn is_known_to(&self, booking: &Booking) -> bool {
        let named = booking.provider.known().is_some_and(|known| known.uid == self.name.uid);
        let same_time = self.start == Some(booking.slot.start) && self.end == Some(booking.slot.end);
        match self.event.as_str() {
            "BOOKING_CREATED" | "BOOKING_RESCHEDULED" => named && same_time && booking.standing == Standing::Confirmed,
            "BOOKING_REQUESTED" => named && same_time && booking.standing == Standing::Pending,
            "BOOKING_CANCELLED" => named && booking.standing == Standing::Cancelled,
            "MEETING_STARTED" => named,
            _ => false,
        }
    }
}
