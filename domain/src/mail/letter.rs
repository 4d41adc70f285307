//! What a mail says, in the caller's language: plain paragraphs that read alike with and without decoration.

use super::event::MailKind;
use crate::spoken::Language;
use crate::spoken::say::{self, Case};
use jiff::civil::DateTime;

/// An appointment as its customer knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Who is written to.
    pub name: String,
    pub company: String,
    pub branch: String,
    pub service: String,
    pub staff: Option<String>,
    /// In the company's zone.
    pub start: DateTime,
    pub end: DateTime,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    /// Paragraphs with an empty line between them; a paragraph may have several lines.
    pub text: String,
}

/// `language` as calls and companies name it: `de`, `en`.
pub fn letter(mail: MailKind, it: &Appointment, language: &str) -> Letter {
    if language.starts_with("de") { german(mail, it) } else { english(mail, it) }
}

fn german(mail: MailKind, it: &Appointment) -> Letter {
    let Appointment { name, company, .. } = it;
    let (subject, opening, closing) = match mail {
        MailKind::Confirmation => ("Ihr Termin", "Ihr Termin ist gebucht:", "Wir freuen uns auf Sie."),
        MailKind::Move => ("Ihr Termin wurde verschoben", "Ihr Termin hat eine neue Zeit:", "Wir freuen uns auf Sie."),
        MailKind::Cancellation => {
            ("Ihr Termin wurde abgesagt", "Dieser Termin findet nicht statt:", "Rufen Sie uns gern für einen neuen an.")
        }
        MailKind::Regret => (
            "Ihr Terminwunsch",
            "Diesen Termin konnten wir leider nicht für Sie buchen:",
            "Rufen Sie uns gern an, dann finden wir einen anderen.",
        ),
        MailKind::Reminder => ("Erinnerung an Ihren Termin", "Wir erinnern Sie an Ihren Termin:", "Bis bald."),
    };
    let moment = format!("{} von {} bis {} Uhr", day(it, Language::German), clock(it.start), clock(it.end));
    let facts = facts(it, &moment, ["Bei", "Ort"]);
    Letter {
        subject: format!("{subject} bei {company}"),
        text: format!("Guten Tag {name},\n\n{opening}\n\n{facts}\n\n{closing}\n\n{company}"),
    }
}

fn english(mail: MailKind, it: &Appointment) -> Letter {
    let Appointment { name, company, .. } = it;
    let (subject, opening, closing) = match mail {
        MailKind::Confirmation => ("Your appointment", "Your appointment is booked:", "We look forward to seeing you."),
        MailKind::Move => {
            ("Your appointment was moved", "Your appointment has a new time:", "We look forward to seeing you.")
        }
        MailKind::Cancellation => {
            ("Your appointment was cancelled", "This appointment does not take place:", "Call us for a new one.")
        }
        MailKind::Regret => (
            "Your appointment request",
            "We are sorry that we could not book this appointment for you:",
            "Call us, and we will find another one.",
        ),
        MailKind::Reminder => {
            ("Reminder of your appointment", "This is to remind you of your appointment:", "See you soon.")
        }
    };
    let moment = format!("{} from {} to {}", day(it, Language::English), clock(it.start), clock(it.end));
    let facts = facts(it, &moment, ["With", "At"]);
    Letter {
        subject: format!("{subject} at {company}"),
        text: format!("Dear {name},\n\n{opening}\n\n{facts}\n\n{closing}\n\n{company}"),
    }
}

fn facts(it: &Appointment, moment: &str, [with, place]: [&str; 2]) -> String {
    let staff = it.staff.as_ref().map(|staff| format!("{with}: {staff}"));
    let branch = Some(&it.branch).filter(|branch| **branch != it.company).map(|branch| format!("{place}: {branch}"));
    let lines = [Some(it.service.clone()), Some(moment.to_owned()), staff, branch];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// With its year, since a mail is read again later.
fn day(it: &Appointment, language: Language) -> String {
    format!("{} {}", say::date(it.start.date(), Case::Subject, language), it.start.year())
}

fn clock(at: DateTime) -> String {
    format!("{}:{:02}", at.hour(), at.minute())
}
