//! Whether and how a company writes to its customers.

use crate::app::App;
use crate::journal::JournalError;
use crate::setup::SetUpError;
use ringbuch_domain::company::Company;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::mail::{MailChange, MailSettings, Mailing, SetMail};
use ringbuch_domain::recorded::{Cause, StreamId};
use uuid::Uuid;

pub async fn settings(app: &App, company: &CompanyId) -> Result<MailSettings, JournalError> {
    let known = app.journal.load::<Mailing>(&StreamId::mailing(company)).await?;
    Ok(known.aggregate.settings.clone())
}

/// Changes what is named and says how it reads then. Nobody can write where no mail server is named.
pub async fn change(
    app: &App,
    company: &CompanyId,
    change: MailChange,
    by: String,
) -> Result<MailSettings, SetUpError> {
    let set_up = app.journal.load::<Company>(&StreamId::company(company)).await?;
    if set_up.aggregate.profile.is_none() {
        return Err(SetUpError::Refused(format!("there is no company '{company}'; add it first")));
    }
    let settings = change.applied_to(&settings(app, company).await?);
    if settings.on && app.mail_errands.mailer.is_none() {
        let missing =
            "no mail server is set, so nobody can be written to; set RINGBUCH_SMTP_HOST and RINGBUCH_MAIL_FROM";
        return Err(SetUpError::Refused(missing.into()));
    }
    let command = SetMail { company: company.clone(), settings: settings.clone(), by };
    let (stream, cause) = (StreamId::mailing(company), Cause::first(Uuid::now_v7()));
    app.journal.execute::<Mailing>(&stream, Some(company), cause, command).await?;
    Ok(settings)
}
