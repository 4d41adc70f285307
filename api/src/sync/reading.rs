//! Everything that a company's providers say of its set-up. An account at the voice provider may serve many companies:
//! its numbers and agents are read once a run, and each company takes only its own.

use super::SyncError;
use super::progress::Progress;
use crate::app::App;
use ringbuch_domain::booking::later;
use ringbuch_domain::company::{AgentSynced, Company, Seen, SeenAgents, SeenCalendar, SyncKind, SyncScope};
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_domain::ports::{AgentThere, CalendarFailure, NumberThere, VersionRef, VoiceAgentsFailure};
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::Scope;
use ringbuch_projections::directory;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};

/// How often a provider that asks to be left alone is asked again; each time it says itself how long to wait.
const PATIENCE: u32 = 20;

/// What it waits for where a provider that did not answer does not say.
const AGAIN: Duration = Duration::from_secs(5);

/// A provider's own word for why nothing was read.
type Read<T> = Result<T, String>;

/// The accounts of one run.
pub(super) struct Voices {
    app: App,
    accounts: Mutex<HashMap<AccountId, Arc<Account>>>,
}

#[derive(Default)]
struct Account {
    numbers: OnceCell<Read<HashMap<String, NumberThere>>>,
    /// Agents by id; absent ones are gone.
    agents: Mutex<HashMap<String, Option<AgentSynced>>>,
}

impl Voices {
    pub(super) fn new(app: App) -> Self {
        Self { app, accounts: Mutex::default() }
    }

    /// What the providers say of a company, or why they do not.
    pub(super) async fn seen(
        &self,
        company: &CompanyId,
        scope: SyncScope,
        progress: &Progress,
    ) -> Result<Read<Seen>, SyncError> {
        let known = self.app.journal.load::<Company>(&StreamId::company(company)).await?;
        let Some(account) = known.aggregate.account().cloned() else {
            return Ok(Err("there is no such company; `company list` shows those that there are".into()));
        };
        let mut seen = Seen::default();
        if scope.covers_calendar() {
            match calendar(&self.app, company, progress).await {
                Ok(calendar) => seen.calendar = Some(calendar),
                Err(failure) => return Ok(Err(failure.to_string())),
            }
        }
        if scope.covers_agents() {
            match self.agents(company, &account, &known.aggregate, progress).await? {
                Ok(agents) => seen.agents = Some(agents),
                Err(why) => return Ok(Err(why)),
            }
        }
        Ok(Ok(seen))
    }

    async fn agents(
        &self,
        company: &CompanyId,
        account: &AccountId,
        known: &Company,
        progress: &Progress,
    ) -> Result<Read<SeenAgents>, SyncError> {
        let ours = directory::phone_numbers(&*self.app.store.rows, Scope::Company(company)).await?;
        let shared = Arc::clone(self.accounts.lock().await.entry(account.clone()).or_default());
        progress.begins(SyncKind::PhoneNumbers);
        let numbers = shared.numbers.get_or_init(|| numbers(&self.app, account)).await;
        let numbers = match numbers {
            Ok(all) => ours.iter().filter_map(|it| all.get(&it.number).cloned()).collect::<Vec<_>>(),
            Err(why) => return Ok(Err(why.clone())),
        };
        progress.read(SyncKind::PhoneNumbers, numbers.len());
        let bound = numbers.iter().flat_map(|number| &number.inbound).map(|bound| bound.agent.clone());
        let answering: BTreeSet<String> = bound.chain(known.agents.keys().cloned()).collect();
        let mut agents = vec![];
        let of = answering.len();
        for (read, agent) in answering.into_iter().enumerate() {
            progress.read_of(SyncKind::Agents, read, of);
            match shared.agent(&self.app, account, &agent).await {
                Ok(found) => agents.extend(found),
                Err(failure) => return Ok(Err(format!("agent {agent}: {failure}"))),
            }
        }
        progress.read_of(SyncKind::Agents, of, of);
        Ok(Ok(SeenAgents { agents, numbers }))
    }
}

impl Account {
    async fn agent(
        &self,
        app: &App,
        account: &AccountId,
        agent: &str,
    ) -> Result<Option<AgentSynced>, VoiceAgentsFailure> {
        if let Some(known) = self.agents.lock().await.get(agent) {
            return Ok(known.clone());
        }
        let found = read_agent(app, account, agent).await?;
        self.agents.lock().await.insert(agent.to_owned(), found.clone());
        Ok(found)
    }
}

/// The newest version and the newest that is published; nothing where the provider has no such agent.
async fn read_agent(app: &App, account: &AccountId, agent: &str) -> Result<Option<AgentSynced>, VoiceAgentsFailure> {
    let Some(newest) = version(app, account, agent, VersionRef::Latest).await? else { return Ok(None) };
    if newest.published {
        return Ok(Some(AgentSynced::of(&newest, Some(&newest))));
    }
    let published = version(app, account, agent, VersionRef::LatestPublished).await?;
    let published = published.filter(|it| it.published);
    Ok(Some(AgentSynced::of(&newest, published.as_ref())))
}

async fn version(
    app: &App,
    account: &AccountId,
    agent: &str,
    version: VersionRef,
) -> Result<Option<AgentThere>, VoiceAgentsFailure> {
    match heard(app, || app.agents_in_the_background.agent(account, agent, version)).await {
        Ok(found) => Ok(Some(found)),
        Err(VoiceAgentsFailure::NotFound) => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn numbers(app: &App, account: &AccountId) -> Read<HashMap<String, NumberThere>> {
    let all = heard(app, || app.agents_in_the_background.numbers(account)).await;
    let all = all.map_err(|failure| format!("account {account}: {failure}"))?;
    Ok(all.into_iter().map(|it| (it.number.clone(), it)).collect())
}

async fn calendar(app: &App, company: &CompanyId, progress: &Progress) -> Result<SeenCalendar, CalendarFailure> {
    let there = &app.calendar_set_up;
    Ok(SeenCalendar {
        event_types: all(app, (progress, SyncKind::EventTypes), || there.event_types(company)).await?,
        members: all(app, (progress, SyncKind::Staff), || there.members(company)).await?,
        schedules: all(app, (progress, SyncKind::Schedules), || there.schedules(company)).await?,
    })
}

/// All of a kind that the calendar has.
async fn all<T, F>(
    app: &App,
    (progress, kind): (&Progress, SyncKind),
    ask: impl Fn() -> F,
) -> Result<Vec<T>, CalendarFailure>
where
    F: Future<Output = Result<Vec<T>, CalendarFailure>>,
{
    progress.begins(kind);
    let found = asked(app, ask).await?;
    progress.read(kind, found.len());
    Ok(found)
}

/// Reading waits its turn for as long as the calendar says, behind those who are on the phone.
async fn asked<T, F>(app: &App, ask: impl Fn() -> F) -> Result<T, CalendarFailure>
where
    F: Future<Output = Result<T, CalendarFailure>>,
{
    for _ in 0..PATIENCE {
        match ask().await {
            Err(CalendarFailure::NotSent { retry_after: Some(wait), .. }) => {
                app.clock.sleep_until(later(app.clock.now(), wait)).await;
            }
            answered => return answered,
        }
    }
    ask().await
}

/// An answer that stayed away is asked for once more.
async fn heard<T, F>(app: &App, ask: impl Fn() -> F) -> Result<T, VoiceAgentsFailure>
where
    F: Future<Output = Result<T, VoiceAgentsFailure>>,
{
    match ask().await {
        Err(VoiceAgentsFailure::Unavailable(_)) => {
            app.clock.sleep_until(later(app.clock.now(), AGAIN)).await;
            ask().await
        }
        answered => answered,
    }
}
