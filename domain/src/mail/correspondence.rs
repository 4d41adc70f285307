//! What a customer was written about one booking. What was answered once is not answered again.

use super::event::{MailEvent, MailFailed, MailKind, MailSent, MailSkipped, Occasion};
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Correspondence {
    /// How the customer's calendar has it.
    pub told: Option<Told>,
    answered: Vec<(Occasion, Uuid)>,
}

/// What the last mail with an invitation said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub start: Timestamp,
    pub sequence: u32,
    pub cancelled: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    NoteSent(MailSent),
    NoteFailed(MailFailed),
    NoteSkipped(MailSkipped),
}

/// Nothing is ever refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rejection {}

impl Correspondence {
    pub fn has_answered(&self, occasion: Occasion, news: Uuid) -> bool {
        self.answered.contains(&(occasion, news))
    }

    pub fn decide(&self, command: Command) -> Vec<MailEvent> {
        let (occasion, news, event) = match command {
            Command::NoteSent(it) => (it.occasion, it.news, it.into()),
            Command::NoteFailed(it) => (it.occasion, it.news, it.into()),
            Command::NoteSkipped(it) => (it.occasion, it.news, it.into()),
        };
        if self.has_answered(occasion, news) { vec![] } else { vec![event] }
    }

    fn sent(&mut self, it: &MailSent) {
        self.answered.push((it.occasion, it.news));
        let (start, sequence) = (it.start, it.sequence);
        match it.mail {
            MailKind::Confirmation | MailKind::Move => self.told = Some(Told { start, sequence, cancelled: false }),
            MailKind::Cancellation => self.told = Some(Told { start, sequence, cancelled: true }),
            MailKind::Regret | MailKind::Reminder => {}
        }
    }
}

impl cqrs_es::Aggregate for Correspondence {
    const TYPE: &'static str = "correspondence";
    type Command = Command;
    type Event = MailEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command) {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: MailEvent) {
        match event {
            MailEvent::MailSent(it) => self.sent(&it),
            MailEvent::MailSkipped(it) => self.answered.push((it.occasion, it.news)),
            MailEvent::MailFailed(it) if it.next_attempt_at.is_none() => self.answered.push((it.occasion, it.news)),
            MailEvent::MailFailed(_) => {}
        }
    }
}
