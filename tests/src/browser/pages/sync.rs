//! Whether what is known here is what stands at the providers.

use crate::browser::Stage;

pub async fn sync(stage: &Stage) {
    let path = stage.of_the_salon("/sync");
    stage.looks_right(&path).await;
    stage.clicks_text("Sync all").await;
    stage.reads("In step").await;
    stage.looks_right(&path).await;
    stage.looks_right(&format!("{path}/findings")).await;
}
