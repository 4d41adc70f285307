//! What the providers sent, and what became of it.

use crate::browser::Stage;

pub async fn webhooks(stage: &Stage) {
    let path = stage.of_the_salon("/webhooks");
    stage.looks_right(&path).await;
    stage.chooses_named("status", "processed").await;
    stage.clicks_text("Filter").await;
    stage.clicks("section[aria-labelledby=deliveries] tbody th a").await;
    let delivery = stage.comes_to(&format!("{path}/")).await;
    stage.reads("What it led to").await;
    stage.looks_right(&delivery).await;
    stage.clicks_text("Show the content").await;
    stage.reads("The access log says that you looked at this.").await;
    stage.has_events("PersonalDataViewed", 1).await;
    stage.goes_to(&format!("{path}?status=processed")).await;
    stage.clicks_text("Process these once more …").await;
    let replay = stage.comes_to(&format!("{path}/replay")).await;
    stage.looks_right(&format!("{replay}?status=processed")).await;
    let before = stage.events("WebhookReplayed").await.len();
    stage.clicks("main form button.main").await;
    stage.reads("on the list once more").await;
    assert!(before == 0 && !stage.events("WebhookReplayed").await.is_empty());
}
