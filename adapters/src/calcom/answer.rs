//! An answer of Cal.com, and what each refusal of it means. Its errors come in three shapes and as sentences, a conflict
//! among them as status 400, so the sentences are what is compared.

use super::sentences::{REFUSALS, TAKEN};
use http::StatusCode;
use ringbuch_domain::ports::CalendarFailure;
use serde_json::Value;

/// What was asked about, where the same status means different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// An event type, whatever is to be made of it.
    EventType,
    /// A booking that exists.
    Booking,
    Schedule,
    Webhook,
    /// A list, or whose key it is.
    List,
}

pub(super) struct Answer {
    pub status: StatusCode,
    /// Nothing if the body is not JSON.
    pub json: Option<Value>,
}

/// Reasons that are told apart in code as well.
pub(super) const NO_CONNECTION: &str = "no_connection";
pub(super) const KEY_REFUSED: &str = "key_refused";
pub(super) const RATE_LIMITED: &str = "rate_limited";

impl Answer {
    pub(super) fn new(status: StatusCode, body: &[u8]) -> Self {
        Self { status, json: serde_json::from_slice(body).ok() }
    }

    /// The `data` of a success, or the failure that the answer means.
    pub(super) fn data(&self, about: About) -> Result<&Value, CalendarFailure> {
        if !self.status.is_success() {
            return Err(self.failure(about));
        }
        let succeeded = |json: &&Value| json.get("status").and_then(Value::as_str) == Some("success");
        let data = self.json.as_ref().filter(succeeded).and_then(|json| json.get("data"));
        data.ok_or_else(unreadable)
    }

    /// A success whose `data`, if there is any, says nothing more.
    pub(super) fn succeeded(&self, about: About) -> Result<(), CalendarFailure> {
        if self.status.is_success() { Ok(()) } else { Err(self.failure(about)) }
    }

    /// What a success of version 1 holds under that name, or the whole of it where it is wrapped in nothing.
    pub(super) fn under(&self, name: &str, about: About) -> Result<&Value, CalendarFailure> {
        self.succeeded(about)?;
        let json = self.json.as_ref().ok_or_else(unreadable)?;
        Ok(json.get(name).unwrap_or(json))
    }

    /// The list that a success of version 1 holds under that name.
    pub(super) fn list_under(&self, name: &str) -> Result<&Vec<Value>, CalendarFailure> {
        self.under(name, About::List)?.as_array().ok_or_else(unreadable)
    }

    /// It is about a booking that stands already.
    pub(super) fn says_confirmed_already(&self) -> bool {
        self.status == StatusCode::BAD_REQUEST && self.said().contains("already confirmed")
    }

    /// It is about a cancelling that had been done before.
    pub(super) fn says_cancelled_already(&self) -> bool {
        let said = self.said();
        self.status == StatusCode::BAD_REQUEST
            && (said.contains("already been cancelled") || said.contains("been cancelled already"))
    }

    /// The uid of the booking that this one was moved to before, named in the refusal to move it again.
    pub(super) fn says_moved_to(&self) -> Option<String> {
        if self.status != StatusCode::BAD_REQUEST {
            return None;
        }
        let texts = self.texts();
        let named = texts.iter().find_map(|text| text.split_once("rescheduled already to booking with uid="))?.1;
        let uid: String = named.chars().take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect();
        // A uid that Cal.com could not find reads "undefined".
        (!uid.is_empty() && uid != "undefined" && uid != "null").then_some(uid)
    }

    fn failure(&self, about: About) -> CalendarFailure {
        match self.status.as_u16() {
            // These are sent on before anything is done with the request.
            301 | 307 | 308 => not_sent("redirected"),
            300..=399 => unknown(format!("http_{}", self.status.as_u16())),
            _ if self.status.is_client_error() => self.client_error(about),
            _ => unknown(format!("http_{}", self.status.as_u16())),
        }
    }

    fn client_error(&self, about: About) -> CalendarFailure {
        let said = self.said();
        let taken = TAKEN.iter().any(|part| said.contains(part));
        let refusal = REFUSALS.iter().find(|(part, _)| said.contains(part)).map(|(_, reason)| *reason);
        match (self.status, refusal) {
            (StatusCode::TOO_MANY_REQUESTS, _) => not_sent(RATE_LIMITED),
            // Cal.com itself gave up waiting, or something on the way did.
            (StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY, _) => {
                unknown(format!("http_{}", self.status.as_u16()))
            }
            _ if taken => CalendarFailure::Taken,
            (_, Some(reason)) => refused(reason),
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, None) => not_sent(KEY_REFUSED),
            (StatusCode::CONFLICT, None) => CalendarFailure::Taken,
            // Without Cal.com's own words it may be something on the way that speaks.
            (_, None) if self.json.is_none() => unreadable(),
            (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, None) => self.not_found(about, &said),
            (_, None) => refused("refused"),
        }
    }

    /// A route that does not exist speaks of a wrong base address or version, not of the booking.
    fn not_found(&self, about: About, said: &str) -> CalendarFailure {
        let no_route = self.status == StatusCode::METHOD_NOT_ALLOWED
            || ["cannot get /", "cannot post /", "cannot patch /", "cannot delete /"]
                .iter()
                .any(|part| said.contains(part));
        match about {
            _ if no_route => not_sent("route_unknown"),
            About::EventType => refused("event_type_unknown"),
            About::Booking | About::Webhook => refused("gone"),
            About::Schedule => refused("schedule_unknown"),
            About::List => refused("list_unknown"),
        }
    }

    /// Everything that it says, in small letters.
    fn said(&self) -> String {
        self.texts().join("\n").to_lowercase()
    }

    /// The texts of the three shapes: under `error` (code, message, details), or at the top.
    fn texts(&self) -> Vec<&str> {
        let mut texts = Vec::new();
        for name in ["error", "message"] {
            if let Some(value) = self.json.as_ref().and_then(|json| json.get(name)) {
                collect(value, &mut texts, 0);
            }
        }
        texts
    }
}

/// Texts at any place of it, however an error nests them (within reason).
fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>, depth: usize) {
    const DEEPEST: usize = 8;
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) if depth < DEEPEST => values.iter().for_each(|value| collect(value, texts, depth + 1)),
        Value::Object(fields) if depth < DEEPEST => fields.values().for_each(|value| collect(value, texts, depth + 1)),
        _ => {}
    }
}

pub(super) fn refused(reason: &str) -> CalendarFailure {
    CalendarFailure::Refused { reason: reason.into() }
}

pub(super) fn not_sent(reason: &str) -> CalendarFailure {
    CalendarFailure::NotSent { reason: reason.into(), retry_after: None }
}

pub(super) fn unknown(reason: impl Into<String>) -> CalendarFailure {
    CalendarFailure::Unknown { reason: reason.into() }
}

pub(super) fn unreadable() -> CalendarFailure {
    unknown("unreadable_answer")
}

#[cfg(test)]
mod tests {
    use super::About::{Booking, EventType, List, Schedule, Webhook};
    use super::*;
    use crate::calcom::sentences::ROLE_MISSING;

    fn answer(status: u16, body: &str) -> Answer {
        Answer::new(StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    /// The shape of Cal.com's own filters.
    fn shape_a(code: &str, message: &str) -> String {
        serde_json::json!({
            "status": "error",
            "timestamp": "2026-11-20T12:00:00.000Z",
            "path": "/v2/bookings",
            "error": {"code": code, "message": message, "details": {"message": message, "error": "Bad Request"}},
        })
        .to_string()
    }

    /// The shape of an error that no filter caught.
    fn shape_b(status: u16, message: &str) -> String {
        serde_json::json!({"statusCode": status, "message": message}).to_string()
    }

    const OUT_OF_BOUNDS: &str = "The event type can't be booked at the \"start\" time provided. This could be because \
        it's too soon (violating the minimum booking notice) or too far in the future (outside the event's scheduling \
        window). Try fetching available slots first using the GET /v2/slots endpoint.";

    #[test]
    fn every_documented_refusal_of_a_booking_has_its_meaning() {
        let bad = |message: &str| shape_a("BadRequestException", message);
        let (taken, refused_as) = (CalendarFailure::Taken, refused);
        for (status, body, failure) in [
            (400, bad("User either already has booking at this time or is not available"), taken.clone()),
            (400, bad("One of the hosts either already has booking at this time or is not available"), taken.clone()),
            (400, bad("An error occurred while querying the database."), taken.clone()),
            (400, shape_b(400, "no_available_users_found_error"), taken.clone()),
            (409, shape_b(409, "booking_conflict_error"), taken.clone()),
            (409, shape_b(409, "booking_conflict"), taken.clone()),
            (409, shape_b(409, "hosts_unavailable_for_booking"), taken.clone()),
            (409, shape_b(409, "fixed_hosts_unavailable_for_booking"), taken.clone()),
            (409, shape_a("ConflictException", "No more seats left at this seated booking."), taken.clone()),
            (409, "<html>".into(), taken.clone()),
            (400, bad("A resource with these details already exists."), taken),
            (400, bad(OUT_OF_BOUNDS), refused_as("too_soon_or_too_far")),
            (400, bad("Attempting to book a meeting in the past."), refused_as("in_the_past")),
            (
                400,
                bad(
                    "Attendee with this email can't book because the maximum number of active bookings has been reached. \
                     You can reschedule your existing booking (abc) to a new timeslot instead.",
                ),
                refused_as("customer_limit"),
            ),
            (
                400,
                bad("Missing attendee phone number - it is required by the event type. Pass it as \
                     \"attendee.phoneNumber\" string in the request."),
                refused_as("field_missing"),
            ),
            (
                400,
                bad("Missing required booking field response: insurance - it is required"),
                refused_as("field_missing"),
            ),
            (400, shape_b(400, "{email}error_required_field"), refused_as("field_missing")),
            (
                400,
                bad("Attendee must have at least one contact method (email or phone number)"),
                refused_as("field_missing"),
            ),
            (400, bad("end property is wrong,property end should not exist "), refused_as("field_wrong")),
            (
                400,
                bad("Event type with id=7 is the parent managed event type that can't be booked."),
                refused_as("event_type_not_bookable"),
            ),
            (
                422,
                shape_a("UnprocessableEntityException", "Can't book this team event type because it has no hosts."),
                refused_as("event_type_not_bookable"),
            ),
            (404, shape_a("NotFoundException", "Event type with id 7 not found."), refused_as("event_type_unknown")),
            (403, shape_b(403, "Cannot use this email to create the booking."), refused_as("email_refused")),
            (400, bad("Something nobody has documented"), refused_as("refused")),
            (401, shape_a("UnauthorizedException", "Invalid API Key"), not_sent("key_refused")),
            (
                403,
                shape_a("ForbiddenException", "checkBookingRequiresAuthentication - user is not authorized"),
                not_sent("key_refused"),
            ),
            (401, "<html>".into(), not_sent("key_refused")),
            (429, shape_a("ThrottlerException", "Too Many Requests"), not_sent("rate_limited")),
            (404, shape_a("NotFoundException", "Cannot POST /v2/bookings"), not_sent("route_unknown")),
            (308, String::new(), not_sent("redirected")),
            (302, String::new(), unknown("http_302")),
            (408, String::new(), unknown("http_408")),
            (500, shape_b(500, "Internal server error"), unknown("http_500")),
            (500, shape_b(500, "round_robin_host_unavailable_for_booking"), unknown("http_500")),
            (500, shape_a("INTERNAL_SERVER_ERROR", "Something went wrong."), unknown("http_500")),
            (502, "<html>".into(), unknown("http_502")),
            (504, String::new(), unknown("http_504")),
            (400, "<html>".into(), unreadable()),
            (404, r#"{"status":"err"#.into(), unreadable()),
            (201, "<html>".into(), unreadable()),
            (201, r#"{"status":"success"}"#.into(), unreadable()),
            (200, r#"{"status":"error","data":{}}"#.into(), unreadable()),
            (204, String::new(), unreadable()),
        ] {
            assert_eq!(answer(status, &body).data(EventType), Err(failure), "{status} {body}");
        }
    }

    #[test]
    fn details_are_read_as_text_as_object_and_as_list() {
        let taken = "User either already has booking at this time or is not available";
        for error in [
            serde_json::json!({"error": {"code": "BAD_REQUEST", "message": "Bad Request", "details": {"message": taken}}}),
            serde_json::json!({"error": {"details": {"message": {"message": taken}}}}),
            serde_json::json!({"error": taken}),
            serde_json::json!({"message": [taken]}),
        ] {
            assert_eq!(answer(400, &error.to_string()).data(EventType), Err(CalendarFailure::Taken), "{error}");
        }
    }

    #[test]
    fn what_is_not_there_depends_on_what_was_asked() {
        let body = shape_a("NotFoundException", "Booking with uid=abc was not found in the database");
        for (about, reason) in [(Booking, "gone"), (List, "list_unknown"), (EventType, "event_type_unknown")] {
            assert_eq!(answer(404, &body).data(about), Err(refused(reason)), "{about:?}");
        }
    }

    #[test]
    fn refusals_to_cancel_or_move() {
        let bad = |message: &str| shape_a("BadRequestException", message);
        for (body, reason) in [
            (shape_b(400, "Cannot cancel a booking that has already ended"), "ended"),
            (bad("Cancellation reason is required"), "field_missing"),
            (bad("Event type does not allow cancellations"), "cancelling_not_allowed"),
            (bad("This event type does not allow rescheduling"), "rescheduling_not_allowed"),
            (
                bad("Can't reschedule booking with uid=abc because it has been cancelled. Please provide another."),
                "cancelled",
            ),
        ] {
            assert_eq!(answer(400, &body).data(Booking), Err(refused(reason)), "{body}");
        }
    }

    #[test]
    fn refusals_of_what_is_set_up() {
        let (bad, forbidden) = ("BadRequestException", "ForbiddenException");
        for (status, body, about, failure) in [
            (
                404,
                shape_a("NotFoundException", "Event Type with ID=7 not found"),
                EventType,
                refused("event_type_unknown"),
            ),
            (403, shape_a(forbidden, "User with ID=1 does not own schedule with ID=2"), Schedule, refused("not_owner")),
            (
                404,
                shape_a("NotFoundException", "Schedule with ID=2 does not exist."),
                Schedule,
                refused("schedule_unknown"),
            ),
            (403, shape_a(forbidden, "RolesGuard - User is not an admin or owner."), List, refused(ROLE_MISSING)),
            (
                409,
                shape_a("ConflictException", "Webhook with this subscriber url already exists"),
                Webhook,
                refused("exists_already"),
            ),
            (404, shape_a("NotFoundException", "Webhook with id 3 not found"), Webhook, refused("gone")),
            (400, shape_a(bad, "Booking is not pending any more"), Booking, refused("not_pending")),
            (404, shape_a("NotFoundException", "Cannot PATCH /v2/webhooks/3"), Webhook, not_sent("route_unknown")),
            (403, shape_b(403, "You are not allowed to access this booking"), Booking, not_sent("key_refused")),
        ] {
            assert_eq!(answer(status, &body).data(about), Err(failure), "{status} {body}");
        }
        assert!(answer(400, &shape_a(bad, "Booking already confirmed")).says_confirmed_already());
        assert!(!answer(500, &shape_a(bad, "Booking already confirmed")).says_confirmed_already());
    }

    #[test]
    fn a_second_cancelling_is_recognised_in_every_wording() {
        for (status, message, already) in [
            (400, "This booking has already been cancelled.", true),
            (400, "Can't cancel booking with uid=abc because it has been cancelled already. Please provide uid", true),
            (400, "Cancellation reason is required", false),
            (500, "This booking has already been cancelled.", false),
        ] {
            assert_eq!(answer(status, &shape_a("", message)).says_cancelled_already(), already, "{message}");
        }
    }

    #[test]
    fn a_second_move_names_where_the_booking_is_now() {
        let moved = |to: &str| {
            shape_a(
                "BadRequestException",
                &format!(
                    "Can't reschedule booking with uid=oldUid because it has been cancelled and rescheduled already to \
                     booking with uid={to}. You probably want to reschedule {to} instead by passing it within the \
                     request URL."
                ),
            )
        };
        assert_eq!(answer(400, &moved("new_Uid-1")).says_moved_to().as_deref(), Some("new_Uid-1"));
        assert_eq!(answer(400, &moved("undefined")).says_moved_to(), None);
        assert_eq!(answer(500, &moved("new")).says_moved_to(), None);
        assert_eq!(answer(400, &shape_a("", "because it has been cancelled.")).says_moved_to(), None);
    }
}
