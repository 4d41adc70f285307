//! `ringbuch mail`: whether and how customers are written to.

use super::args::MailAction;
use super::desk::{BY, Desk};
use super::output::card;
use super::{Exit, Failure};
use crate::mail;
use ringbuch_domain::mail::MailSettings;

pub async fn run(desk: &Desk<'_>, action: MailAction) -> Result<Exit, Failure> {
    let company = desk.company().await?;
    let settings = match action {
        MailAction::Show => mail::settings(&desk.app, company).await?,
        MailAction::Set(set) => mail::change(&desk.app, company, set.into(), BY.to_owned()).await?,
    };
    desk.output.value(&settings, || told(&settings))?;
    Ok(Exit::Done)
}

fn told(settings: &MailSettings) -> String {
    let reminder = match settings.reminder_hours {
        0 => "none".to_owned(),
        hours => format!("{hours} hours before"),
    };
    card([
        ("customers are written to", Some(settings.on.to_string())),
        ("Cal.com confirms itself", Some(settings.calendar_mails.to_string())),
        ("reminder", Some(reminder)),
        ("answers go to", settings.reply_to.clone()),
    ])
}
