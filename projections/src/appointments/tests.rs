use super::*;
use crate::page::{Paging, Span};
use crate::scope::Scope;
use crate::testing::{Log, PAGE, START, Tenant, projected, time};
use jiff::civil::date;
use ringbuch_domain::diary::*;

struct Story {
    salon: Tenant,
    log: Log,
}

impl Story {
    fn requested() -> Self {
        let salon = Tenant::new("salon", 1);
        let mut log = Log::new();
        log.diary(&salon.company, PAGE, salon.requested(Some("1"), "max", "b"));
        Self { salon, log }
    }

    fn confirmed() -> Self {
        let mut story = Self::requested();
        let confirmation = story.salon.confirmed(Some("1"), "max", "b");
        story.diary(confirmation);
        story
    }

    fn diary(&mut self, event: impl Into<DiaryEvent>) {
        self.log.diary(&self.salon.company, PAGE, event);
    }

    async fn row(&self) -> Appointment {
        let rows = projected(&self.log).await;
        find(&*rows, Scope::Company(&self.salon.company), self.salon.booking("b")).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_request_makes_the_row() {
    let story = Story::requested();
    let row = story.row().await;
    assert_eq!((row.status, row.page, row.start_at), (AppointmentStatus::Requested, PAGE, time(START)));
    assert_eq!(row.end_at, time("2025-07-02T09:30:00Z"));
    assert_eq!((row.call, row.customer), (Some(story.salon.call("1")), story.salon.customer("max")));
    assert_eq!((row.name.as_deref(), row.source.as_str()), (Some("max of salon"), "call"));
    assert_eq!((row.attempts, row.settled, row.in_doubt, row.staff), (0, false, false, None));
}

#[tokio::test]
async fn a_confirmation_tells_who_serves_it_and_keeps_the_uid_to_itself() {
    let story = Story::confirmed();
    let row = story.row().await;
    assert_eq!((row.status, row.staff.clone()), (AppointmentStatus::Confirmed, Some(story.salon.staff.clone())));
    assert!(!serde_json::to_string(&row).unwrap().contains("uid-salon"));

    let rows = projected(&story.log).await;
    let booking = story.salon.booking("b");
    let named = provider_ref(&*rows, Scope::Company(&story.salon.company), booking).await.unwrap();
    assert_eq!(named, Some(story.salon.provider_ref("b")));
    let rows = projected(&Story::requested().log).await;
    assert_eq!(provider_ref(&*rows, Scope::All, booking).await.unwrap(), None);
}

#[tokio::test]
async fn doubt_shows_until_it_is_resolved() {
    let mut story = Story::requested();
    let unknown = story.salon.unknown("b", Act::Book, 1, "2025-07-01T08:01:00Z");
    story.diary(unknown);
    let row = story.row().await;
    assert_eq!((row.status, row.in_doubt, row.attempts), (AppointmentStatus::Unknown, true, 1));
    assert_eq!(row.next_attempt_at, Some(time("2025-07-01T08:01:00Z")));
    assert_eq!(row.last_trouble.as_deref(), Some("timed out"));

    let attempt = story.salon.attempt("b", Act::Book, 2, "2025-07-01T08:02:00Z");
    story.diary(attempt);
    let row = story.row().await;
    assert_eq!((row.status, row.in_doubt, row.attempts), (AppointmentStatus::Requested, false, 2));
    assert_eq!(row.next_attempt_at, None);
}

#[tokio::test]
async fn doubt_about_a_cancellation_leaves_the_appointment_confirmed() {
    let mut story = Story::confirmed();
    let booking = story.salon.booking("b");
    let cancel = story.salon.cancel_requested("b", Some("krank"));
    story.diary(cancel);
    let unknown = story.salon.unknown("b", Act::Cancel, 2, "2025-07-01T08:01:00Z");
    story.diary(unknown);
    let row = story.row().await;
    assert_eq!(
        (row.status, row.in_doubt, row.under_way.as_deref()),
        (AppointmentStatus::Confirmed, true, Some("cancel"))
    );

    story.diary(BookingCancelled { booking, by: "api".into() });
    let row = story.row().await;
    assert_eq!((row.status, row.in_doubt, row.under_way), (AppointmentStatus::Cancelled, false, None));
    assert_eq!((row.cancelled_by.as_deref(), row.cancel_reason.as_deref()), (Some("api"), Some("krank")));
}

#[tokio::test]
async fn a_postponement_and_a_failure_say_why() {
    let mut story = Story::requested();
    let booking = story.salon.booking("b");
    story.diary(BookingPostponed {
        booking,
        act: Act::Book,
        attempt: 1,
        reason: "no connection".into(),
        next_attempt_at: time("2025-07-01T08:02:00Z"),
    });
    let row = story.row().await;
    assert_eq!((row.status, row.next_attempt_at), (AppointmentStatus::Requested, Some(time("2025-07-01T08:02:00Z"))));
    assert_eq!(row.last_trouble.as_deref(), Some("no connection"));

    let failure = story.salon.failed(Some("1"), "max", "b", "taken");
    story.diary(failure);
    story.diary(BookingSettled { booking });
    let row = story.row().await;
    assert_eq!((row.status, row.reason.as_deref()), (AppointmentStatus::Failed, Some("taken")));
    assert_eq!((row.next_attempt_at, row.settled), (None, true));
}

#[tokio::test]
async fn pending_is_not_confirmed() {
    let mut story = Story::requested();
    let pending = story.salon.pending("max", "b");
    story.diary(pending);
    let row = story.row().await;
    assert_eq!((row.status, row.staff), (AppointmentStatus::Pending, Some(story.salon.staff.clone())));
}

/// A crash between arriving and leaving must not show it where nobody may touch it yet.
#[tokio::test]
async fn a_moved_appointment_is_found_at_its_old_page_until_that_lets_it_go() {
    let mut story = Story::confirmed();
    let booking = story.salon.booking("b");
    let (new_page, to) = (date(2025, 7, 3), Tenant::slot("2025-07-03T09:00:00Z"));
    story.diary(BookingSettled { booking });
    story.diary(BookingMoveRequested { booking, to, page: new_page, staff: vec![], by: "api".into() });
    let before = story.log.events.len();
    story.salon.moved_to(&mut story.log, "max", "b", new_page);
    story.log.events.truncate(before + 2);
    let row = story.row().await;
    assert_eq!((row.page, row.start_at, row.under_way.as_deref()), (PAGE, to.start, Some("move")));
}

#[tokio::test]
async fn a_moved_appointment_stays_one_row() {
    let new_page = date(2025, 7, 3);
    let mut story = Story::confirmed();
    let booking = story.salon.booking("b");
    let to = Tenant::slot("2025-07-03T09:00:00Z");
    story.diary(BookingSettled { booking });
    story.diary(BookingMoveRequested { booking, to, page: new_page, staff: vec![], by: "api".into() });
    let row = story.row().await;
    assert_eq!((row.under_way.as_deref(), row.settled), (Some("move"), false));

    story.salon.moved_to(&mut story.log, "max", "b", new_page);
    let row = story.row().await;
    assert_eq!((row.page, row.start_at, row.end_at), (new_page, to.start, to.end));
    assert_eq!((row.status, row.moves, row.under_way), (AppointmentStatus::Confirmed, 1, None));
    assert_eq!((row.source.as_str(), row.call, row.settled), ("call", Some(story.salon.call("1")), true));
}

#[tokio::test]
async fn a_move_within_the_day_keeps_the_length_and_a_failed_one_the_time() {
    let mut story = Story::confirmed();
    let booking = story.salon.booking("b");
    let to = time("2025-07-02T12:00:00Z");
    story.diary(BookingMoved { booking, from: time(START), to, page: PAGE, stays: true });
    let row = story.row().await;
    assert_eq!((row.start_at, row.end_at, row.page), (to, time("2025-07-02T12:30:00Z"), PAGE));

    story.diary(BookingMoveFailed { booking, attempt: None, reason: "taken".into() });
    let row = story.row().await;
    assert_eq!((row.start_at, row.last_trouble.as_deref(), row.under_way), (to, Some("taken"), None));
}

#[tokio::test]
async fn the_day_itself_ends_an_appointment() {
    let mut story = Story::confirmed();
    let booking = story.salon.booking("b");
    story.diary(BookingCompleted { booking });
    assert_eq!(story.row().await.status, AppointmentStatus::Completed);
    story.diary(CustomerDidNotShow { booking });
    assert_eq!(story.row().await.status, AppointmentStatus::NoShow);
}

#[tokio::test]
async fn erasing_a_person_takes_the_uid_as_well() {
    let mut story = Story::confirmed();
    let erased = story.salon.erased("max");
    story.log.customer(&story.salon.company, story.salon.customer("max"), erased);
    let row = story.row().await;
    assert_eq!((row.name, row.email, row.phone, row.notes), (None, None, None, None));
    assert_eq!(row.status, AppointmentStatus::Confirmed);
    let rows = projected(&story.log).await;
    assert_eq!(provider_ref(&*rows, Scope::All, story.salon.booking("b")).await.unwrap(), None);
}

#[tokio::test]
async fn a_call_may_have_several_appointments() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    for (call, booking) in [(Some("1"), "first"), (Some("1"), "second"), (Some("2"), "other"), (None, "api")] {
        log.diary(&salon.company, PAGE, salon.requested(call, "max", booking));
    }
    let rows = projected(&log).await;
    let found = of_call(&*rows, Scope::Company(&salon.company), &salon.call("1")).await.unwrap();
    let bookings: Vec<_> = found.into_iter().map(|it| it.booking).collect();
    assert_eq!(bookings, [salon.booking("first"), salon.booking("second")]);
}

#[tokio::test]
async fn filters_narrow_the_list_and_the_latest_start_comes_first() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let mut late = salon.requested(None, "eva", "late");
    late.slot = Tenant::slot("2025-07-02T14:00:00Z");
    log.diary(&salon.company, PAGE, late).diary(&salon.company, PAGE, salon.requested(None, "max", "early")).diary(
        &salon.company,
        PAGE,
        salon.confirmed(None, "max", "early"),
    );
    let rows = projected(&log).await;
    let none = AppointmentFilter::default;
    let span = Span { since: None, until: Some(time("2025-07-02T14:00:00Z")) };
    let (early, late) = (salon.booking("early"), salon.booking("late"));
    let cases = [
        (none(), vec![late, early]),
        (AppointmentFilter { branch: Some(salon.branch.clone()), ..none() }, vec![late, early]),
        (AppointmentFilter { status: Some(AppointmentStatus::Confirmed), ..none() }, vec![early]),
        (AppointmentFilter { staff: Some(salon.staff.clone()), ..none() }, vec![early]),
        (AppointmentFilter { customer: Some(salon.customer("eva")), ..none() }, vec![late]),
        (AppointmentFilter { span, ..none() }, vec![early]),
    ];
    for (filter, expected) in cases {
        let page = list(&*rows, Scope::Company(&salon.company), &filter, Paging::default()).await.unwrap();
        let bookings: Vec<_> = page.items.into_iter().map(|it| it.booking).collect();
        assert_eq!(bookings, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn an_appointment_is_found_by_the_calendars_name_while_it_stands() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    salon.booked_call(&mut log, "1", "max", "b");
    let (rows, scope) = (projected(&log).await, Scope::Company(&salon.company));
    assert_eq!(by_uid(&*rows, scope, "uid-salon-b").await.unwrap(), Some(salon.booking("b")));
    assert_eq!(by_uid(&*rows, scope, "uid-salon-x").await.unwrap(), None);
    let named = standing(&*rows, scope, Span::default(), 10).await.unwrap();
    assert_eq!(
        named.iter().map(|it| (it.booking, it.uid.as_str())).collect::<Vec<_>>(),
        [(salon.booking("b"), "uid-salon-b")]
    );

    log.diary(&salon.company, PAGE, BookingCancelled { booking: salon.booking("b"), by: "calendar".into() });
    let rows = projected(&log).await;
    assert!(standing(&*rows, scope, Span::default(), 10).await.unwrap().is_empty());
    log.customer(&salon.company, salon.customer("max"), salon.erased("max"));
    assert_eq!(by_uid(&*projected(&log).await, scope, "uid-salon-b").await.unwrap(), None, "it goes with its person");
}
