//! Open times for a hundred callers who ask for the same day, while Cal.com takes 800 ms to answer: from the cache, in
//! process, and beside it by asking Cal.com each time, as if it had no limit.

use super::place::Place;
use super::report::{Case, Report};
use super::turns::{Crowd, Sender, compare};
use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use jiff::civil::{Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ringbuch_adapters::sandbox::calcom::{NewEventType, NewSchedule, NewUser};
use ringbuch_adapters::sandbox::{FaultPlan, FaultRates, Operation, RateLimit, Sandbox, SandboxOptions};
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_api::app::{App, Parts, open_store};
use ringbuch_api::clock::SystemClock;
use ringbuch_api::providers::{CALCOM_KEY, ProviderSettings};
use ringbuch_api::setup::SetUp;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::booking::Patience;
use ringbuch_domain::company::{CalendarApi, CompanyRegistered};
use ringbuch_domain::ids::{AccountId, CompanyId, EventTypeId};
use ringbuch_domain::ports::{Clock, SlotQuery, Slots};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const CALLERS: usize = 100;
const ANSWERS_IN: Duration = Duration::from_millis(800);
const ZONE: &str = "Europe/Berlin";
/// What the hundred may cost Cal.com.
const REQUESTS_AT_MOST: u64 = 2;

#[derive(Clone)]
struct Asking {
    slots: Arc<dyn Slots>,
    company: CompanyId,
    query: SlotQuery,
}

impl Sender for Asking {
    async fn do_one(&self, _: usize) -> Result<()> {
        let told = self.slots.slots(&self.company, &self.query).await?;
        ensure!(!told.slots.is_empty() && !told.stale, "a day without open times, or an old one");
        Ok(())
    }
}

pub async fn run(report: &mut Report, length: Duration) -> Result<()> {
    let place = Place::sqlite().await?;
    let clock = Arc::new(SystemClock);
    let theirs = Arc::clone(&clock);
    let options = SandboxOptions { clock: Arc::new(move || theirs.now()), seed: 4, calcom_port: 0, retell_port: 0 };
    let sandbox = Sandbox::start(options).await?;
    let app = start(&place, &sandbox).await?;
    let (event_type, key) = calendar(&sandbox)?;
    let company = set_up(&app, &sandbox, key).await?;
    let stop = CancellationToken::new();
    let running = app.work(&stop);

    let query = query(event_type, clock.now())?;
    let cached: Arc<dyn Slots> = app.slots.clone();
    let ours = Asking { slots: cached, company: company.clone(), query: query.clone() };
    try_join_all((0..CALLERS).map(|caller| ours.do_one(caller))).await?;
    let asked = sandbox.calcom().requests().get(&Operation::ListSlots).copied().unwrap_or(0);
    ensure!((1..=REQUESTS_AT_MOST).contains(&asked), "{CALLERS} callers cost {asked} requests");

    let peer = Asking { slots: app.providers.slots(), company, query };
    let compared = compare((&mut Crowd(ours), CALLERS), (&mut Crowd(peer), CALLERS), length).await?;
    let case = format!("{CALLERS} callers, first {asked} of 800 ms");
    let peer = "asking Cal.com each time";
    report.add(&Case { group: "providers", engine: place.engine, done: case, peer, what: "answers" }, &compared)?;
    stop.cancel();
    running.join_all().await;
    Ok(())
}

async fn start(place: &Place, sandbox: &Sandbox) -> Result<App> {
    let store = open_store(&place.url).await?;
    let master = Arc::new(MasterKeys::parse(&MasterKeys::generate()?)?);
    let providers = ProviderSettings {
        calcom_base_url: sandbox.calcom_url(),
        allow_loopback: true,
        calcom_per_minute: 1_000_000,
        read_timeout: Duration::from_secs(10),
        ..ProviderSettings::default()
    };
    let (clock, patience) = (Arc::new(SystemClock), Patience::default());
    Ok(App::start(Parts { store, master, clock, patience, providers }).await?)
}

/// A service at the stand-in, which is slow and has no limit.
fn calendar(sandbox: &Sandbox) -> Result<(EventTypeId, String)> {
    let (calcom, zone) = (sandbox.calcom(), TimeZone::get(ZONE)?);
    let owner = calcom.add_account(NewUser::new("Max Mustermann", "max", zone.clone()));
    let week = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let hours = NewSchedule::new("Woche", zone).open(&week, time(8, 0, 0, 0), time(18, 0, 0, 0));
    calcom.add_schedule(owner.user, hours);
    let event_type = calcom.add_event_type(NewEventType::personal(owner.user, "Beratung", 30));
    let minute = Duration::from_mins(1);
    calcom.set_rate_limit(RateLimit { requests: 1_000_000, window: minute, block: minute });
    let reads = FaultRates { slow: 1000, ..FaultRates::default() };
    calcom.faults().follow(FaultPlan { reads, slow: ANSWERS_IN, ..FaultPlan::default() });
    Ok((EventTypeId(i64::try_from(event_type)?), owner.api_key))
}

async fn set_up(app: &App, sandbox: &Sandbox, key: String) -> Result<CompanyId> {
    let set_up = SetUp::new(app, "bench");
    let (account, company) = (AccountId::new("bench")?, CompanyId::new("bench")?);
    let (name, signature) = ("Bench".to_owned(), SignatureForm::Combined);
    let opened = AccountOpened { account: account.clone(), name: name.clone(), signature, base_url: None };
    set_up.account(opened).await?;
    let profile = CompanyRegistered {
        company: company.clone(),
        account,
        name,
        zone: ZONE.into(),
        language: "de".into(),
        placeholder_domain: "example.com".into(),
    };
    set_up.company(profile, Some(sandbox.calcom_url()), CalendarApi::V2).await?;
    set_up.company_secret(&company, CALCOM_KEY, key.into()).await?;
    app.catch_up().await?;
    Ok(company)
}

/// One working day of next week.
fn query(event_type: EventTypeId, now: Timestamp) -> Result<SlotQuery> {
    let today = now.saturating_add(SignedDuration::from_hours(24 * 7))?.to_zoned(TimeZone::get(ZONE)?).date();
    let day = today.nth_weekday(1, Weekday::Wednesday).context("there is another Wednesday")?;
    Ok(SlotQuery { event_type, team: None, minutes: None, from: day, to: day, zone: ZONE.into() })
}
