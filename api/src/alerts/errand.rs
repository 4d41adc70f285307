//! The to-do list of alerts: messages to where channels lead, sent until the other side takes them or it is given up, and
//! telling others what nobody has acknowledged in time.

use super::set_up::destination;
use crate::directory::LiveDirectory;
use crate::journal::{ExecuteError, Journal};
use crate::runners::{Done, Errands};
use anyhow::Context;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ringbuch_adapters::alerts::{AlertSender, Notice, Undelivered};
use ringbuch_adapters::mail::Mailer;
use ringbuch_adapters::outbound::Outbound;
use ringbuch_adapters::sealing::Secrets;
use ringbuch_domain::alerts::{self, AlertDelivered, AlertKind, AlertUndelivered, Alerts, Channel, Command, Tier};
use ringbuch_domain::ids::{AlertId, CompanyId, derived};
use ringbuch_domain::mail::next_attempt;
use ringbuch_domain::recorded::{Cause, Link, StreamId};
use ringbuch_projections::alerts::{DueAlert, ESCALATE, due, next_due};
use ringbuch_projections::rows::ReadModels;
use serde_json::json;
use std::sync::Arc;

#[derive(Clone)]
pub struct AlertErrands {
    pub journal: Arc<Journal>,
    pub rows: Arc<dyn ReadModels>,
    pub secrets: Arc<Secrets>,
    pub directory: Arc<LiveDirectory>,
    pub sender: AlertSender,
}

/// What nothing could be done about is looked at again after this.
const LATER: SignedDuration = SignedDuration::from_mins(1);

#[async_trait]
impl Errands for AlertErrands {
    type Row = DueAlert;
    type Key = (CompanyId, AlertId, String);

    fn name(&self) -> &'static str {
        "alerts"
    }

    fn key(&self, row: &DueAlert) -> Self::Key {
        (row.company.clone(), row.alert, row.task.clone())
    }

    async fn due(&self, now: Timestamp, limit: u32) -> anyhow::Result<Vec<DueAlert>> {
        Ok(due(&*self.rows, now, limit).await?)
    }

    async fn next_due(&self, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
        Ok(next_due(&*self.rows, now).await?)
    }

    async fn run(&self, row: DueAlert) -> anyhow::Result<Done> {
        if row.task == ESCALATE {
            return self.tell(&row, Command::Escalate { alert: row.alert }).await;
        }
        let channel: Channel = row.task.parse()?;
        let attempt = u32::try_from(row.attempt).unwrap_or(u32::MAX).saturating_add(1);
        let command = match self.send(&row, channel).await? {
            Ok(()) => Command::NoteDelivered(AlertDelivered { alert: row.alert, channel, attempt }),
            Err(Undelivered { reason, may_be_repeated }) => {
                let now = self.journal.clock().now();
                let next_attempt_at = next_attempt(now, attempt).filter(|_| may_be_repeated);
                let alert = row.alert;
                Command::NoteUndelivered(AlertUndelivered { alert, channel, attempt, reason, next_attempt_at })
            }
        };
        self.tell(&row, command).await
    }
}

impl AlertErrands {
    /// `way` is how messages leave: over HTTP, and by mail where a server is named.
    pub fn new(
        journal: &Arc<Journal>,
        rows: &Arc<dyn ReadModels>,
        secrets: &Arc<Secrets>,
        directory: &Arc<LiveDirectory>,
        way: (Outbound, Option<Mailer>),
    ) -> Self {
        Self {
            journal: Arc::clone(journal),
            rows: Arc::clone(rows),
            secrets: Arc::clone(secrets),
            directory: Arc::clone(directory),
            sender: AlertSender::new(way.0, way.1),
        }
    }

    async fn send(&self, row: &DueAlert, channel: Channel) -> anyhow::Result<Result<(), Undelivered>> {
        let Some(to) = destination(&self.secrets, &row.company, channel).await? else {
            return Ok(Err(Undelivered { reason: "channel_missing".into(), may_be_repeated: false }));
        };
        let notice = self.notice(row, channel)?;
        Ok(self.sender.send(&to, &notice, self.journal.clock().now()).await)
    }

    fn notice(&self, row: &DueAlert, channel: Channel) -> anyhow::Result<Notice> {
        let kind: AlertKind = row.kind.parse().context("an alert of a newer program")?;
        let known = self.directory.known();
        let company = known.company(&row.company);
        let language = company.map_or("en", |company| company.language.as_str());
        let name = company.map_or(row.company.as_str(), |company| company.name.as_str());
        let (measured, threshold) = (row.measured.unsigned_abs(), u32::try_from(row.threshold).unwrap_or(u32::MAX));
        let text = alerts::fired(kind, &row.subject, measured, threshold, language);
        Ok(Notice {
            id: derived(&["notice", &row.alert.to_string(), channel.as_str()]),
            event: if channel.tier == Tier::First { "alert.fired" } else { "alert.escalated" },
            title: format!("{name}: {}", alerts::title(kind, language)),
            text: format!("{text}\n\nringbuch alert ack {}", row.alert),
            data: json!({
                "company": row.company,
                "alert": row.alert,
                "kind": kind,
                "subject": row.subject,
                "measured": measured,
                "threshold": threshold,
            }),
            happened_at: row.fired_at,
        })
    }

    /// The same attempt is told once, however often it is tried to tell it.
    async fn tell(&self, row: &DueAlert, command: Command) -> anyhow::Result<Done> {
        let attempt = row.attempt.to_string();
        let id = derived(&["alert task", &row.alert.to_string(), &row.task, &attempt, &row.news.to_string()]);
        let cause = Cause::answering(Link { event: row.news, correlation: row.correlation }, id);
        let stream = StreamId::alerts(&row.company);
        match self.journal.execute::<Alerts>(&stream, Some(&row.company), cause, command).await {
            Ok(told) => Ok(match told.appended {
                Some(appended) => Done::Told(appended.position),
                None => Done::NotBefore(self.journal.clock().now().saturating_add(LATER)?),
            }),
            Err(ExecuteError::Rejected(rejection)) => Err(rejection.into()),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }
}
