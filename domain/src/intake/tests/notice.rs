use crate::diary::tests::{booking, page, standing};
use crate::ids::{BookingId, EventTypeId};
use crate::intake::{Notice, notice};
use crate::salon::at;
use serde_json::{Value, json};
use uuid::Uuid;

/// As Cal.com sends it, with what else it tells.
fn created() -> Value {
    json!({
        "triggerEvent": "BOOKING_CREATED",
        "createdAt": "2025-07-01T08:00:00.000Z",
        "payload": {
            "type": "beratung",
            "title": "Beratung zwischen Anna und Max Mustermann",
            "startTime": "2025-07-02T09:00:00Z",
            "endTime": "2025-07-02T09:30:00Z",
            "organizer": {"id": 11, "name": "Anna", "email": "anna@example.com", "timeZone": "Europe/Berlin",
                          "language": {"locale": "de"}},
            "attendees": [{"name": "Max Mustermann", "email": "max@example.com", "timeZone": "Europe/Berlin",
                           "language": {"locale": "de"}}],
            "responses": {"name": {"label": "your_name", "value": "Max Mustermann", "isHidden": false}},
            "uid": "uid1",
            "bookingId": 1,
            "eventTypeId": 2_563_193,
            "status": "ACCEPTED",
            "metadata": {"ringbuch_booking": booking(1).to_string(), "ringbuch_attempt": "1"},
        },
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut body = created();
    for (path, value) in changes {
        let (parent, field) = path.rsplit_once('/').expect("a path");
        let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object there");
        match value {
            Value::Null => parent.remove(field),
            value => parent.insert((*field).to_owned(), value.clone()),
        };
    }
    body
}

fn read(body: &Value) -> Notice {
    notice(body.to_string().as_bytes()).expect("it can be read").expect("it is about a booking")
}

fn code(body: impl AsRef<[u8]>) -> &'static str {
    notice(body.as_ref()).map_or_else(|unreadable| unreadable.code(), |_| "read")
}

#[test]
fn a_delivery_names_its_booking() {
    let told = read(&created());
    assert_eq!((told.name.uid.as_str(), told.name.number, told.former), ("uid1", 1, None));
    assert_eq!((told.booking, told.event_type), (Some(booking(1)), Some(EventTypeId(2_563_193))));
    assert_eq!((told.start, told.end), (Some(at("2025-07-02T09:00:00Z")), Some(at("2025-07-02T09:30:00Z"))));
}

#[test]
fn times_come_in_several_forms() {
    for start in ["2025-07-02T09:00:00+00:00", "2025-07-02T09:00:00.000Z", "2025-07-02T11:00:00+02:00"] {
        assert_eq!(read(&with(&[("/payload/startTime", json!(start))])).start, Some(at("2025-07-02T09:00:00Z")));
    }
    assert_eq!(read(&with(&[("/payload/startTime", json!("Mittwoch"))])).start, None);
}

#[test]
fn a_move_names_what_it_took_the_place_of() {
    let moved = with(&[
        ("/triggerEvent", json!("BOOKING_RESCHEDULED")),
        ("/payload/rescheduleUid", json!("uid0")),
        ("/payload/rescheduleId", json!(7)),
    ]);
    let former = read(&moved).former.expect("it had a name before");
    assert_eq!((former.uid.as_str(), former.number), ("uid0", 7));
    let itself = with(&[("/payload/rescheduleUid", json!("uid1"))]);
    assert_eq!(read(&itself).former, None);
}

#[test]
fn what_is_told_of_a_meeting_or_an_absence_has_a_shape_of_its_own() {
    let mut flat = created()["payload"].clone();
    (flat["triggerEvent"], flat["id"], flat["bookingId"]) = (json!("MEETING_ENDED"), json!(1), Value::Null);
    let ended = read(&flat);
    assert_eq!((ended.name.uid.as_str(), ended.name.number, ended.booking), ("uid1", 1, Some(booking(1))));
    let absence = json!({
        "triggerEvent": "BOOKING_NO_SHOW_UPDATED",
        "payload": {"bookingUid": "uid1", "bookingId": 1, "attendees": [{"email": "max@example.com", "noShow": true}]},
    });
    let absence = read(&absence);
    assert!(absence.is_of_absence());
    assert_eq!((absence.name.uid.as_str(), absence.booking, absence.start), ("uid1", None, None));
}

#[test]
fn what_is_about_no_booking_is_nothing_to_act_on() {
    for event in ["PING", "OOO_CREATED", "FORM_SUBMITTED", "RECORDING_READY"] {
        assert_eq!(notice(json!({"triggerEvent": event}).to_string().as_bytes()), Ok(None), "{event}");
    }
}

#[test]
fn what_cannot_be_acted_on_says_why() {
    let long = "u".repeat(129);
    let cases = [
        (b"\xff".to_vec(), "not_utf8"),
        (b"{".to_vec(), "not_json"),
        (b"[]".to_vec(), "not_an_object"),
        (b"{}".to_vec(), "field_missing"),
        (br#"{"triggerEvent":7}"#.to_vec(), "wrong_type"),
        (br#"{"triggerEvent":"BOOKING_DREAMT","payload":{"uid":"uid1"}}"#.to_vec(), "unknown_event"),
        (br#"{"triggerEvent":"BOOKING_CREATED","payload":{}}"#.to_vec(), "field_missing"),
        (br#"{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"../me"}}"#.to_vec(), "wrong_type"),
        (with(&[("/payload/uid", json!(long))]).to_string().into_bytes(), "wrong_type"),
        (with(&[("/payload/rescheduleUid", json!("a/b"))]).to_string().into_bytes(), "wrong_type"),
    ];
    for (body, expected) in cases {
        assert_eq!(code(&body), expected, "{}", String::from_utf8_lossy(&body));
    }
}

#[test]
fn an_id_that_is_none_of_ours_is_none() {
    for other in [json!("somebody's"), json!(7), json!({})] {
        assert_eq!(read(&with(&[("/payload/metadata/ringbuch_booking", other)])).booking, None);
    }
    assert_eq!(read(&with(&[("/payload/metadata", Value::Null)])).booking, None);
    let own = BookingId(Uuid::from_u128(77));
    let told = with(&[("/payload/metadata/ringbuch_booking", json!(own.to_string()))]);
    assert_eq!(read(&told).booking, Some(own));
}

/// What was booked from here comes back as a delivery that tells nothing.
#[test]
fn an_echo_is_known() {
    let page = page(&standing(1, "09:00"));
    let known = page.booking(booking(1)).expect("it stands on the page");
    assert!(read(&created()).is_known_to(known));
    for change in [
        ("/payload/uid", json!("uid2")),
        ("/payload/startTime", json!("2025-07-02T10:00:00Z")),
        ("/payload/endTime", json!("2025-07-02T10:30:00Z")),
        ("/triggerEvent", json!("BOOKING_CANCELLED")),
        ("/triggerEvent", json!("BOOKING_REASSIGNED")),
        ("/triggerEvent", json!("MEETING_ENDED")),
    ] {
        assert!(!read(&with(std::slice::from_ref(&change))).is_known_to(known), "{change:?}");
    }
}
