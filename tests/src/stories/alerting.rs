//! Somebody is told of trouble: in Slack, by a signed webhook, by mail; and others where nobody looks after it.

use crate::app::{Mailbox, Setting, TestApp};
use crate::contract::database::Database;
use bytes::Bytes;
use jiff::SignedDuration;
use ringbuch_api::alerts::{AlertSetUp, Leads, evaluate};
use ringbuch_api::setup::SetUp;
use ringbuch_domain::alerts::Channel;
use ringbuch_domain::company::{BreakerOpened, Command};
use ringbuch_domain::webhook::Provider;
use ringbuch_projections::alerts::{AlertStatus, list};
use ringbuch_projections::{Paging, Scope};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use warp::Filter;
use warp::http::{HeaderMap, StatusCode};

/// A server that keeps what it is sent, and answers as it is told.
#[derive(Debug, Clone, Default)]
struct Receiver {
    heard: Arc<Mutex<Vec<(String, HeaderMap, Value)>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    async fn open() -> (String, Self) {
        let receiver = Self::default();
        let kept = receiver.clone();
        let hear = warp::post()
            .and(warp::path::full())
            .and(warp::header::headers_cloned())
            .and(warp::body::bytes())
            .map(move |path: warp::path::FullPath, headers, body: Bytes| kept.hear(path.as_str(), headers, &body));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(warp::serve(hear).incoming(listener).run());
        (url, receiver)
    }

    fn hear(&self, path: &str, headers: HeaderMap, body: &[u8]) -> StatusCode {
        let answer = self.answers.lock().unwrap().pop();
        let status = StatusCode::from_u16(answer.unwrap_or(200)).unwrap();
        if status.is_success() {
            self.heard.lock().unwrap().push((path.to_owned(), headers, serde_json::from_slice(body).unwrap()));
        }
        status
    }

    fn at(&self, path: &str) -> Vec<(HeaderMap, Value)> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|it| it.0 == path).map(|it| (it.1.clone(), it.2.clone())).collect()
    }
}

fn set_up(app: &TestApp) -> AlertSetUp<'_> {
    AlertSetUp { app: app.app(), company: &app.salon.id, by: "test".into() }
}

async fn lead(app: &TestApp, channel: &str, leads: Leads) -> Option<String> {
    let channel: Channel = channel.parse().unwrap();
    let drawn = set_up(app).set_channel(channel, leads).await.unwrap();
    drawn.map(|secret| secret.reveal().to_owned())
}

/// A breaker opens and stays open until the rule fires.
async fn trouble(app: &TestApp) {
    let opened = BreakerOpened { provider: Provider::Calcom, until: app.now() };
    SetUp::new(app.app(), "test").change(&app.salon.id, Command::NoteBreakerOpened(opened)).await.unwrap();
    app.advance(SignedDuration::from_mins(2)).await;
    evaluate(app.app()).await.unwrap();
    app.settle().await;
}

async fn statuses(app: &TestApp) -> Vec<AlertStatus> {
    let found = list(app.rows(), Scope::Company(&app.salon.id), None, Paging::default()).await.unwrap();
    found.items.iter().map(|alert| alert.status).collect()
}

pub async fn every_channel_hears_of_trouble_until_it_has_taken_it(database: Database) {
    let (port, mailbox) = Mailbox::open().await;
    let (url, receiver) = Receiver::open().await;
    let mut app = TestApp::with(database, Setting { mail_port: Some(port), ..Setting::default() }).await;
    lead(&app, "first-slack", Leads::Slack(format!("{url}/slack").into())).await;
    lead(&app, "first-email", Leads::Email(vec!["ops@example.com".into(), "chef@example.com".into()])).await;
    let secret = lead(&app, "first-webhook", Leads::Webhook(format!("{url}/hook").into(), None)).await;
    assert!(secret.is_some_and(|secret| secret.starts_with("whsec_")));
    for channel in set_up(&app).channels().await.unwrap() {
        assert_eq!(set_up(&app).test(channel).await.unwrap(), None, "{channel}");
    }
    assert_eq!((receiver.at("/slack").len(), receiver.at("/hook").len(), mailbox.mails().len()), (1, 1, 1));

    // Both addresses fail at first, and the mail server too.
    receiver.answers.lock().unwrap().extend([500, 500]);
    mailbox.refuse_next(451, "later");
    trouble(&app).await;
    assert_eq!((app.happened("AlertUndelivered").await, statuses(&app).await), (3, vec![AlertStatus::Open]));
    app.restart().await;
    app.advance(SignedDuration::from_secs(10)).await;
    let slack = receiver.at("/slack");
    assert_eq!(slack.len(), 2);
    assert!(slack[1].1["text"].as_str().unwrap().contains("calcom"), "{slack:?}");
    let hooks = receiver.at("/hook");
    assert_eq!((hooks.len(), &hooks[1].1["type"]), (2, &"alert.fired".into()));
    assert!(hooks[1].0["webhook-signature"].to_str().unwrap().starts_with("v1,"));
    let mails = mailbox.mails();
    assert_eq!((mails.len(), mails[1].to.len()), (2, 2));
    assert_eq!(app.happened("AlertDelivered").await, 3);
    // It is told once, and its end is seen.
    evaluate(app.app()).await.unwrap();
    app.settle().await;
    let closed = Command::NoteBreakerClosed(ringbuch_domain::company::BreakerClosed { provider: Provider::Calcom });
    SetUp::new(app.app(), "test").change(&app.salon.id, closed).await.unwrap();
    app.settle().await;
    evaluate(app.app()).await.unwrap();
    app.settle().await;
    assert_eq!((statuses(&app).await, receiver.at("/slack").len()), (vec![AlertStatus::Resolved], 2));
    let logged = format!("{:?}", app.events().await);
    assert!(!logged.contains("example.com") || !logged.contains("ops@"), "an address stands in the log");
    assert!(!logged.contains(&url), "an address stands in the log");
    app.finish().await;
}

pub async fn what_nobody_looks_after_is_told_to_others(database: Database) {
    let (url, receiver) = Receiver::open().await;
    let app = TestApp::start(database).await;
    lead(&app, "first-slack", Leads::Slack(format!("{url}/first").into())).await;
    lead(&app, "second-slack", Leads::Slack(format!("{url}/second").into())).await;
    trouble(&app).await;
    let heard = |receiver: &Receiver| (receiver.at("/first").len(), receiver.at("/second").len());
    app.advance(SignedDuration::from_mins(14)).await;
    assert_eq!(heard(&receiver), (1, 0));
    app.advance(SignedDuration::from_mins(1)).await;
    assert_eq!(heard(&receiver), (1, 1));
    let found = list(app.rows(), Scope::All, None, Paging::default()).await.unwrap();
    set_up(&app).acknowledge(found.items[0].alert).await.unwrap();
    app.settle().await;
    assert_eq!(statuses(&app).await, [AlertStatus::Acknowledged]);
    app.finish().await;
}
