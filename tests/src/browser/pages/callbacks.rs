//! Whom to call back.

use crate::browser::Stage;

pub async fn callbacks(stage: &Stage) {
    let path = stage.of_the_salon("/callbacks");
    stage.looks_right(&path).await;
    let names = async || stage.text().await.contains("Bitte nach 16 Uhr.");
    assert!(!names().await, "what a caller said is not shown unasked");
    stage.clicks_text("Show names and numbers").await;
    stage.reads("Bitte nach 16 Uhr.").await;
    let waiting = stage.asks("return document.querySelectorAll('tbody tr').length").await.as_u64().unwrap();
    stage.has_events("PersonalDataViewed", usize::try_from(waiting).unwrap()).await;
    stage.clicks_text("Done").await;
    stage.reads("The callback is done.").await;
    stage.has_events("CallbackDone", 1).await;
    assert_eq!(stage.asks("return document.querySelectorAll('tbody tr').length").await, waiting - 1);
    stage.chooses("done", "true").await;
    stage.is_asked("?done=true").await;
    assert_eq!(stage.asks("return document.querySelectorAll('tbody tr').length").await, waiting);
}
