//! The same against version 1 of the stand-in.

use super::super::calcom::{BookingWindow as WindowThere, Override};
use super::calcom_client::{Scene, guest, host, kind, ours, refused, request, salon};
use super::harness::at;
use crate::calcom::Api;
use jiff::civil::{date, time};
use ringbuch_domain::company::{BookingWindow, Window};
use ringbuch_domain::ports::{
    Calendar, CalendarFailure, CalendarSetUp, Hours, LookUp, ProviderStatus, SlotQuery, Slots,
};

async fn scene() -> Scene {
    Scene::with(Api::V1, |_| {}).await
}

#[tokio::test]
async fn a_booking_from_its_making_to_its_end() {
    let s = scene().await;
    let request = request(s.town.cut, None, "2025-07-02T09:00:00Z", 30);
    let booked = s.calcom.book(&salon(), &request).await.unwrap();
    assert_eq!((booked.status, booked.host), (ProviderStatus::Accepted, Some(host(s.town.anna.user))));
    assert_eq!((booked.end, booked.booking, booked.attempt), (request.end, Some(ours()), Some(1)));
    assert_eq!(s.calcom.get(&salon(), &booked.name()).await.unwrap(), booked);
    assert_eq!(s.calcom.book(&salon(), &request).await, Err(CalendarFailure::Taken));

    let moved = s.calcom.reschedule(&salon(), &booked.name(), at("2025-07-02T09:15:00Z"), "Stau").await.unwrap();
    assert_eq!((moved.start, moved.end), (at("2025-07-02T09:15:00Z"), at("2025-07-02T09:45:00Z")));
    assert_eq!((moved.booking, moved.attempt), (Some(ours()), Some(1)), "what it carried moves along");
    let kept = s.town.calcom.booking(&moved.uid).unwrap();
    assert_eq!((kept.attendee.phone.as_deref(), kept.attendee.language.as_str()), (Some("+493023125000"), "de"));
    assert_eq!(kept.rescheduled_from.as_deref(), Some(booked.uid.as_str()));
    let again = s.calcom.reschedule(&salon(), &booked.name(), at("2025-07-02T10:00:00Z"), "").await;
    assert_eq!(again, Err(refused("cancelled")));

    let look_up =
        LookUp { booking: ours(), event_type: kind(s.town.cut), team: None, start: moved.start, end: moved.end };
    let found = s.calcom.find(&salon(), &look_up).await.unwrap();
    assert_eq!(found, [s.calcom.get(&salon(), &moved.name()).await.unwrap()]);
    for _ in 0..2 {
        assert_eq!(s.calcom.cancel(&salon(), &moved.name(), "krank").await, Ok(()));
    }
    assert_eq!(s.calcom.get(&salon(), &moved.name()).await.unwrap().status, ProviderStatus::Cancelled);
    let lines = s.witness.lines();
    assert!(lines.iter().any(|line| line.starts_with("DELETE /v1/bookings/")));
    assert!(lines.iter().all(|line| line.split(' ').nth(1).unwrap().starts_with("/v1/")));
}

#[tokio::test]
async fn a_look_up_reads_every_page_and_never_takes_what_it_cannot_see_for_nothing() {
    let s = scene().await;
    let start = at("2025-07-02T09:00:00Z");
    for n in 0..120 {
        let minute = |n: i64| at("2025-07-02T12:00:00Z") + jiff::SignedDuration::from_mins(n);
        s.town.calcom.force_booking(s.town.cut, s.town.anna.user, minute(n), minute(n + 1), guest("erika")).unwrap();
    }
    let booked = s.calcom.book(&salon(), &request(s.town.cut, None, "2025-07-02T09:00:00Z", 30)).await.unwrap();
    let look_up =
        |event_type, team| LookUp { booking: ours(), event_type: kind(event_type), team, start, end: booked.end };
    assert_eq!(s.calcom.find(&salon(), &look_up(s.town.cut, None)).await.unwrap(), std::slice::from_ref(&booked));
    let of_team = look_up(s.town.wash, Some(host(s.town.team)));
    assert_eq!(s.calcom.find(&salon(), &of_team).await, Err(refused("role_missing")), "Ben's cannot be seen");
    s.town.calcom.make_admin(s.town.anna.user);
    assert_eq!(s.calcom.find(&salon(), &of_team).await.unwrap(), [booked]);
}

#[tokio::test]
async fn services_people_and_hours_are_read() {
    let s = scene().await;
    s.town.calcom.change_event_type(s.town.cut, |kind| {
        kind.window = WindowThere::Range(date(2025, 7, 1), date(2025, 7, 31));
        kind.length_options = vec![30, 60];
    });
    let annas = s.calcom.schedules(&salon()).await.unwrap()[0].schedule;
    s.town.calcom.change_schedule(u64::try_from(annas).unwrap(), |schedule| {
        schedule.overrides = vec![Override { date: date(2025, 12, 24), from: time(0, 0, 0, 0), to: time(0, 0, 0, 0) }];
    });
    let found = s.calcom.event_types(&salon()).await.unwrap();
    let named: Vec<_> = found.iter().map(|it| (it.title.as_str(), it.team, it.minutes)).collect();
    let team = Some(host(s.town.team));
    assert_eq!(named, [("Haarschnitt", None, 30), ("Waschen", team, 45), ("Beratung", team, 60)]);
    assert_eq!(found[0].window, Some(BookingWindow::Range { from: date(2025, 7, 1), to: date(2025, 7, 31) }));
    assert_eq!((&found[0].lengths[..], &found[0].hosts[..]), (&[30, 60][..], &[host(s.town.anna.user)][..]));
    assert_eq!(found[1].hosts, [host(s.town.anna.user), host(s.town.ben.user)]);
    let owner = s.calcom.key_owner(&salon()).await.unwrap();
    let members = s.calcom.members(&salon()).await.unwrap();
    assert_eq!(members.iter().map(|it| it.host).collect::<Vec<_>>(), [owner.user]);
    let schedules = s.calcom.schedules(&salon()).await.unwrap();
    let window = Window { from: time(9, 0, 0, 0), to: time(17, 0, 0, 0) };
    assert_eq!(schedules[0].hours.weekly, [1, 2, 3, 4, 5].map(|day| (day, window)), "Sunday is 0 there");
    assert_eq!(schedules[0].hours.overrides, [(date(2025, 12, 24), vec![])]);
    assert!(schedules[0].is_default);
    assert_eq!(s.calcom.schedule(&salon(), schedules[0].schedule).await.unwrap(), schedules[0]);
    assert_eq!(s.calcom.schedule(&salon(), 99).await, Err(refused("schedule_unknown")));
}

#[tokio::test]
async fn open_times_get_their_ends_from_the_services_length() {
    let s = scene().await;
    let day = date(2025, 7, 2);
    for (event_type, team, minutes, count) in [(s.town.cut, None, 30, 16), (s.town.wash, Some(s.town.team), 45, 10)] {
        let query = SlotQuery {
            event_type: kind(event_type),
            team: team.map(host),
            minutes: None,
            from: day,
            to: day,
            zone: "Europe/Berlin".into(),
        };
        let open = s.calcom.slots(&salon(), &query).await.unwrap().slots;
        assert_eq!(open.len(), count);
        let length = open[0].end.duration_since(open[0].start).as_mins();
        assert_eq!((open[0].start, length), (at("2025-07-02T07:00:00Z"), minutes));
    }
}

#[tokio::test]
async fn what_version_1_has_no_way_to_do_is_refused_by_name() {
    let s = scene().await;
    let (salon, no) = (salon(), refused("not_in_v1"));
    let now = at("2025-06-30T08:00:00Z");
    let name = ringbuch_domain::diary::ProviderRef { uid: "uid_1".into(), number: 1 };
    assert_eq!(s.calcom.put_hours(&salon, 1, &Hours::default()).await, Err(no.clone()));
    assert_eq!(s.calcom.webhooks(&salon).await, Err(no.clone()));
    assert_eq!(s.calcom.register_webhook(&salon, "https://example.com", &[], "s").await, Err(no.clone()));
    assert_eq!(s.calcom.changed(&salon, now, now).await, Err(no.clone()));
    assert_eq!(s.calcom.confirm(&salon, &name).await, Err(no));
    assert_eq!(s.witness.lines(), Vec::<String>::new(), "nothing is sent");
}

#[tokio::test]
async fn the_installations_limit_is_kept() {
    let s = scene().await;
    let background = s.calcom.in_the_background();
    for _ in 0..90 {
        while let Err(failure) = background.key_owner(&salon()).await {
            s.town.pass(failure.retry_after().unwrap());
        }
    }
    assert_eq!((s.witness.lines().len(), s.town.calcom.too_many_sent()), (90, 0));
}
