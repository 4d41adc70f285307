//! Hours that are changed at the calendar from here, and the days on which a branch is closed.

use super::{Browser, Shown, signed_in};
use crate::http::v1::tests::world::{PRAXIS, SALON, World};
use crate::setup::SetUp;
use jiff::civil::{Date, date, time};
use ringbuch_domain::access::Role;
use ringbuch_domain::company::{Command, Company, DayOverride, WeeklyHours, Window, WorkingHoursSynced};
use ringbuch_domain::ids::{BranchId, StaffId};
use ringbuch_domain::ports::{Hours, ScheduleThere};
use ringbuch_domain::recorded::StreamId;

const SCHEDULE: i64 = 17;
const ANNA: &str = "/c/salon/staff/anna";
const OVER: Date = date(2025, 1, 2);

fn window(from: i8, to: i8) -> Window {
    Window { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) }
}

/// Anna's hours, read from the calendar: Monday to Friday, and a day off that is over.
async fn read_from_the_calendar(world: &World) {
    let weekly: Vec<_> = (1..=5).map(|weekday| (weekday, window(9, 17))).collect();
    let hours = Hours { weekly: weekly.clone(), overrides: vec![(OVER, vec![])] };
    let (name, zone) = ("Arbeitszeit".into(), "Europe/Berlin".into());
    world.schedules.put(ScheduleThere { schedule: SCHEDULE, owner: 1, name, zone, is_default: true, hours });
    let hours = WorkingHoursSynced {
        staff: StaffId::new("anna").unwrap(),
        weekly: weekly.into_iter().map(|(weekday, window)| WeeklyHours { weekday, window }).collect(),
        overrides: vec![DayOverride { date: OVER, windows: vec![] }],
        schedule: Some(SCHEDULE),
        zone: None,
    };
    SetUp::new(&world.app, "test").change(&SALON.parse().unwrap(), Command::SyncHours(hours)).await.unwrap();
    world.app.catch_up().await.unwrap();
}

/// The page's form as a browser sends it, without some fields and with others.
fn form(page: &Shown, gone: &[&str], more: &str) -> String {
    let (before, _) = page.text.split_once(r#"name="read""#).unwrap();
    let form = page.text[before.rfind("<form").unwrap()..].split("</form>").next().unwrap();
    let field = |input: &str| {
        let part = |name: &str| Some(input.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.to_owned());
        let value = part("value").unwrap_or_default().replace("&#34;", "\"").replace("&quot;", "\"");
        Some((part("name")?, value)).filter(|_| !input.contains(r#"type="checkbox""#))
    };
    let fields = form.split("<input").skip(1).filter_map(|input| field(input.split('>').next()?));
    let kept = fields.filter(|(name, _)| !gone.contains(&name.as_str()));
    let kept: Vec<_> = kept.map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    format!("{}&{more}", kept.join("&"))
}

async fn changes(world: &World) -> usize {
    let events = world.app.journal.log().read_all(0, 10_000).await.unwrap();
    events.iter().filter(|event| event.kind == "HoursPushed").count()
}

#[tokio::test]
async fn an_admin_changes_a_week_and_the_calendar_has_it() {
    let world = World::new().await;
    read_from_the_calendar(&world).await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get(ANNA).await;
    assert_eq!(page.status, 200, "{}", page.text);
    for told in ["This is what stands at Cal.com now.", "09:00–17:00", r#"<rect x="540" width="480""#, "Europe/Berlin"]
    {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    // Two special days are offered blank; the next one follows them.
    let more = "from-1=08:00&to-1=12:00&from-1=13:00&to-1=18:00&date-2=2025-12-24&from-on-2=09:00&to-on-2=12:00\
                &why=Umbau";
    let done = admin.post(ANNA, &form(&page, &["from-1", "to-1", "why"], more)).await;
    assert_eq!((done.status, done.header("location")), (303, ANNA), "{}", done.text);
    let there = world.schedules.held(SCHEDULE).hours;
    assert_eq!(there.weekly.len(), 6);
    assert_eq!(&there.weekly[..2], [(1, window(8, 12)), (1, window(13, 18))]);
    let eve = (date(2025, 12, 24), vec![window(9, 12)]);
    assert_eq!(there.overrides, [(OVER, vec![]), eve], "what is over stays");
    assert_eq!(changes(&world).await, 1);
    let list = admin.get("/c/salon/staff").await.text;
    assert!(list.contains("Mon 08:00–12:00, 13:00–18:00; Tue–Fri 09:00–17:00"), "{list}");
}

#[tokio::test]
async fn what_somebody_changed_meanwhile_is_not_overwritten_unseen() {
    let world = World::new().await;
    read_from_the_calendar(&world).await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get(ANNA).await;
    let known = world.schedules.held(SCHEDULE);
    let hours = Hours { weekly: vec![(6, window(10, 14))], overrides: vec![] };
    world.schedules.put(ScheduleThere { hours: hours.clone(), ..known });
    let refused = admin.post(ANNA, &form(&page, &["why"], "why=Umbau")).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    for told in ["Nothing was saved", "It was changed there since the last sync.", "10:00–14:00", r#"value="09:00""#]
    {
        assert!(refused.text.contains(told), "{told}: {}", refused.text);
    }
    assert_eq!((world.schedules.held(SCHEDULE).hours, changes(&world).await), (hours, 0));
    // With what stands there now before their eyes they may decide so all the same.
    let done = admin.post(ANNA, &form(&refused, &[], "")).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(world.schedules.held(SCHEDULE).hours.weekly.len(), 5);
}

#[tokio::test]
async fn what_cannot_be_followed_comes_back_as_it_was_filled_in() {
    let world = World::new().await;
    read_from_the_calendar(&world).await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get(ANNA).await;
    let backwards = form(&page, &["from-2", "to-2", "why"], "from-2=18:00&to-2=07:00&why=Umbau");
    let refused = admin.post(ANNA, &backwards).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("Tuesday: the end is before the beginning."), "{}", refused.text);
    assert!(refused.text.contains(r#"value="07:00""#) && refused.text.contains(r#"value="Umbau""#), "{}", refused.text);
    let silent = admin.post(ANNA, &form(&page, &["why"], "why=")).await;
    assert!(silent.text.contains("Say why the hours are changed."), "{}", silent.text);
    world.schedules.forget();
    let away = admin.post(ANNA, &form(&page, &["why"], "why=Umbau")).await;
    assert_eq!(away.status, 502);
    assert!(away.text.contains("Cal.com cannot be reached") && away.text.contains(r#"value="Umbau""#), "{}", away.text);
    let page = admin.get(ANNA).await.text;
    assert!(page.contains("Cal.com does not tell the hours right now") && page.contains("09:00–17:00"), "{page}");
    assert!(!page.contains(r#"name="why""#), "nothing can be changed unseen: {page}");
    assert_eq!(changes(&world).await, 0);
}

#[tokio::test]
async fn others_see_what_was_last_read_and_no_form() {
    let world = World::new().await;
    read_from_the_calendar(&world).await;
    let viewer = signed_in(&world, SALON, Role::Viewer, "max@example.com").await;
    let page = viewer.get(ANNA).await.text;
    assert!(page.contains("As last read from Cal.com.") && page.contains("09:00–17:00"), "{page}");
    assert!(!page.contains("<input type=\"time\""), "{page}");
    let told_here = viewer.get("/c/salon/staff/ben").await.text;
    assert!(told_here.contains("told here and not read from Cal.com") && !told_here.contains("Read from Cal.com<"));
    assert_eq!(viewer.get("/c/salon/staff/nobody").await.status, 404);
    let admin = signed_in(&world, PRAXIS, Role::Admin, "eva@example.com").await;
    let own = admin.get("/c/praxis/staff/anna").await;
    assert!(own.text.contains("Read from Cal.com") && !own.text.contains("09:00–17:00"), "{}", own.text);
}

async fn kept(world: &World) -> ringbuch_domain::company::Holidays {
    let stream = StreamId::company(&SALON.parse().unwrap());
    let company = world.app.journal.load::<Company>(&stream).await.unwrap();
    company.aggregate.branches[&BranchId::new("mitte").unwrap()].holidays.clone()
}

async fn saved(browser: &Browser<'_>, path: &str, form: &str) {
    let done = browser.post(path, form).await;
    assert_eq!((done.status, done.header("location")), (303, path), "{}", done.text);
}

#[tokio::test]
async fn a_branch_keeps_holidays_and_days_of_its_own() {
    let world = World::new().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let path = "/c/salon/staff/holidays/mitte";
    let page = admin.get(path).await;
    let csrf = format!("csrf={}", page.csrf());
    saved(&admin, path, &format!("{csrf}&state=BE&closed=2025-12-24&closed=")).await;
    let page = admin.get(path).await.text;
    assert!(page.contains("Fri 3 Oct 2025 · German Unity Day") && page.contains("Wed 24 Dec 2025"), "{page}");
    let unity = date(2025, 10, 3);
    saved(&admin, path, &format!("{csrf}&state=BE&shown=2025-10-03&open=2025-10-03&shown=2025-12-24")).await;
    let now = kept(&world).await;
    assert_eq!((now.open_on.as_slice(), now.closed_on.as_slice()), (&[unity][..], &[][..]), "{now:?}");
    saved(&admin, path, &format!("{csrf}&state=BE&shown=2025-10-03")).await;
    assert!(kept(&world).await.open_on.is_empty());
    assert!(admin.get("/c/salon/staff").await.text.contains("German Unity Day"));
    for (bad, status) in [("state=XX", 422), ("state=BE&closed=soon", 422), ("open=2025-10-03&closed=2025-10-03", 422)]
    {
        assert_eq!(admin.post(path, &format!("{csrf}&{bad}")).await.status, status, "{bad}");
    }
    assert_eq!(admin.get("/c/salon/staff/holidays/nowhere").await.status, 404);
    let viewer = signed_in(&world, SALON, Role::Viewer, "eva@example.com").await;
    let page = viewer.get(path).await.text;
    assert!(page.contains("German Unity Day") && !page.contains(r#"name="state""#), "{page}");
}
