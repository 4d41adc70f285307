//! The providers' clients, wired: whose key and address a request takes comes from the set-up, limits from the settings.

use crate::breakers::BreakerNotes;
use crate::journal::Journal;
use crate::telemetry;
use async_trait::async_trait;
use ringbuch_adapters::budget::{Budgets, Rate};
use ringbuch_adapters::calcom::{
    Api, ApiVersions, CALCOM_BASE_URL, Calcom, CalcomOptions, CalcomSettings, CompanySettings,
};
use ringbuch_adapters::mail::SmtpSettings;
use ringbuch_adapters::outbound::{Loopback, NoClient, Outbound, OutboundSettings};
use ringbuch_adapters::provider::{Around, BreakerSettings, BreakerState, COUNTED_WITHIN, LimitSettings};
use ringbuch_adapters::retell::{AccountSettings, RETELL_BASE_URL, Retell, RetellOptions, RetellSettings};
use ringbuch_adapters::sealing::{Secrets, account_owner, company_owner};
use ringbuch_domain::account::Account;
use ringbuch_domain::company::{CalendarApi, Company};
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_domain::ports::{AgentSetUp, Calendar, CalendarSetUp, Clock, Slots, VoiceAgents};
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::Provider;
use ringbuch_projections::directory::Directory;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

pub use ringbuch_adapters::outbound::NoClient as BuildError;

/// The name of the secret that opens a company's calendar.
pub const CALCOM_KEY: &str = "calcom_api_key";

/// The name of the secret that a company's calendar signs its webhooks with.
pub const CALCOM_WEBHOOK_SECRET: &str = "calcom_webhook_secret";

/// What holds for all companies unless their set-up says otherwise.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    pub retell_base_url: String,
    pub calcom_base_url: String,
    pub allow_loopback: bool,
    /// Requests a minute for each key at Cal.com, until its headers name a limit.
    pub calcom_per_minute: u32,
    pub calcom_versions: ApiVersions,
    /// For a booking, a move or a cancellation.
    pub write_timeout: Duration,
    pub read_timeout: Duration,
    /// How long work that nobody waits for on the phone waits for its turn at the limiter. With the time-out of a write
    /// it must stay below the claim of an attempt.
    pub turn_timeout: Duration,
    /// How long Cal.com is left alone after it has failed again and again.
    pub breaker_open: Duration,
    /// The server that takes mail; absent: nobody is written to.
    pub smtp: Option<SmtpSettings>,
}

impl Default for ProviderSettings {
    fn default() -> Self {
        Self {
            retell_base_url: RETELL_BASE_URL.into(),
            calcom_base_url: CALCOM_BASE_URL.into(),
            allow_loopback: false,
            calcom_per_minute: 110,
            calcom_versions: ApiVersions::default(),
            write_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(2),
            turn_timeout: Duration::from_secs(3),
            breaker_open: BreakerSettings::default().open_for,
            smtp: None,
        }
    }
}

impl ProviderSettings {
    /// Connections to where the channels of alerts lead. Others need not learn the ids of our traces.
    pub fn outbound(&self) -> Result<Outbound, NoClient> {
        let loopback = if self.allow_loopback { Loopback::Allowed } else { Loopback::Refused };
        Outbound::new(OutboundSettings { loopback, ..OutboundSettings::default() })
    }

    /// How long an attempt's claim lasts at least: its turn, being counted, its answer, and some air.
    pub fn claim(&self) -> Duration {
        self.turn_timeout + COUNTED_WITHIN + self.write_timeout + Duration::from_secs(2)
    }
}

pub struct Providers {
    calcom: Calcom,
    retell: Arc<Retell>,
    breaker_notes: Arc<BreakerNotes>,
    /// Where a company's calendar is that names no address of its own.
    calcom_base_url: String,
}

impl Providers {
    pub fn build(
        settings: ProviderSettings,
        journal: Arc<Journal>,
        secrets: Arc<Secrets>,
        budgets: Arc<dyn Budgets>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NoClient> {
        let loopback = if settings.allow_loopback { Loopback::Allowed } else { Loopback::Refused };
        let outbound = Outbound::new(OutboundSettings {
            loopback,
            traceparent: telemetry::traces::traceparent,
            ..OutboundSettings::default()
        })?;
        let options = calcom_options(&settings);
        let calcom_base_url = settings.calcom_base_url.clone();
        let set_up = Arc::new(SetUp { settings, journal, secrets });
        let breaker_notes = Arc::<BreakerNotes>::default();
        let (time, budget) = (Arc::clone(&clock), Arc::clone(&budgets));
        let around = Around { clock: time, budgets: budget, watch: Arc::clone(&breaker_notes) as _ };
        let calcom = Calcom::new(outbound.clone(), Arc::clone(&set_up) as _, around, options);
        let around = Around { clock, budgets, watch: Arc::clone(&breaker_notes) as _ };
        let options = RetellOptions { breaker: options.breaker, ..RetellOptions::default() };
        let retell = Arc::new(Retell::new(outbound, set_up, around, options));
        Ok(Self { calcom, retell, breaker_notes, calcom_base_url })
    }

    /// What the breakers do, to be written down.
    pub fn breaker_notes(&self) -> Arc<BreakerNotes> {
        Arc::clone(&self.breaker_notes)
    }

    /// Where people change what is set up at a calendar; absent where an installation of one's own is asked, whose pages
    /// may be anywhere. `own` is the address that the company names.
    pub fn calendar_pages(&self, own: Option<&str>) -> Option<&'static str> {
        let address = own.unwrap_or(&self.calcom_base_url);
        let is = |host: &str| address.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let clouds = [("https://api.cal.com", "https://app.cal.com"), ("https://api.cal.eu", "https://app.cal.eu")];
        clouds.into_iter().find(|(api, _)| is(api)).map(|(_, pages)| pages)
    }

    /// For the to-do list of bookings, which nobody waits for on the phone.
    pub fn calendar(&self) -> Arc<dyn Calendar> {
        Arc::new(self.calcom.in_the_background())
    }

    /// How companies are set up at their calendars; nobody waits for it on the phone.
    pub fn calendar_set_up(&self) -> Arc<dyn CalendarSetUp> {
        Arc::new(self.calcom.in_the_background())
    }

    /// How agents are set up, for people who wait for the answer.
    pub fn agents(&self) -> Arc<dyn AgentSetUp> {
        Arc::new(self.retell.for_somebody_waiting())
    }

    /// The same for work that nobody waits for.
    pub fn agents_in_the_background(&self) -> Arc<dyn AgentSetUp> {
        Arc::clone(&self.retell) as _
    }

    /// For whatever somebody on the phone waits for.
    pub fn calendar_on_the_line(&self) -> Arc<dyn Calendar> {
        Arc::new(self.calcom.clone())
    }

    /// Open times, for callers on the phone.
    pub fn slots(&self) -> Arc<dyn Slots> {
        Arc::new(self.calcom.clone())
    }

    pub fn voice(&self) -> Arc<dyn VoiceAgents> {
        Arc::clone(&self.retell) as _
    }

    /// By company and provider; an account's breaker is that of every company it serves.
    pub fn breakers(&self, directory: &Directory) -> Vec<(CompanyId, Provider, BreakerState)> {
        by_company(directory, self.calcom.breaker_states(), self.retell.breaker_states())
    }

    /// How many requests the keys may still send now, by company and provider.
    pub fn rate_limits_remaining(&self, directory: &Directory) -> Vec<(CompanyId, Provider, u32)> {
        by_company(directory, self.calcom.rate_limits_remaining(), self.retell.rate_limits_remaining())
    }
}

fn by_company<T: Copy>(
    directory: &Directory,
    of_companies: Vec<(CompanyId, T)>,
    of_accounts: Vec<(AccountId, T)>,
) -> Vec<(CompanyId, Provider, T)> {
    let calendars = of_companies.into_iter().map(|(company, it)| (company, Provider::Calcom, it));
    let voices = of_accounts.into_iter().flat_map(|(account, it)| {
        let served = directory.companies_of(&account).into_iter();
        served.map(|company| (company.company.clone(), Provider::Retell, it)).collect::<Vec<_>>()
    });
    calendars.chain(voices).collect()
}

fn calcom_options(settings: &ProviderSettings) -> CalcomOptions {
    let usual = CalcomOptions::default();
    let rate = Rate { requests: settings.calcom_per_minute, ..usual.limit.rate };
    CalcomOptions {
        write_total: settings.write_timeout,
        read_total: settings.read_timeout,
        limit: LimitSettings { rate, background_waits: settings.turn_timeout, ..usual.limit },
        breaker: BreakerSettings { open_for: settings.breaker_open, ..usual.breaker },
    }
}

/// Keys and addresses as set up.
struct SetUp {
    settings: ProviderSettings,
    journal: Arc<Journal>,
    secrets: Arc<Secrets>,
}

impl SetUp {
    async fn key(&self, owner: &str, name: &str) -> Option<SecretString> {
        match self.secrets.get(owner, name).await {
            Ok(keys) => keys.into_iter().next(),
            Err(error) => {
                tracing::error!(owner, name, %error, "a provider's key cannot be had");
                None
            }
        }
    }
}

#[async_trait]
impl CompanySettings for SetUp {
    async fn calcom(&self, company: &CompanyId) -> Option<CalcomSettings> {
        let known = self.journal.load::<Company>(&StreamId::company(company)).await.ok()?;
        let own = known.aggregate.calendar.as_ref().and_then(|calendar| calendar.base_url.clone());
        Some(CalcomSettings {
            base_url: own.unwrap_or_else(|| self.settings.calcom_base_url.clone()),
            api_key: self.key(&company_owner(company), CALCOM_KEY).await?,
            api: match known.aggregate.calendar.as_ref().map(|calendar| calendar.api) {
                Some(CalendarApi::V1) => Api::V1,
                Some(CalendarApi::V2) | None => Api::V2,
            },
            versions: self.settings.calcom_versions.clone(),
        })
    }
}

#[async_trait]
impl AccountSettings for SetUp {
    async fn retell(&self, account: &AccountId) -> Option<RetellSettings> {
        let known = self.journal.load::<Account>(&StreamId::account(account)).await.ok()?;
        let own = known.aggregate.opened.as_ref().and_then(|opened| opened.base_url.clone());
        Some(RetellSettings {
            base_url: own.unwrap_or_else(|| self.settings.retell_base_url.clone()),
            api_key: self.key(&account_owner(account), crate::intake::RETELL_KEY).await?,
        })
    }
}
