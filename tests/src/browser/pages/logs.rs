//! The log of the node, for owners.

use crate::browser::Stage;

const LINES: &str = r#"{"timestamp":"2025-06-30T07:00:00Z","level":"INFO","target":"ringbuch_api::http","message":"answered","spans":[{"name":"request","request_id":"abc"}]}
{"timestamp":"2025-06-30T07:30:00Z","level":"ERROR","target":"ringbuch_api::booking","message":"broke off","call":"call_1"}
"#;

pub async fn logs(stage: &Stage) {
    std::fs::write(stage.app.log_folder().join("ringbuch.2025-06-30.log"), LINES).unwrap();
    let path = stage.of_the_salon("/logs");
    stage.looks_right(&path).await;
    stage.reads("answered").await;
    stage.chooses("level", "warn").await;
    stage.clicks_text("Filter").await;
    stage.is_asked("call=").await;
    assert!(!stage.text().await.contains("answered"), "only what is as grave");
    stage.clicks_text("Details").await;
    stage.reads("call_1").await;
}
