//! Keys for programs.

use crate::browser::Stage;

pub async fn keys(stage: &Stage) {
    let path = stage.of_the_salon("/keys");
    stage.looks_right(&path).await;
    stage.fills("name", "till").await;
    stage.chooses("role", "viewer").await;
    stage.clicks_text("Issue a key").await;
    let key = stage.finds(".secret").await.text().await.unwrap();
    assert!(key.starts_with("rb_"), "a key was made");
    let calls = format!("{}/api/v1/calls", stage.app.url());
    let ask =
        async || reqwest::Client::builder().no_proxy().build().unwrap().get(&calls).bearer_auth(&key).send().await;
    assert_eq!(ask().await.unwrap().status(), 200);
    stage.goes_to(&path).await;
    assert!(!stage.text().await.contains(&key), "it is shown once");
    stage.clicks_text("Revoke").await;
    stage.reads("Revoke the key “till”?").await;
    stage.clicks("main button.danger").await;
    stage.reads("The key is revoked.").await;
    assert_eq!(ask().await.unwrap().status(), 401);
}
