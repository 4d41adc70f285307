//! The to-do list of mail to customers. What is due is decided from the page of the diary as it reads now, so that a crash
//! or a day without a mail server changes nothing but when somebody reads it.

use crate::journal::{ExecuteError, Journal};
use crate::runners::{Done, Errands};
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ringbuch_adapters::mail::{Invitation, Lasting, MailFault, Mailer, Method, Outgoing};
use ringbuch_domain::company::{Company, CompanyRegistered};
use ringbuch_domain::diary::{Booking, Diary};
use ringbuch_domain::ids::{BookingId, CompanyId, derived};
use ringbuch_domain::mail::{
    Appointment, Command, Correspondence, Facts, Letter, MailFailed, MailKind, MailSent, MailSettings, MailSkipped,
    Mailing, Occasion, Verdict, due, letter, next_attempt,
};
use ringbuch_domain::recorded::{Cause, Link, StreamId};
use ringbuch_projections::mail_todo::{self, DueMail};
use ringbuch_projections::rows::ReadModels;
use std::sync::Arc;

#[derive(Clone)]
pub struct MailErrands {
    pub journal: Arc<Journal>,
    pub rows: Arc<dyn ReadModels>,
    pub mailer: Option<Mailer>,
}

#[async_trait]
impl Errands for MailErrands {
    type Row = DueMail;
    type Key = (CompanyId, BookingId, &'static str);

    fn name(&self) -> &'static str {
        "mail"
    }

    fn key(&self, row: &DueMail) -> Self::Key {
        (row.company.clone(), row.booking, row.occasion.as_str())
    }

    async fn due(&self, now: Timestamp, limit: u32) -> anyhow::Result<Vec<DueMail>> {
        Ok(mail_todo::due(&*self.rows, now, limit).await?)
    }

    async fn next_due(&self, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
        Ok(mail_todo::next_due(&*self.rows, now).await?)
    }

    async fn run(&self, row: DueMail) -> anyhow::Result<Done> {
        let stream = StreamId::correspondence(&row.company, row.booking);
        let before = self.journal.load::<Correspondence>(&stream).await?;
        let occasion = row.occasion.into();
        if before.aggregate.has_answered(occasion, row.news) {
            return Ok(Done::Told(self.journal.log().head().await?));
        }
        let command = self.answer(&row, occasion, &before.aggregate).await?;
        // The same attempt is told once, however often it is tried to tell it.
        let (attempt, news) = (row.attempt.to_string(), row.news.to_string());
        let id = derived(&["mail", &row.booking.to_string(), row.occasion.as_str(), &news, &attempt]);
        let cause = Cause::answering(Link { event: row.news, correlation: row.correlation }, id);
        match self.journal.execute::<Correspondence>(&stream, Some(&row.company), cause, command).await {
            Ok(told) => Ok(Done::Told(match told.appended {
                Some(appended) => appended.position,
                None => self.journal.log().head().await?,
            })),
            Err(ExecuteError::Rejected(never)) => match never {},
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }
}

/// Everything that a mail is made of.
struct Material<'a> {
    company: &'a Company,
    profile: &'a CompanyRegistered,
    settings: &'a MailSettings,
    booking: &'a Booking,
}

impl MailErrands {
    /// Sends what is due, and says what came of it.
    async fn answer(&self, row: &DueMail, occasion: Occasion, before: &Correspondence) -> anyhow::Result<Command> {
        let company = self.journal.load::<Company>(&StreamId::company(&row.company)).await?;
        let mailing = self.journal.load::<Mailing>(&StreamId::mailing(&row.company)).await?;
        let page = self.journal.load::<Diary>(&StreamId::diary(&row.company, row.page)).await?;
        let skip = |reason: &str| {
            let (booking, news, reason) = (row.booking, row.news, reason.to_owned());
            Command::NoteSkipped(MailSkipped { booking, occasion, news, reason })
        };
        let (Some(booking), Some(profile)) = (page.aggregate.booking(row.booking), &company.aggregate.profile) else {
            return Ok(skip("unknown"));
        };
        let settings = &mailing.aggregate.settings;
        let (now, placeholder_domain) = (self.journal.clock().now(), profile.placeholder_domain.as_str());
        let facts = Facts { settings, booking, placeholder_domain, occasion, happened_at: row.happened_at, now };
        let material = Material { company: &company.aggregate, profile, settings, booking };
        let (to, mail, sequence) = match due(&facts, before) {
            Verdict::Send { to, mail, sequence } => (to, mail, sequence),
            Verdict::Skip(reason) => return Ok(skip(reason)),
        };
        let attempt = u32::try_from(row.attempt).unwrap_or(u32::MAX).saturating_add(1);
        let (booking, news, start) = (row.booking, row.news, booking.slot.start);
        Ok(match self.send(&material, to, mail, sequence, now).await {
            Ok(()) => Command::NoteSent(MailSent { booking, occasion, news, mail, sequence, start, attempt }),
            Err(MailFault { reason, lasting }) => {
                let next_attempt_at = next_attempt(now, attempt).filter(|_| lasting == Lasting::Passing);
                Command::NoteFailed(MailFailed { booking, occasion, news, attempt, reason, next_attempt_at })
            }
        })
    }

    async fn send(
        &self,
        of: &Material<'_>,
        to: String,
        mail: MailKind,
        sequence: u32,
        now: Timestamp,
    ) -> Result<(), MailFault> {
        let Some(mailer) = &self.mailer else { return Err(MailFault::passing("no_mail_server")) };
        let appointment = of.appointment();
        let Letter { subject, text } = letter(mail, &appointment, &of.booking.request.language);
        let (booking, start) = (of.booking.id().to_string(), of.booking.slot.start.to_string());
        let id = derived(&["message", &booking, mail.as_str(), &sequence.to_string(), &start]);
        let outgoing = Outgoing {
            message_id: id.simple().to_string(),
            to: vec![to],
            to_name: Some(appointment.name.clone()),
            from_name: Some(appointment.company.clone()),
            reply_to: of.settings.reply_to.clone(),
            subject,
            text,
            invitation: of.invitation(&appointment, mail, sequence, mailer, now),
            written_at: now,
        };
        mailer.send(&outgoing).await
    }
}

impl Material<'_> {
    fn appointment(&self) -> Appointment {
        let Self { company, profile, booking, .. } = self;
        let request = &booking.request;
        let zone = TimeZone::get(&request.zone).unwrap_or(TimeZone::UTC);
        let service = company.event_types.get(&request.event_type).map(|service| service.title.clone());
        let staff = booking.staff.as_ref().and_then(|staff| company.staff.get(staff));
        let branch = company.branches.get(&request.branch).map(|branch| branch.name.clone());
        Appointment {
            name: request.private.known().map(|contact| contact.name.clone()).unwrap_or_default(),
            company: profile.name.clone(),
            branch: branch.unwrap_or_else(|| profile.name.clone()),
            service: service.unwrap_or_default(),
            staff: staff.map(|member| member.details.name.clone()),
            start: zone.to_datetime(booking.slot.start),
            end: zone.to_datetime(booking.slot.end),
        }
    }

    /// What changes the customer's calendar comes with the change.
    fn invitation(
        &self,
        of: &Appointment,
        mail: MailKind,
        sequence: u32,
        mailer: &Mailer,
        now: Timestamp,
    ) -> Option<Invitation> {
        let method = match mail {
            MailKind::Confirmation | MailKind::Move => Method::Request,
            MailKind::Cancellation => Method::Cancel,
            MailKind::Regret | MailKind::Reminder => return None,
        };
        Some(Invitation {
            uid: format!("{}@ringbuch", self.booking.id()),
            sequence,
            method,
            start: self.booking.slot.start,
            end: self.booking.slot.end,
            summary: format!("{}, {}", of.service, of.company),
            location: of.branch.clone(),
            organizer: self.settings.reply_to.clone().unwrap_or_else(|| mailer.sender()),
            organizer_name: of.company.clone(),
            written_at: now,
        })
    }
}
