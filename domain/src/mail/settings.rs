//! Whether and how a company writes to its customers. It does not until somebody says so, since Cal.com writes by itself.

use super::event::{CustomerMailSet, MailingEvent};
use crate::ids::CompanyId;
use cqrs_es::event_sink::EventSink;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MailSettings {
    pub on: bool,
    /// The calendar tells customers of bookings, moves and cancellations itself, so that only reminders and regrets are
    /// written from here.
    pub calendar_mails: bool,
    /// How long before an appointment its customer is reminded; 0: never.
    pub reminder_hours: u32,
    /// Where answers go; without it to the sender of the installation.
    pub reply_to: Option<String>,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self { on: false, calendar_mails: true, reminder_hours: 24, reply_to: None }
    }
}

/// Why settings cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MailUnusable {
    #[error("reminder_hours takes 0 to 168")]
    ReminderOutOfBounds,
    #[error("reply_to is no e-mail address; write it like salon@example.com")]
    ReplyToUnusable,
}

impl MailSettings {
    fn check(&self) -> Result<(), MailUnusable> {
        if self.reminder_hours > 168 {
            return Err(MailUnusable::ReminderOutOfBounds);
        }
        match &self.reply_to {
            Some(address) if !is_address(address) => Err(MailUnusable::ReplyToUnusable),
            _ => Ok(()),
        }
    }
}

/// One that a mail can be written to; whether anybody reads it shows later.
pub(super) fn is_address(text: &str) -> bool {
    let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;\"".contains(c));
    let parts = text.rsplit_once('@');
    plain && text.len() <= 254 && parts.is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
}

/// What is to be otherwise; what is absent stays. An empty address takes it away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MailChange {
    pub on: Option<bool>,
    pub calendar_mails: Option<bool>,
    pub reminder_hours: Option<u32>,
    pub reply_to: Option<String>,
}

impl MailChange {
    pub fn applied_to(self, settings: &MailSettings) -> MailSettings {
        let reply_to = match self.reply_to {
            Some(new) => Some(new.trim().to_owned()).filter(|new| !new.is_empty()),
            None => settings.reply_to.clone(),
        };
        MailSettings {
            on: self.on.unwrap_or(settings.on),
            calendar_mails: self.calendar_mails.unwrap_or(settings.calendar_mails),
            reminder_hours: self.reminder_hours.unwrap_or(settings.reminder_hours),
            reply_to,
        }
    }
}

/// A company's way of writing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Mailing {
    pub settings: MailSettings,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SetMail {
    pub company: CompanyId,
    pub settings: MailSettings,
    pub by: String,
}

impl Mailing {
    pub fn decide(&self, command: SetMail) -> Result<Vec<MailingEvent>, MailUnusable> {
        let SetMail { company, settings, by } = command;
        settings.check()?;
        if self.settings == settings { Ok(vec![]) } else { Ok(vec![CustomerMailSet { company, settings, by }.into()]) }
    }
}

impl cqrs_es::Aggregate for Mailing {
    const TYPE: &'static str = "mailing";
    type Command = SetMail;
    type Event = MailingEvent;
    type Error = MailUnusable;
    type Services = ();

    async fn handle(&mut self, command: SetMail, (): &(), sink: &EventSink<Self>) -> Result<(), MailUnusable> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: MailingEvent) {
        let MailingEvent::CustomerMailSet(set) = event;
        self.settings = set.settings;
    }
}
