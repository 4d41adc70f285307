//! What was measured, against the rules: what fires, what is over, and what was told a short while ago.

use super::aggregate::{Alert, Alerts, Stage};
use super::channel::{Channel, Tier};
use super::event::{AlertEvent, AlertFired, AlertResolved};
use super::rule::{AlertKind, AlertRule};
use crate::ids::{AlertId, CompanyId, derived};
use jiff::{SignedDuration, Timestamp};

/// One thing as it stands now. What is not measured is not wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub kind: AlertKind,
    pub subject: String,
    pub measured: u64,
}

impl Alerts {
    /// What fires now and what is over.
    pub(super) fn judge(&self, company: &CompanyId, readings: &[Reading], now: Timestamp) -> Vec<AlertEvent> {
        let wrong: Vec<&Reading> = readings.iter().filter(|it| self.is_wrong(it)).collect();
        let still = |alert: &Alert| wrong.iter().any(|it| it.kind == alert.kind && it.subject == alert.subject);
        let over = self.newest().filter(|alert| alert.stage != Stage::Resolved && !still(alert));
        let over = over.map(|alert| AlertResolved { alert: alert.id }.into());
        let fires = wrong.iter().filter(|it| self.may_fire(it, now)).map(|it| self.firing(company, it, now).into());
        over.chain(fires).collect()
    }

    fn is_wrong(&self, reading: &Reading) -> bool {
        let rule = self.rule(reading.kind);
        rule.on && reading.measured >= u64::from(rule.threshold)
    }

    /// What stands open is told once, and what comes again at once is still the same trouble.
    fn may_fire(&self, reading: &Reading, now: Timestamp) -> bool {
        let rule = self.rule(reading.kind);
        self.about(reading.kind, &reading.subject).is_none_or(|known| {
            known.stage == Stage::Resolved && minutes_after(known.fired_at, rule.cooldown_minutes) <= now
        })
    }

    fn firing(&self, company: &CompanyId, reading: &Reading, now: Timestamp) -> AlertFired {
        let Reading { kind, subject, measured } = reading;
        let rule = self.rule(*kind);
        AlertFired {
            // The same node or another one may judge the same again after a crash.
            alert: AlertId(derived(&["alert", company.as_str(), kind.as_str(), subject, &now.to_string()])),
            company: company.clone(),
            kind: *kind,
            subject: subject.clone(),
            measured: *measured,
            threshold: rule.threshold,
            fired_at: now,
            channels: self.of_tier(Tier::First),
            escalate_at: self.escalates_at(rule, now),
        }
    }

    fn escalates_at(&self, rule: AlertRule, now: Timestamp) -> Option<Timestamp> {
        let wanted = rule.escalate_after_minutes > 0 && !self.of_tier(Tier::Second).is_empty();
        wanted.then(|| minutes_after(now, rule.escalate_after_minutes))
    }

    pub(super) fn of_tier(&self, tier: Tier) -> Vec<Channel> {
        self.channels.iter().copied().filter(|channel| channel.tier == tier).collect()
    }
}

fn minutes_after(time: Timestamp, minutes: u32) -> Timestamp {
    time.checked_add(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MAX)
}
