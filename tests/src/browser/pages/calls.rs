//! Who called, what was said, and what came of it.

use crate::browser::Stage;
use serde_json::json;

pub async fn calls(stage: &Stage) {
    let path = stage.of_the_salon("/calls");
    stage.looks_right(&path).await;
    stage.goes_to(&format!("{path}?outcome=confirmed")).await;
    stage.clicks("section[aria-labelledby=all] tbody th a").await;
    let call = stage.comes_to(&format!("{path}/")).await;
    stage.looks_right(&call).await;
    stage.clicks_text("Show what was said").await;
    stage.reads("The access log says that you looked at this.").await;
    stage.reads("Guten Tag.").await;
    stage.has_events("PersonalDataViewed", 1).await;
    stage.clicks_text("What led to what").await;
    let tree = stage.comes_to(&stage.of_the_salon("/history/calls/")).await;
    stage.looks_right(&tree).await;
}

pub async fn a_call_that_goes_on_shows_without_loading_the_page_anew(stage: &Stage) {
    stage.goes_to(&stage.of_the_salon("/calls")).await;
    let going_on = async || stage.asks("return document.querySelectorAll('#now tbody tr').length").await;
    let before = going_on().await.as_u64().unwrap();
    stage.asks("window.stays = true").await;
    let hanna = stage.app.caller("Hanna");
    hanna.send(&hanna.started()).await;
    stage.comes_about(async || going_on().await == before + 1).await;
    assert_eq!(stage.asks("return window.stays").await, true);
    // What the agent asks for while she waits comes to her call's page by itself.
    stage.goes_to(&format!("{}/{}", stage.of_the_salon("/calls"), hanna.call_id())).await;
    hanna.asks("opening_hours", &json!({})).await;
    stage.reads("Function answered").await;
    stage.reads("opening_hours").await;
    stage.is_sound(&format!("{}/{}", stage.of_the_salon("/calls"), hanna.call_id())).await;
}
