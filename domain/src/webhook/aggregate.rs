//! A delivery is received once, worked on until it is processed, quarantined or dead, and can be replayed ever after.

use super::event::{
    Provider, WebhookEvent, WebhookFailed, WebhookProcessed, WebhookQuarantined, WebhookReceived, WebhookReplayed,
};
use cqrs_es::event_sink::EventSink;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Waits after the first, second and third failure; the fourth is the last.
pub const RETRY_SECONDS: [i64; 3] = [10, 30, 60];

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    received: Option<Received>,
    pub standing: Standing,
    /// Failures since it was received or last replayed.
    failures: u32,
    attempts: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Received {
    delivery: crate::ids::DeliveryId,
    provider: Provider,
    event: String,
    at: Timestamp,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    #[default]
    Absent,
    Due,
    Processed,
    Quarantined,
    Dead,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Receive(Box<WebhookReceived>),
    /// Takes over what another system has received and dealt with.
    Import(Box<WebhookReceived>, Dealt),
    Processed {
        company: crate::ids::CompanyId,
        call: Option<crate::ids::CallId>,
    },
    Failed {
        error: String,
        now: Timestamp,
    },
    Quarantine {
        reason: String,
        detail: String,
    },
    Replay {
        by: String,
    },
}

/// What another system had made of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dealt {
    Processed { company: crate::ids::CompanyId, call: Option<crate::ids::CallId> },
    Failed { error: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error("no delivery has this id")]
    Unknown,
}

impl Webhook {
    pub fn decide(&self, command: Command) -> Result<Vec<WebhookEvent>, Rejection> {
        let command = match command {
            Command::Receive(_) | Command::Import(..) if self.received.is_some() => return Ok(vec![]),
            Command::Receive(received) => return Ok(vec![(*received).into()]),
            Command::Import(received, dealt) => return Ok(taken_over(*received, dealt)),
            other => other,
        };
        let Some(Received { delivery, provider, event, at: received_at }) = self.received.clone() else {
            return Err(Rejection::Unknown);
        };
        let attempt = self.attempts + 1;
        let due = self.standing == Standing::Due;
        Ok(match command {
            Command::Replay { by } if !due => {
                vec![WebhookReplayed { delivery, provider, event, received_at, by }.into()]
            }
            Command::Processed { company, call } if due => {
                vec![WebhookProcessed { delivery, provider, event, received_at, company, call, attempt }.into()]
            }
            Command::Failed { error, now } if due => {
                let next_attempt_at = self.next_attempt(now);
                vec![WebhookFailed { delivery, provider, event, received_at, attempt, error, next_attempt_at }.into()]
            }
            Command::Quarantine { reason, detail } if due => {
                vec![WebhookQuarantined { delivery, provider, event, received_at, reason, detail }.into()]
            }
            _ => vec![],
        })
    }

    fn next_attempt(&self, now: Timestamp) -> Option<Timestamp> {
        let wait = RETRY_SECONDS.get(usize::try_from(self.failures).ok()?)?;
        now.checked_add(SignedDuration::from_secs(*wait)).ok()
    }
}

/// Both in one go: nobody may take it for a delivery that waits.
fn taken_over(received: WebhookReceived, dealt: Dealt) -> Vec<WebhookEvent> {
    let WebhookReceived { delivery, provider, event, received_at, .. } = received.clone();
    let outcome = match dealt {
        Dealt::Processed { company, call } => {
            WebhookProcessed { delivery, provider, event, received_at, company, call, attempt: 1 }.into()
        }
        Dealt::Failed { error } => {
            WebhookFailed { delivery, provider, event, received_at, attempt: 1, error, next_attempt_at: None }.into()
        }
    };
    vec![received.into(), outcome]
}

impl cqrs_es::Aggregate for Webhook {
    const TYPE: &'static str = "webhook";
    type Command = Command;
    type Event = WebhookEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: WebhookEvent) {
        match event {
            WebhookEvent::WebhookReceived(it) => {
                let WebhookReceived { delivery, provider, event, received_at: at, .. } = it;
                self.received = Some(Received { delivery, provider, event, at });
                self.standing = Standing::Due;
            }
            WebhookEvent::WebhookProcessed(it) => {
                self.attempts = it.attempt;
                self.standing = Standing::Processed;
            }
            WebhookEvent::WebhookFailed(it) => {
                self.attempts = it.attempt;
                self.failures += 1;
                self.standing = if it.next_attempt_at.is_some() { Standing::Due } else { Standing::Dead };
            }
            WebhookEvent::WebhookQuarantined(_) => self.standing = Standing::Quarantined,
            WebhookEvent::WebhookReplayed(_) => {
                self.failures = 0;
                self.standing = Standing::Due;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{AccountId, CompanyId, DeliveryId};
    use crate::private::Private;
    use crate::webhook::Verdict;
    use cqrs_es::test::TestFramework;

    type Case = TestFramework<Webhook>;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_200_000 + second).expect("in range")
    }

    fn received() -> WebhookReceived {
        WebhookReceived {
            delivery: DeliveryId::new("d1").expect("usable"),
            provider: Provider::Retell,
            account: AccountId::new("main").expect("usable"),
            company: None,
            event: "call_ended".into(),
            call: Some("call_1".into()),
            bytes: 2,
            verdict: Verdict::CurrentKey,
            received_at: at(0),
            private: Private::Erased,
        }
    }

    fn failed(attempt: u32, next: Option<i64>) -> WebhookEvent {
        WebhookFailed {
            delivery: DeliveryId::new("d1").expect("usable"),
            provider: Provider::Retell,
            event: "call_ended".into(),
            received_at: at(0),
            attempt,
            error: "the database was away".into(),
            next_attempt_at: next.map(at),
        }
        .into()
    }

    fn fail() -> Command {
        Command::Failed { error: "the database was away".into(), now: at(0) }
    }

    #[test]
    fn the_same_delivery_is_received_once() {
        let receive = || Command::Receive(Box::new(received()));
        Case::with(()).given_no_previous_events().when(receive()).then_expect_events(vec![received().into()]);
        Case::with(()).given(vec![received().into()]).when(receive()).then_expect_events(vec![]);
    }

    #[test]
    fn a_failure_is_tried_again_after_10_30_and_60_seconds_and_then_dead() {
        let mut given = vec![received().into()];
        for (attempt, next) in [(1, Some(10)), (2, Some(30)), (3, Some(60)), (4, None)] {
            Case::with(()).given(given.clone()).when(fail()).then_expect_events(vec![failed(attempt, next)]);
            given.push(failed(attempt, next));
        }
        Case::with(()).given(given).when(fail()).then_expect_events(vec![]);
    }

    #[test]
    fn the_dead_can_be_replayed_and_then_fail_as_often_again() {
        let dead =
            vec![received().into(), failed(1, Some(10)), failed(2, Some(30)), failed(3, Some(60)), failed(4, None)];
        let replayed: WebhookEvent = WebhookReplayed {
            delivery: DeliveryId::new("d1").expect("usable"),
            provider: Provider::Retell,
            event: "call_ended".into(),
            received_at: at(0),
            by: "cli".into(),
        }
        .into();
        Case::with(())
            .given(dead.clone())
            .when(Command::Replay { by: "cli".into() })
            .then_expect_events(vec![replayed.clone()]);
        let again = [dead, vec![replayed]].concat();
        Case::with(()).given(again).when(fail()).then_expect_events(vec![failed(5, Some(10))]);
    }

    #[test]
    fn what_is_processed_or_quarantined_is_over_until_somebody_replays_it() {
        let company = CompanyId::new("salon").expect("usable");
        let ends = [
            Command::Processed { company, call: None },
            Command::Quarantine { reason: "unknown_number".into(), detail: "assign it and replay".into() },
        ];
        for end in ends {
            let ended = after(vec![received().into()], end.clone());
            for nothing in [end.clone(), fail()] {
                Case::with(()).given(ended.clone()).when(nothing).then_expect_events(vec![]);
            }
            let replayed = after(ended, Command::Replay { by: "cli".into() });
            assert_eq!(after(replayed.clone(), end).len(), replayed.len() + 1);
            let twice = Command::Replay { by: "cli".into() };
            Case::with(()).given(replayed).when(twice).then_expect_events(vec![]);
        }
    }

    /// The history with what the command leads to.
    fn after(mut history: Vec<WebhookEvent>, command: Command) -> Vec<WebhookEvent> {
        let news = Case::with(()).given(history.clone()).when(command).inspect_result().expect("it is accepted");
        assert_eq!(news.len(), 1);
        history.extend(news);
        history
    }

    #[test]
    fn an_unknown_delivery_cannot_be_processed() {
        let company = CompanyId::new("salon").expect("usable");
        Case::with(())
            .given_no_previous_events()
            .when(Command::Processed { company, call: None })
            .then_expect_error(Rejection::Unknown);
    }

    #[test]
    fn what_another_system_has_dealt_with_waits_for_nobody_and_can_be_replayed() {
        let dealt = Dealt::Processed { company: CompanyId::new("salon").expect("usable"), call: None };
        let import = |dealt| Command::Import(Box::new(received()), dealt);
        let events = Webhook::default().decide(import(dealt.clone())).expect("taken");
        let mut known = Webhook::default();
        events.iter().cloned().for_each(|event| cqrs_es::Aggregate::apply(&mut known, event));
        assert_eq!((events.len(), known.standing), (2, Standing::Processed));
        assert_eq!(known.decide(import(dealt)).expect("known"), []);
        assert_eq!(known.decide(Command::Replay { by: "cli".into() }).expect("replayed").len(), 1);
        let failed = Webhook::default().decide(import(Dealt::Failed { error: "x".into() })).expect("taken");
        assert!(matches!(&failed[1], WebhookEvent::WebhookFailed(it) if it.next_attempt_at.is_none()));
    }
}
