//! What has fired, and who is told.

use crate::browser::Stage;
use jiff::SignedDuration;
use ringbuch_api::alerts::evaluate;
use ringbuch_api::setup::SetUp;
use ringbuch_domain::company::{BreakerOpened, Command};
use ringbuch_domain::webhook::Provider;

/// Cal.com has been left alone for longer than the rule waits.
async fn trouble(stage: &Stage) {
    let opened = BreakerOpened { provider: Provider::Calcom, until: stage.app.now() };
    let set_up = SetUp::new(stage.app.app(), "story");
    set_up.change(&stage.app.salon.id, Command::NoteBreakerOpened(opened)).await.unwrap();
    stage.app.advance(SignedDuration::from_mins(2)).await;
    evaluate(stage.app.app()).await.unwrap();
    stage.app.settle().await;
}

pub async fn alerts(stage: &Stage) {
    let path = stage.of_the_salon("/alerts");
    trouble(stage).await;
    stage.looks_right(&path).await;
    stage.clicks_text("I look after it").await;
    stage.reads("Noted: you look after it.").await;
    stage.has_events("AlertAcknowledged", 1).await;

    stage.looks_right(&format!("{path}/rules/booking_failures")).await;
    stage.fills("threshold", "7").await;
    stage.clicks_text("Save").await;
    stage.reads("The rule is changed.").await;
    stage.reads("7 in 60 min").await;

    let channel = format!("{path}/channels/first-webhook");
    stage.goes_to(&channel).await;
    // Nobody listens on the port of discarding.
    stage.fills("url", "http://127.0.0.1:9/").await;
    stage.clicks_text("Save").await;
    let secret = stage.finds(".secret").await.text().await.unwrap();
    stage.looks_right(&channel).await;
    assert!(!stage.text().await.contains(&secret), "it is shown once");
    stage.clicks_text("Send a test").await;
    stage.reads("The test has not arrived:").await;

    let mail = format!("{path}/mail");
    stage.looks_right(&mail).await;
    stage.fills("reply", "salon@example.com").await;
    stage.clicks_text("Save").await;
    stage.reads("The settings are saved.").await;
}
