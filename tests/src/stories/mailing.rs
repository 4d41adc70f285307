//! Customers are written to about their appointments, over SMTP to a server that keeps what it takes.

use crate::app::{Caller, Mailbox, Setting, TestApp};
use crate::contract::database::Database;
use jiff::SignedDuration;
use ringbuch_api::mail;
use ringbuch_api::privacy::Erasing;
use ringbuch_domain::mail::MailChange;

async fn writing(database: Database) -> (TestApp, Mailbox) {
    let (port, mailbox) = Mailbox::open().await;
    let app = TestApp::with(database, Setting { mail_port: Some(port), ..Setting::default() }).await;
    let change = MailChange { on: Some(true), calendar_mails: Some(false), ..MailChange::default() };
    mail::change(app.app(), &app.salon.id, change, "test".into()).await.unwrap();
    app.settle().await;
    (app, mailbox)
}

fn anna(app: &TestApp) -> Caller<'_> {
    app.caller("Anna").asks_for("Färben").says("email", "anna@example.com")
}

pub async fn a_customer_hears_once_of_each_change(database: Database) {
    let (app, mailbox) = writing(database).await;
    let anna = anna(&app);
    anna.books("11:00").await;
    app.move_to(anna.booking(), "2025-07-03T09:00:00+02:00").await.unwrap();
    app.settle().await;
    app.cancel(anna.booking()).await.unwrap();
    app.settle().await;

    let mails = mailbox.mails();
    let invitations =
        [("REQUEST", 0, "20250701T090000Z"), ("REQUEST", 1, "20250703T070000Z"), ("CANCEL", 2, "20250703T070000Z")];
    assert_eq!(mails.len(), invitations.len(), "{mails:?}");
    for (mail, (method, sequence, start)) in mails.iter().zip(invitations) {
        let uid = format!("UID:{}@ringbuch", anna.booking());
        let lines = [format!("METHOD:{method}"), format!("SEQUENCE:{sequence}"), format!("DTSTART:{start}"), uid];
        for line in lines {
            assert!(mail.holds(&line), "{line} in {}", mail.text);
        }
        assert_eq!(mail.to, ["anna@example.com"]);
    }
    let ids: std::collections::BTreeSet<String> = mails.iter().map(|mail| mail.header("Message-ID")).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| id.ends_with("@example.com>")), "{ids:?}");
    // Nothing comes again, and the appointment that was cancelled is not reminded of.
    app.advance(SignedDuration::from_hours(60)).await;
    assert_eq!((mailbox.mails().len(), app.happened("MailSent").await), (3, 3));
    let logged = format!("{:?}", app.app().journal.log().read_all(0, 10_000).await.unwrap());
    assert!(!logged.contains("anna@example.com"), "an address stands in the log");
    app.finish().await;
}

pub async fn who_has_no_address_or_is_forgotten_is_not_written_to(database: Database) {
    let (app, mailbox) = writing(database).await;
    app.caller("Ben").books("14:00").await;
    assert_eq!((mailbox.mails().len(), app.happened("MailSkipped").await), (0, 1));
    let anna = anna(&app).on("2025-07-03");
    anna.books("11:00").await;
    assert_eq!(mailbox.mails().len(), 1);
    let customer = app.appointment(anna.booking()).await.customer;
    let (company, by) = (app.salon.id.clone(), "test".to_owned());
    let erasing = Erasing { app: app.app(), company, customer, by, keep_appointments: true };
    erasing.run(&|_| ()).await.unwrap();
    app.nodes().for_each(|node| node.journal.forget());
    // The reminder falls due, and nobody can be reminded.
    app.advance_to("2025-07-02T09:00:00Z").await;
    assert_eq!(mailbox.mails().len(), 1);
    assert_eq!(app.happened("MailSkipped").await, 3, "Ben's news and reminder, and Anna's reminder");
    app.finish().await;
}

pub async fn a_mail_server_that_is_away_is_waited_for(database: Database) {
    let (mut app, mailbox) = writing(database).await;
    mailbox.refuse_next(451, "anna@example.com: try again later");
    let booking = {
        let anna = anna(&app).on("2025-07-03");
        anna.books("11:00").await;
        anna.booking()
    };
    assert_eq!((mailbox.mails().len(), app.happened("MailFailed").await), (0, 1));
    app.restart().await;
    app.advance(SignedDuration::from_secs(10)).await;
    assert_eq!(mailbox.mails().len(), 1);
    // A day before it begins.
    app.advance_to("2025-07-02T08:59:59Z").await;
    assert_eq!(mailbox.mails().len(), 1);
    mailbox.refuse_next(550, "no such mailbox: anna@example.com");
    app.advance_to("2025-07-02T09:00:00Z").await;
    assert_eq!((mailbox.mails().len(), app.happened("MailFailed").await), (1, 2));
    let told: Vec<String> = app.events().await.iter().map(|event| format!("{:?}", event.data)).collect();
    let failures: Vec<&String> = told.iter().filter(|it| it.contains("MailFailed(")).collect();
    assert!(failures.iter().all(|it| it.contains("status_") && !it.contains("example.com")), "{failures:?}");
    app.cancel(booking).await.unwrap();
    app.settle().await;
    assert_eq!(mailbox.mails().len(), 2);
    app.finish().await;
}
