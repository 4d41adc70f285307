//! Which mail is due, and what it says.

use super::*;
use crate::diary::{Booking, BookingRequested, Contact, Slot, Standing};
use crate::ids::BookingId;
use crate::private::Private;
use crate::salon::{ADVICE, MAX, at, branch, company};
use cqrs_es::Aggregate;
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

const NOW: &str = "2025-07-01T08:00:00Z";
const START: &str = "2025-07-02T09:00:00Z";

fn booking(standing: Standing, start: &str) -> Booking {
    let start = at(start);
    let slot = Slot {
        start,
        end: start + jiff::SignedDuration::from_mins(30),
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
    };
    let request = BookingRequested {
        booking: BookingId(Uuid::from_u128(1)),
        customer: MAX,
        call: None,
        source: "call".into(),
        branch: branch("mitte"),
        event_type: ADVICE,
        team: None,
        slot,
        staff: vec![],
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        requested_at: at(NOW),
        private: Private::Known(Contact {
            name: "Max Mustermann".into(),
            email: "max@example.com".into(),
            phone: None,
            notes: String::new(),
        }),
    };
    let mut booking = Booking::requested(request, at(NOW));
    booking.standing = standing;
    booking
}

fn written() -> MailSettings {
    MailSettings { on: true, calendar_mails: false, ..MailSettings::default() }
}

fn facts<'a>(settings: &'a MailSettings, booking: &'a Booking) -> Facts<'a> {
    let (now, occasion) = (at(NOW), Occasion::News);
    Facts { settings, booking, placeholder_domain: "anruf.example.com", occasion, happened_at: now, now }
}

fn told(start: &str, sequence: u32, cancelled: bool) -> Correspondence {
    let mut before = Correspondence::default();
    before.told = Some(Told { start: at(start), sequence, cancelled });
    before
}

fn send(mail: MailKind, sequence: u32) -> Verdict {
    Verdict::Send { to: "max@example.com".into(), mail, sequence }
}

#[test]
fn what_a_customer_was_told_last_says_what_is_news() {
    use MailKind::{Cancellation, Confirmation, Move};
    let nothing = Correspondence::default;
    for (standing, before, verdict) in [
        (Standing::Confirmed, nothing(), send(Confirmation, 0)),
        (Standing::Confirmed, told(START, 0, false), Verdict::Skip("nothing_new")),
        (Standing::Confirmed, told("2025-07-03T09:00:00Z", 1, false), send(Move, 2)),
        (Standing::Confirmed, told(START, 3, true), send(Confirmation, 4)),
        (Standing::Cancelled, told(START, 1, false), send(Cancellation, 2)),
        (Standing::Cancelled, told(START, 1, true), Verdict::Skip("never_told")),
        (Standing::Cancelled, nothing(), Verdict::Skip("never_told")),
        (Standing::Pending, nothing(), Verdict::Skip("does_not_stand")),
    ] {
        assert_eq!(due(&facts(&written(), &booking(standing, START)), &before), verdict, "{standing:?} {before:?}");
    }
}

#[test]
fn nobody_is_written_to_without_an_address_of_their_own() {
    let to = |email: &str| {
        let mut booking = booking(Standing::Confirmed, START);
        if let Private::Known(contact) = &mut booking.request.private {
            contact.email = email.into();
        }
        due(&facts(&written(), &booking), &Correspondence::default())
    };
    for email in
        ["kunde-1@anruf.example.com", "kunde-1@ANRUF.example.com", "491713920042@sms.cal.com", "max", "a b@x.de"]
    {
        assert_eq!(to(email), Verdict::Skip("no_address"), "{email}");
    }
    let mut forgotten = booking(Standing::Confirmed, START);
    forgotten.request.private = Private::Erased;
    assert_eq!(due(&facts(&written(), &forgotten), &Correspondence::default()), Verdict::Skip("forgotten"));
}

#[test]
fn what_is_switched_off_or_over_is_not_told() {
    let confirmed = booking(Standing::Confirmed, START);
    let nothing = Correspondence::default();
    assert_eq!(due(&facts(&MailSettings::default(), &confirmed), &nothing), Verdict::Skip("switched_off"));
    let past = booking(Standing::Confirmed, NOW);
    assert_eq!(due(&facts(&written(), &past), &nothing), Verdict::Skip("past"));
}

#[test]
fn where_the_calendar_writes_only_reminders_and_regrets_are_written_here() {
    let settings = MailSettings { on: true, ..MailSettings::default() };
    let confirmed = booking(Standing::Confirmed, START);
    let nothing = Correspondence::default();
    assert_eq!(due(&facts(&settings, &confirmed), &nothing), Verdict::Skip("calendar_mails"));
    let reminder = Facts { occasion: Occasion::Reminder, ..facts(&settings, &confirmed) };
    assert_eq!(due(&reminder, &nothing), send(MailKind::Reminder, 0));
    let gone = booking(Standing::Cancelled, START);
    let reminder = Facts { occasion: Occasion::Reminder, ..facts(&settings, &gone) };
    assert_eq!(due(&reminder, &nothing), Verdict::Skip("does_not_stand"));
}

#[test]
fn a_failure_is_told_to_those_who_heard_that_it_is_noted() {
    let verdict = |source: &str, happened_at: &str| {
        let mut failed = booking(Standing::Failed, START);
        failed.request.source = source.into();
        let settings = MailSettings { on: true, ..MailSettings::default() };
        due(&Facts { happened_at: at(happened_at), ..facts(&settings, &failed) }, &Correspondence::default())
    };
    let told = Verdict::Skip("told_on_the_phone");
    for (source, when, expected) in [
        ("call", "2025-07-01T08:00:01Z", send(MailKind::Regret, 0)),
        ("desk", "2025-07-01T08:01:00Z", told.clone()),
        ("desk", "2025-07-01T08:01:01Z", send(MailKind::Regret, 0)),
        ("api", "2025-07-01T09:00:00Z", told),
    ] {
        assert_eq!(verdict(source, when), expected, "{source} {when}");
    }
}

#[test]
fn what_was_answered_once_is_not_answered_again() {
    let mut correspondence = Correspondence::default();
    let news = Uuid::from_u128(5);
    let booking = BookingId(Uuid::from_u128(1));
    let failed = |next_attempt_at: Option<Timestamp>| {
        let reason = "status_450".to_owned();
        Command::NoteFailed(MailFailed { booking, occasion: Occasion::News, news, attempt: 1, reason, next_attempt_at })
    };
    let sent = MailSent {
        booking,
        occasion: Occasion::News,
        news,
        mail: MailKind::Confirmation,
        sequence: 0,
        start: at(START),
        attempt: 2,
    };
    let mut carry_out = |command| {
        let events = correspondence.decide(command);
        for event in &events {
            correspondence.apply(event.clone());
        }
        events.len()
    };
    assert_eq!(carry_out(failed(Some(at(NOW)))), 1);
    assert_eq!(carry_out(Command::NoteSent(sent.clone())), 1);
    assert_eq!(carry_out(Command::NoteSent(sent.clone())), 0);
    assert_eq!(carry_out(failed(None)), 0);
    let other = MailSent { occasion: Occasion::Reminder, mail: MailKind::Reminder, ..sent };
    assert_eq!(carry_out(Command::NoteSent(other)), 1);
    assert_eq!(correspondence.told, Some(Told { start: at(START), sequence: 0, cancelled: false }));
}

#[test]
fn settings_are_changed_one_by_one_and_within_bounds() {
    let change = MailChange { on: Some(true), reply_to: Some(" salon@example.com ".into()), ..MailChange::default() };
    let settings = change.applied_to(&MailSettings::default());
    assert_eq!((settings.on, settings.reply_to.as_deref()), (true, Some("salon@example.com")));
    let without = MailChange { reply_to: Some(String::new()), ..MailChange::default() }.applied_to(&settings);
    assert_eq!(without.reply_to, None);
    let set = |settings| Mailing::default().decide(SetMail { company: company(), settings, by: "cli".into() });
    assert_eq!(set(settings).map(|events| events.len()), Ok(1));
    assert_eq!(set(MailSettings::default()).map(|events| events.len()), Ok(0));
    let never = MailSettings { reminder_hours: 169, ..MailSettings::default() };
    assert_eq!(set(never), Err(MailUnusable::ReminderOutOfBounds));
    let nowhere = MailSettings { reply_to: Some("salon".into()), ..MailSettings::default() };
    assert_eq!(set(nowhere), Err(MailUnusable::ReplyToUnusable));
}

#[test]
fn waits_grow_and_end() {
    let now = at(NOW);
    assert_eq!(next_attempt(now, 1), Some(at("2025-07-01T08:00:10Z")));
    assert!((1..12).all(|attempt| next_attempt(now, attempt) <= next_attempt(now, attempt + 1)));
    assert_eq!(next_attempt(now, 13), None);
}

#[test]
fn every_mail_says_when_in_both_languages() {
    let appointment = Appointment {
        name: "Max Mustermann".into(),
        company: "Salon".into(),
        branch: "Mitte".into(),
        service: "Beratung".into(),
        staff: Some("Anna Beispiel".into()),
        start: date(2025, 7, 2).at(11, 0, 0, 0),
        end: date(2025, 7, 2).at(11, 30, 0, 0),
    };
    let all = [MailKind::Confirmation, MailKind::Move, MailKind::Cancellation, MailKind::Regret, MailKind::Reminder];
    for mail in all {
        let german = letter(mail, &appointment, "de");
        assert!(german.text.contains("Mittwoch, der 2. Juli 2025 von 11:00 bis 11:30 Uhr"), "{}", german.text);
        let english = letter(mail, &appointment, "en");
        assert!(english.text.contains("Wednesday, July 2nd 2025 from 11:00 to 11:30"), "{}", english.text);
        assert!(german.subject.ends_with("bei Salon") && english.subject.ends_with("at Salon"));
    }
    let confirmation = letter(MailKind::Confirmation, &appointment, "de-DE").text;
    for part in ["Guten Tag Max Mustermann,", "Bei: Anna Beispiel", "Ort: Mitte"] {
        assert!(confirmation.contains(part), "{part}");
    }
}
