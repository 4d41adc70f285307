//! Version 1 against a server that answers as ordered: what is sent to the letter, and what its refusals mean.

use super::super::*;
use super::{EveryCompany, at, name, not_sent, ours, refused, request, salon, unknown};
use crate::outbound::fake::{Fake, Reply, TestClock, local};
use crate::provider::Around;
use ringbuch_domain::ports::{BookRequest, Calendar, CalendarFailure};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Of the company that these tests ask for.
const KEY: &str = "cal_test_1";

fn calcom_at(base_url: String) -> Calcom {
    let companies = Arc::new(EveryCompany { base_url, api: Api::V1 });
    let options = CalcomOptions { write_total: Duration::from_secs(2), ..CalcomOptions::default() };
    Calcom::new(local(), companies, Around::alone(TestClock::shared()), options)
}

fn told(status: &str) -> Value {
    json!({
        "id": 123,
        "uid": "uid_1",
        "userId": 7,
        "eventTypeId": 7,
        "title": "Schnitt",
        "startTime": "2026-11-24T10:00:00.000Z",
        "endTime": "2026-11-24T10:30:00.000Z",
        "status": status,
        "attendees": [{"name": "Max Mustermann", "email": "max@example.com", "timeZone": "Europe/Berlin", "locale": "de"}],
        "metadata": {"ringbuch_booking": ours().to_string(), "ringbuch_attempt": "2", "count": 3, "nested": {}},
        "responses": {"name": "Max Mustermann", "email": "max@example.com", "attendeePhoneNumber": "+493023125000"},
    })
}

#[tokio::test]
async fn a_booking_is_sent_as_version_1_wants_it() {
    let fake = Fake::start().await;
    fake.next(Reply::json(200, &told("ACCEPTED").to_string()));
    // Or wrapped, as its description has it.
    fake.next(Reply::json(200, &json!({"booking": told("PENDING")}).to_string()));
    for base_url in [fake.url(), format!("{}/v1/", fake.url())] {
        let request = BookRequest { team: Some(5), ..request() };
        assert_eq!(calcom_at(base_url).book(&salon(), &request).await.unwrap().number, 123);
    }
    for asked in fake.requests() {
        assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/v1/bookings?apiKey=cal_test_1"));
        assert_eq!((asked.header("authorization"), asked.header("cal-api-version")), ("", ""));
        let expected = json!({
            "eventTypeId": 7,
            "teamId": 5,
            "start": "2026-11-24T10:00:00Z",
            "end": "2026-11-24T10:30:00Z",
            "responses": {
                "name": "Max Mustermann",
                "email": "max@example.com",
                "attendeePhoneNumber": "+493023125000",
                "notes": "Via Telefon gebucht\nMöchte einen Haarschnitt.",
            },
            "timeZone": "Europe/Berlin",
            "language": "de",
            "metadata": {
                "ringbuch_booking": "00000000-0000-0000-0000-000000000001",
                "ringbuch_call": "call_demo_0001",
                "ringbuch_attempt": "2",
                "source": "ringbuch",
            },
        });
        assert_eq!(asked.json(), expected);
    }
}

#[tokio::test]
async fn a_move_sends_all_that_the_old_booking_holds() {
    let fake = Fake::start().await;
    fake.next(Reply::json(200, &json!({"booking": told("ACCEPTED")}).to_string()));
    fake.next(Reply::json(200, &told("ACCEPTED").to_string()));
    let calcom = calcom_at(fake.url());
    calcom.reschedule(&salon(), &name(), at("2026-11-25T09:00:00Z"), "Kunde bat darum").await.unwrap();
    let asked = fake.requests();
    assert_eq!((asked[0].method.as_str(), asked[0].path()), ("GET", "/v1/bookings/123"));
    let expected = json!({
        "eventTypeId": 7,
        "start": "2026-11-25T09:00:00Z",
        "end": "2026-11-25T09:30:00Z",
        "responses": {
            "name": "Max Mustermann",
            "email": "max@example.com",
            "attendeePhoneNumber": "+493023125000",
            "rescheduleReason": "Kunde bat darum",
        },
        "timeZone": "Europe/Berlin",
        "language": "de",
        "metadata": {"ringbuch_booking": ours().to_string(), "ringbuch_attempt": "2", "count": "3"},
        "rescheduleUid": "uid_1",
    });
    assert_eq!(asked[1].json(), expected);
}

#[tokio::test]
async fn a_move_that_could_not_be_begun_is_certain_not_to_be_made() {
    for (reply, failure) in [
        (Reply::json(500, "{}"), not_sent("http_500", None)),
        (Reply::cut(), not_sent("cut", None)),
        (Reply::json(404, r#"{"message":"Booking not found"}"#), refused("gone")),
        (Reply::json(200, &json!({"booking": {"id": 123}}).to_string()), not_sent("unreadable_answer", None)),
    ] {
        let fake = Fake::start().await;
        fake.next(reply);
        let moved = calcom_at(fake.url()).reschedule(&salon(), &name(), at("2026-11-25T09:00:00Z"), "").await;
        assert_eq!((moved, fake.requests().len()), (Err(failure), 1));
    }
}

#[tokio::test]
async fn every_documented_refusal_has_its_meaning() {
    let said = |text: &str| json!({"message": text}).to_string();
    let short = |text: &str| json!({"error": text}).to_string();
    for (status, body, failure) in [
        (400, said("no_available_users_found_error"), CalendarFailure::Taken),
        (409, said("booking_conflict"), CalendarFailure::Taken),
        (409, said("booking_conflict_error"), CalendarFailure::Taken),
        (409, said("hosts_unavailable_for_booking"), CalendarFailure::Taken),
        (409, said("booking_seats_full_error"), CalendarFailure::Taken),
        (409, said("already_signed_up_for_this_booking_error"), CalendarFailure::Taken),
        (400, said("An error occured while querying the database"), CalendarFailure::Taken),
        (404, said("event_type_not_found_error"), refused("event_type_unknown")),
        (400, said("booking_time_out_of_bounds_error"), refused("too_soon_or_too_far")),
        (400, said("Invalid event length"), refused("field_wrong")),
        (400, said("invalid_type in 'metadata': Required"), refused("field_wrong")),
        (400, said("custom in 'responses': {email}email_validation_error"), refused("field_wrong")),
        (400, said("{email}error_required_field"), refused("field_missing")),
        (403, said("cancelled_bookings_cannot_be_rescheduled"), refused("cancelled")),
        (401, said("No apiKey provided"), not_sent("key_refused", None)),
        (401, short("Your API key is not valid."), not_sent("key_refused", None)),
        (401, short("This API key is expired."), not_sent("key_refused", None)),
        (403, short("You are not authorized to perform this request."), not_sent("key_refused", None)),
        (405, said("Method Not Allowed (Allow: GET)"), not_sent("route_unknown", None)),
        // Older ones answer so, sometimes after the booking was made.
        (500, said("no_available_users_found_error"), unknown("http_500")),
        (200, json!([told("ACCEPTED")]).to_string(), unknown("unreadable_answer")),
        (200, json!({"bookings": []}).to_string(), unknown("unreadable_answer")),
        (429, said("Rate limit exceeded"), not_sent("rate_limited", Some(60))),
    ] {
        let fake = Fake::start().await;
        fake.next(Reply::json(status, &body));
        assert_eq!(calcom_at(fake.url()).book(&salon(), &request()).await, Err(failure), "{status} {body}");
    }
}

/// Everything that anything says, at every level.
struct Ears(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Ears {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        self.0.lock().unwrap().push(format!("{span:?}"));
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        self.0.lock().unwrap().push(format!("{values:?}"));
    }
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        self.0.lock().unwrap().push(format!("{event:?}"));
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn the_key_in_the_address_is_never_written_down() {
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let _ears = tracing::subscriber::set_default(Ears(heard.clone()));
    for reply in [Reply::json(200, &told("ACCEPTED").to_string()), Reply::json(500, "{}"), Reply::cut(), Reply::hang()]
    {
        let (fake, name) = (Fake::start().await, format!("{reply:?}"));
        fake.next(reply);
        let calcom = calcom_at(fake.url());
        if let Err(failure) = calcom.book(&salon(), &request()).await {
            assert!(!format!("{failure} {failure:?}").contains(KEY), "{name}");
        }
        assert!(fake.only_request().target.contains(KEY), "it was sent");
    }
    let heard = heard.lock().unwrap().join("\n");
    assert!(heard.contains("Cal.com failed"), "something was heard");
    assert!(!heard.contains(KEY) && !heard.contains("max@example.com"), "{heard}");
}
