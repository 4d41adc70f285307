//! How a company stands by each of its rules.

use super::sight::Sight;
use crate::app::App;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::alerts::{AlertKind, AlertRule, Reading};
use ringbuch_domain::company::Company as SetUp;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::directory::Company;

/// What is to be judged: something is as bad as its rule allows or worse, or what fired may be over. Nothing of a company
/// of which neither is true. Rules that are off are not measured.
pub async fn readings(app: &App, sight: &Sight, company: &Company) -> anyhow::Result<Option<Vec<Reading>>> {
    let look = Look { app, sight, company };
    let (mut found, mut wrong) = (Vec::new(), false);
    for kind in AlertKind::ALL {
        let rule = sight.rule(&company.company, kind);
        if rule.on {
            let readings = look.at(kind, rule).await?;
            wrong |= readings.iter().any(|it| it.measured >= rule.threshold.into());
            found.extend(readings);
        }
    }
    Ok((wrong || sight.is_troubled(&company.company)).then_some(found))
}

struct Look<'a> {
    app: &'a App,
    sight: &'a Sight,
    company: &'a Company,
}

impl Look<'_> {
    async fn at(&self, kind: AlertKind, rule: AlertRule) -> anyhow::Result<Vec<Reading>> {
        let (sight, company) = (self.sight, &self.company.company);
        let since = self.ago(rule.window_minutes);
        let measured = match kind {
            AlertKind::BreakerOpen => return Ok(self.breakers()),
            AlertKind::BookingFailures | AlertKind::OverlapSeen | AlertKind::SyncFailed | AlertKind::Drift => {
                sight.signals.since(&(company.clone(), kind), since)
            }
            // What could not be tied to any company is told to all that the account serves.
            AlertKind::DeliveriesLost => {
                sight.lost.since(company, since) + sight.lost_of_nobody.since(&self.company.account, since)
            }
            AlertKind::BacklogAge => sight.waiting_since(self.company).map_or(0, |since| self.minutes(since)),
            AlertKind::Silence => self.silence().await?,
            AlertKind::InvalidSignatures => self.rejected(since),
        };
        Ok(vec![Reading { kind, subject: String::new(), measured }])
    }

    fn ago(&self, minutes: u32) -> Timestamp {
        self.sight.now.checked_sub(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MIN)
    }

    fn minutes(&self, since: Timestamp) -> u64 {
        u64::try_from(self.sight.now.duration_since(since).as_mins()).unwrap_or_default()
    }

    fn breakers(&self) -> Vec<Reading> {
        let open = self.sight.breakers.iter().filter(|(company, ..)| *company == self.company.company);
        let reading = |(_, subject, since): &(_, String, Timestamp)| Reading {
            kind: AlertKind::BreakerOpen,
            subject: subject.clone(),
            measured: self.minutes(*since),
        };
        open.map(reading).collect()
    }

    /// Requests that named the account or the company and proved nothing; both may have one name.
    fn rejected(&self, since: Timestamp) -> u64 {
        let (account, company) = (self.company.account.as_str(), self.company.company.as_str());
        let of_company = if account == company { 0 } else { self.sight.rejected.since(company, since) };
        of_company + self.sight.rejected.since(account, since)
    }

    /// Minutes of an unusual silence in office hours.
    async fn silence(&self) -> anyhow::Result<u64> {
        let Some(from) = self.sight.unusual_silence(&self.company.company) else { return Ok(0) };
        Ok(if self.is_open(from).await? { self.minutes(from) } else { 0 })
    }

    /// Somebody has been at work for all of it. Where nobody's hours are known, what is usual is all there is to go by.
    async fn is_open(&self, from: Timestamp) -> anyhow::Result<bool> {
        let known = self.app.journal.load::<SetUp>(&StreamId::company(&self.company.company)).await?;
        let (set_up, now) = (&known.aggregate, self.sight.now);
        let zone = TimeZone::get(&self.company.zone).unwrap_or(TimeZone::UTC);
        let day = zone.to_datetime(now).date();
        let mut hours = set_up.branches.keys().filter_map(|branch| set_up.open_at(branch, day)).flatten().peekable();
        Ok(hours.peek().is_none() || hours.any(|span| span.from <= from && now < span.to))
    }
}
