//! The body of POST /v2/bookings, checked as Cal.com checks it before it looks at any calendar.

use jiff::{Timestamp, tz::TimeZone};
use rlibphonenumber::PhoneNumber;
use serde_json::{Map, Value};

use super::{
    access::Call,
    booking::Attendee,
    fields::{Wrong, given},
    instants,
    problem::Problem,
    versions::BOOKINGS_2024,
};

pub(super) struct BookingInput {
    pub(super) start: Timestamp,
    pub(super) kind: Kind,
    pub(super) attendee: Attendee,
    /// Whether the address was given or made up from the number.
    pub(super) has_email: bool,
    pub(super) responses: Map<String, Value>,
    pub(super) guests: Vec<String>,
    pub(super) location: Option<Value>,
    pub(super) metadata: Map<String, Value>,
    pub(super) length: Option<u64>,
    /// `routing.teamMemberIds`
    pub(super) routed_to: Option<Vec<u64>>,
    /// `rrHostSubsetIds`
    pub(super) host_subset: Option<Vec<u64>>,
    pub(super) allow_conflicts: bool,
    pub(super) allow_out_of_bounds: bool,
}

/// How the event type was named.
pub(super) enum Kind {
    Id(u64),
    OfUser { slug: String, username: String },
    OfTeam { slug: String, team: String },
}

const KNOWN: [&str; 19] = [
    "start",
    "attendee",
    "bookingFieldsResponses",
    "eventTypeId",
    "eventTypeSlug",
    "username",
    "teamSlug",
    "organizationSlug",
    "guests",
    "meetingUrl",
    "location",
    "metadata",
    "lengthInMinutes",
    "routing",
    "emailVerificationCode",
    "instant",
    "recurrenceCount",
    "rrHostSubsetIds",
    "allowConflicts",
];
const KNOWN_2026: [&str; 2] = ["allowBookingOutOfBounds", "skipBookingLimits"];

const LANGUAGES: [&str; 44] = [
    "ar", "ca", "de", "es", "eu", "he", "id", "ja", "lv", "pl", "ro", "sr", "th", "vi", "az", "cs", "el", "es-419",
    "fi", "hr", "it", "km", "nl", "pt", "ru", "sv", "tr", "zh-CN", "bg", "da", "en", "et", "fr", "hu", "iw", "ko",
    "no", "pt-BR", "sk", "sl", "ta", "uk", "zh-TW", "bn",
];

impl BookingInput {
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Problem> {
        let fields = call.body()?;
        let mut wrong = Wrong::default();
        let newer: &[&str] = if call.version == BOOKINGS_2024 { &[] } else { &KNOWN_2026 };
        wrong.unknown(&fields, &[&KNOWN, newer].concat());
        let start = wrong.text(&fields, "start").and_then(|text| instants::read(&text));
        if start.is_none() {
            wrong.add("start", "start must be a valid ISO 8601 date string");
        }
        let attendee = read_attendee(&fields, &mut wrong);
        let kind = read_kind(&fields, &mut wrong);
        let metadata = wrong.object(&fields, "metadata");
        if !acceptable_metadata(&metadata) {
            wrong.add("metadata", METADATA_RULE);
        }
        let read = Rest::read(&fields, &mut wrong);
        wrong.finish()?;
        let (Some(start), Some((attendee, has_email)), Some(kind)) = (start, attendee, kind) else {
            return Err(Problem::internal());
        };
        let Rest { responses, guests, location, length, routed_to, host_subset, allow_conflicts, allow_out_of_bounds } =
            read;
        Ok(Self {
            start,
            kind,
            attendee,
            has_email,
            responses,
            guests,
            location,
            metadata,
            length,
            routed_to,
            host_subset,
            allow_conflicts,
            allow_out_of_bounds,
        })
    }
}

/// The optional fields.
struct Rest {
    responses: Map<String, Value>,
    guests: Vec<String>,
    location: Option<Value>,
    length: Option<u64>,
    routed_to: Option<Vec<u64>>,
    host_subset: Option<Vec<u64>>,
    allow_conflicts: bool,
    allow_out_of_bounds: bool,
}

impl Rest {
    fn read(fields: &Map<String, Value>, wrong: &mut Wrong) -> Self {
        let routing = wrong.object(fields, "routing");
        let location = given(fields, "location").or_else(|| given(fields, "meetingUrl")).cloned();
        if location.as_ref().is_some_and(|location| !location.is_string() && location.get("type").is_none()) {
            wrong.add("location", "location must have a known type");
        }
        Self {
            responses: wrong.object(fields, "bookingFieldsResponses"),
            guests: read_guests(fields, wrong),
            location,
            length: wrong.whole(fields, "lengthInMinutes"),
            routed_to: wrong.wholes(&routing, "teamMemberIds"),
            host_subset: wrong.wholes(fields, "rrHostSubsetIds"),
            allow_conflicts: wrong.flag(fields, "allowConflicts"),
            allow_out_of_bounds: wrong.flag(fields, "allowBookingOutOfBounds"),
        }
    }
}

fn read_guests(fields: &Map<String, Value>, wrong: &mut Wrong) -> Vec<String> {
    let Some(guests) = given(fields, "guests") else { return Vec::new() };
    let texts = |list: &Vec<Value>| list.iter().map(|guest| guest.as_str().map(str::to_owned)).collect();
    let guests = guests.as_array().and_then(texts);
    guests.unwrap_or_else(|| {
        wrong.add("guests", "each value in guests must be a string");
        Vec::new()
    })
}

fn read_kind(fields: &Map<String, Value>, wrong: &mut Wrong) -> Option<Kind> {
    let id = wrong.whole(fields, "eventTypeId");
    let slug = wrong.text(fields, "eventTypeSlug");
    let username = wrong.text(fields, "username");
    let team = wrong.text(fields, "teamSlug");
    match (id, slug, username, team) {
        (Some(id), ..) => Some(Kind::Id(id)),
        (None, Some(slug), Some(username), _) => Some(Kind::OfUser { slug, username }),
        (None, Some(slug), None, Some(team)) => Some(Kind::OfTeam { slug, team }),
        _ => {
            wrong.add("eventTypeId or eventTypeSlug + username", KIND_RULE);
            None
        }
    }
}

const KIND_RULE: &str = "Either eventTypeId or eventTypeSlug + username or eventTypeSlug + teamSlug must be provided";
const METADATA_RULE: &str =
    "Metadata must have at most 50 keys, each key up to 40 characters, and string values up to 500 characters.";

fn acceptable_metadata(metadata: &Map<String, Value>) -> bool {
    let acceptable = |value: &Value| match value {
        Value::String(text) => text.chars().count() <= 500,
        Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    };
    metadata.len() <= 50 && metadata.iter().all(|(key, value)| key.chars().count() <= 40 && acceptable(value))
}

/// The attendee, and whether an address was given.
fn read_attendee(fields: &Map<String, Value>, wrong: &mut Wrong) -> Option<(Attendee, bool)> {
    let Some(Value::Object(given)) = fields.get("attendee") else {
        wrong.add("attendee", "attendee should not be null or undefined");
        return None;
    };
    let mut inner = Wrong::default();
    inner.unknown(given, &["name", "email", "timeZone", "phoneNumber", "language"]);
    let email = inner.text(given, "email").filter(|email| !email.is_empty());
    let phone = inner.text(given, "phoneNumber").filter(|phone| !phone.is_empty());
    if email.is_none() && phone.is_none() {
        inner.add("attendee email or phone", CONTACT_RULE);
    }
    let name = inner.text(given, "name");
    if name.is_none() {
        inner.add("name", "name must be a string");
    }
    let zone = inner.text(given, "timeZone").filter(|zone| TimeZone::get(zone).is_ok());
    if zone.is_none() {
        inner.add("timeZone", "timeZone must be a valid IANA time-zone");
    }
    if phone.as_deref().is_some_and(|phone| !is_e164(phone)) {
        inner.add("phoneNumber", "phoneNumber must be a valid phone number in international format");
    }
    let language = inner.text(given, "language").unwrap_or_else(|| "en".into());
    if !LANGUAGES.contains(&language.as_str()) {
        inner.add("language", &format!("language must be one of the following values: {}", LANGUAGES.join(", ")));
    }
    wrong.nest("attendee", &inner);
    let has_email = email.is_some();
    let email = email.or_else(|| phone.as_deref().map(address_of_phone))?;
    Some((Attendee { name: name?, email, phone, time_zone: zone?, language, absent: false }, has_email))
}

const CONTACT_RULE: &str = "Attendee must have at least one contact method (email or phone number)";

/// In E.164 and valid in its country, by the same rules as libphonenumber.
fn is_e164(phone: &str) -> bool {
    phone.parse::<PhoneNumber>().is_ok_and(|number| number.is_valid() && number.to_string() == phone)
}

/// The address that Cal.com makes up for attendees who gave a number alone.
pub(super) fn address_of_phone(phone: &str) -> String {
    format!("{}@sms.cal.com", phone.trim_start_matches('+'))
}

#[cfg(test)]
mod tests {
    use super::is_e164;

    #[test]
    fn numbers() {
        let table = [
            ("+493023125000", true),
            ("+491713920042", true),
            ("03023125000", false),
            ("+49 30 23125000", false),
            ("+4912", false),
            ("anonymous", false),
        ];
        for (number, expected) in table {
            assert_eq!(is_e164(number), expected, "{number}");
        }
    }
}
