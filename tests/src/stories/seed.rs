//! The payload of the system's own description, as it stands there.

use crate::app::{Setting, TestApp};
use crate::contract::database::Database;
use jiff::Timestamp;
use ringbuch_adapters::sandbox::calcom::Status;
use ringbuch_domain::ids::CallId;
use ringbuch_projections::appointments::AppointmentStatus;
use ringbuch_projections::calls::Outcome;
use serde_json::{Value, json};

fn payload() -> Value {
    json!({
        "event": "call_ended",
        "call": {
            "call_id": "abc123",
            "agent_id": "agent_9a8202a740cd3120d96fcfda1e",
            "from_number": "+491713920042",
            "to_number": "+493023125100",
            "direction": "inbound",
            "call_status": "ended",
            "start_timestamp": 1_750_540_695_000_i64,
            "end_timestamp": 1_750_540_995_000_i64,
            "duration_ms": 300_000,
            "transcript": "Vollständiges Transkript...",
            "summary": "AI-generierte Zusammenfassung",
            "call_analysis": {
                "appointment_requested": true,
                "customer_name": "Max Mustermann",
                "sentiment": "positive"
            },
            "retell_llm_dynamic_variables": {
                "booking_confirmed": true,
                "name": "Max Mustermann",
                "datum": "2025-07-02",
                "uhrzeit": "11:00",
                "dienstleistung": "Beratung",
                "email": "max@example.com"
            }
        }
    })
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub async fn the_seeds_own_payload_is_booked(database: Database) {
    let app = TestApp::with(database, Setting::at("2025-06-21T21:23:20Z")).await;
    assert_eq!(app.send(&app.salon, &payload()).await, 204);
    app.settle().await;

    let booked = app.calcom().live_bookings();
    let [booked] = booked.as_slice() else { panic!("{booked:?}") };
    assert_eq!((booked.start, booked.end), (at("2025-07-02T09:00:00Z"), at("2025-07-02T09:30:00Z")));
    assert_eq!((booked.status, booked.event_type), (Status::Accepted, app.salon.service("Beratung").0.cast_unsigned()));
    let attendee = &booked.attendee;
    assert_eq!((attendee.name.as_str(), attendee.email.as_str()), ("Max Mustermann", "max@example.com"));
    assert_eq!(attendee.phone.as_deref(), Some("+491713920042"));
    assert_eq!((attendee.time_zone.as_str(), attendee.language.as_str()), ("Europe/Berlin", "de"));
    let notes = booked.responses["notes"].as_str().unwrap();
    assert_eq!(notes, "Via Telefon gebucht\nAI-generierte Zusammenfassung");

    let [appointment] = &app.appointments().await[..] else { panic!("one appointment") };
    let metadata = json!({
        "ringbuch_booking": appointment.booking.to_string(),
        "ringbuch_call": "abc123",
        "ringbuch_attempt": "1",
        "source": "ringbuch",
    });
    assert_eq!(Value::Object(booked.metadata.clone()), metadata);
    assert_eq!((appointment.status, appointment.in_doubt), (AppointmentStatus::Confirmed, false));
    assert_eq!((appointment.start_at, appointment.end_at), (booked.start, booked.end));
    assert_eq!(appointment.call, Some(CallId::new("abc123").unwrap()));
    assert_eq!((appointment.branch.as_str(), appointment.source.as_str()), ("mitte", "call"));
    assert!(appointment.staff.is_some());

    let known = app.call(&CallId::new("abc123").unwrap()).await;
    let (call, more) = (&known.call, &known.more);
    assert_eq!((call.outcome, more.booking), (Outcome::Confirmed, Some(appointment.booking)));
    assert_eq!((call.extracted_date.as_deref(), call.extracted_time.as_deref()), (Some("2025-07-02"), Some("11:00")));
    assert_eq!(call.extracted_start, Some(booked.start));
    assert_eq!(
        (call.summary.as_deref(), call.sentiment.as_deref()),
        (Some("AI-generierte Zusammenfassung"), Some("positive"))
    );
    assert_eq!((call.duration_ms, call.cost_minor, call.appointment_requested), (Some(300_000), None, Some(true)));
    assert_eq!((call.started_at, call.ended_at), (Some(at("2025-06-21T21:18:15Z")), Some(at("2025-06-21T21:23:15Z"))));
    assert_eq!(
        (more.transcript.as_deref(), more.account.as_ref()),
        (Some("Vollständiges Transkript..."), Some(&app.salon.account))
    );

    let customer = app.customer(appointment.customer).await;
    assert_eq!(
        (customer.name.as_deref(), customer.email.as_deref()),
        (Some("Max Mustermann"), Some("max@example.com"))
    );
    assert_eq!((customer.phone.as_deref(), customer.anonymous), (Some("+491713920042"), false));
    assert_eq!((customer.calls, customer.appointments), (1, 1));
    app.finish().await;
}
