use super::*;
use crate::testing::{Log, PAGE, Tenant, projected, time};
use ringbuch_domain::diary::BookingCancelled;
use ringbuch_domain::mail::{MailKind, MailSent, MailSettings};

fn switched(tenant: &Tenant, log: &mut Log, settings: MailSettings) {
    log.mailing(&tenant.company, CustomerMailSet { company: tenant.company.clone(), settings, by: "cli".into() });
}

fn writes() -> MailSettings {
    MailSettings { on: true, calendar_mails: false, ..MailSettings::default() }
}

/// Occasion, attempts, and when it is due.
async fn waiting(log: &Log) -> Vec<(Why, i64, Timestamp)> {
    let rows = projected(log).await;
    let found = due(&*rows, Timestamp::MAX, 10).await.unwrap();
    found.iter().map(|it| (it.occasion, it.attempt, it.due_at)).collect()
}

#[tokio::test]
async fn only_companies_that_write_are_on_the_list() {
    let (salon, mut log) = (Tenant::new("salon", 1), Log::new());
    log.at("2025-07-01T08:00:00Z");
    salon.booked_call(&mut log, "1", "max", "b");
    assert!(waiting(&log).await.is_empty(), "nobody has switched it on");
    switched(&salon, &mut log, writes());
    salon.booked_call(&mut log, "2", "eva", "c");
    let soon = time("2025-07-01T09:00:00Z");
    assert_eq!(waiting(&log).await.iter().map(|it| it.0).collect::<Vec<_>>(), [Why::News, Why::Reminder]);
    assert_eq!(waiting(&log).await[1].2, soon, "a day before it begins");
    switched(&salon, &mut log, MailSettings::default());
    assert!(waiting(&log).await.is_empty(), "nor after it is switched off");
}

#[tokio::test]
async fn where_the_calendar_writes_only_the_reminder_waits() {
    let (salon, mut log) = (Tenant::new("salon", 1), Log::new());
    switched(&salon, &mut log, MailSettings { on: true, ..MailSettings::default() });
    salon.booked_call(&mut log, "1", "max", "b");
    assert_eq!(waiting(&log).await.iter().map(|it| it.0).collect::<Vec<_>>(), [Why::Reminder]);
}

#[tokio::test]
async fn what_is_told_leaves_and_what_has_happened_since_stays() {
    let (salon, mut log) = (Tenant::new("salon", 1), Log::new());
    let booking = salon.booking("b");
    switched(&salon, &mut log, writes());
    salon.booked_call(&mut log, "1", "max", "b");
    let confirmed =
        log.events.iter().find(|event| matches!(&event.data, AnyEvent::Diary(DiaryEvent::BookingConfirmed(_))));
    let (news, occasion, now) = (confirmed.unwrap().id, Occasion::News, log.now);
    let reason = "status_450".to_owned();
    let failed = MailFailed { booking, occasion, news, attempt: 1, reason, next_attempt_at: Some(now) };
    log.mail(&salon.company, booking, failed);
    assert_eq!(
        waiting(&log).await.iter().map(|it| (it.0, it.1)).collect::<Vec<_>>(),
        [(Why::News, 1), (Why::Reminder, 0)]
    );
    // While the confirmation is on its way, the appointment is cancelled.
    log.diary(&salon.company, PAGE, BookingCancelled { booking, by: "api".into() });
    let sent = MailSent { booking, occasion, news, mail: MailKind::Confirmation, sequence: 0, start: now, attempt: 2 };
    log.mail(&salon.company, booking, sent.clone());
    assert_eq!(waiting(&log).await.iter().map(|it| (it.0, it.1)).collect::<Vec<_>>(), [(Why::News, 0)]);
    let cancelled =
        log.events.iter().find(|event| matches!(&event.data, AnyEvent::Diary(DiaryEvent::BookingCancelled(_))));
    let news = cancelled.unwrap().id;
    log.mail(&salon.company, booking, MailSent { news, mail: MailKind::Cancellation, sequence: 1, ..sent });
    assert!(waiting(&log).await.is_empty());
}
