//! A company with five people at the stand-in for Cal.com, and a server that answers for it.

use super::super::place::Place;
use super::super::wire::Lines;
use super::CALLS;
use super::conversation::{KEY, NUMBER};
use anyhow::Result;
use async_trait::async_trait;
use jiff::ToSpan;
use jiff::civil::{Weekday, time};
use jiff::tz::TimeZone;
use ringbuch_adapters::sandbox::calcom::{NewEventType, NewSchedule, NewUser, Role as TeamRole, Scheduling};
use ringbuch_adapters::sandbox::{RateLimit, Sandbox, SandboxOptions};
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_api::app::{App, Parts, open_store};
use ringbuch_api::cache::CachedSlots;
use ringbuch_api::clock::SystemClock;
use ringbuch_api::providers::{CALCOM_KEY, ProviderSettings};
use ringbuch_api::serve::{ServeOptions, serve};
use ringbuch_api::setup::SetUp;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::booking::Patience;
use ringbuch_domain::company::{BranchOpened, CalendarApi, Command, CompanyRegistered, EventTypeSynced, StaffSynced};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, EventTypeId, StaffId};
use ringbuch_domain::ports::{CalendarFailure, Clock, OpenSlot, OpenSlots, SlotQuery, Slots};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const STAFF: usize = 5;
const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Half an hour after half an hour, day and night.
struct AlwaysOpen;

#[async_trait]
impl Slots for AlwaysOpen {
    async fn slots(&self, _: &CompanyId, query: &SlotQuery) -> Result<OpenSlots, CalendarFailure> {
        let first = query.from.to_zoned(TimeZone::UTC).map(|from| from.timestamp()).unwrap_or_default();
        let at = |half: i64| first.saturating_add((30 * half).minutes()).unwrap_or(first);
        let slots = (0..7 * 48).map(|half| OpenSlot { start: at(half), end: at(half + 1) }).collect();
        Ok(OpenSlots { slots, age: Duration::ZERO, stale: false })
    }
}

pub struct Salon {
    pub lines: Arc<Lines>,
    pub server: JoinHandle<()>,
    _sandbox: Sandbox,
}

impl Salon {
    pub async fn open(place: &Place, stop: &CancellationToken) -> Result<Self> {
        let store = open_store(&place.url).await?;
        let master = Arc::new(MasterKeys::parse(&MasterKeys::generate()?)?);
        let (clock, patience) = (Arc::new(SystemClock), Patience::default());
        let providers =
            ProviderSettings { allow_loopback: true, calcom_per_minute: 1_000_000, ..ProviderSettings::default() };
        let mut app = App::start(Parts { store, master, clock, patience, providers }).await?;
        app.slots = Arc::new(CachedSlots::new(Arc::new(AlwaysOpen), Arc::clone(&app.clock), app.metrics.clone()));
        let sandbox = sandbox().await?;
        set_up(&app, &sandbox).await?;
        app.catch_up().await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let lines = Arc::new(Lines::to(listener.local_addr()?, CALLS));
        let serving = serve(app, listener, ServeOptions::plain(Duration::from_secs(20)), stop.clone());
        let server = tokio::spawn(async move {
            serving.await;
        });
        Ok(Self { lines, server, _sandbox: sandbox })
    }
}

async fn sandbox() -> Result<Sandbox> {
    let options = SandboxOptions { clock: Arc::new(|| SystemClock.now()), seed: 7, calcom_port: 0, retell_port: 0 };
    let sandbox = Sandbox::start(options).await?;
    let minute = Duration::from_mins(1);
    sandbox.calcom().set_rate_limit(RateLimit { requests: 1_000_000, window: minute, block: minute });
    Ok(sandbox)
}

async fn set_up(app: &App, sandbox: &Sandbox) -> Result<()> {
    let set_up = SetUp::new(app, "bench");
    let (account, company, branch) = (AccountId::new("bench")?, CompanyId::new("bench")?, BranchId::new("mitte")?);
    let signature = SignatureForm::Combined;
    let opened = AccountOpened { account: account.clone(), name: "Bench".into(), signature, base_url: None };
    set_up.account(opened).await?;
    set_up.retell_key(&account, KEY.to_owned().into()).await?;
    let profile = CompanyRegistered {
        company: company.clone(),
        account,
        name: "Bench".into(),
        zone: "UTC".into(),
        language: "de".into(),
        placeholder_domain: "example.com".into(),
    };
    set_up.company(profile, Some(sandbox.calcom_url()), CalendarApi::V2).await?;
    let opened = BranchOpened { branch: branch.clone(), name: "Mitte".into(), default_event_type: None };
    set_up.change(&company, Command::OpenBranch(opened)).await?;
    let service = service(&set_up, &company, sandbox).await?;
    let event_type = service.event_type;
    set_up.change(&company, Command::SyncEventType(service)).await?;
    set_up.change(&company, Command::SetDefault { branch: branch.clone(), event_type }).await?;
    set_up.number(&company, NUMBER, branch).await?;
    Ok(())
}

/// Half an hour by whoever of five people is free, here and at the stand-in.
async fn service(set_up: &SetUp<'_>, company: &CompanyId, sandbox: &Sandbox) -> Result<EventTypeSynced> {
    let (calcom, zone) = (sandbox.calcom(), TimeZone::UTC);
    let (mut hosts, mut staff) = (Vec::new(), Vec::new());
    for at in 0..STAFF {
        let name = format!("staff_{at}");
        let user = NewUser::new(&name, &name, zone.clone());
        let host = if at == 0 {
            let owner = calcom.add_account(user);
            set_up.company_secret(company, CALCOM_KEY, SecretString::from(owner.api_key)).await?;
            owner.user
        } else {
            calcom.add_user(user)
        };
        let hours = NewSchedule::new("Arbeitszeit", zone.clone()).open(&WEEK, time(6, 0, 0, 0), time(22, 0, 0, 0));
        calcom.add_schedule(host, hours);
        let person = StaffId::new(&name)?;
        let synced = StaffSynced { staff: person.clone(), name, host: Some(host.cast_signed()), branches: vec![] };
        set_up.change(company, Command::SyncStaff(synced)).await?;
        hosts.push(host);
        staff.push(person);
    }
    let role = |at| if at == 0 { TeamRole::Owner } else { TeamRole::Member };
    let members: Vec<_> = hosts.iter().enumerate().map(|(at, host)| (*host, role(at))).collect();
    let team = calcom.add_team("bench", &members);
    let there = NewEventType::team(team, Scheduling::RoundRobin, &hosts, "Haarschnitt", 30);
    Ok(EventTypeSynced {
        event_type: EventTypeId(calcom.add_event_type(there).cast_signed()),
        title: "Haarschnitt".into(),
        aliases: vec![],
        minutes: 30,
        buffer_before: 0,
        buffer_after: 0,
        notice_minutes: 0,
        horizon_days: None,
        team: Some(team.cast_signed()),
        branches: vec![],
        staff,
    })
}
