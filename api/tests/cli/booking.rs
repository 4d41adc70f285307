//! Appointments made by hand, against a stand-in for Cal.com.

use crate::installation::Installation;
use jiff::civil::{Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use ringbuch_adapters::sandbox::calcom::{NewEventType, NewSchedule, NewUser};
use ringbuch_adapters::sandbox::{Sandbox, SandboxOptions};
use ringbuch_api::clock::SystemClock;
use ringbuch_domain::ports::Clock;
use serde_json::{Value, json};
use std::sync::Arc;

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// A salon where one person cuts hair every day from nine to six, and its calendar.
pub struct Salon {
    pub installation: Installation,
    pub sandbox: Sandbox,
}

pub const RETELL_KEY: &str = "key_made_up_for_tests";

impl Salon {
    pub async fn open() -> Self {
        let clock = Arc::new(|| SystemClock.now());
        let sandbox = Sandbox::start(SandboxOptions { clock, seed: 1, calcom_port: 0, retell_port: 0 }).await.unwrap();
        let (calcom, zone) = (sandbox.calcom(), TimeZone::get("Europe/Berlin").unwrap());
        let owner = calcom.add_account(NewUser::new("Anna Berg", "anna", zone.clone()));
        let (opens, closes): (Time, Time) = (time(9, 0, 0, 0), time(18, 0, 0, 0));
        calcom.add_schedule(owner.user, NewSchedule::new("Arbeitszeit", zone).open(&WEEK, opens, closes));
        let service = calcom.add_event_type(NewEventType::personal(owner.user, "Haarschnitt", 30));
        let it = Installation::migrated().await.with("RINGBUCH_ALLOW_LOOPBACK", "true");
        it.done(&format!("account add main --base-url {}", sandbox.retell_url())).await;
        it.done(&format!(
            "company add salon --account main --name Salon --placeholder-domain anruf.example.com --calcom-base-url {}",
            sandbox.calcom_url()
        ))
        .await;
        it.done("--company salon branch add mitte --name Mitte").await;
        it.done(&format!("--company salon staff add anna --name Anna --host {} --hours daily~9-18", owner.user)).await;
        it.done(&format!("--company salon event-type add {service} --title Haarschnitt --minutes 30 --staff anna"))
            .await;
        it.done(&format!("--company salon branch default mitte {service}")).await;
        it.done("--company salon number assign +493023125001 --branch mitte").await;
        assert_eq!(it.run_with("--company salon secret set calcom", &owner.api_key).await.code, 0);
        assert_eq!(it.run_with("secret set retell --account main", RETELL_KEY).await.code, 0);
        sandbox.retell().add_account("Salon", RETELL_KEY);
        Self { installation: it, sandbox }
    }
}

/// Eleven o'clock in Berlin, so many days from now.
pub fn eleven_in(days: i64) -> Zoned {
    let now = SystemClock.now().to_zoned(TimeZone::get("Europe/Berlin").unwrap());
    now.date().checked_add(days.days()).unwrap().at(11, 0, 0, 0).to_zoned(now.time_zone().clone()).unwrap()
}

fn typed(time: &Zoned) -> String {
    time.strftime("%Y-%m-%d~%H:%M").to_string()
}

fn instant(time: &Zoned) -> Value {
    json!(time.timestamp())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_is_booked_moved_and_cancelled_by_hand() {
    let Salon { installation: it, sandbox } = Salon::open().await;
    let (day, next) = (eleven_in(7), eleven_in(8));
    let start = typed(&day);
    let wanted = format!(
        "--company salon appointments book --branch mitte --start {start} --name Max~Mustermann --phone +491713920042"
    );
    let booked = it.json(&wanted).await;
    assert_eq!(
        (&booked["status"], &booked["start_at"], &booked["staff"]),
        (&json!("confirmed"), &instant(&day), &json!("anna"))
    );
    assert_eq!(sandbox.calcom().live_bookings().len(), 1);

    let (code, told) = it.fails(&wanted).await;
    assert!(code == 1 && told.contains("refused: the time is taken"), "{told}");
    let night = wanted.replace("11:00", "22:00");
    assert!(it.fails(&night).await.1.contains("nobody who serves this works at that time"));
    assert!(it.fails(&format!("{wanted} --service Massage")).await.1.contains("'Massage'"));

    let id = booked["booking"].as_str().unwrap();
    let moved = it.json(&format!("appointments move {id} --to {}", next.timestamp())).await;
    assert_eq!((&moved["start_at"], &moved["moves"]), (&instant(&next), &json!(1)));
    let there = sandbox.calcom().live_bookings();
    assert_eq!((there.len(), there[0].start), (1, next.timestamp()));
    let table = it.done("appointments list --status confirmed").await;
    assert!(
        table.contains("Max Mustermann") && table.contains(&next.strftime("%Y-%m-%d 11:00 %Z").to_string()),
        "{table}"
    );

    let cancelled = it.done(&format!("appointments cancel {id} --reason Verhindert")).await;
    assert!(cancelled.starts_with("cancelled\n") && cancelled.contains("Verhindert"), "{cancelled}");
    assert!(sandbox.calcom().live_bookings().is_empty());
    let shown = it.json(&format!("appointments show {id}")).await;
    let kinds: Vec<&str> =
        shown["history"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    for kind in ["BookingRequested", "BookingConfirmed", "BookingMoved", "BookingCancelled"] {
        assert!(kinds.contains(&kind), "{kind} is not among {kinds:?}");
    }
    let log = it.done("events export").await + &it.done("events tail --no-follow -n 100").await;
    assert!(log.contains("BookingConfirmed") && !log.contains("Mustermann") && !log.contains("+491713920042"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_cannot_be_reached_is_asked_again_later_which_a_rebuild_does_not_forget() {
    let Salon { installation: it, sandbox } = Salon::open().await;
    sandbox.shutdown().await;
    let start = typed(&eleven_in(7));
    let wanted = format!("--company salon appointments book --branch mitte --start {start} --name Max~Mustermann");
    let told = it.done(&wanted).await;
    assert!(told.contains("not done yet") && told.contains("tries again at"), "{told}");
    let open = it.json("appointments list").await;
    assert_eq!((&open[0]["status"], open[0]["next_attempt_at"].is_string()), (&json!("requested"), true));

    let shown = it.json("company show salon").await;
    it.done("projections rebuild appointments").await;
    let standings = it.json("projections rebuild").await;
    assert!(standings.as_array().unwrap().iter().all(|it| it["lag"] == 0), "{standings}");
    assert_eq!((it.json("appointments list").await, it.json("company show salon").await), (open, shown));
}
