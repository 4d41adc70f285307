//! Who called, what was said, and what came of it.

use crate::browser::Stage;

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
