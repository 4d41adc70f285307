//! Whether callers of a company would be served: keys, services, numbers, agents and webhooks as the providers have them
//! now, against what is set up here. Each finding says what is wrong and what to do about it.

mod agents;
mod calendar;
mod first_call;

pub use agents::EVENTS;
pub use calendar::TRIGGERS;
pub use first_call::{Ending, FollowError, Step, follow};

use crate::app::App;
use crate::mail;
use crate::sync::{self, SyncError};
use ringbuch_domain::company::{Company, Seen, SyncScope};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::mail::MailSettings;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::directory::PhoneNumber;
use ringbuch_projections::{Scope, directory};
use schemars::JsonSchema;
use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Fine,
    /// Works, but not as somebody would expect.
    Doubtful,
    /// Callers are not served.
    Broken,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DoctorFinding")]
pub struct Finding {
    pub company: CompanyId,
    pub severity: Severity,
    /// A stable word: `calendar_key`, `event_type`, `number`, …
    pub check: &'static str,
    /// What it is about: a number, an agent, a service.
    pub thing: String,
    pub finding: String,
    pub advice: Option<String>,
}

/// Collects what is found at one company.
struct Findings {
    company: CompanyId,
    found: Vec<Finding>,
}

impl Findings {
    fn fine(&mut self, check: &'static str, thing: &(impl ToString + ?Sized), finding: &str) {
        self.add(Severity::Fine, check, thing, finding, None);
    }

    fn doubtful(&mut self, check: &'static str, thing: &(impl ToString + ?Sized), finding: &str, advice: &str) {
        self.add(Severity::Doubtful, check, thing, finding, Some(advice));
    }

    fn broken(&mut self, check: &'static str, thing: &(impl ToString + ?Sized), finding: &str, advice: &str) {
        self.add(Severity::Broken, check, thing, finding, Some(advice));
    }

    fn add(
        &mut self,
        severity: Severity,
        check: &'static str,
        thing: &(impl ToString + ?Sized),
        finding: &str,
        advice: Option<&str>,
    ) {
        let (company, thing) = (self.company.clone(), thing.to_string());
        let (finding, advice) = (finding.to_owned(), advice.map(str::to_owned));
        self.found.push(Finding { company, severity, check, thing, finding, advice });
    }

    /// What a provider has, read as `sync` reads it; where it cannot be, that is a finding.
    async fn seen(&mut self, app: &App, scope: SyncScope) -> Result<Option<Seen>, SyncError> {
        match sync::seen(app, &self.company, scope).await? {
            Ok(seen) => Ok(Some(seen)),
            Err(why) => {
                self.doubtful(
                    "sync",
                    &self.company.clone(),
                    &why,
                    "try again; until then this provider is not compared",
                );
                Ok(None)
            }
        }
    }
}

/// Looks at one company with both providers asked, each once.
pub async fn examine(app: &App, company: &CompanyId) -> Result<Vec<Finding>, SyncError> {
    let known = app.journal.load::<Company>(&StreamId::company(company)).await?;
    let numbers = directory::phone_numbers(&*app.store.rows, Scope::Company(company)).await?;
    let mut findings = Findings { company: company.clone(), found: vec![] };
    set_up(&known.aggregate, &numbers, &mut findings);
    customer_mail(&mail::settings(app, company).await?, app.mail_errands.mailer.is_some(), &mut findings);
    let calendar = calendar::examine(app, &known.aggregate, &mut findings).await?;
    let agents = agents::examine(app, &known.aggregate, &numbers, &mut findings).await?;
    in_step(app, &Seen { calendar, agents }, &mut findings).await?;
    Ok(findings.found)
}

/// What can be seen without asking anybody.
fn set_up(company: &Company, numbers: &[PhoneNumber], findings: &mut Findings) {
    if let Some(profile) = &company.profile {
        placeholder(&profile.placeholder_domain, findings);
    }
    for number in numbers {
        match company.branches.get(&number.branch) {
            Some(branch) if branch.active => {}
            Some(_) => findings.doubtful(
                "number",
                &number.number,
                &format!("it leads to the branch '{}', which takes no bookings", number.branch),
                "activate the branch with `branch activate`, or assign the number to another with `number assign`",
            ),
            None => findings.broken(
                "number",
                &number.number,
                &format!("it leads to the branch '{}', which does not exist", number.branch),
                "assign it to another with `number assign`",
            ),
        }
    }
    for (id, branch) in company.branches.iter().filter(|(_, branch)| branch.active) {
        let reached = numbers.iter().any(|number| number.branch == *id) || company.agents.values().any(|at| at == id);
        if !reached {
            let finding = format!("no number and no agent leads to {}", branch.name);
            findings.doubtful("branch", id, &finding, "assign a number with `number assign`");
        }
        if let Some(event_type) = branch.default_event_type
            && !company.event_types.get(&event_type).is_some_and(|service| company.offers(service, id))
        {
            let finding = format!("its default service {event_type} is not offered there");
            findings.broken("branch", id, &finding, "choose another with `branch default`");
        }
    }
}

/// Domains that are reserved, so that mail to them goes nowhere.
const NOWHERE: [&str; 8] =
    ["example.com", "example.net", "example.org", "example", "test", "invalid", "localhost", "local"];

/// The calendar refuses addresses that take no mail, sooner or later.
fn placeholder(domain: &str, findings: &mut Findings) {
    let reserved = |end: &str| domain == end || domain.ends_with(&format!(".{end}"));
    if NOWHERE.iter().any(|end| reserved(end)) {
        findings.doubtful(
            "placeholder_domain",
            domain,
            "callers without e-mail are booked with addresses there, and nobody receives mail at it",
            "use a domain of your own with a mail server, since Cal.com checks whether addresses take mail",
        );
    } else {
        findings.fine("placeholder_domain", domain, "is a domain that can take mail");
    }
}

/// Nobody is written to twice about the same, and nobody waits for mail that cannot be sent.
fn customer_mail(settings: &MailSettings, can_send: bool, findings: &mut Findings) {
    let company = findings.company.clone();
    if !settings.on {
        findings.fine("customer_mail", &company, "customers hear of their appointments from Cal.com alone");
    } else if !can_send {
        let advice = "set RINGBUCH_SMTP_HOST and RINGBUCH_MAIL_FROM, or switch mail off with `mail set --on false`";
        findings.broken("customer_mail", &company, "customers are to be written to, and no mail server is set", advice);
    } else if settings.calendar_mails {
        findings.fine("customer_mail", &company, "Cal.com confirms, and reminders are written from here");
    } else {
        findings.doubtful(
            "customer_mail",
            &company,
            "customers are written to from here, and Cal.com writes as well unless it was told otherwise",
            "switch confirmations off at Cal.com's event types, or leave them to it with `mail set --calendar-mails true`",
        );
    }
}

/// A run of `sync` would change nothing.
async fn in_step(app: &App, seen: &Seen, findings: &mut Findings) -> Result<(), SyncError> {
    if *seen == Seen::default() {
        return Ok(());
    }
    let company = findings.company.clone();
    let part = sync::would_take(app, company.clone(), seen).await?;
    for failure in part.failures.iter().chain(&part.unreachable) {
        findings.doubtful("sync", &company, failure, "the rest is taken in by `sync all` all the same");
    }
    match part.differences.len() {
        0 => findings.fine("sync", &company, "what the providers have is known here"),
        some => findings.doubtful(
            "sync",
            &company,
            &format!("{some} of what is known here is not as the providers have it"),
            "see them with `sync all --dry-run`, take them in with `sync all`",
        ),
    }
    Ok(())
}
