//! Customers who may have to be written to about a booking: at once for news, later for a reminder. Only companies that
//! write at all are on it; whether a mail is due after all is decided when its time comes.

use crate::backlog::{self, Backlog};
use crate::columns::{page_of, position};
use crate::projection::Projection;
use crate::record::{Columns, Record, record};
use crate::rows::{ReadModels, Rows, RowsError, text};
use crate::scope::Scope;
use crate::select::Select;
use crate::words::words;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::diary::{BookingConfirmed, DiaryEvent};
use ringbuch_domain::ids::{BookingId, CompanyId};
use ringbuch_domain::mail::{CustomerMailSet, MailEvent, MailFailed, MailingEvent, Occasion};
use ringbuch_domain::recorded::Recorded;
use uuid::Uuid;

pub const PROJECTION: Projection = Projection {
    name: "mail_todo",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS mail_settings (
            company TEXT PRIMARY KEY, calendar_mails BIGINT NOT NULL, reminder_micros BIGINT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS mail_todo (
            company TEXT NOT NULL, booking TEXT NOT NULL, occasion TEXT NOT NULL, page TEXT NOT NULL,
            news TEXT NOT NULL, correlation TEXT NOT NULL, happened_at BIGINT NOT NULL, due_at BIGINT NOT NULL,
            attempt BIGINT NOT NULL, position BIGINT NOT NULL, PRIMARY KEY (company, booking, occasion))",
        "CREATE INDEX IF NOT EXISTS mail_todo_due ON mail_todo (due_at, position)",
    ],
    tables: &["mail_settings", "mail_todo"],
    project,
};

words! {
    pub enum Why ("occasion") {
        News = "news",
        Reminder = "reminder",
    }
}

impl From<Why> for Occasion {
    fn from(why: Why) -> Self {
        match why {
            Why::News => Self::News,
            Why::Reminder => Self::Reminder,
        }
    }
}

record! {
    pub struct DueMail {
        pub company: CompanyId,
        pub booking: BookingId,
        pub occasion: Why,
        /// The page of the diary where the booking stands.
        pub page: Date,
        /// The event that it is about, and its chain.
        pub news: Uuid,
        pub correlation: Uuid,
        pub happened_at: Timestamp,
        pub due_at: Timestamp,
        /// Attempts that were made already.
        pub attempt: i64,
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    match &event.data {
        AnyEvent::Diary(diary) => project_diary(event, company, diary, rows),
        AnyEvent::Mailing(MailingEvent::CustomerMailSet(it)) => project_settings(company, it, rows),
        AnyEvent::Mail(mail) => project_mail(company, mail, rows),
        _ => {}
    }
}

fn project_diary(event: &Recorded<AnyEvent>, company: &CompanyId, diary: &DiaryEvent, rows: &mut Rows) {
    match diary {
        DiaryEvent::BookingConfirmed(it) => {
            news(event, company, it.booking, false, rows);
            remind(event, company, it, rows);
        }
        DiaryEvent::BookingCancelled(it) => {
            forget_reminder(company, it.booking, rows);
            news(event, company, it.booking, false, rows);
        }
        DiaryEvent::BookingFailed(it) => news(event, company, it.booking, true, rows),
        _ => {}
    }
}

/// News that the calendar tells customers itself is told by nobody else; that nothing came of a wish it never tells.
fn news(event: &Recorded<AnyEvent>, company: &CompanyId, booking: BookingId, regret: bool, rows: &mut Rows) {
    let Some(page) = page_of(&event.stream) else { return };
    rows.execute(
        "INSERT INTO mail_todo (company, booking, occasion, page, news, correlation, happened_at, due_at, attempt,
                                position)
         SELECT company, $2, 'news', $3, $4, $5, CAST($6 AS BIGINT), CAST($6 AS BIGINT), 0, CAST($7 AS BIGINT)
         FROM mail_settings WHERE company = $1 AND (calendar_mails = 0 OR CAST($8 AS BIGINT) = 1)
         ON CONFLICT (company, booking, occasion) DO UPDATE
         SET page = excluded.page, news = excluded.news, correlation = excluded.correlation,
             happened_at = excluded.happened_at, due_at = excluded.due_at, attempt = 0",
        [
            text(company),
            text(&booking),
            text(&page),
            text(&event.id),
            text(&event.cause.correlation),
            event.time.into(),
            position(event),
            regret.into(),
        ],
    );
}

/// A time that is nearer than the reminder would be needs none.
fn remind(event: &Recorded<AnyEvent>, company: &CompanyId, it: &BookingConfirmed, rows: &mut Rows) {
    let Some(page) = page_of(&event.stream) else { return };
    forget_reminder(company, it.booking, rows);
    rows.execute(
        "INSERT INTO mail_todo (company, booking, occasion, page, news, correlation, happened_at, due_at, attempt,
                                position)
         SELECT company, $2, 'reminder', $3, $4, $5, CAST($6 AS BIGINT), CAST($8 AS BIGINT) - reminder_micros, 0,
                CAST($7 AS BIGINT)
         FROM mail_settings WHERE company = $1 AND reminder_micros > 0
                              AND CAST($8 AS BIGINT) - reminder_micros > CAST($6 AS BIGINT)
         ON CONFLICT (company, booking, occasion) DO NOTHING",
        [
            text(company),
            text(&it.booking),
            text(&page),
            text(&event.id),
            text(&event.cause.correlation),
            event.time.into(),
            position(event),
            it.start.into(),
        ],
    );
}

fn forget_reminder(company: &CompanyId, booking: BookingId, rows: &mut Rows) {
    rows.execute(
        "DELETE FROM mail_todo WHERE company = $1 AND booking = $2 AND occasion = 'reminder'",
        [text(company), text(&booking)],
    );
}

fn project_settings(company: &CompanyId, it: &CustomerMailSet, rows: &mut Rows) {
    if !it.settings.on {
        rows.execute("DELETE FROM mail_settings WHERE company = $1", [text(company)]);
        rows.execute("DELETE FROM mail_todo WHERE company = $1", [text(company)]);
        return;
    }
    let reminder_micros = i64::from(it.settings.reminder_hours) * 3_600_000_000;
    rows.execute(
        "INSERT INTO mail_settings (company, calendar_mails, reminder_micros) VALUES ($1, $2, $3)
         ON CONFLICT (company) DO UPDATE
         SET calendar_mails = excluded.calendar_mails, reminder_micros = excluded.reminder_micros",
        [text(company), it.settings.calendar_mails.into(), reminder_micros.into()],
    );
}

fn project_mail(company: &CompanyId, mail: &MailEvent, rows: &mut Rows) {
    match mail {
        MailEvent::MailSent(it) => done(company, it.booking, it.occasion, it.news, rows),
        MailEvent::MailSkipped(it) => done(company, it.booking, it.occasion, it.news, rows),
        MailEvent::MailFailed(it) => project_failed(company, it, rows),
    }
}

/// What has happened since is still to be told.
fn done(company: &CompanyId, booking: BookingId, occasion: Occasion, news: Uuid, rows: &mut Rows) {
    rows.execute(
        "DELETE FROM mail_todo WHERE company = $1 AND booking = $2 AND occasion = $3 AND news = $4",
        [text(company), text(&booking), occasion.as_str().into(), text(&news)],
    );
}

fn project_failed(company: &CompanyId, it: &MailFailed, rows: &mut Rows) {
    let Some(next) = it.next_attempt_at else { return done(company, it.booking, it.occasion, it.news, rows) };
    rows.execute(
        "UPDATE mail_todo SET due_at = $5, attempt = $6
         WHERE company = $1 AND booking = $2 AND occasion = $3 AND news = $4",
        [text(company), text(&it.booking), it.occasion.as_str().into(), text(&it.news), next.into(), it.attempt.into()],
    );
}

/// Mails whose time has come, the longest waiting first.
pub async fn due(rows: &dyn ReadModels, now: Timestamp, limit: u32) -> Result<Vec<DueMail>, RowsError> {
    let columns = DueMail::columns().join(", ");
    let sql = format!("SELECT {columns} FROM mail_todo WHERE due_at <= $1 ORDER BY due_at, position LIMIT $2");
    let found = rows.query(&sql, &[now.into(), limit.into()]).await?;
    found.iter().map(|row| DueMail::read(&mut Columns::of(row))).collect()
}

/// When the next one falls due that is not due yet.
pub async fn next_due(rows: &dyn ReadModels, now: Timestamp) -> Result<Option<Timestamp>, RowsError> {
    let found = rows.query("SELECT MIN(due_at) FROM mail_todo WHERE due_at > $1", &[now.into()]).await?;
    Ok(found.first().and_then(|row| row.opt_time(0)))
}

pub async fn backlog(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Backlog, RowsError> {
    backlog::of(rows, Select::from("mail_todo", scope), "due_at").await
}

#[cfg(test)]
mod tests;
