//! One run of `ringbuch sync all` over a thousand companies, each with twenty services, agents and numbers, as the command
//! itself does it against both stand-ins with their real limits: how long it takes, how much memory it needs, how often
//! a provider says that it is asked too much. Ten companies share one account at Retell.

use super::memory::{self, PEAK};
use super::place::Place;
use super::report::{Bound, Report};
use anyhow::{Context, Result, ensure};
use jiff::civil::{Weekday, time};
use jiff::tz::TimeZone;
use ringbuch_adapters::sandbox::calcom::{NewEventType, NewSchedule, NewUser};
use ringbuch_adapters::sandbox::retell::{NewAgent, NewPhoneNumber};
use ringbuch_adapters::sandbox::{Sandbox, SandboxOptions};
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_api::app::{App, Parts, open_store};
use ringbuch_api::clock::SystemClock;
use ringbuch_api::providers::{CALCOM_KEY, ProviderSettings};
use ringbuch_api::setup::SetUp;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::booking::Patience;
use ringbuch_domain::company::{BranchOpened, CalendarApi, Command, CompanyRegistered};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId};
use ringbuch_domain::ports::Clock;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;
use tokio::io::AsyncReadExt;

const COMPANIES: u32 = 1_000;
/// Services, agents and numbers of each.
const EACH: u32 = 20;
const OF_ONE_ACCOUNT: u32 = 10;
/// Seconds that an account's limit of a hundred requests in ten seconds takes for the agents of its ten companies.
const LIMITS_ALONE: f64 = 20.0;
const MEGABYTE: f64 = 1_048_576.0;

/// What of the command's answer is looked at.
#[derive(Deserialize)]
struct Told {
    tallies: Vec<Tally>,
    failures: Vec<String>,
}

#[derive(Deserialize)]
struct Tally {
    found: u64,
}

pub async fn run(report: &mut Report) -> Result<()> {
    let place = Place::sqlite().await?;
    let clock = SystemClock;
    let options = SandboxOptions { clock: Arc::new(move || clock.now()), seed: 1, calcom_port: 0, retell_port: 0 };
    let sandbox = Sandbox::start(options).await?;
    let master = MasterKeys::generate()?;
    set_up(&place, &sandbox, &master).await?;
    let began = Instant::now();
    let (told, memory) = sync(&place, &sandbox, &master).await?;
    let took = began.elapsed().as_secs_f64();
    let found: u64 = told.tallies.iter().map(|it| it.found).sum();
    ensure!(told.failures.is_empty(), "not all was taken in: {}", told.failures.join("; "));
    ensure!(found >= u64::from(3 * COMPANIES * EACH), "only {found} things were found");
    let too_many = sandbox.calcom().too_many_sent() + sandbox.retell().too_many_sent();
    let done = format!("{COMPANIES} companies, {found} things");
    let bound = |name, ours, limit, unit| Bound {
        group: "sync",
        engine: "sqlite",
        done: done.clone(),
        name,
        ours,
        limit,
        unit,
    };
    report.bound(&bound("memory", memory / MEGABYTE, 200.0, "MB"))?;
    report.bound(&bound("429s", f64::from(u32::try_from(too_many)?), 1.0, "answers"))?;
    report.bound(&bound("time", took, LIMITS_ALONE, "s"))?;
    sandbox.shutdown().await;
    Ok(())
}

/// The command as an operator types it; its answer, and the most memory that it had, in bytes.
async fn sync(place: &Place, sandbox: &Sandbox, master: &SecretString) -> Result<(Told, f64)> {
    let program = std::env::current_exe()?.with_file_name("ringbuch");
    let mut child = tokio::process::Command::new(&program)
        .args(["sync", "all", "--json"])
        .env_clear()
        .env("RINGBUCH_DATABASE_URL", &place.url)
        .env("RINGBUCH_MASTER_KEY", master.expose_secret())
        .env("RINGBUCH_ALLOW_LOOPBACK", "true")
        .env("RINGBUCH_CALCOM_BASE_URL", sandbox.calcom_url())
        .env("RINGBUCH_RETELL_BASE_URL", sandbox.retell_url())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{} does not start; build it first", program.display()))?;
    let mut output = child.stdout.take().context("its answer")?;
    let reading = tokio::spawn(async move {
        let mut told = Vec::new();
        output.read_to_end(&mut told).await.map(|_| told)
    });
    let (most, ended) = memory::most_of(&mut child, PEAK).await?;
    ensure!(ended.success(), "the command ended with {ended}");
    Ok((serde_json::from_slice(&reading.await??)?, most))
}

async fn set_up(place: &Place, sandbox: &Sandbox, master: &SecretString) -> Result<()> {
    let store = open_store(&place.url).await?;
    let master = Arc::new(MasterKeys::parse(master)?);
    let (clock, patience) = (Arc::new(SystemClock), Patience::default());
    let app = App::start(Parts { store, master, clock, patience, providers: ProviderSettings::default() }).await?;
    let mut account = None;
    for index in 0..COMPANIES {
        if index % OF_ONE_ACCOUNT == 0 {
            account = Some(open_account(&app, sandbox, index / OF_ONE_ACCOUNT).await?);
        }
        let (id, there) = account.clone().context("an account")?;
        open_company(&app, sandbox, (&id, there), index).await?;
    }
    app.store.close().await;
    Ok(())
}

async fn open_account(app: &App, sandbox: &Sandbox, index: u32) -> Result<(AccountId, u64)> {
    let (id, key) = (AccountId::new(&format!("account_{index}"))?, format!("key_{index:08}_0123456789abcdef"));
    let there = sandbox.retell().add_account(id.as_str(), &key);
    let set_up = SetUp::new(app, "bench");
    let opened =
        AccountOpened { account: id.clone(), name: id.to_string(), signature: SignatureForm::Combined, base_url: None };
    set_up.account(opened).await?;
    set_up.retell_key(&id, key.into()).await?;
    Ok((id, there))
}

async fn open_company(app: &App, sandbox: &Sandbox, (account, there): (&AccountId, u64), index: u32) -> Result<()> {
    let (company, branch) = (CompanyId::new(&format!("company_{index:04}"))?, BranchId::new("mitte")?);
    let set_up = SetUp::new(app, "bench");
    let profile = CompanyRegistered {
        company: company.clone(),
        account: account.clone(),
        name: company.to_string(),
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        placeholder_domain: "example.com".into(),
    };
    set_up.company(profile, None, CalendarApi::V2).await?;
    let opened = BranchOpened { branch: branch.clone(), name: "Mitte".into(), default_event_type: None };
    set_up.change(&company, Command::OpenBranch(opened)).await?;
    let agents = (0..EACH).map(|at| NewAgent::new(&format!("{company} {at}"), "Du nimmst Anrufe an."));
    let agents = sandbox.retell().add_agents(there, agents);
    for (at, agent) in (0..EACH).zip(agents) {
        // Numbers that no telephone has: more are needed than are reserved for fiction.
        let number = format!("+49301{:07}", index * EACH + at);
        sandbox.retell().add_phone_number(there, NewPhoneNumber::new(&number, "Mitte", &agent));
        set_up.number(&company, &number, branch.clone()).await?;
    }
    open_calendar(&set_up, sandbox, &company).await
}

async fn open_calendar(set_up: &SetUp<'_>, sandbox: &Sandbox, company: &CompanyId) -> Result<()> {
    let (calcom, zone) = (sandbox.calcom(), TimeZone::get("Europe/Berlin")?);
    let owner = calcom.add_account(NewUser::new("Max Mustermann", company.as_str(), zone.clone()));
    let week = NewSchedule::new("Arbeitszeit", zone);
    calcom.add_schedule(owner.user, week.open(&[Weekday::Monday], time(9, 0, 0, 0), time(17, 0, 0, 0)));
    for at in 0..EACH {
        calcom.add_event_type(NewEventType::personal(owner.user, &format!("Leistung {at}"), 30));
    }
    set_up.company_secret(company, CALCOM_KEY, SecretString::from(owner.api_key)).await?;
    Ok(())
}
