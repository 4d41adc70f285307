//! The client against the stand-in for Cal.com. A witness stands between the two and holds every request and every answer
//! against the published description.

use super::super::calcom::{
    BookingLimit as LimitThere, BookingWindow as WindowThere, Confirmation, Field, Guest, NewEventType, NewUser,
    Per as PerThere, Role, Scheduling,
};
use super::calcom_witness::Witness;
use super::harness::{Town, at, berlin};
use crate::calcom::{Api, ApiVersions, Calcom, CalcomOptions, CalcomSettings, CompanySettings};
use crate::outbound::fake::local;
use crate::provider::Around;
use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::civil::{date, time};
use ringbuch_domain::company::{BookingField, BookingLimit, BookingWindow, LimitOf, Per, Window};
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::{BookingId, CompanyId, EventTypeId};
use ringbuch_domain::ports::{
    Attendee, BookRequest, Calendar, CalendarFailure, CalendarSetUp, Hours, LookUp, OpenSlot, ProviderStatus,
    SlotQuery, Slots,
};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// Whose calendar every company has.
struct Everybody {
    settings: CalcomSettings,
}

#[async_trait]
impl CompanySettings for Everybody {
    async fn calcom(&self, _: &CompanyId) -> Option<CalcomSettings> {
        Some(self.settings.clone())
    }
}

pub(super) struct Scene {
    pub town: Town,
    pub witness: Witness,
    pub calcom: Calcom,
}

impl Scene {
    async fn open() -> Self {
        Self::with(Api::V2, |_| {}).await
    }

    pub async fn with(api: Api, change: impl FnOnce(&mut ApiVersions)) -> Self {
        let town = Town::open().await;
        let witness = Witness::before(town.sandbox.calcom_url()).await;
        let mut versions = ApiVersions::default();
        change(&mut versions);
        let api_key = SecretString::from(town.anna.api_key.clone());
        let settings = CalcomSettings { base_url: witness.url(), api_key, api, versions };
        // Longer than any machine under load needs.
        let long = Duration::from_mins(1);
        let options = CalcomOptions { write_total: long, read_total: long, ..CalcomOptions::default() };
        let calcom =
            Calcom::new(local(), Arc::new(Everybody { settings }), Around::alone(Arc::new(town.clock())), options);
        Self { town, witness, calcom }
    }

    /// How many requests there were of which the line begins so.
    fn asked(&self, beginning: &str) -> usize {
        self.witness.lines().iter().filter(|line| line.starts_with(beginning)).count()
    }
}

pub(super) fn ours() -> BookingId {
    BookingId(uuid::Uuid::from_u128(1))
}

pub(super) fn salon() -> CompanyId {
    CompanyId::new("salon").unwrap()
}

pub(super) fn host(user: u64) -> i64 {
    i64::try_from(user).unwrap()
}

pub(super) fn kind(event_type: u64) -> EventTypeId {
    EventTypeId(host(event_type))
}

fn hours(from: i8, to: i8) -> Window {
    Window { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) }
}

pub(super) fn guest(name: &str) -> Guest {
    Guest { name: name.into(), email: Some(format!("{name}@example.com")), phone: None, time_zone: berlin() }
}

pub(super) fn request(event_type: u64, team: Option<u64>, start: &str, minutes: i64) -> BookRequest {
    BookRequest {
        booking: ours(),
        call: None,
        attempt: 1,
        event_type: kind(event_type),
        team: team.map(host),
        start: at(start),
        end: at(start) + SignedDuration::from_mins(minutes),
        attendee: Attendee {
            name: "Max Mustermann".into(),
            email: "max@example.com".into(),
            phone: Some("+493023125000".into()),
            zone: "Europe/Berlin".into(),
            language: "de-AT".into(),
        },
        notes: "Via Telefon gebucht".into(),
    }
}

pub(super) fn refused(reason: &str) -> CalendarFailure {
    CalendarFailure::Refused { reason: reason.into() }
}

#[tokio::test]
async fn a_booking_from_its_making_to_its_end() {
    let s = Scene::open().await;
    for (event_type, team, minutes) in [(s.town.cut, None, 30), (s.town.wash, Some(s.town.team), 45)] {
        let request = request(event_type, team, "2025-07-02T09:00:00Z", minutes);
        let booked = s.calcom.book(&salon(), &request).await.unwrap();
        assert_eq!((booked.start, booked.end, booked.booking), (request.start, request.end, Some(ours())));
        let moved = s.calcom.reschedule(&salon(), &booked.name(), at("2025-07-02T13:00:00Z"), "Stau").await.unwrap();
        let (start, end) = (moved.start, moved.end);
        let look_up = LookUp { booking: ours(), event_type: request.event_type, team: request.team, start, end };
        let found = s.calcom.find(&salon(), &look_up).await.unwrap();
        assert_eq!(found, [s.calcom.get(&salon(), &moved.name()).await.unwrap()]);
        assert_eq!(s.calcom.cancel(&salon(), &booked.name(), "").await, Err(refused("moved")));
        for _ in 0..2 {
            assert_eq!(s.calcom.cancel(&salon(), &moved.name(), "krank").await, Ok(()));
        }
        let gone = s.calcom.find(&salon(), &look_up).await.unwrap();
        assert_eq!(gone.iter().map(|found| found.status).collect::<Vec<_>>(), [ProviderStatus::Cancelled]);
    }
    s.witness.attest();
}

#[tokio::test]
async fn services_are_read_with_their_rules() {
    let s = Scene::open().await;
    s.town.calcom.change_event_type(s.town.cut, |kind| {
        kind.length_options = vec![30, 60];
        kind.slot_interval_minutes = Some(15);
        kind.minimum_notice_minutes = 120;
        kind.before_buffer_minutes = 5;
        kind.after_buffer_minutes = 10;
        kind.window = WindowThere::BusinessDays(14);
        kind.limits = vec![LimitThere { per: PerThere::Day, bookings: 4 }];
        kind.confirmation = Confirmation::Always { blocks: true };
        kind.hidden = true;
        kind.fields = vec![Field { slug: "laenge".into(), label: "Länge".into(), required: true }];
    });
    let both = [s.town.anna.user, s.town.ben.user];
    let window = WindowThere::Range(date(2025, 7, 1), date(2025, 7, 31));
    let mould =
        NewEventType::team(s.town.team, Scheduling::Managed, &both, "Vorlage", 20).with(|it| it.window = window);
    let mould = s.town.calcom.add_event_type(mould);
    // In this one Anna is a mere member: it is another business's.
    let elsewhere =
        s.town.calcom.add_team("Nachbar", &[(s.town.anna.user, Role::Member), (s.town.ben.user, Role::Owner)]);
    s.town.calcom.add_event_type(NewEventType::team(elsewhere, Scheduling::RoundRobin, &both, "Fremd", 30));

    let found = s.calcom.event_types(&salon()).await.unwrap();
    let named: Vec<_> = found.iter().map(|it| (it.title.as_str(), it.team, it.bookable)).collect();
    let team = Some(host(s.town.team));
    let expected =
        [("Haarschnitt", None, true), ("Waschen", team, true), ("Beratung", team, true), ("Vorlage", team, false)];
    assert_eq!(named, expected);
    let cut = &found[0];
    assert_eq!((cut.event_type, cut.slug.as_str(), cut.minutes), (kind(s.town.cut), "haarschnitt", 30));
    assert_eq!((&cut.lengths[..], cut.slot_interval, cut.notice_minutes), (&[30, 60][..], Some(15), 120));
    assert_eq!((cut.buffer_before, cut.buffer_after, cut.hidden, cut.requires_confirmation), (5, 10, true, true));
    assert_eq!(cut.window, Some(BookingWindow::BusinessDays { days: 14, rolling: false }));
    assert_eq!(cut.limits, [BookingLimit { per: Per::Day, of: LimitOf::Bookings, value: 4 }]);
    let own = BookingField {
        slug: "laenge".into(),
        kind: "text".into(),
        label: "Länge".into(),
        required: true,
        options: vec![],
    };
    assert!(cut.fields.contains(&own) && cut.fields.iter().any(|field| field.slug == "email" && field.required));
    assert_eq!(found[1].hosts, both.map(host));
    assert_eq!((cut.hosts.as_slice(), found[1].requires_confirmation), (&[host(s.town.anna.user)][..], false));
    let july = BookingWindow::Range { from: date(2025, 7, 1), to: date(2025, 7, 31) };
    assert_eq!((found[3].event_type, &found[3].window), (kind(mould), &Some(july)));
    s.witness.attest();
}

#[tokio::test]
async fn people_are_read_with_their_teams() {
    let s = Scene::open().await;
    let owner = s.calcom.key_owner(&salon()).await.unwrap();
    assert_eq!((owner.user, owner.username.as_deref()), (host(s.town.anna.user), Some("anna")));
    assert_eq!(owner.zone, "Europe/Berlin");
    // More than one page holds.
    let crowd: Vec<_> =
        (0..260).map(|n| s.town.calcom.add_user(NewUser::new("Erika", &format!("erika{n}"), berlin()))).collect();
    let members: Vec<_> =
        crowd.iter().map(|user| (*user, Role::Member)).chain([(s.town.anna.user, Role::Admin)]).collect();
    let big = s.town.calcom.add_team("Messe", &members);
    let found = s.calcom.members(&salon()).await.unwrap();
    assert_eq!(found.len(), 262);
    let teams = |user: u64| found.iter().find(|member| member.host == host(user)).map(|member| member.teams.clone());
    assert_eq!(teams(s.town.anna.user), Some(vec![host(s.town.team), host(big)]));
    assert_eq!(teams(s.town.ben.user), Some(vec![host(s.town.team)]));
    let ben = found.iter().find(|member| member.host == host(s.town.ben.user)).unwrap();
    assert_eq!((ben.name.as_str(), ben.username.as_deref()), ("Ben Beispiel", Some("ben")));
    s.town.calcom.revoke_key(&s.town.anna.api_key);
    let no_key = CalendarFailure::NotSent { reason: "key_refused".into(), retry_after: None };
    assert_eq!(s.calcom.key_owner(&salon()).await, Err(no_key));
    s.witness.attest();
}

#[tokio::test]
async fn hours_are_read_and_written_whole() {
    let s = Scene::open().await;
    let all = s.calcom.schedules(&salon()).await.unwrap();
    let owners: Vec<_> = all.iter().map(|schedule| (schedule.owner, schedule.is_default)).collect();
    assert_eq!(owners, [(host(s.town.anna.user), true), (host(s.town.ben.user), true)], "each once");
    let annas = all[0].clone();
    assert_eq!(annas.hours.weekly, [1, 2, 3, 4, 5].map(|day| (day, hours(9, 17))));
    let wanted = Hours {
        weekly: vec![(1, hours(9, 12)), (1, hours(14, 18)), (6, hours(18, 0)), (7, hours(0, 0))],
        overrides: vec![(date(2025, 12, 24), vec![]), (date(2025, 12, 31), vec![hours(9, 12), hours(13, 14)])],
    };
    let written = s.calcom.put_hours(&salon(), annas.schedule, &wanted).await.unwrap();
    assert_eq!(written.hours, wanted);
    assert_eq!(s.calcom.schedule(&salon(), annas.schedule).await.unwrap(), written);
    let kept = s.town.calcom.schedule(u64::try_from(annas.schedule).unwrap()).unwrap();
    assert_eq!(kept.overrides.len(), 3, "a day that is off is one row, two windows are two");
    assert_eq!((written.zone.as_str(), written.name.as_str()), ("Europe/Berlin", "Salon"), "the rest stays");
    let empty = s.calcom.put_hours(&salon(), annas.schedule, &Hours::default()).await.unwrap();
    assert_eq!(empty.hours, Hours::default());
    assert_eq!(s.calcom.put_hours(&salon(), all[1].schedule, &wanted).await, Err(refused("not_owner")));
    assert_eq!(s.calcom.schedule(&salon(), 99).await, Err(refused("schedule_unknown")));
    s.witness.attest();
}

fn query(event_type: u64, from: jiff::civil::Date, to: jiff::civil::Date) -> SlotQuery {
    SlotQuery { event_type: kind(event_type), team: None, minutes: None, from, to, zone: "Europe/Berlin".into() }
}

fn starts(slots: &[OpenSlot]) -> Vec<String> {
    slots.iter().map(|slot| slot.start.to_string()).collect()
}

#[tokio::test]
async fn open_times_are_those_of_the_local_day() {
    let s = Scene::open().await;
    let open = s.calcom.slots(&salon(), &query(s.town.cut, date(2025, 7, 2), date(2025, 7, 2))).await.unwrap();
    assert_eq!((open.slots.len(), open.stale, open.age), (16, false, Duration::ZERO));
    assert_eq!(open.slots[0], OpenSlot { start: at("2025-07-02T07:00:00Z"), end: at("2025-07-02T07:30:00Z") });
    let several = s.calcom.slots(&salon(), &query(s.town.cut, date(2025, 7, 4), date(2025, 7, 7))).await.unwrap();
    assert_eq!(several.slots.len(), 32, "a weekend lies between");
    s.town.calcom.change_event_type(s.town.cut, |kind| kind.length_options = vec![30, 60]);
    let long = SlotQuery { minutes: Some(60), ..query(s.town.cut, date(2025, 7, 2), date(2025, 7, 2)) };
    let long = s.calcom.slots(&salon(), &long).await.unwrap();
    assert_eq!((long.slots.len(), long.slots[0].end), (8, at("2025-07-02T08:00:00Z")));
    assert_eq!(
        s.calcom.slots(&salon(), &query(99, date(2025, 7, 2), date(2025, 7, 2))).await,
        Err(refused("event_type_unknown"))
    );
    s.witness.attest();
}

/// Open all day and all night, an hour at a time.
#[tokio::test]
async fn a_day_of_23_hours_and_one_of_25() {
    let s = Scene::open().await;
    let schedule = s.calcom.schedules(&salon()).await.unwrap()[0].schedule;
    let always = Hours { weekly: (1..=7).map(|day| (day, hours(0, 0))).collect(), overrides: vec![] };
    s.calcom.put_hours(&salon(), schedule, &always).await.unwrap();
    let hourly = s.town.calcom.add_event_type(NewEventType::personal(s.town.anna.user, "Stunde", 60));
    for (now, day, count, first, last) in [
        ("2026-03-01T00:00:00Z", date(2026, 3, 29), 23, "2026-03-28T23:00:00Z", "2026-03-29T21:00:00Z"),
        ("2026-10-01T00:00:00Z", date(2026, 10, 25), 25, "2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z"),
    ] {
        s.town.set_time(now);
        let open = starts(&s.calcom.slots(&salon(), &query(hourly, day, day)).await.unwrap().slots);
        assert_eq!(open.len(), count, "{day}");
        assert_eq!((open[0].as_str(), open[count - 1].as_str()), (first, last), "{day}");
    }
    s.witness.attest();
}

#[tokio::test]
async fn subscriptions_are_made_once_and_brought_up_to_date() {
    let s = Scene::open().await;
    let (url, secret) = ("https://ringbuch.example.com/api/mcp/calcom/webhook/salon", "whsec_1");
    let first = s.calcom.register_webhook(&salon(), url, &["BOOKING_CREATED"], secret).await.unwrap();
    let of: Vec<_> = first.iter().map(|webhook| webhook.event_type).collect();
    assert_eq!(of, [None, Some(kind(s.town.wash)), Some(kind(s.town.advice))], "a team's services need their own");
    let triggers = ["BOOKING_CREATED", "BOOKING_CANCELLED", "BOOKING_REASSIGNED"];
    let again = s.calcom.register_webhook(&salon(), url, &triggers, "whsec_2").await.unwrap();
    assert_eq!(again.iter().map(|it| &it.id).collect::<Vec<_>>(), first.iter().map(|it| &it.id).collect::<Vec<_>>());
    assert_eq!(s.calcom.webhooks(&salon()).await.unwrap(), again);
    assert!(again.iter().all(|webhook| webhook.active && webhook.url == url && webhook.triggers == triggers));
    let kept = s.town.calcom.webhooks();
    assert_eq!(kept.iter().map(|webhook| webhook.secret.as_deref()).collect::<Vec<_>>(), [Some("whsec_2"); 3]);
    s.witness.attest();
}

#[tokio::test]
async fn everything_that_changed_is_found_on_every_page_of_every_list() {
    for version in ["2026-05-01", "2024-08-13"] {
        let s = Scene::with(Api::V2, |versions| versions.booking_list = version.into()).await;
        let calcom = &s.town.calcom;
        let before = calcom.book_directly(s.town.cut, at("2025-07-01T07:00:00Z"), guest("otto")).unwrap();
        s.town.pass(Duration::from_mins(10));
        let from = at("2025-06-30T08:05:00Z");
        // More than one page of either kind, in minutes of a night.
        let night = |n: i64| at("2025-07-02T20:00:00Z") + SignedDuration::from_secs(60 * n);
        for n in 0..260 {
            let made = calcom.force_booking(s.town.wash, s.town.ben.user, night(n), night(n + 1), guest("erika"));
            assert!(made.is_some());
        }
        let moved = calcom.move_directly(&before.uid, at("2025-07-01T09:00:00Z")).unwrap();
        let asked = calcom.book_directly(s.town.cut, at("2025-07-03T09:00:00Z"), guest("eva")).unwrap();
        assert!(calcom.cancel_directly(&asked.uid, "krank"));
        let to = at("2025-06-30T08:20:00Z");
        s.town.pass(Duration::from_mins(30));
        calcom.book_directly(s.town.cut, at("2025-07-04T09:00:00Z"), guest("später")).unwrap();

        let found = s.calcom.changed(&salon(), from, to).await.unwrap();
        assert_eq!(found.len(), 263, "{version}");
        let one = |uid: &str| found.iter().find(|change| change.booking.uid == uid).unwrap();
        assert_eq!(one(&before.uid).moved_to.as_deref(), Some(moved.uid.as_str()));
        assert_eq!(one(&moved.uid).moved_from.as_deref(), Some(before.uid.as_str()));
        assert_eq!(one(&moved.uid).updated_at, at("2025-06-30T08:10:00Z"));
        assert_eq!(one(&asked.uid).booking.status, ProviderStatus::Cancelled);
        assert_eq!(one(&asked.uid).event_type, Some(kind(s.town.cut)));
        let of_ben = found.iter().filter(|change| change.booking.host == Some(host(s.town.ben.user))).count();
        assert_eq!(of_ben, 260, "what others of the team host");
        s.witness.attest();
    }
}

#[tokio::test]
async fn what_waits_for_its_host_is_confirmed_once() {
    let s = Scene::open().await;
    s.town.calcom.change_event_type(s.town.cut, |kind| kind.confirmation = Confirmation::Always { blocks: true });
    let booked = s.calcom.book(&salon(), &request(s.town.cut, None, "2025-07-02T09:00:00Z", 30)).await.unwrap();
    assert_eq!(booked.status, ProviderStatus::Pending);
    for _ in 0..2 {
        let confirmed = s.calcom.confirm(&salon(), &booked.name()).await.unwrap();
        assert_eq!((confirmed.status, &confirmed.uid), (ProviderStatus::Accepted, &booked.uid));
    }
    s.calcom.cancel(&salon(), &booked.name(), "krank").await.unwrap();
    assert_eq!(s.calcom.confirm(&salon(), &booked.name()).await, Err(refused("not_pending")));
    let nobody = ProviderRef { uid: "nobody".into(), number: 1 };
    assert_eq!(s.calcom.confirm(&salon(), &nobody).await, Err(refused("gone")));
    s.witness.attest();
}

/// The versions of the company's settings are what is sent, family by family.
#[tokio::test]
async fn a_version_that_is_not_served_is_no_word_about_the_booking() {
    let wrong = |versions: &mut ApiVersions| versions.slots = "2024-08-13".into();
    let s = Scene::with(Api::V2, wrong).await;
    let day = query(s.town.cut, date(2025, 7, 2), date(2025, 7, 2));
    let no_route = CalendarFailure::NotSent { reason: "route_unknown".into(), retry_after: None };
    assert_eq!(s.calcom.slots(&salon(), &day).await, Err(no_route));
    assert!(s.calcom.schedules(&salon()).await.is_ok());
    assert_eq!(s.asked("GET /v2/slots"), 1);
    let older = |versions: &mut ApiVersions| versions.event_types = "2024-06-14".into();
    let s = Scene::with(Api::V2, older).await;
    assert_eq!(s.calcom.event_types(&salon()).await.unwrap().len(), 3);
    // Its oldest form wraps the list in groups, which cannot be taken for an empty one.
    let oldest = |versions: &mut ApiVersions| versions.event_types = "2024-04-15".into();
    let s = Scene::with(Api::V2, oldest).await;
    assert_eq!(
        s.calcom.event_types(&salon()).await,
        Err(CalendarFailure::Unknown { reason: "unreadable_answer".into() })
    );
}
