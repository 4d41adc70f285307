//! Rules and channels, and somebody acknowledging: what the command line and the API do, through the same rules.

use crate::app::App;
use crate::setup::SetUpError;
use ringbuch_adapters::alerts::{Destination, DestinationUnusable, Notice, SigningSecret, SigningSecretUnusable};
use ringbuch_adapters::sealing::{SecretFault, Secrets, company_owner};
use ringbuch_domain::alerts::{
    AlertChannelTested, AlertKind, AlertRule, Alerts, Channel, Command, Means, Rejection, RuleChange,
};
use ringbuch_domain::ids::{AlertId, CompanyId};
use ringbuch_domain::recorded::{Cause, StreamId};
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where a channel is to lead.
#[derive(Debug, Clone)]
pub enum Leads {
    /// The address that Slack gives for a channel.
    Slack(SecretString),
    Email(Vec<String>),
    /// The address, and the signing secret; without one it is drawn.
    Webhook(SecretString, Option<SecretString>),
}

/// Somebody who sets a company's alerts up.
pub struct AlertSetUp<'a> {
    pub app: &'a App,
    pub company: &'a CompanyId,
    pub by: String,
}

/// The name of the secret that holds where a channel leads.
fn secret_name(channel: Channel) -> String {
    format!("alert_channel_{channel}")
}

/// Where a channel leads; nothing where it was never set up.
pub(super) async fn destination(
    secrets: &Secrets,
    company: &CompanyId,
    channel: Channel,
) -> Result<Option<Destination>, SecretFault> {
    let stored = secrets.get(&company_owner(company), &secret_name(channel)).await?;
    Ok(stored.first().and_then(|newest| Destination::from_stored(newest).ok()))
}

impl AlertSetUp<'_> {
    async fn tell(&self, command: Command) -> Result<Alerts, SetUpError> {
        let stream = StreamId::alerts(self.company);
        let cause = Cause::first(Uuid::now_v7());
        let executed = self.app.journal.execute::<Alerts>(&stream, Some(self.company), cause, command).await?;
        Ok(executed.aggregate)
    }

    async fn known(&self) -> Result<Alerts, SetUpError> {
        let loaded = self.app.journal.load::<Alerts>(&StreamId::alerts(self.company)).await?;
        Ok(loaded.aggregate.clone())
    }

    pub async fn rules(&self) -> Result<BTreeMap<AlertKind, AlertRule>, SetUpError> {
        let known = self.known().await?;
        Ok(AlertKind::ALL.into_iter().map(|kind| (kind, known.rule(kind))).collect())
    }

    /// Changes the rules that are named; all of them or none.
    pub async fn change_rules(&self, changes: &BTreeMap<AlertKind, RuleChange>) -> Result<(), SetUpError> {
        let known = self.known().await?;
        let wanted = |(kind, change): (&AlertKind, &RuleChange)| (*kind, change.applied_to(known.rule(*kind)));
        let wanted: Vec<_> = changes.iter().map(wanted).collect();
        for (kind, rule) in &wanted {
            rule.check(*kind).map_err(|why| SetUpError::Refused(format!("{kind}: {why}")))?;
        }
        for (kind, rule) in wanted {
            self.tell(Command::SetRule { kind, rule, by: self.by.clone() }).await?;
        }
        Ok(())
    }

    /// The channels that are set up. Where they lead is told to nobody.
    pub async fn channels(&self) -> Result<Vec<Channel>, SetUpError> {
        Ok(self.known().await?.channels.into_iter().collect())
    }

    /// Has a channel lead somewhere; the signing secret of a webhook where it was drawn now.
    pub async fn set_channel(&self, channel: Channel, leads: Leads) -> Result<Option<SigningSecret>, SetUpError> {
        let unusable = |why: DestinationUnusable| SetUpError::Refused(why.to_string());
        let (destination, drawn) = self.leading(channel, leads).map_err(unusable)?;
        let stored = destination.to_stored().map_err(unusable)?;
        let (owner, now) = (company_owner(self.company), self.app.clock.now());
        // What is sealed first can be used as soon as the log names it.
        self.app.secrets.set(&owner, &secret_name(channel), stored, now).await?;
        self.tell(Command::NoteChannel { channel, by: self.by.clone() }).await?;
        Ok(drawn)
    }

    fn leading(
        &self,
        channel: Channel,
        leads: Leads,
    ) -> Result<(Destination, Option<SigningSecret>), DestinationUnusable> {
        use secrecy::ExposeSecret;
        let outbound = self.app.alert_errands.sender.outbound();
        match (channel.means, leads) {
            (Means::Slack, Leads::Slack(url)) => Ok((Destination::slack(url.expose_secret(), outbound)?, None)),
            (Means::Email, Leads::Email(to)) => Ok((Destination::email(&to)?, None)),
            (Means::Webhook, Leads::Webhook(url, secret)) => {
                let given = secret.map(|secret| SigningSecret::parse(secret.expose_secret())).transpose()?;
                let drawn = given.is_none();
                let secret = given.map_or_else(SigningSecret::generate, Ok::<_, SigningSecretUnusable>)?;
                let to = Destination::webhook(url.expose_secret(), secret.clone(), outbound)?;
                Ok((to, drawn.then_some(secret)))
            }
            _ => Err(DestinationUnusable::Stored),
        }
    }

    pub async fn remove_channel(&self, channel: Channel) -> Result<(), SetUpError> {
        self.tell(Command::RemoveChannel { channel, by: self.by.clone() }).await.map(|_| ())
    }

    /// Sends a message through a channel and says why it did not arrive, if it did not.
    pub async fn test(&self, channel: Channel) -> Result<Option<String>, SetUpError> {
        if !self.known().await?.channels.contains(&channel) {
            return Err(SetUpError::Refused(Rejection::ChannelMissing(channel).to_string()));
        }
        let failure = match destination(&self.app.secrets, self.company, channel).await? {
            Some(to) => self.app.alert_errands.sender.send(&to, &self.greeting(), self.app.clock.now()).await.err(),
            None => return Err(SetUpError::Refused(DestinationUnusable::Stored.to_string())),
        };
        let failure = failure.map(|undelivered| undelivered.reason);
        let tested = AlertChannelTested { channel, by: self.by.clone(), failure: failure.clone() };
        self.tell(Command::NoteTested(tested)).await?;
        Ok(failure)
    }

    fn greeting(&self) -> Notice {
        let known = self.app.directory.known();
        let company = known.company(self.company);
        let german = company.is_some_and(|it| it.language.starts_with("de"));
        let name = company.map_or(self.company.as_str(), |it| it.name.as_str());
        let (title, text) = if german {
            ("Probe", "Meldungen von Ringbuch kommen hier an. Es ist nichts zu tun.")
        } else {
            ("Test", "Alerts from Ringbuch arrive here. There is nothing to do.")
        };
        Notice {
            id: Uuid::now_v7(),
            event: "alert.test",
            title: format!("{name}: {title}"),
            text: text.into(),
            data: json!({ "company": self.company }),
            happened_at: self.app.clock.now(),
        }
    }

    pub async fn acknowledge(&self, alert: AlertId) -> Result<(), SetUpError> {
        self.tell(Command::Acknowledge { alert, by: self.by.clone() }).await.map(|_| ())
    }
}
