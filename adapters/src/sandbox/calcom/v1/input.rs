//! The body of POST /v1/bookings. What it does not know it strips in silence, `teamId` among it.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value};

use super::{
    super::{
        access::Call,
        booking::Attendee,
        booking_input::{BookingInput, Kind},
        fields::given,
        instants,
    },
    problem::Refusal,
};

pub(super) struct Input {
    pub(super) booking: BookingInput,
    pub(super) end: Option<Timestamp>,
    pub(super) reschedule_uid: Option<String>,
    pub(super) reschedule_reason: Option<String>,
}

impl Input {
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let fields = call.body()?;
        // A number sent as text goes through to the database, and breaks there.
        let id = required(&fields, "eventTypeId")?.as_u64();
        let id = id.ok_or_else(|| Refusal::bad_request("An error occured while querying the database"))?;
        let start = instants::read(&text(&fields, "start")?).ok_or_else(|| invalid("start"))?;
        let end = given(&fields, "end").map(|end| end.as_str().and_then(instants::read).ok_or_else(|| invalid("end")));
        let responses = object(&fields, "responses")?;
        let metadata = object(&fields, "metadata")?;
        if let Some((name, _)) = metadata.iter().find(|(_, value)| !value.is_string()) {
            return Err(Refusal::bad_request(format!("invalid_type in 'metadata,{name}': Expected string")));
        }
        let booking = BookingInput {
            start,
            kind: Kind::Id(id),
            attendee: attendee(&fields, &responses)?,
            has_email: true,
            responses: responses.iter().filter(|(name, _)| !OWN.contains(&name.as_str())).map(owned).collect(),
            guests: Vec::new(),
            location: None,
            metadata,
            length: None,
            routed_to: None,
            host_subset: None,
            allow_conflicts: false,
            allow_out_of_bounds: false,
        };
        let reason = responses.get("rescheduleReason").and_then(Value::as_str).map(str::to_owned);
        let reschedule_uid = given(&fields, "rescheduleUid").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { booking, end: end.transpose()?, reschedule_uid, reschedule_reason: reason })
    }
}

/// Answers that stand with the attendee.
const OWN: [&str; 4] = ["name", "email", "attendeePhoneNumber", "rescheduleReason"];

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

fn attendee(fields: &Map<String, Value>, responses: &Map<String, Value>) -> Result<Attendee, Refusal> {
    let time_zone = text(fields, "timeZone")?;
    if TimeZone::get(&time_zone).is_err() {
        return Err(invalid("timeZone"));
    }
    let answer = |name: &str| responses.get(name).and_then(Value::as_str).map(str::to_owned);
    let missing = |name: &str| Refusal::bad_request(format!("custom in 'responses': {{{name}}}error_required_field"));
    let email = answer("email").ok_or_else(|| missing("email"))?;
    if !email.contains('@') {
        return Err(Refusal::bad_request("custom in 'responses': {email}email_validation_error"));
    }
    Ok(Attendee {
        name: answer("name").ok_or_else(|| missing("name"))?,
        email,
        phone: answer("attendeePhoneNumber"),
        time_zone,
        language: text(fields, "language")?,
        absent: false,
    })
}

fn required<'f>(fields: &'f Map<String, Value>, name: &str) -> Result<&'f Value, Refusal> {
    given(fields, name).ok_or_else(|| invalid(name))
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    required(fields, name)?.as_str().map(str::to_owned).ok_or_else(|| invalid(name))
}

fn object(fields: &Map<String, Value>, name: &str) -> Result<Map<String, Value>, Refusal> {
    required(fields, name)?.as_object().cloned().ok_or_else(|| invalid(name))
}

fn invalid(name: &str) -> Refusal {
    Refusal::bad_request(format!("invalid_type in '{name}': Required"))
}
