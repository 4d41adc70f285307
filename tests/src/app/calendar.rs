//! What Cal.com does: its salon books, moves and cancels there by hand, and it tells of everything in signed deliveries.

use super::{Business, TestApp};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::Method;
use ringbuch_adapters::calcom::signature;
use ringbuch_adapters::sandbox::calcom::{Booking, Guest};
use ringbuch_adapters::sealing::company_owner;
use ringbuch_api::providers::CALCOM_KEY;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// One delivery, as Cal.com words it.
#[derive(Debug, Clone)]
pub struct Told(pub Value);

impl Told {
    /// With the forms of time that it uses.
    pub fn of(event: &str, booking: &Booking) -> Self {
        Self(json!({
            "triggerEvent": event,
            "createdAt": booking.updated_at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
            "payload": {
                "type": "termin",
                "title": booking.title,
                "startTime": booking.start.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
                "endTime": booking.end.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
                "organizer": {"id": booking.host(), "email": "salon@example.com", "timeZone": "Europe/Berlin",
                              "language": {"locale": "de"}},
                "attendees": [{"name": booking.attendee.name, "email": booking.attendee.email,
                               "timeZone": "Europe/Berlin", "language": {"locale": "de"}}],
                "uid": booking.uid,
                "bookingId": booking.id,
                "eventTypeId": booking.event_type,
                "length": booking.end.duration_since(booking.start).as_mins(),
                "status": booking.status.as_str().to_uppercase(),
                "metadata": booking.metadata,
            },
        }))
    }

    /// It took another one's place.
    pub fn moved(event: &str, booking: &Booking) -> Self {
        let mut told = Self::of(event, booking);
        told.0["payload"]["rescheduleUid"] = booking.rescheduled_from.clone().into();
        told
    }

    /// A meeting's end is told in another shape.
    pub fn ended(booking: &Booking) -> Self {
        let Value::Object(mut flat) = Self::of("", booking).0["payload"].clone() else { unreachable!() };
        flat.insert("triggerEvent".into(), "MEETING_ENDED".into());
        Self(flat.into())
    }

    /// Neither the booking's metadata nor its time is told with an absence.
    pub fn absence(booking: &Booking, absent: bool) -> Self {
        let attendee = json!({"email": booking.attendee.email, "noShow": absent});
        let payload = json!({"bookingUid": booking.uid, "bookingId": booking.id, "attendees": [attendee]});
        Self(json!({"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "payload": payload}))
    }
}

impl TestApp {
    /// Cal.com tells the salon of something; it is acknowledged.
    pub async fn hears(&self, told: &Told) {
        assert_eq!(self.tells(&self.salon, told.0.to_string().as_bytes()).await, 204, "{told:?}");
    }

    /// As `hears`, and everything that follows from it at once has been done.
    pub async fn heeds(&self, told: &Told) {
        self.hears(told).await;
        self.settle().await;
    }

    /// The answer to a delivery that is signed as it should be.
    pub async fn tells(&self, business: &Business, body: &[u8]) -> u16 {
        let signature = signature::sign(body, &SecretString::from(business.calendar_secret.as_str()));
        self.tells_signed(business, &[&signature], body).await
    }

    pub async fn tells_signed(&self, business: &Business, signatures: &[&str], body: &[u8]) -> u16 {
        let headers: Vec<_> = signatures.iter().map(|signature| (signature::SIGNATURE_HEADER, *signature)).collect();
        self.post(&format!("/api/mcp/calcom/webhook/{}", business.id), &headers, body.to_vec()).await.status
    }

    /// Somebody books on the salon's own page at Cal.com.
    pub fn books_there(&self, service: &str, start: &str) -> Booking {
        let guest = Guest {
            name: "Erika Mustermann".into(),
            email: Some("erika@example.com".into()),
            phone: None,
            time_zone: TimeZone::UTC,
        };
        let event_type = self.salon.service(service).0.cast_unsigned();
        self.calcom().book_directly(event_type, start.parse().unwrap(), guest).expect("it is free there")
    }

    /// The salon moves a booking on Cal.com's page; returns what stands there now.
    pub async fn moves_there(&self, uid: &str, start: &str) -> Booking {
        let start: Timestamp = start.parse().unwrap();
        let moved = self.at_calcom(uid, "reschedule", &json!({"start": start.to_string()})).await;
        self.calcom().booking(moved["data"]["uid"].as_str().expect("it was moved")).unwrap()
    }

    /// The salon marks whether the guest was there.
    pub async fn marks_there(&self, booking: &Booking, absent: bool) {
        let attendee = json!({"email": booking.attendee.email, "absent": absent});
        self.at_calcom(&booking.uid, "mark-absent", &json!({"attendees": [attendee]})).await;
    }

    /// A request with the salon's key, as its own page would send it.
    async fn at_calcom(&self, uid: &str, act: &str, body: &Value) -> Value {
        let app = self.app();
        let keys = app.secrets.get(&company_owner(&self.salon.id), CALCOM_KEY).await.unwrap();
        let url = format!("{}/bookings/{uid}/{act}", self.sandbox.calcom_url().trim_end_matches('/'));
        let url = if url.contains("/v2/") { url } else { url.replace("/bookings/", "/v2/bookings/") };
        let request = self.server().client.request(Method::POST, url).bearer_auth(keys[0].expose_secret());
        let response = request.header("cal-api-version", "2024-08-13").json(body).send().await.unwrap();
        let status = response.status();
        let told: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{status} {told}");
        told
    }
}
