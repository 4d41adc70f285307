//! What a mail looks like on the wire.

use super::html::html;
use super::*;
use jiff::Timestamp;
use lettre::message::Mailbox;
use std::time::Duration;
use tokio::net::TcpListener;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn invitation(method: Method, sequence: u32) -> Invitation {
    Invitation {
        uid: "0192f0c1@ringbuch".into(),
        sequence,
        method,
        start: at("2025-07-02T09:00:00Z"),
        end: at("2025-07-02T09:30:00Z"),
        summary: "Beratung; bei Salon, Mitte".into(),
        location: "Mitte".into(),
        organizer: "termine@example.com".into(),
        organizer_name: "Salon \"Morgenrot\"".into(),
        written_at: at("2025-07-01T08:00:00Z"),
    }
}

fn outgoing() -> Outgoing {
    Outgoing {
        message_id: "abc".into(),
        to: vec!["max@example.com".into()],
        to_name: Some("Max Müstermann".into()),
        from_name: Some("Salon".into()),
        reply_to: Some("salon@example.com".into()),
        subject: "Ihr Termin bei Salon".into(),
        text: "Guten Tag,\n\nzwei <Zeilen>\nhier".into(),
        invitation: Some(invitation(Method::Request, 2)),
        written_at: at("2025-07-01T08:00:00Z"),
    }
}

fn sender() -> Mailbox {
    "Ringbuch <termine@example.com>".parse().unwrap()
}

/// Without the line breaks that RFC 5545 puts into long lines.
fn unfolded(file: &str) -> String {
    file.replace("\r\n ", "")
}

#[test]
fn an_invitation_says_when_in_utc_and_which_word_is_the_newest() {
    let file = unfolded(&invitation(Method::Request, 2).file("max@example.com").unwrap());
    for line in [
        "METHOD:REQUEST",
        "UID:0192f0c1@ringbuch",
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        "DTSTAMP:20250701T080000Z",
        "DTSTART:20250702T090000Z",
        "DTEND:20250702T093000Z",
        "SUMMARY:Beratung\\; bei Salon\\, Mitte",
        "ATTENDEE:mailto:max@example.com",
    ] {
        assert_eq!(file.lines().filter(|it| *it == line).count(), 1, "{line} in {file}");
    }
    assert!(
        file.lines().any(|it| it.starts_with("ORGANIZER;") && it.ends_with(":mailto:termine@example.com")),
        "{file}"
    );
    let gone = invitation(Method::Cancel, 3).file("max@example.com").unwrap();
    for line in ["METHOD:CANCEL", "SEQUENCE:3", "STATUS:CANCELLED", "UID:0192f0c1@ringbuch"] {
        assert!(gone.lines().any(|it| it == line), "{line} in {gone}");
    }
}

#[test]
fn a_mail_holds_plain_text_html_and_the_invitation_twice() {
    let message = String::from_utf8(outgoing().message(&sender()).unwrap().formatted()).unwrap();
    for part in [
        "Message-ID: <abc@example.com>",
        "From: Salon <termine@example.com>",
        "Reply-To: salon@example.com",
        "Date: Tue, 01 Jul 2025 08:00:00 +0000",
        "text/plain; charset=utf-8",
        "text/html; charset=utf-8",
        "text/calendar; charset=utf-8; method=REQUEST",
        "attachment; filename=\"termin.ics\"",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert_eq!(outgoing().message(&sender()).unwrap().envelope().to()[0].to_string(), "max@example.com");
}

#[test]
fn nobody_writes_a_header_of_their_own() {
    let sly = Outgoing {
        subject: "Ihr Termin\r\nBcc: eve@example.com".into(),
        to_name: Some("Max\r\nBcc: eve@example.com".into()),
        ..outgoing()
    };
    let message = String::from_utf8(sly.message(&sender()).unwrap().formatted()).unwrap();
    assert!(!message.lines().any(|line| line.starts_with("Bcc:")), "{message}");
    let nobody = Outgoing { to: vec!["max@@example.com".into()], ..outgoing() };
    assert_eq!(nobody.message(&sender()).unwrap_err(), MailFault::is_final("address_unusable"));
}

#[test]
fn what_is_written_as_markup_is_shown_as_text() {
    let html = html("zwei <b>Zeilen</b>\nhier\n\n\"A & B\"");
    assert!(html.contains("<p>zwei &lt;b&gt;Zeilen&lt;/b&gt;<br>\nhier</p>\n<p>&quot;A &amp; B&quot;</p>"), "{html}");
}

fn server(port: u16, security: Security) -> Mailer {
    let from = "termine@example.com".to_owned();
    let timeout = Duration::from_millis(300);
    Mailer::new(&SmtpSettings { host: "127.0.0.1".into(), port, security, login: None, from, timeout }).unwrap()
}

#[tokio::test]
async fn a_server_that_falls_silent_is_not_waited_for_for_ever() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    for security in [Security::None, Security::StartTls] {
        assert_eq!(server(port, security).send(&outgoing()).await, Err(MailFault::passing("timed_out")));
    }
    drop(silent);
    assert_eq!(server(port, Security::None).send(&outgoing()).await, Err(MailFault::passing("not_connected")));
}
