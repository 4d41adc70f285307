//! The company at a glance.

use crate::browser::Stage;

pub async fn overview(stage: &Stage) {
    stage.looks_right(&stage.of_the_salon("")).await;
    stage.reads("From call to appointment").await;
    stage.reads("call_ended").await;
    stage.reads("Processing webhooks").await;
    stage.chooses("days", "1").await;
    stage.is_asked("?days=1").await;
    stage.clicks(".chart summary").await;
    stage.finds(".chart details[open] table").await;
    stage.clicks_text("To the callbacks").await;
    stage.is_at(&stage.of_the_salon("/callbacks")).await;
}

pub async fn what_happens_shows_without_loading_the_page_anew(stage: &Stage) {
    stage.goes_to(&stage.of_the_salon("")).await;
    let booked = async || stage.asks("return document.querySelectorAll('#figures dd')[1].innerText").await;
    let before: i64 = booked().await.as_str().unwrap().parse().unwrap();
    stage.asks("window.stays = true").await;
    stage.app.caller("Hanna").asks_for("Beratung").books("15:00").await;
    let after = (before + 1).to_string();
    stage.comes_about(async || booked().await == after.as_str()).await;
    assert_eq!(stage.asks("return window.stays").await, true);
}
