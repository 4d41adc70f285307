//! The client on the wire, against a server that answers as ordered.

mod v1;

use super::*;
use crate::outbound::fake::{Asked, Fake, Reply, TestClock, local, unused_port};
use crate::provider::{Around, BreakerState};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::{BookingId, CallId, CompanyId, EventTypeId};
use ringbuch_domain::ports::{
    Attendee, BookRequest, Calendar, CalendarFailure, Clock, LookUp, ProviderBooking, ProviderStatus,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The properties that the published schema of a booking to be made allows; any other has it refused.
const BOOKING_PROPERTIES: &[&str] = &[
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
];
const ATTENDEE_PROPERTIES: &[&str] = &["name", "timeZone", "phoneNumber", "language", "email"];
const CANCEL_PROPERTIES: &[&str] = &["cancellationReason", "cancelSubsequentBookings"];
const RESCHEDULE_PROPERTIES: &[&str] = &["start", "rescheduledBy", "reschedulingReason", "emailVerificationCode"];

struct EveryCompany {
    base_url: String,
    api: Api,
}

#[async_trait]
impl CompanySettings for EveryCompany {
    async fn calcom(&self, company: &CompanyId) -> Option<CalcomSettings> {
        (company.as_str() != "keyless").then(|| CalcomSettings {
            base_url: self.base_url.clone(),
            // Two of the companies share one key.
            api_key: SecretString::from(if company.as_str() == "other_key" { "cal_test_2" } else { "cal_test_1" }),
            api: self.api,
            versions: ApiVersions::default(),
        })
    }
}

struct Setting {
    fake: Fake,
    clock: Arc<TestClock>,
    calcom: Calcom,
}

fn calcom_at(base_url: String, clock: Arc<TestClock>, change: impl FnOnce(&mut CalcomOptions)) -> Calcom {
    // Longer than any machine under load needs, so that only what hangs runs out of time.
    let long = Duration::from_mins(1);
    let mut options = CalcomOptions { write_total: long, read_total: long, ..CalcomOptions::default() };
    change(&mut options);
    Calcom::new(local(), Arc::new(EveryCompany { base_url, api: Api::V2 }), Around::alone(clock), options)
}

async fn setting() -> Setting {
    setting_with(|_| {}).await
}

/// As short of time as the reply makes sense of.
async fn setting_for(reply: &Reply) -> Setting {
    let hangs = reply.hangs();
    setting_with(|options| {
        if hangs {
            options.write_total = Duration::from_millis(100);
        }
    })
    .await
}

async fn setting_with(change: impl FnOnce(&mut CalcomOptions)) -> Setting {
    let (fake, clock) = (Fake::start().await, TestClock::shared());
    let calcom = calcom_at(fake.url(), clock.clone(), change);
    Setting { fake, clock, calcom }
}

impl Setting {
    fn next(&self, replies: impl IntoIterator<Item = Reply>) -> &Self {
        replies.into_iter().for_each(|reply| self.fake.next(reply));
        self
    }
    async fn book(&self) -> Result<ProviderBooking, CalendarFailure> {
        self.calcom.book(&salon(), &request()).await
    }
    async fn find(&self, team: Option<i64>) -> Result<Vec<ProviderBooking>, CalendarFailure> {
        self.calcom.find(&salon(), &look_up(team)).await
    }
    async fn get(&self) -> Result<ProviderBooking, CalendarFailure> {
        self.calcom.get(&salon(), &name()).await
    }
    async fn cancel(&self) -> Result<(), CalendarFailure> {
        self.calcom.cancel(&salon(), &name(), "Kunde hat abgesagt").await
    }
    async fn reschedule(&self) -> Result<ProviderBooking, CalendarFailure> {
        self.calcom.reschedule(&salon(), &name(), at("2026-11-25T09:00:00Z"), "Kunde bat darum").await
    }
}

fn company(id: &str) -> CompanyId {
    CompanyId::new(id).unwrap()
}

fn name() -> ProviderRef {
    ProviderRef { uid: "uid_1".into(), number: 123 }
}

fn salon() -> CompanyId {
    company("salon")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn ours() -> BookingId {
    BookingId(Uuid::from_u128(1))
}

fn request() -> BookRequest {
    BookRequest {
        booking: ours(),
        call: Some(CallId::new("call_demo_0001").unwrap()),
        attempt: 2,
        event_type: EventTypeId(7),
        team: None,
        start: at("2026-11-24T10:00:00Z"),
        end: at("2026-11-24T10:30:00Z"),
        attendee: Attendee {
            name: "Max Mustermann".into(),
            email: "max@example.com".into(),
            phone: Some("+493023125000".into()),
            zone: "Europe/Berlin".into(),
            language: "de".into(),
        },
        notes: "Via Telefon gebucht\nMöchte einen Haarschnitt.".into(),
    }
}

fn look_up(team: Option<i64>) -> LookUp {
    let (start, end) = (at("2026-11-24T10:00:00Z"), at("2026-11-24T10:30:00Z"));
    LookUp { booking: ours(), event_type: EventTypeId(7), team, start, end }
}

fn told(uid: &str, status: &str, booking: BookingId) -> Value {
    json!({
        "id": 123,
        "uid": uid,
        "title": "Schnitt",
        "description": "",
        "hosts": [{"id": 7, "name": "Erika Mustermann", "email": "erika@example.com", "timeZone": "Europe/Berlin"}],
        "status": status,
        "start": "2026-11-24T10:00:00.000Z",
        "end": "2026-11-24T10:30:00.000Z",
        "duration": 30,
        "eventType": {"id": 7, "slug": "schnitt"},
        "createdAt": "2026-11-20T12:00:00.000Z",
        "attendees": [{"name": "Max Mustermann", "email": "max@example.com", "timeZone": "Europe/Berlin"}],
        "metadata": {"ringbuch_booking": booking.to_string(), "ringbuch_attempt": "2", "source": "ringbuch"},
    })
}

fn read(uid: &str, status: ProviderStatus) -> ProviderBooking {
    ProviderBooking {
        uid: uid.into(),
        number: 123,
        status,
        host: Some(7),
        start: at("2026-11-24T10:00:00Z"),
        end: at("2026-11-24T10:30:00Z"),
        booking: Some(ours()),
        attempt: Some(2),
        created_at: Some(at("2026-11-20T12:00:00Z")),
        moved_to: None,
        co_hosts: vec![],
        absent: false,
    }
}

fn success(status: u16, data: &Value) -> Reply {
    Reply::json(status, &json!({"status": "success", "data": data}).to_string())
}

fn booked() -> Reply {
    success(201, &told("uid_1", "accepted", ours()))
}

fn list(items: &[Value], pagination: &Value) -> Reply {
    Reply::json(200, &json!({"status": "success", "data": items, "pagination": pagination}).to_string())
}

fn last_page(items: &[Value]) -> Reply {
    list(items, &json!({"nextCursor": null, "hasMore": false}))
}

fn bad_request(message: &str) -> Reply {
    let error = json!({"code": "BadRequestException", "message": message, "details": {"message": message}});
    Reply::json(400, &json!({"status": "error", "timestamp": "", "path": "", "error": error}).to_string())
}

fn not_sent(reason: &str, seconds: Option<u64>) -> CalendarFailure {
    CalendarFailure::NotSent { reason: reason.into(), retry_after: seconds.map(Duration::from_secs) }
}

fn refused(reason: &str) -> CalendarFailure {
    CalendarFailure::Refused { reason: reason.into() }
}

fn unknown(reason: &str) -> CalendarFailure {
    CalendarFailure::Unknown { reason: reason.into() }
}

fn known_only(sent: &Value, properties: &[&str]) {
    for name in sent.as_object().unwrap().keys() {
        assert!(properties.contains(&name.as_str()), "{name} is not in the schema");
    }
}

fn line(asked: &Asked) -> (&str, &str, &str) {
    (asked.method.as_str(), asked.target.as_str(), asked.header("cal-api-version"))
}

#[tokio::test]
async fn a_booking_is_sent_as_the_schema_wants_it() {
    let s = setting().await;
    s.next([booked()]);
    assert_eq!(s.book().await.unwrap(), read("uid_1", ProviderStatus::Accepted));
    let asked = s.fake.only_request();
    assert_eq!(line(&asked), ("POST", "/v2/bookings", "2026-02-25"));
    assert_eq!(asked.header("authorization"), "Bearer cal_test_1");
    assert_eq!(asked.header("content-type"), "application/json");
    let sent = asked.json();
    assert_eq!(
        sent,
        json!({
            "start": "2026-11-24T10:00:00Z",
            "eventTypeId": 7,
            "attendee": {
                "name": "Max Mustermann",
                "email": "max@example.com",
                "timeZone": "Europe/Berlin",
                "language": "de",
                "phoneNumber": "+493023125000",
            },
            "metadata": {
                "ringbuch_booking": "00000000-0000-0000-0000-000000000001",
                "ringbuch_call": "call_demo_0001",
                "ringbuch_attempt": "2",
                "source": "ringbuch",
            },
            "bookingFieldsResponses": {"notes": "Via Telefon gebucht\nMöchte einen Haarschnitt."},
        })
    );
    known_only(&sent, BOOKING_PROPERTIES);
    known_only(&sent["attendee"], ATTENDEE_PROPERTIES);
    for (name, value) in sent["metadata"].as_object().unwrap() {
        assert!(value.is_string() && name.len() <= 40);
    }
}

#[tokio::test]
async fn what_is_not_known_is_left_out() {
    let s = setting().await;
    s.next([booked()]);
    let mut request = BookRequest { call: None, notes: String::new(), ..request() };
    request.attendee.phone = None;
    request.attendee.language = "tlh".into();
    s.calcom.book(&salon(), &request).await.unwrap();
    let sent = s.fake.only_request().json();
    assert_eq!(
        sent["attendee"],
        json!({"name": "Max Mustermann", "email": "max@example.com", "timeZone": "Europe/Berlin"})
    );
    assert!(sent.get("bookingFieldsResponses").is_none() && sent["metadata"].get("ringbuch_call").is_none());
}

#[tokio::test]
async fn the_base_address_may_name_the_version_or_not() {
    for end in ["", "/", "/v2", "/v2/"] {
        let (fake, clock) = (Fake::start().await, TestClock::shared());
        fake.next(booked());
        let calcom = calcom_at(format!("{}{end}", fake.url()), clock, |_| {});
        calcom.book(&salon(), &request()).await.unwrap();
        assert_eq!(fake.only_request().target, "/v2/bookings", "{end}");
    }
}

#[tokio::test]
async fn a_booking_that_waits_for_the_host_is_pending() {
    let s = setting().await;
    s.next([success(201, &told("uid_1", "pending", ours()))]);
    assert_eq!(s.book().await.unwrap().status, ProviderStatus::Pending);
}

#[tokio::test]
async fn an_answer_with_another_booking_of_the_same_attendee_says_whose_it_is() {
    let (s, other) = (setting().await, BookingId(Uuid::from_u128(9)));
    s.next([success(201, &told("uid_9", "accepted", other))]);
    assert_eq!(s.book().await.unwrap().booking, Some(other));
}

#[tokio::test]
async fn every_end_of_a_request_is_told_by_what_is_certain() {
    let taken = "User either already has booking at this time or is not available";
    for (reply, failure) in [
        (bad_request(taken), CalendarFailure::Taken),
        (bad_request("Attempting to book a meeting in the past."), refused("in_the_past")),
        (Reply::json(409, r#"{"statusCode":409,"message":"booking_conflict_error"}"#), CalendarFailure::Taken),
        (
            Reply::json(401, r#"{"status":"error","error":{"message":"Invalid API Key"}}"#),
            not_sent("key_refused", None),
        ),
        (Reply::json(500, r#"{"statusCode":500,"message":"Internal server error"}"#), unknown("http_500")),
        (Reply::json(502, "<html>"), unknown("http_502")),
        (Reply::json(201, "{\"status\":\"succ"), unknown("unreadable_answer")),
        (success(201, &json!({"uid": "uid_1"})), unknown("unreadable_answer")),
        (Reply::cut(), unknown("cut")),
        (Reply::cut_within(201, "{\"status\":"), unknown("cut")),
        (Reply::cut_within(400, "{\"status\":"), unknown("cut")),
        (Reply::hang(), unknown("timeout")),
        (Reply::hang_within(201), unknown("timeout")),
    ] {
        let s = setting_for(&reply).await;
        let name = format!("{reply:?}");
        s.next([reply]);
        assert_eq!(s.book().await, Err(failure), "{name}");
        assert_eq!(s.fake.requests().len(), 1, "nothing is repeated");
    }
}

#[tokio::test]
async fn what_never_left_is_certain_not_to_be_made() {
    let clock = TestClock::shared();
    for (base_url, company_id, failure) in [
        (unused_port().await, "salon", not_sent("no_connection", None)),
        ("https://10.0.0.1/v2".into(), "salon", not_sent("address_refused", None)),
        ("http://api.cal.com/v2".into(), "salon", not_sent("address_refused", None)),
        (unused_port().await, "keyless", not_sent("no_key", None)),
    ] {
        let calcom = calcom_at(base_url.clone(), clock.clone(), |_| {});
        assert_eq!(calcom.book(&company(company_id), &request()).await, Err(failure), "{base_url}");
    }
}

#[tokio::test]
async fn a_look_up_asks_every_list_that_can_hold_it_and_all_their_pages() {
    let s = setting().await;
    let (mine, others) =
        (|uid, status| told(uid, status, ours()), told("x", "accepted", BookingId(Uuid::from_u128(9))));
    let without_metadata = json!({"uid": "y", "status": "accepted"});
    s.next([
        last_page(&[mine("uid_p", "pending")]),
        list(&[others.clone(), mine("uid_1", "accepted")], &json!({"nextCursor": "c2==", "hasMore": true})),
        last_page(&[without_metadata, mine("uid_2", "accepted")]),
        last_page(&[mine("uid_2", "cancelled"), mine("uid_r", "rejected")]),
    ]);
    let found = s.find(None).await.unwrap();
    assert_eq!(
        found,
        [
            read("uid_p", ProviderStatus::Pending),
            read("uid_1", ProviderStatus::Accepted),
            read("uid_2", ProviderStatus::Cancelled),
            read("uid_r", ProviderStatus::Rejected),
        ]
    );
    let asked = s.fake.requests();
    let lists: Vec<_> = asked.iter().map(|asked| (asked.query("status").unwrap(), asked.query("cursor"))).collect();
    let list = |status: &str, cursor: Option<&str>| (status.to_owned(), cursor.map(str::to_owned));
    assert_eq!(
        lists,
        [list("unconfirmed", None), list("upcoming", None), list("upcoming", Some("c2==")), list("cancelled", None)]
    );
    for request in &asked {
        assert_eq!((request.path(), request.header("cal-api-version")), ("/v2/bookings", "2026-05-01"));
        assert_eq!(request.query("eventTypeId").as_deref(), Some("7"));
        assert_eq!(request.query("afterStart").as_deref(), Some("2026-11-24T09:59:00Z"));
    }
}

#[tokio::test]
async fn a_teams_bookings_are_looked_up_at_the_team() {
    let s = setting().await;
    let full = json!({"hasNextPage": true, "currentPage": 1});
    let end = json!({"hasNextPage": false, "currentPage": 2});
    s.next([
        list(&[], &end),
        list(&[told("x", "accepted", BookingId(Uuid::from_u128(9)))], &full),
        list(&[told("uid_1", "accepted", ours())], &end),
        list(&[], &end),
    ]);
    assert_eq!(s.find(Some(5)).await.unwrap(), [read("uid_1", ProviderStatus::Accepted)]);
    let asked = s.fake.requests();
    let skips: Vec<_> = asked.iter().map(|asked| asked.query("skip")).collect();
    assert_eq!(skips, [None, None, Some("1".into()), None]);
    for request in asked {
        assert_eq!((request.path(), request.header("cal-api-version")), ("/v2/teams/5/bookings", "2024-08-13"));
    }
}

#[tokio::test]
async fn a_look_up_that_breaks_off_finds_nothing_rather_than_half() {
    for second in [
        Reply::json(500, "{}"),
        Reply::cut(),
        Reply::json(200, r#"{"status":"success","data":[{"uid":1,"metadata":{}}"#),
        list(&[], &json!({"nextCursor": null, "hasMore": true})),
        list(&[json!({"uid": "uid_1", "metadata": {"ringbuch_booking": ours().to_string()}})], &json!({})),
    ] {
        let s = setting().await;
        let name = format!("{second:?}");
        s.next([last_page(&[told("uid_1", "accepted", ours())]), second]);
        assert!(matches!(s.find(None).await, Err(CalendarFailure::Unknown { .. })), "{name}");
    }
}

#[tokio::test]
async fn a_booking_is_read_by_its_uid() {
    let s = setting().await;
    s.next([
        success(200, &told("uid_1", "cancelled", ours())),
        Reply::json(404, r#"{"error":{"message":"Booking not found."}}"#),
    ]);
    assert_eq!(s.get().await.unwrap(), read("uid_1", ProviderStatus::Cancelled));
    assert_eq!(s.get().await, Err(refused("gone")));
    assert_eq!(line(&s.fake.requests()[0]), ("GET", "/v2/bookings/uid_1", "2026-02-25"));
}

#[tokio::test]
async fn cancelling_what_is_cancelled_succeeds() {
    let s = setting().await;
    s.next([
        success(200, &told("uid_1", "cancelled", ours())),
        bad_request("Can't cancel booking with uid=uid_1 because it has been cancelled already. Please provide uid"),
        success(200, &told("uid_1", "cancelled", ours())),
    ]);
    assert_eq!(s.cancel().await, Ok(()));
    assert_eq!(s.cancel().await, Ok(()));
    let asked = s.fake.requests();
    assert_eq!(line(&asked[0]), ("POST", "/v2/bookings/uid_1/cancel", "2026-02-25"));
    assert_eq!(asked[0].json(), json!({"cancellationReason": "Kunde hat abgesagt"}));
    known_only(&asked[0].json(), CANCEL_PROPERTIES);
    assert_eq!(line(&asked[2]), ("GET", "/v2/bookings/uid_1", "2026-02-25"));
}

#[tokio::test]
async fn a_booking_that_lives_on_under_another_uid_is_not_cancelled() {
    let s = setting().await;
    let mut moved = told("uid_1", "cancelled", ours());
    moved["rescheduledToUid"] = "uid_2".into();
    s.next([bad_request("This booking has already been cancelled."), success(200, &moved)]);
    assert_eq!(s.cancel().await, Err(refused("moved")));
}

#[tokio::test]
async fn cancelling_tells_what_is_gone_and_what_is_unknown() {
    for (reply, failure) in [
        (Reply::json(404, r#"{"error":{"message":"Booking with uid=uid_1 not found"}}"#), refused("gone")),
        (
            Reply::json(400, r#"{"statusCode":400,"message":"Cannot cancel a booking that has already ended"}"#),
            refused("ended"),
        ),
        (Reply::json(200, "OK"), unknown("unreadable_answer")),
        (Reply::hang(), unknown("timeout")),
    ] {
        let s = setting_for(&reply).await;
        let name = format!("{reply:?}");
        s.next([reply]);
        assert_eq!(s.cancel().await, Err(failure), "{name}");
    }
}

#[tokio::test]
async fn a_reason_is_always_given_when_cancelling() {
    let s = setting().await;
    s.next([success(200, &json!({}))]);
    s.calcom.cancel(&salon(), &name(), "").await.unwrap();
    assert_eq!(s.fake.only_request().json(), json!({"cancellationReason": "Cancelled"}));
}

#[tokio::test]
async fn a_moved_booking_has_its_new_uid() {
    let s = setting().await;
    s.next([success(201, &told("uid_2", "accepted", ours()))]);
    assert_eq!(s.reschedule().await.unwrap().uid, "uid_2");
    let asked = s.fake.only_request();
    assert_eq!(line(&asked), ("POST", "/v2/bookings/uid_1/reschedule", "2026-02-25"));
    assert_eq!(asked.json(), json!({"start": "2026-11-25T09:00:00Z", "reschedulingReason": "Kunde bat darum"}));
    known_only(&asked.json(), RESCHEDULE_PROPERTIES);
}

const MOVED_BEFORE: &str = "Can't reschedule booking with uid=uid_1 because it has been cancelled and rescheduled already \
    to booking with uid=uid_2. You probably want to reschedule uid_2 instead by passing it within the request URL.";

#[tokio::test]
async fn a_repeated_move_finds_what_the_first_one_made() {
    let s = setting().await;
    s.next([bad_request(MOVED_BEFORE), success(200, &told("uid_2", "accepted", ours()))]);
    assert_eq!(s.reschedule().await.unwrap(), read("uid_2", ProviderStatus::Accepted));
    assert_eq!(s.fake.requests()[1].target, "/v2/bookings/uid_2");
}

#[tokio::test]
async fn a_repeated_move_whose_result_cannot_be_read_is_unknown_and_never_not_sent() {
    for second in [Reply::json(429, "{}"), Reply::json(500, "{}"), Reply::json(404, "{}"), Reply::cut()] {
        let s = setting().await;
        s.next([bad_request(MOVED_BEFORE), second]);
        assert_eq!(s.reschedule().await, Err(unknown("moved_before_but_unreadable")));
    }
}

#[tokio::test]
async fn a_move_to_a_time_that_is_not_free_leaves_the_booking_where_it_is() {
    let s = setting().await;
    s.next([
        bad_request("User either already has booking at this time or is not available"),
        bad_request("Can't reschedule booking with uid=uid_1 because it has been cancelled. Please provide uid"),
    ]);
    assert_eq!(s.reschedule().await, Err(CalendarFailure::Taken));
    assert_eq!(s.reschedule().await, Err(refused("cancelled")));
}

#[tokio::test]
async fn after_a_429_nothing_is_sent_with_that_key_until_the_block_is_over() {
    let s = setting().await;
    s.next([Reply::json(429, "{}").with("x-ratelimit-reset-default", "42"), booked(), booked()]);
    assert_eq!(s.book().await, Err(not_sent("rate_limited", Some(42))));
    s.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(s.get().await, Err(not_sent("rate_limited", Some(40))));
    let same_key = s.calcom.book(&company("same_key"), &request()).await;
    assert_eq!(same_key, Err(not_sent("rate_limited", Some(40))));
    assert_eq!(s.fake.requests().len(), 1);
    assert!(s.calcom.book(&company("other_key"), &request()).await.is_ok());
    s.clock.advance(SignedDuration::from_secs(40));
    assert!(s.book().await.is_ok());
}

#[tokio::test]
async fn a_429_without_a_word_blocks_for_a_minute() {
    let s = setting().await;
    s.next([Reply::json(429, "{}")]);
    assert_eq!(s.book().await, Err(not_sent("rate_limited", Some(60))));
    assert_eq!(s.calcom.rate_limits_remaining(), [(salon(), 0)]);
}

/// A minute, and what is added to it so that nodes never exceed the limit together.
fn full() -> CalendarFailure {
    let wait = Duration::from_millis(66_500);
    CalendarFailure::NotSent { reason: "rate_limited".into(), retry_after: Some(wait) }
}

#[tokio::test]
async fn look_ups_count_and_what_would_wait_too_long_is_not_sent() {
    let s = setting_with(|options| options.limit.rate.requests = 3).await;
    s.next([last_page(&[]), last_page(&[]), last_page(&[])]);
    assert_eq!(s.find(None).await, Ok(vec![]));
    assert_eq!(s.book().await, Err(full()));
    assert_eq!(s.fake.requests().len(), 3);
}

#[tokio::test]
async fn the_background_yields_to_callers() {
    let s = setting_with(|options| {
        options.limit.rate.requests = 2;
        options.limit.kept_for_callers = 1;
    })
    .await;
    s.next([success(200, &told("uid_1", "accepted", ours())), booked()]);
    let background = s.calcom.in_the_background();
    assert!(background.get(&salon(), &name()).await.is_ok());
    assert_eq!(background.get(&salon(), &name()).await, Err(full()));
    assert_eq!(background.rests_for(&salon()), full().retry_after(), "who asks before hears the same");
    assert_eq!((s.calcom.rests_for(&salon()), background.rests_for(&company("other_key"))), (None, None));
    assert!(s.book().await.is_ok());
}

#[tokio::test]
async fn what_only_reads_is_asked_for_once_more_unless_somebody_waits_on_the_phone() {
    let one = || success(200, &told("uid_1", "accepted", ours()));
    for broken in [Reply::json(500, "{}"), Reply::cut(), Reply::json(200, "{")] {
        let s = setting().await;
        s.next([broken.clone(), one(), broken.clone(), broken.clone(), broken]);
        let background = s.calcom.in_the_background();
        assert!(background.get(&salon(), &name()).await.is_ok());
        assert!(matches!(background.get(&salon(), &name()).await, Err(CalendarFailure::Unknown { .. })));
        assert!(matches!(s.get().await, Err(CalendarFailure::Unknown { .. })));
        assert_eq!(s.fake.requests().len(), 5);
    }
    let s = setting().await;
    s.next([Reply::json(500, "{}"), booked()]);
    assert!(s.calcom.in_the_background().book(&salon(), &request()).await.is_err(), "what writes is never repeated");
}

#[tokio::test]
async fn the_headers_lower_the_limit() {
    let s = setting().await;
    let headers = [("x-ratelimit-remaining-default", "0"), ("x-ratelimit-reset-default", "30")];
    s.next([headers.into_iter().fold(booked(), |reply, (name, value)| reply.with(name, value))]);
    assert!(s.book().await.is_ok());
    assert_eq!(s.book().await, Err(not_sent("rate_limited", Some(30))));
}

#[tokio::test]
async fn the_breaker_opens_after_five_failures_and_closes_after_two_successes() {
    let s = setting().await;
    s.next((0..5).map(|_| Reply::json(503, "{}")));
    for _ in 0..5 {
        assert_eq!(s.book().await, Err(unknown("http_503")));
    }
    assert_eq!(s.book().await, Err(not_sent("breaker_open", Some(60))));
    assert_eq!(s.calcom.breaker_states(), [(salon(), BreakerState::Open)]);
    s.next([booked()]);
    assert!(s.calcom.book(&company("same_key"), &request()).await.is_ok(), "another company's breaker is closed");
    s.clock.advance(SignedDuration::from_mins(1));
    s.next([booked(), booked()]);
    assert!(s.book().await.is_ok());
    assert_eq!(s.calcom.breaker_states()[0], (salon(), BreakerState::HalfOpen));
    assert!(s.book().await.is_ok());
    assert_eq!(s.calcom.breaker_states()[0], (salon(), BreakerState::Closed));
}

#[tokio::test]
async fn refusals_never_open_the_breaker_and_lost_connections_do() {
    let s = setting().await;
    let taken = || bad_request("User either already has booking at this time or is not available");
    for reply in [taken(), Reply::json(401, "{}"), Reply::json(404, "{}"), bad_request("anything")] {
        s.next((0..6).map(|_| reply.clone()));
        for _ in 0..6 {
            assert!(s.book().await.is_err());
        }
        assert_eq!(s.calcom.breaker_states(), [(salon(), BreakerState::Closed)]);
    }
    let nobody = calcom_at(unused_port().await, TestClock::shared(), |_| {});
    for _ in 0..5 {
        assert_eq!(nobody.book(&salon(), &request()).await, Err(not_sent("no_connection", None)));
    }
    assert_eq!(nobody.book(&salon(), &request()).await, Err(not_sent("breaker_open", Some(60))));
}

#[tokio::test]
async fn being_asked_to_wait_does_not_count_for_the_breaker() {
    let s = setting().await;
    for _ in 0..6 {
        s.next([Reply::json(429, "{}")]);
        assert_eq!(s.book().await, Err(not_sent("rate_limited", Some(60))));
        s.clock.advance(SignedDuration::from_mins(1));
    }
    assert_eq!(s.calcom.breaker_states(), [(salon(), BreakerState::Closed)]);
    assert!(s.clock.now() > at("2026-11-20T12:05:00Z"));
}
