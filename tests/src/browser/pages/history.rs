//! What auditors look at.

use crate::browser::Stage;

pub async fn history(stage: &Stage) {
    let path = stage.of_the_salon("/history");
    stage.looks_right(&path).await;
    stage.looks_right(&format!("{path}/access")).await;
    let company = format!("company-{}", stage.app.salon.id);
    stage.looks_right(&format!("{path}/streams/{company}")).await;
    stage.fills_named("position", "1000").await;
    stage.clicks_text("How it stood then").await;
    stage.reads("So it stood").await;
    stage.looks_right(&format!("{path}/proof")).await;
    stage.clicks_text("Begin to check").await;
    stage.reads("The chain holds").await;
}
