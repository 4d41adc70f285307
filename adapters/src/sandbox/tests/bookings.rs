//! POST /v2/bookings.

use serde_json::{Value, json};

use super::super::calcom::{Confirmation, Field, NewEventType, Quirks, Status};
use super::harness::{Town, at, but, uid};

#[tokio::test]
async fn a_booking_as_it_is_answered_and_kept() {
    let town = Town::open().await;
    let reply = town.book(&Town::wish(town.cut, "2025-07-02T09:00:00Z")).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    assert_eq!(reply.body["status"], "success");
    assert!(!reply.header("x-request-id").is_empty());
    let data = reply.data();
    assert_eq!(data["start"], "2025-07-02T09:00:00.000Z");
    assert_eq!(data["end"], "2025-07-02T09:30:00.000Z");
    assert_eq!(data["duration"], 30);
    assert_eq!(data["status"], "accepted");
    assert_eq!(data["hosts"][0]["id"], town.anna.user);
    assert_eq!(data["eventType"], json!({"id": town.cut, "slug": "haarschnitt"}));
    assert_eq!(data["metadata"], json!({"attempt": "a-1"}));
    assert_eq!(data["attendees"][0]["phoneNumber"], "+493023125000");
    assert_eq!(data["createdAt"], "2025-06-30T08:00:00.000Z");

    let books = town.calcom.books();
    assert_eq!(books.len(), 1);
    let booking = &books[0];
    assert_eq!(booking.uid, uid(&reply));
    assert_eq!(booking.uid.len(), 22);
    assert_eq!(
        (booking.status, booking.host(), booking.start),
        (Status::Accepted, town.anna.user, at("2025-07-02T09:00:00Z"))
    );
    assert_eq!(booking.attendee.email, "max@example.com");
}

/// What is wrong with the wish, and the refusal.
#[tokio::test]
async fn refusals() {
    let town = Town::open().await;
    let strict = NewEventType::personal(town.anna.user, "Farbe", 90).with(|kind| {
        kind.minimum_notice_minutes = 120;
        kind.window = super::super::calcom::BookingWindow::CalendarDays(14);
        kind.phone_required = true;
        kind.fields = vec![Field { slug: "laenge".into(), label: "Länge".into(), required: true }];
    });
    let strict = town.calcom.add_event_type(strict);
    let plain = || Town::wish(town.cut, "2025-07-02T09:00:00Z");
    let answered = |start| but(Town::wish(strict, start), "/bookingFieldsResponses", json!({"laenge": "kurz"}));
    let many: serde_json::Map<String, Value> = (0..51).map(|n| (n.to_string(), json!("x"))).collect();
    let out_of_bounds = "The event type can't be booked at the \"start\" time provided.";
    let not_free = "User either already has booking at this time or is not available";
    let table = [
        (but(plain(), "/end", json!("2025-07-02T09:30:00Z")), 400, "property end should not exist"),
        (but(plain(), "/teamId", json!(1)), 400, "property teamId should not exist"),
        (but(plain(), "/language", json!("de")), 400, "property language should not exist"),
        (but(plain(), "/timeZone", json!("Europe/Berlin")), 400, "property timeZone should not exist"),
        (
            but(plain(), "/allowBookingOutOfBounds", json!(true)),
            400,
            "property allowBookingOutOfBounds should not exist",
        ),
        (but(plain(), "/attendee/phone", json!("+493023125000")), 400, "property phone should not exist"),
        (but(plain(), "/start", json!("tomorrow")), 400, "start must be a valid ISO 8601 date string"),
        (but(plain(), "/start", Value::Null), 400, "start must be a valid ISO 8601 date string"),
        (but(plain(), "/attendee", Value::Null), 400, "attendee should not be null or undefined"),
        (but(plain(), "/attendee/name", Value::Null), 400, "name must be a string"),
        (but(plain(), "/attendee/timeZone", json!("Berlin")), 400, "timeZone must be a valid IANA time-zone"),
        (but(plain(), "/attendee/language", json!("german")), 400, "language must be one of the following values"),
        (but(plain(), "/attendee/phoneNumber", json!("030 23125000")), 400, "phoneNumber must be a valid phone number"),
        (
            but(but(plain(), "/attendee/email", Value::Null), "/attendee/phoneNumber", Value::Null),
            400,
            "Attendee must have at least one contact method (email or phone number)",
        ),
        (but(plain(), "/attendee/email", Value::Null), 400, "{email}error_required_field"),
        (but(plain(), "/metadata", Value::Object(many)), 400, "Metadata must have at most 50 keys"),
        (but(plain(), "/metadata/long", json!("x".repeat(501))), 400, "Metadata must have at most 50 keys"),
        (but(plain(), "/metadata", json!({"k".repeat(41): "x"})), 400, "Metadata must have at most 50 keys"),
        (but(plain(), "/metadata/deep", json!({})), 400, "Metadata must have at most 50 keys"),
        (but(plain(), "/eventTypeId", json!("12")), 400, "eventTypeId must be an integer number"),
        (but(plain(), "/eventTypeId", Value::Null), 400, "Either eventTypeId or eventTypeSlug + username"),
        (but(plain(), "/eventTypeId", json!(999_999)), 404, "Event type with id=999999 not found."),
        (but(plain(), "/lengthInMinutes", json!(30)), 400, "Can't specify 'lengthInMinutes'"),
        (Town::wish(town.cut, "2025-06-30T07:00:00Z"), 400, "Attempting to book a meeting in the past."),
        // 16:45 to 17:15 runs past the end of the day; Saturday is closed.
        (Town::wish(town.cut, "2025-07-02T14:45:00Z"), 400, not_free),
        (Town::wish(town.cut, "2025-07-05T09:00:00Z"), 400, not_free),
        (
            Town::wish(town.advice, "2025-07-05T09:00:00Z"),
            400,
            "One of the hosts either already has booking at this time",
        ),
        (answered("2025-06-30T09:59:00Z"), 400, out_of_bounds),
        (answered("2025-07-15T09:00:00Z"), 400, out_of_bounds),
        (Town::wish(strict, "2025-07-02T09:00:00Z"), 400, "Missing required booking field response: laenge"),
        (
            but(answered("2025-07-02T09:00:00Z"), "/attendee/phoneNumber", Value::Null),
            400,
            "Missing attendee phone number",
        ),
    ];
    for (wish, status, message) in table {
        let reply = town.book(&wish).await;
        assert_eq!(reply.status, status, "{wish} answered {}", reply.body);
        assert!(reply.message().contains(message), "{wish} answered {}", reply.body);
        let code = if status == 404 { "NotFoundException" } else { "BadRequestException" };
        assert_eq!(reply.body["error"]["code"], code);
        assert_eq!(reply.body["path"], "/v2/bookings");
        assert_eq!(reply.body["timestamp"], "2025-06-30T08:00:00.000Z");
    }
    assert!(town.calcom.books().is_empty());
    // The last moments that are still inside notice and window.
    for start in ["2025-06-30T10:00:00Z", "2025-07-14T13:30:00Z"] {
        assert_eq!(town.book(&answered(start)).await.status, 201, "{start}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_object() {
    let town = Town::open().await;
    for body in ["{\"start\":", "[]", "7"] {
        let request = town.request("POST", "/v2/bookings", "2024-08-13", &town.anna.api_key).body(body);
        assert_eq!(super::harness::reply(request).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn what_has_no_offset_is_utc() {
    let town = Town::open().await;
    let reply = town.book(&Town::wish(town.cut, "2025-07-02T11:00:00")).await;
    assert_eq!(reply.data()["start"], "2025-07-02T11:00:00.000Z");
    let reply = town.book(&Town::wish(town.cut, "2025-07-02T11:00:00+02:00")).await;
    assert_eq!(reply.data()["start"], "2025-07-02T09:00:00.000Z");
}

#[tokio::test]
async fn a_taken_time_is_a_400_with_a_sentence() {
    let town = Town::open().await;
    assert_eq!(town.book(&Town::wish(town.cut, "2025-07-02T09:00:00Z")).await.status, 201);
    for start in ["2025-07-02T09:00:00Z", "2025-07-02T09:15:00Z", "2025-07-02T08:45:00Z"] {
        let reply = town.book(&Town::wish(town.cut, start)).await;
        assert_eq!(reply.status, 400, "{start}");
        assert_eq!(reply.message(), "User either already has booking at this time or is not available");
    }
    // Neighbours touch without overlapping.
    assert_eq!(town.book(&Town::wish(town.cut, "2025-07-02T09:30:00Z")).await.status, 201);
    assert_eq!(town.book(&Town::wish(town.cut, "2025-07-02T08:30:00Z")).await.status, 201);
    assert_eq!(town.calcom.overlapping(), 0);
}

#[tokio::test]
async fn buffers_of_both_sides_add_up() {
    let town = Town::open().await;
    let colour = NewEventType::personal(town.anna.user, "Farbe", 60).with(|kind| {
        kind.before_buffer_minutes = 10;
        kind.after_buffer_minutes = 15;
    });
    let colour = town.calcom.add_event_type(colour);
    assert_eq!(town.book(&Town::wish(colour, "2025-07-02T09:00:00Z")).await.status, 201);
    let table = [
        (town.cut, "2025-07-02T10:10:00Z", 400),
        (town.cut, "2025-07-02T10:15:00Z", 201),
        (town.cut, "2025-07-02T08:25:00Z", 400),
        (town.cut, "2025-07-02T08:20:00Z", 201),
        // 10:15 to 10:45 is taken now; 10 minutes before the colour are needed.
        (colour, "2025-07-02T10:50:00Z", 400),
        (colour, "2025-07-02T10:55:00Z", 201),
        // 15 minutes after the colour are needed before the cut at noon.
        (town.cut, "2025-07-03T12:00:00Z", 201),
        (colour, "2025-07-03T10:50:00Z", 400),
        (colour, "2025-07-03T10:45:00Z", 201),
    ];
    for (kind, start, status) in table {
        let reply = town.book(&Town::wish(kind, start)).await;
        assert_eq!(reply.status, status, "{kind} at {start}: {}", reply.body);
    }
}

#[tokio::test]
async fn lengths_of_an_event_type_that_has_several() {
    let town = Town::open().await;
    let kind = NewEventType::personal(town.anna.user, "Beratung", 30).with(|kind| kind.length_options = vec![30, 60]);
    let kind = town.calcom.add_event_type(kind);
    let wish = |length| but(Town::wish(kind, "2025-07-02T09:00:00Z"), "/lengthInMinutes", json!(length));
    assert_eq!(town.book(&wish(45)).await.status, 400);
    let reply = town.book(&wish(60)).await;
    assert_eq!(reply.data()["end"], "2025-07-02T10:00:00.000Z");
}

#[tokio::test]
async fn an_event_type_by_its_slug() {
    let town = Town::open().await;
    let named = |fields: Value| {
        let mut wish = but(Town::wish(0, "2025-07-02T09:00:00Z"), "/eventTypeId", Value::Null);
        wish.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        wish
    };
    let reply = town.book(&named(json!({"eventTypeSlug": "haarschnitt", "username": "anna"}))).await;
    assert_eq!(reply.data()["eventTypeId"], town.cut);
    let reply = town.book(&named(json!({"eventTypeSlug": "waschen", "teamSlug": "salon-mitte"}))).await;
    assert_eq!(reply.data()["eventTypeId"], town.wash);
    let reply = town.book(&named(json!({"eventTypeSlug": "waschen", "username": "anna"}))).await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn a_repeat_is_known_to_round_robin_and_confirmation_types_alone() {
    let town = Town::open().await;
    let asked = NewEventType::personal(town.ben.user, "Färben", 30)
        .with(|kind| kind.confirmation = Confirmation::Always { blocks: true });
    let asked = town.calcom.add_event_type(asked);
    for kind in [town.wash, asked] {
        let first = town.book(&Town::wish(kind, "2025-07-02T09:00:00Z")).await;
        let again = town.book(&Town::wish(kind, "2025-07-02T09:00:00Z")).await;
        assert_eq!((first.status, again.status), (201, 201), "{}", again.body);
        assert_eq!(uid(&first), uid(&again));
    }
    let other = but(Town::wish(asked, "2025-07-02T09:00:00Z"), "/attendee/email", json!("erika@example.com"));
    assert_eq!(town.book(&other).await.status, 400, "another person is not the same");
    let first = town.book(&Town::wish(town.wash, "2025-07-02T09:00:00Z")).await;
    assert!(town.calcom.cancel_directly(&uid(&first), "krank"));
    let anew = town.book(&Town::wish(town.wash, "2025-07-02T09:00:00Z")).await;
    assert_ne!(uid(&anew), uid(&first), "a cancelled booking is no answer");
    assert_eq!(town.book(&Town::wish(town.advice, "2025-07-03T09:00:00Z")).await.status, 201);
    assert_eq!(town.book(&Town::wish(town.advice, "2025-07-03T09:00:00Z")).await.status, 400);
    assert_eq!(town.calcom.live_bookings().len(), 3);
}

#[tokio::test]
async fn round_robin_takes_whoever_waited_longest_and_collective_takes_all() {
    let town = Town::open().await;
    let host = |reply: &super::harness::Reply| reply.data()["hosts"][0]["id"].as_u64().unwrap();
    let first = town.book(&Town::wish(town.wash, "2025-07-02T09:00:00Z")).await;
    let second = town.book(&Town::wish(town.wash, "2025-07-02T12:00:00Z")).await;
    assert_eq!([host(&first), host(&second)], [town.anna.user, town.ben.user]);
    // Only Ben is free at nine.
    let wish = but(Town::wish(town.wash, "2025-07-02T09:00:00Z"), "/attendee/email", json!("erika@example.com"));
    assert_eq!(host(&town.book(&wish).await), town.ben.user);
    let wish = but(wish, "/attendee/email", json!("otto@example.com"));
    assert_eq!(
        town.book(&wish).await.message(),
        "One of the hosts either already has booking at this time or is not available"
    );

    let both = town.book(&Town::wish(town.advice, "2025-07-02T14:00:00Z")).await;
    assert_eq!(both.data()["hosts"].as_array().unwrap().len(), 2);
    assert_eq!(town.book(&Town::wish(town.cut, "2025-07-02T14:30:00Z")).await.status, 400);
    assert_eq!(town.calcom.overlapping(), 0);
}

#[tokio::test]
async fn hosts_can_be_named() {
    let town = Town::open().await;
    let routed =
        |hosts| but(Town::wish(town.wash, "2025-07-02T09:00:00Z"), "/routing", json!({"teamMemberIds": hosts}));
    let reply = town.book(&routed([town.ben.user])).await;
    assert_eq!(reply.data()["hosts"][0]["id"], town.ben.user);

    let subset = but(Town::wish(town.wash, "2025-07-03T09:00:00Z"), "/rrHostSubsetIds", json!([town.ben.user]));
    // Off: ignored. Anna has waited longest.
    assert_eq!(town.book(&subset).await.data()["hosts"][0]["id"], town.anna.user);
    town.calcom.change_event_type(town.wash, |kind| kind.host_subset_enabled = true);
    let subset = but(subset, "/attendee/email", json!("erika@example.com"));
    assert_eq!(town.book(&subset).await.data()["hosts"][0]["id"], town.ben.user);
}

#[tokio::test]
async fn a_taken_team_may_be_a_bare_500() {
    let town = Town::open().await;
    town.calcom.set_quirks(Quirks { team_conflict_is_500: true, ..Quirks::default() });
    let reply = town.book(&Town::wish(town.advice, "2025-07-05T09:00:00Z")).await;
    assert_eq!((reply.status, &reply.body), (500, &json!({"statusCode": 500, "message": "Internal server error"})));
    assert_eq!(town.book(&Town::wish(town.cut, "2025-07-05T09:00:00Z")).await.status, 400);
}

#[tokio::test]
async fn a_phone_alone_gets_a_made_up_address() {
    let town = Town::open().await;
    town.calcom.change_event_type(town.wash, |kind| {
        kind.email_required = false;
        kind.phone_required = true;
    });
    let wish = but(Town::wish(town.wash, "2025-07-02T09:00:00Z"), "/attendee/email", Value::Null);
    let reply = town.book(&wish).await;
    assert_eq!(reply.data()["attendees"][0]["email"], "493023125000@sms.cal.com");
    let path = "/v2/bookings?attendeeEmail=493023125000%40sms.cal.com";
    assert_eq!(town.get(path, "2024-08-13").await.data()[0]["uid"], reply.data()["uid"]);
}

#[tokio::test]
async fn the_flags_of_a_host_work_for_a_host_alone() {
    let town = Town::open().await;
    town.calcom.change_event_type(town.cut, |kind| kind.minimum_notice_minutes = 600);
    let wish = but(Town::wish(town.cut, "2025-06-30T09:00:00Z"), "/allowBookingOutOfBounds", json!(true));
    let wish = but(wish, "/allowConflicts", json!(true));
    let book = async |key: &str| town.ask("POST", "/v2/bookings", "2026-02-25", key, Some(&wish)).await.status;
    assert_eq!(book("").await, 400);
    assert_eq!(book(&town.ben.api_key).await, 400);
    assert_eq!(book(&town.anna.api_key).await, 201);
    let stacked = but(wish.clone(), "/start", json!("2025-06-30T09:10:00Z"));
    let reply = town.ask("POST", "/v2/bookings", "2026-02-25", &town.anna.api_key, Some(&stacked)).await;
    assert_eq!(reply.status, 201);
    assert_eq!(town.calcom.overlapping(), 1);
}

#[tokio::test]
async fn keys() {
    let town = Town::open().await;
    let wish = Town::wish(town.cut, "2025-07-02T09:00:00Z");
    let reply = town.ask("POST", "/v2/bookings", "2024-08-13", "cal_live_wrong", Some(&wish)).await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.body["error"]["code"], "UnauthorizedException");
    // A booking needs no key, and its uid opens it for anyone.
    let booked = town.ask("POST", "/v2/bookings", "2024-08-13", "", Some(&wish)).await;
    assert_eq!(booked.status, 201);
    let path = format!("/v2/bookings/{}", uid(&booked));
    assert_eq!(town.ask("GET", &path, "2024-08-13", "", None).await.status, 200);
    assert_eq!(town.ask("GET", "/v2/bookings", "2024-08-13", "", None).await.status, 401);
    assert_eq!(town.ask("GET", "/v2/me", "", "", None).await.status, 401);
    town.calcom.revoke_key(&town.anna.api_key);
    assert_eq!(town.get("/v2/me", "").await.status, 401);
}

#[tokio::test]
async fn strangers_and_the_front_desk() {
    let town = Town::open().await;
    let guest = |name: &str| super::super::calcom::Guest {
        name: name.into(),
        email: Some(format!("{name}@example.com")),
        phone: None,
        time_zone: super::harness::berlin(),
    };
    let start = at("2025-07-02T09:00:00Z");
    let booking = town.calcom.book_directly(town.cut, start, guest("erika")).unwrap();
    assert!(town.calcom.book_directly(town.cut, start, guest("otto")).is_none(), "taken");
    assert_eq!(town.book(&Town::wish(town.cut, "2025-07-02T09:00:00Z")).await.status, 400);
    let end = at("2025-07-02T09:20:00Z");
    assert!(town.calcom.force_booking(town.cut, town.anna.user, start, end, guest("otto")).is_some());
    assert_eq!(town.calcom.overlapping(), 1);
    assert!(town.calcom.cancel_directly(&booking.uid, "krank"));
    assert!(!town.calcom.cancel_directly(&booking.uid, "krank"));
    assert_eq!((town.calcom.live_bookings().len(), town.calcom.books().len(), town.calcom.overlapping()), (1, 2, 0));
}
