//! How a company stands by each rule, as the read models say.

use crate::app::App;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::alerts::{AlertKind, AlertRule, Alerts, Reading, WEEKS, is_unusual};
use ringbuch_domain::company::Company as SetUp;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::directory::Company;
use ringbuch_projections::page::Span;
use ringbuch_projections::{Scope, alert_signals, booking_todo, deliveries, webhook_stats};

/// What can be measured now. Rules that are off are not measured.
pub async fn readings(app: &App, company: &Company, alerts: &Alerts, now: Timestamp) -> anyhow::Result<Vec<Reading>> {
    let look = Look { app, company, now };
    let mut found = Vec::new();
    for kind in AlertKind::ALL {
        let rule = alerts.rule(kind);
        if rule.on {
            found.extend(look.at(kind, rule).await?);
        }
    }
    Ok(found)
}

struct Look<'a> {
    app: &'a App,
    company: &'a Company,
    now: Timestamp,
}

impl Look<'_> {
    async fn at(&self, kind: AlertKind, rule: AlertRule) -> anyhow::Result<Vec<Reading>> {
        let since = self.ago(rule.window_minutes);
        let measured = match kind {
            AlertKind::BreakerOpen => return self.breakers().await,
            AlertKind::BookingFailures | AlertKind::OverlapSeen | AlertKind::SyncFailed | AlertKind::Drift => {
                count(alert_signals::count(self.rows(), self.scope(), kind, since).await?)
            }
            AlertKind::DeliveriesLost => self.lost(since).await?,
            AlertKind::BacklogAge => self.backlog().await?,
            AlertKind::Silence => self.silence(rule).await?,
            AlertKind::InvalidSignatures => self.rejected(since).await?,
        };
        Ok(vec![Reading { kind, subject: String::new(), measured }])
    }

    fn rows(&self) -> &dyn ringbuch_projections::rows::ReadModels {
        &*self.app.store.rows
    }

    fn scope(&self) -> Scope<'_> {
        Scope::Company(&self.company.company)
    }

    fn ago(&self, minutes: u32) -> Timestamp {
        self.now.checked_sub(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MIN)
    }

    async fn breakers(&self) -> anyhow::Result<Vec<Reading>> {
        let open = alert_signals::breakers(self.rows(), self.scope()).await?;
        let reading =
            |(subject, since)| Reading { kind: AlertKind::BreakerOpen, subject, measured: self.minutes(since) };
        Ok(open.into_iter().map(reading).collect())
    }

    fn minutes(&self, since: Timestamp) -> u64 {
        u64::try_from(self.now.duration_since(since).as_mins()).unwrap_or_default()
    }

    /// What could not be tied to any company is told to all that the account serves.
    async fn lost(&self, since: Timestamp) -> anyhow::Result<u64> {
        let own = deliveries::lost(self.rows(), self.scope(), since).await?;
        let nobodys = deliveries::lost_of_nobody(self.rows(), &self.company.account, since).await?;
        Ok(count(own) + count(nobodys))
    }

    async fn backlog(&self) -> anyhow::Result<u64> {
        let waiting = booking_todo::waiting_since(self.rows(), self.scope(), self.now).await?;
        Ok(waiting.map_or(0, |since| self.minutes(since)))
    }

    /// Requests that named an account or a company and proved nothing. They are counted by the hour.
    async fn rejected(&self, since: Timestamp) -> anyhow::Result<u64> {
        let ours = [self.company.account.as_str(), self.company.company.as_str()];
        let counted = self.app.tally.since(since).await?;
        let signature = |name: &str| name.starts_with("rejected:signature_");
        let ours = counted.iter().filter(|it| signature(&it.name) && ours.contains(&it.scope.as_str()));
        Ok(ours.map(|it| it.count).sum())
    }

    /// Minutes of an unusual silence in office hours; whole hours are looked at.
    async fn silence(&self, rule: AlertRule) -> anyhow::Result<u64> {
        let hours = i64::from(rule.threshold.div_ceil(60));
        let into_the_hour = SignedDuration::from_secs(self.now.as_second().rem_euclid(3600));
        let from = back(self.now, into_the_hour + SignedDuration::from_hours(hours));
        if !self.is_open(from).await? {
            return Ok(0);
        }
        let mut weeks = [0; WEEKS];
        for (week, heard) in (1_i64..).zip(&mut weeks) {
            let earlier = SignedDuration::from_hours(week * 7 * 24);
            *heard = self.heard(back(from, earlier), back(self.now, earlier)).await?;
        }
        let silent = is_unusual(self.heard(from, self.now).await?, weeks);
        Ok(if silent { self.minutes(from) } else { 0 })
    }

    async fn heard(&self, since: Timestamp, until: Timestamp) -> anyhow::Result<i64> {
        let span = Span { since: Some(since), until: Some(until) };
        Ok(webhook_stats::received(self.rows(), self.scope(), span).await?)
    }

    /// Somebody has been at work for all of it. Where nobody's hours are known, what is usual is all there is to go by.
    async fn is_open(&self, from: Timestamp) -> anyhow::Result<bool> {
        let known = self.app.journal.load::<SetUp>(&StreamId::company(&self.company.company)).await?;
        let set_up = &known.aggregate;
        let zone = TimeZone::get(&self.company.zone).unwrap_or(TimeZone::UTC);
        let day = zone.to_datetime(self.now).date();
        let mut hours = set_up.branches.keys().filter_map(|branch| set_up.open_at(branch, day)).flatten().peekable();
        Ok(hours.peek().is_none() || hours.any(|span| span.from <= from && self.now < span.to))
    }
}

fn back(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn count(found: i64) -> u64 {
    u64::try_from(found).unwrap_or_default()
}
