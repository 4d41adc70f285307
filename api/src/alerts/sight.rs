//! What the rules of all companies are held against, read once for all of them: what a look costs does not grow with
//! companies about which nothing is to be said.

use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::alerts::{AlertKind, AlertRule, WEEKS, is_unusual};
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_projections::directory::Company;
use ringbuch_projections::page::Span;
use ringbuch_projections::rows::{ReadModels, RowsError};
use ringbuch_projections::{Scope, alert_signals, alerts, booking_todo, deliveries, webhook_stats};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The rules, and how everything that they watch stood at one moment.
pub struct Sight {
    pub now: Timestamp,
    rules: HashMap<(CompanyId, AlertKind), AlertRule>,
    troubled: HashSet<CompanyId>,
    /// Breakers that are open, with since when.
    pub breakers: Vec<(CompanyId, String, Timestamp)>,
    pub signals: Counted<(CompanyId, AlertKind)>,
    pub lost: Counted<CompanyId>,
    /// Lost deliveries that no company could be found for.
    pub lost_of_nobody: Counted<AccountId>,
    /// Requests that proved nothing, by the company or the account that they named.
    pub rejected: Counted<String>,
    /// Since when the oldest booking or delivery that is due has been waiting.
    waiting: HashMap<CompanyId, Timestamp>,
    /// The same of deliveries of which no company is known yet.
    waiting_of_nobody: HashMap<AccountId, Timestamp>,
    silences: Vec<Silence>,
}

impl Sight {
    pub async fn take(app: &App, companies: &[Company]) -> anyhow::Result<Self> {
        let (rows, now) = (&*app.store.rows, app.clock.now());
        let rules = rules(rows).await?;
        let since = back(now, longest(&rules));
        let (lost, lost_of_nobody) = lost(rows, since).await?;
        let (waiting, waiting_of_nobody) = waiting(rows, now).await?;
        let mut sight = Self {
            now,
            troubled: alerts::troubled(rows, Scope::All).await?.into_iter().collect(),
            breakers: alert_signals::breakers(rows, Scope::All).await?,
            signals: signals(rows, since).await?,
            lost,
            lost_of_nobody,
            rejected: rejected(app, since).await?,
            waiting,
            waiting_of_nobody,
            silences: vec![],
            rules,
        };
        for hours in sight.hours_of_silence(companies) {
            sight.silences.push(Silence::read(rows, now, hours).await?);
        }
        Ok(sight)
    }

    pub fn rule(&self, company: &CompanyId, kind: AlertKind) -> AlertRule {
        self.rules.get(&(company.clone(), kind)).copied().unwrap_or(kind.usual_rule())
    }

    /// Something fired that is not over.
    pub fn is_troubled(&self, company: &CompanyId) -> bool {
        self.troubled.contains(company)
    }

    /// Since when the oldest thing that is due has been waiting; what could not be tied to any company keeps all that the
    /// account serves waiting.
    pub fn waiting_since(&self, company: &Company) -> Option<Timestamp> {
        let of_nobody = self.waiting_of_nobody.get(&company.account);
        self.waiting.get(&company.company).into_iter().chain(of_nobody).min().copied()
    }

    /// Since when nothing was heard of the company, where something usually is at that time of the week.
    pub fn unusual_silence(&self, company: &CompanyId) -> Option<Timestamp> {
        let hours = whole_hours(self.rule(company, AlertKind::Silence));
        let silence = self.silences.iter().find(|it| it.hours == hours)?;
        silence.is_unusual(company).then_some(silence.from)
    }

    /// How many hours are looked at; most companies have the same rule.
    fn hours_of_silence(&self, companies: &[Company]) -> BTreeSet<u32> {
        let rules = companies.iter().map(|it| self.rule(&it.company, AlertKind::Silence));
        rules.filter(|rule| rule.on).map(whole_hours).collect()
    }
}

/// How often something happened, in stretches of one length.
pub struct Counted<K> {
    stretch: SignedDuration,
    found: HashMap<K, Vec<(Timestamp, u64)>>,
}

impl<K: Eq + Hash> Counted<K> {
    fn by(stretch: SignedDuration, counts: impl IntoIterator<Item = (K, Timestamp, u64)>) -> Self {
        let mut found: HashMap<K, Vec<_>> = HashMap::new();
        for (key, begin, count) in counts {
            found.entry(key).or_default().push((begin, count));
        }
        Self { stretch, found }
    }

    /// In the stretches that end after a time.
    pub fn since<Q: Eq + Hash + ?Sized>(&self, key: &Q, time: Timestamp) -> u64
    where
        K: std::borrow::Borrow<Q>,
    {
        let first = back(time, self.stretch);
        let counts = self.found.get(key).into_iter().flatten();
        counts.filter(|(begin, _)| *begin > first).map(|(_, count)| count).sum()
    }
}

/// Who was heard of in the last whole hours and since, and who at the same time of the weeks before.
struct Silence {
    hours: u32,
    from: Timestamp,
    now: HashSet<CompanyId>,
    weeks: Vec<HashMap<CompanyId, i64>>,
}

impl Silence {
    async fn read(rows: &dyn ReadModels, now: Timestamp, hours: u32) -> Result<Self, RowsError> {
        let into_the_hour = SignedDuration::from_secs(now.as_second().rem_euclid(3600));
        let from = back(now, into_the_hour + SignedDuration::from_hours(hours.into()));
        let mut weeks = vec![];
        for week in (1_i64..).take(WEEKS) {
            let earlier = SignedDuration::from_hours(week * 7 * 24);
            weeks.push(heard(rows, back(from, earlier), back(now, earlier)).await?);
        }
        Ok(Self { hours, from, now: heard(rows, from, now).await?.into_keys().collect(), weeks })
    }

    fn is_unusual(&self, company: &CompanyId) -> bool {
        let mut weeks = [0; WEEKS];
        for (week, heard) in weeks.iter_mut().zip(&self.weeks) {
            *week = heard.get(company).copied().unwrap_or_default();
        }
        is_unusual(self.now.contains(company).into(), weeks)
    }
}

fn whole_hours(rule: AlertRule) -> u32 {
    rule.threshold.div_ceil(60)
}

async fn rules(rows: &dyn ReadModels) -> Result<HashMap<(CompanyId, AlertKind), AlertRule>, RowsError> {
    let changed = alerts::rules(rows, Scope::All).await?;
    Ok(changed.into_iter().map(|(company, kind, rule)| ((company, kind), rule)).collect())
}

/// How far back any rule counts.
fn longest(rules: &HashMap<(CompanyId, AlertKind), AlertRule>) -> SignedDuration {
    let usual = AlertKind::ALL.into_iter().map(AlertKind::usual_rule);
    let minutes = usual.chain(rules.values().copied()).map(|rule| rule.window_minutes).max();
    SignedDuration::from_mins(minutes.unwrap_or_default().into()) + MINUTE
}

async fn signals(rows: &dyn ReadModels, since: Timestamp) -> Result<Counted<(CompanyId, AlertKind)>, RowsError> {
    let found = alert_signals::counted(rows, Scope::All, since).await?.into_iter();
    Ok(Counted::by(MINUTE, found.map(|(company, kind, minute, things)| ((company, kind), minute, count(things)))))
}

async fn lost(rows: &dyn ReadModels, since: Timestamp) -> Result<(Counted<CompanyId>, Counted<AccountId>), RowsError> {
    let (mut ours, mut nobodys) = (vec![], vec![]);
    for it in deliveries::lost(rows, Scope::All, since).await? {
        match it.company {
            Some(company) => ours.push((company, it.minute, count(it.deliveries))),
            None => nobodys.push((it.account, it.minute, count(it.deliveries))),
        }
    }
    Ok((Counted::by(MINUTE, ours), Counted::by(MINUTE, nobodys)))
}

async fn waiting(
    rows: &dyn ReadModels,
    now: Timestamp,
) -> Result<(HashMap<CompanyId, Timestamp>, HashMap<AccountId, Timestamp>), RowsError> {
    let mut ours = booking_todo::waiting_since(rows, Scope::All, now).await?.into_iter().collect();
    let mut nobodys = HashMap::new();
    for (company, account, since) in deliveries::waiting_since(rows, Scope::All, now).await? {
        match company {
            Some(company) => keep_older(&mut ours, company, since),
            None => keep_older(&mut nobodys, account, since),
        }
    }
    Ok((ours, nobodys))
}

fn keep_older<K: Eq + Hash>(times: &mut HashMap<K, Timestamp>, key: K, since: Timestamp) {
    let known = times.entry(key).or_insert(since);
    *known = since.min(*known);
}

/// They are kept by the hour.
async fn rejected(app: &App, since: Timestamp) -> anyhow::Result<Counted<String>> {
    let all = app.tally.since(since).await?.into_iter();
    let signatures = all.filter(|it| it.name.starts_with("rejected:signature_"));
    Ok(Counted::by(HOUR, signatures.map(|it| (it.scope, it.hour, it.count))))
}

async fn heard(
    rows: &dyn ReadModels,
    since: Timestamp,
    until: Timestamp,
) -> Result<HashMap<CompanyId, i64>, RowsError> {
    let span = Span { since: Some(since), until: Some(until) };
    Ok(webhook_stats::received(rows, Scope::All, span).await?.into_iter().collect())
}

fn back(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn count(found: i64) -> u64 {
    u64::try_from(found).unwrap_or_default()
}
