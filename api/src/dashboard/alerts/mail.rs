//! Whether and how the company writes to its customers.

use crate::dashboard::Form;
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::mail;
use crate::problem::Problem;
use crate::setup::SetUpError;
use askama::Template;
use http::StatusCode;
use ringbuch_domain::mail::{MailChange, MailSettings};
use warp::reply::Response;

#[derive(Template)]
#[template(path = "customer_mail.html")]
struct MailPage {
    page: Page,
    settings: MailSettings,
    /// Whether this installation knows a mail server at all.
    server: bool,
    refused: Option<String>,
}

pub async fn show(visit: Visit) -> Result<Response, Problem> {
    let settings = mail::settings(&visit.app, visit.company()).await?;
    page(&visit, settings, None)
}

fn page(visit: &Visit, settings: MailSettings, refused: Option<String>) -> Result<Response, Problem> {
    let server = visit.app.mail_errands.mailer.is_some();
    html(&MailPage { page: visit.page("alerts.mail"), settings, server, refused })
}

/// What is refused comes back as it was filled in, with why.
pub async fn change(visit: Visit, form: Form) -> Result<Response, Problem> {
    let hours = form.needed("reminder_hours")?.parse();
    let wanted = MailChange {
        on: Some(form.text("on").is_some()),
        calendar_mails: Some(form.text("calendar_mails").is_some()),
        reminder_hours: Some(hours.map_err(|_| super::whole_number("reminder_hours"))?),
        reply_to: Some(form.text("reply_to").unwrap_or_default().to_owned()),
    };
    match mail::change(&visit.app, visit.company(), wanted.clone(), visit.caller.name()).await {
        Ok(_) => Ok(visit.redirect_saying("/alerts/mail", "alerts.mail_changed")),
        Err(SetUpError::Refused(why)) => {
            let why = visit.page.refusal(&why);
            let mut response = page(&visit, wanted.applied_to(&MailSettings::default()), Some(why))?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}
