//! Who may sign in.

use crate::browser::Stage;
use crate::browser::stage::PASSWORD;

pub async fn users(stage: &Stage) {
    let path = stage.of_the_salon("/users");
    stage.looks_right(&path).await;
    stage.fills("email", "max@example.com").await;
    stage.fills("name", "Max Mustermann").await;
    stage.chooses("role", "viewer").await;
    stage.clicks_text("Invite").await;
    let link = stage.finds(".secret").await.text().await.unwrap();
    stage.goes_to(&path).await;
    stage.reads("invited").await;
    stage.choose_in("select[aria-label=Role]", "operator").await;
    stage.clicks_text("Change").await;
    stage.reads("The role is changed.").await;
    stage.clicks("form[action='/logout'] button").await;
    stage.is_at("/login").await;
    stage.chromium.client.goto(&link).await.unwrap();
    stage.fills("password", PASSWORD).await;
    stage.fills("repeated", PASSWORD).await;
    stage.clicks("button.main").await;
    stage.sign_in("max@example.com").await;
    stage.goes_to(&path).await;
    stage.reads("Your role or your session does not allow this.").await;
    stage.clicks("form[action='/logout'] button").await;
    stage.sign_in(crate::browser::stage::OWNER).await;
    stage.goes_to(&path).await;
    stage.clicks_text("Shut out").await;
    stage.reads("Shut max@example.com out?").await;
    stage.clicks("main button.danger").await;
    stage.reads("They are shut out and signed out everywhere.").await;
    stage.has_events("UserDeactivated", 1).await;
    stage.clicks_text("Erase").await;
    stage.reads("Erase the name and the address of Max Mustermann for ever?").await;
    stage.clicks("main button.danger").await;
    stage.reads("The name and the address are erased.").await;
    stage.has_events("UserErased", 1).await;
}
