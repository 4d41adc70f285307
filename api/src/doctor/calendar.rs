//! The calendar's side: the key, services that can be booked, people with hours, and word of what happens there.

use super::Findings;
use crate::app::App;
use crate::providers::CALCOM_WEBHOOK_SECRET;
use crate::sync::SyncError;
use ringbuch_adapters::sealing::company_owner;
use ringbuch_domain::company::{Company, EventTypeRulesSynced, EventTypeSynced, SeenCalendar, SyncScope};
use ringbuch_domain::ids::{CompanyId, EventTypeId};
use ringbuch_domain::ports::{CalendarFailure, WebhookThere};

/// What must be told for the diary to follow the calendar.
pub const TRIGGERS: [&str; 8] = [
    "BOOKING_CREATED",
    "BOOKING_REQUESTED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_REASSIGNED",
    "BOOKING_NO_SHOW_UPDATED",
    "MEETING_ENDED",
];

/// Questions of the calendar that are answered with every booking.
const ANSWERED: [&str; 12] = [
    "name",
    "email",
    "attendeePhoneNumber",
    "notes",
    "guests",
    "location",
    "title",
    "rescheduleReason",
    "smsReminderNumber",
    "phone",
    "displayEmail",
    "aiAgentCallPhoneNumber",
];

/// What the calendar has of the company, where it could be asked.
pub(super) async fn examine(
    app: &App,
    company: &Company,
    findings: &mut Findings,
) -> Result<Option<SeenCalendar>, SyncError> {
    for service in company.event_types.values() {
        examine_service(company, service, findings);
    }
    let Some(profile) = &company.profile else { return Ok(None) };
    let id = &profile.company;
    match app.calendar_set_up.key_owner(id).await {
        Ok(_) => findings.fine("calendar_key", id, "Cal.com takes the key"),
        Err(failure) => {
            no_answer(id, &failure, findings);
            return Ok(None);
        }
    }
    examine_webhook(app, id, company, findings).await;
    Ok(findings.seen(app, SyncScope::Calcom).await?.and_then(|seen| seen.calendar))
}

fn no_answer(company: &CompanyId, failure: &CalendarFailure, findings: &mut Findings) {
    let said = failure.to_string();
    let (told, advice) = match failure {
        CalendarFailure::NotSent { reason, .. } if reason == "no_key" => {
            ("no key for Cal.com is stored", "store one with `secret set calcom`")
        }
        CalendarFailure::NotSent { reason, .. } if reason == "key_refused" => {
            ("Cal.com does not take the stored key", "make a new one there and store it with `secret set calcom`")
        }
        _ => (said.as_str(), "try again; until Cal.com answers, nothing is booked there"),
    };
    findings.broken("calendar_key", company, told, advice);
}

fn examine_service(company: &Company, service: &EventTypeSynced, findings: &mut Findings) {
    let id = service.event_type;
    if company.gone_event_types.contains(&id) {
        let offered = company.branches.values().any(|branch| branch.default_event_type == Some(id));
        if offered {
            findings.broken("event_type", &id, "the calendar has it no more", "choose another with `branch default`");
        }
        return;
    }
    let hosts = service.staff.iter().filter(|staff| !company.gone_staff.contains(staff));
    let mut hosts = hosts.filter_map(|staff| company.staff.get(staff)).peekable();
    if hosts.peek().is_none() {
        let advice = "give it hosts at Cal.com and run `sync calcom`";
        return findings.broken("event_type", &id, &format!("nobody serves '{}'", service.title), advice);
    }
    if !hosts.any(|member| member.hours.as_ref().is_none_or(|hours| !hours.weekly.is_empty())) {
        let finding = format!("nobody who serves '{}' has working hours", service.title);
        return findings.broken("event_type", &id, &finding, "set hours at Cal.com and run `sync calcom`");
    }
    match company.rules.get(&id) {
        Some(rules) => examine_rules(service, rules, findings),
        None => findings.fine("event_type", &id, &format!("'{}' can be booked", service.title)),
    }
}

fn examine_rules(service: &EventTypeSynced, rules: &EventTypeRulesSynced, findings: &mut Findings) {
    let (id, title) = (service.event_type, &service.title);
    let unanswered: Vec<&str> = rules
        .fields
        .iter()
        .filter(|field| field.required && !ANSWERED.contains(&field.slug.as_str()))
        .map(|field| field.slug.as_str())
        .collect();
    if !unanswered.is_empty() {
        let finding = format!("'{title}' asks for {}, which nobody is asked on the phone", unanswered.join(", "));
        return findings.broken("event_type", &id, &finding, "make these fields optional at Cal.com");
    }
    if rules.requires_confirmation {
        let finding = format!("'{title}' waits for its host's confirmation, so callers hear that it is requested");
        return findings.doubtful("event_type", &id, &finding, "switch confirmation off if callers are to hear a yes");
    }
    findings.fine("event_type", &id, &format!("'{title}' can be booked"));
}

/// Without word from the calendar, what happens there is found only by the comparison on the schedule.
async fn examine_webhook(app: &App, company: &CompanyId, set_up: &Company, findings: &mut Findings) {
    let secrets = app.secrets.get(&company_owner(company), CALCOM_WEBHOOK_SECRET).await;
    if !secrets.is_ok_and(|secrets| !secrets.is_empty()) {
        return findings.doubtful(
            "calendar_webhook",
            company,
            "no secret for Cal.com's webhooks is stored, so none is taken",
            "`company webhook` makes one and tells it to Cal.com",
        );
    }
    let path = format!("/api/mcp/calcom/webhook/{company}");
    match app.calendar_set_up.webhooks(company).await {
        Ok(all) => {
            let leads_here = |it: &&WebhookThere| it.url.ends_with(&path) && it.active;
            let of = |scope| all.iter().filter(leads_here).find(|it| it.event_type == scope);
            let silent = told_of(set_up).filter(|scope| of(*scope).is_none()).count();
            let tells =
                |trigger: &&str| told_of(set_up).filter_map(of).all(|it| it.triggers.iter().any(|t| t == trigger));
            let missing: Vec<&str> = TRIGGERS.into_iter().filter(|trigger| !tells(trigger)).collect();
            let advice = "`company webhook` adds what is missing, so that bookings made by hand are seen at once";
            if silent > 0 {
                let finding = format!("at Cal.com {silent} active webhooks are missing that lead to {path}");
                findings.doubtful("calendar_webhook", company, &finding, advice);
            } else if missing.is_empty() {
                findings.fine("calendar_webhook", company, "Cal.com tells what happens there");
            } else {
                let finding = format!("Cal.com's webhook does not tell {}", missing.join(", "));
                findings.doubtful("calendar_webhook", company, &finding, advice);
            }
        }
        Err(failure) => {
            let advice = "look at Cal.com whether the webhook is there";
            findings.doubtful("calendar_webhook", company, &failure.to_string(), advice);
        }
    }
}

/// What needs a webhook: the owner's own services together, and each of a team's, which the first says nothing of.
fn told_of(company: &Company) -> impl Iterator<Item = Option<EventTypeId>> {
    let of_teams =
        company.event_types.values().filter(|service| service.team.is_some()).map(|service| service.event_type);
    let there = of_teams.filter(|id| !company.gone_event_types.contains(id));
    [None].into_iter().chain(there.map(Some))
}
