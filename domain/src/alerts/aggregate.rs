//! A company's alerts: its rules, its channels, and of each trouble the newest firing.

use super::channel::{Channel, Tier};
use super::event::{
    AlertAcknowledged, AlertChannelRemoved, AlertChannelSet, AlertChannelTested, AlertDelivered, AlertEscalated,
    AlertEvent, AlertFired, AlertRuleSet, AlertUndelivered,
};
use super::judging::Reading;
use super::rule::{AlertKind, AlertRule, RuleUnusable};
use crate::ids::{AlertId, CompanyId};
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alerts {
    /// Those that were changed; the others are as usual.
    rules: BTreeMap<AlertKind, AlertRule>,
    pub channels: BTreeSet<Channel>,
    /// By kind and subject.
    newest: BTreeMap<String, Alert>,
}

/// One firing, as far as the next one depends on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    pub id: AlertId,
    pub kind: AlertKind,
    pub subject: String,
    pub fired_at: Timestamp,
    pub stage: Stage,
    pub escalated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Open,
    Acknowledged,
    Resolved,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    SetRule {
        kind: AlertKind,
        rule: AlertRule,
        by: String,
    },
    NoteChannel {
        channel: Channel,
        by: String,
    },
    RemoveChannel {
        channel: Channel,
        by: String,
    },
    NoteTested(AlertChannelTested),
    /// Holds what was measured against the rules.
    Judge {
        company: CompanyId,
        readings: Vec<Reading>,
        now: Timestamp,
    },
    Acknowledge {
        alert: AlertId,
        by: String,
    },
    /// Tells others, unless somebody has acknowledged it or it is over.
    Escalate {
        alert: AlertId,
    },
    NoteDelivered(AlertDelivered),
    NoteUndelivered(AlertUndelivered),
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error(transparent)]
    RuleUnusable(#[from] RuleUnusable),
    #[error("the channel {0} is not set up")]
    ChannelMissing(Channel),
    #[error("the alert is not the newest of its kind any more, or never was; there is nothing to acknowledge")]
    NotOpen,
}

type Decision = Result<Vec<AlertEvent>, Rejection>;

impl Alerts {
    pub fn rule(&self, kind: AlertKind) -> AlertRule {
        self.rules.get(&kind).copied().unwrap_or(kind.usual_rule())
    }

    /// The newest firing of each trouble.
    pub fn newest(&self) -> impl Iterator<Item = &Alert> {
        self.newest.values()
    }

    pub(super) fn about(&self, kind: AlertKind, subject: &str) -> Option<&Alert> {
        self.newest.get(&key(kind, subject))
    }

    fn by_id(&self, id: AlertId) -> Option<&Alert> {
        self.newest().find(|alert| alert.id == id)
    }

    pub fn decide(&self, command: Command) -> Decision {
        match command {
            Command::SetRule { kind, rule, by } => self.set_rule(kind, rule, by),
            Command::NoteChannel { channel, by } => Ok(vec![AlertChannelSet { channel, by }.into()]),
            Command::RemoveChannel { channel, .. } if !self.channels.contains(&channel) => Ok(vec![]),
            Command::RemoveChannel { channel, by } => Ok(vec![AlertChannelRemoved { channel, by }.into()]),
            Command::NoteTested(tested) => self.tested(tested),
            Command::Judge { company, readings, now } => Ok(self.judge(&company, &readings, now)),
            Command::Acknowledge { alert, by } => self.acknowledge(alert, by),
            Command::Escalate { alert } => Ok(self.escalate(alert)),
            Command::NoteDelivered(delivered) => Ok(vec![delivered.into()]),
            Command::NoteUndelivered(undelivered) => Ok(vec![undelivered.into()]),
        }
    }

    fn set_rule(&self, kind: AlertKind, rule: AlertRule, by: String) -> Decision {
        rule.check(kind)?;
        if self.rule(kind) == rule { Ok(vec![]) } else { Ok(vec![AlertRuleSet { kind, rule, by }.into()]) }
    }

    fn tested(&self, tested: AlertChannelTested) -> Decision {
        if self.channels.contains(&tested.channel) {
            Ok(vec![tested.into()])
        } else {
            Err(Rejection::ChannelMissing(tested.channel))
        }
    }

    fn acknowledge(&self, id: AlertId, by: String) -> Decision {
        match self.by_id(id).ok_or(Rejection::NotOpen)?.stage {
            Stage::Open => Ok(vec![AlertAcknowledged { alert: id, by }.into()]),
            Stage::Acknowledged | Stage::Resolved => Ok(vec![]),
        }
    }

    fn escalate(&self, id: AlertId) -> Vec<AlertEvent> {
        let waits = self.by_id(id).is_some_and(|alert| alert.stage == Stage::Open && !alert.escalated);
        let channels = self.of_tier(Tier::Second);
        waits.then(|| AlertEscalated { alert: id, channels }.into()).into_iter().collect()
    }

    fn change(&mut self, id: AlertId, change: impl FnOnce(&mut Alert)) {
        if let Some(alert) = self.newest.values_mut().find(|alert| alert.id == id) {
            change(alert);
        }
    }

    fn fired(&mut self, it: AlertFired) {
        let AlertFired { alert: id, kind, subject, fired_at, .. } = it;
        let key = key(kind, &subject);
        self.newest.insert(key, Alert { id, kind, subject, fired_at, stage: Stage::Open, escalated: false });
    }
}

fn key(kind: AlertKind, subject: &str) -> String {
    format!("{kind} {subject}")
}

impl cqrs_es::Aggregate for Alerts {
    const TYPE: &'static str = "alerts";
    type Command = Command;
    type Event = AlertEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: AlertEvent) {
        match event {
            AlertEvent::AlertRuleSet(it) => {
                self.rules.insert(it.kind, it.rule);
            }
            AlertEvent::AlertChannelSet(it) => {
                self.channels.insert(it.channel);
            }
            AlertEvent::AlertChannelRemoved(it) => {
                self.channels.remove(&it.channel);
            }
            AlertEvent::AlertFired(it) => self.fired(it),
            AlertEvent::AlertEscalated(it) => self.change(it.alert, |alert| alert.escalated = true),
            AlertEvent::AlertAcknowledged(it) => self.change(it.alert, |alert| alert.stage = Stage::Acknowledged),
            AlertEvent::AlertResolved(it) => self.change(it.alert, |alert| alert.stage = Stage::Resolved),
            AlertEvent::AlertChannelTested(_) | AlertEvent::AlertDelivered(_) | AlertEvent::AlertUndelivered(_) => {}
        }
    }
}
