//! How people come in, and what they meet first.

use crate::browser::Stage;
use crate::browser::identities::{Provider, WithProvider};
use crate::browser::stage::PASSWORD;
use ringbuch_api::users::{Invitation, Users};
use ringbuch_domain::access::Role;

pub async fn whoever_is_invited_chooses_a_password_and_signs_in(stage: &Stage) {
    stage.clicks("form[action='/logout'] button").await;
    stage.is_at("/login").await;
    stage.looks_right("/login").await;
    let (company, email, by) = (stage.app.salon.id.clone(), "max@example.com".to_owned(), "story".to_owned());
    let invitation = Invitation { company, role: Role::Viewer, email, name: None, by };
    let (_, link) = Users::new(stage.app.app()).invite(invitation).await.unwrap();
    stage.app.settle().await;
    stage.looks_right(&format!("/welcome/{}", link.reveal())).await;
    stage.fills("password", PASSWORD).await;
    stage.fills("repeated", PASSWORD).await;
    stage.clicks("button.main").await;
    stage.is_at("/login").await;
    stage.reads("Your password is saved").await;
    stage.sign_in("max@example.com").await;
    let cookie = stage.chromium.client.get_named_cookie("__Host-ringbuch").await.unwrap();
    assert_eq!((cookie.http_only(), cookie.secure()), (Some(true), Some(true)));
    stage.goes_to("/").await;
    stage.is_at("/c/salon_morgenrot").await;
}

/// Nobody is offered a way in that the operator has not set up.
pub async fn who_has_a_provider_of_identities_is_offered_it(stage: &Stage) {
    let buttons = "return document.querySelectorAll('a[href^=\"/login/oidc\"]').length";
    stage.clicks("form[action='/logout'] button").await;
    stage.is_at("/login").await;
    assert_eq!(stage.asks(buttons).await, 0);
    let provider = Provider::start().await;
    let server = WithProvider::serve(stage.app.app(), &provider).await;
    let client = &stage.chromium.client;
    client.goto(&format!("{}/login?next=%2Fhelp", server.url)).await.unwrap();
    assert_eq!(stage.asks(buttons).await, 1);
    stage.clicks_text("Sign in with Morgenrot ID").await;
    stage.is_at("/authorize").await;
    stage.reads("Who are you?").await;
    let there = client.current_url().await.unwrap();
    assert!(there.as_str().starts_with(&format!("{}/authorize?", provider.issuer)), "{there}");
    let asked = |name: &str| there.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    assert_eq!(asked("client_id").as_deref(), Some("ringbuch"));
    assert_eq!(asked("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(asked("redirect_uri"), Some(format!("{}/login/oidc/callback", server.url)));
}

pub async fn what_is_not_there_is_said_on_a_page(stage: &Stage) {
    stage.goes_to("/c/salon_morgenrot/nowhere").await;
    stage.reads("Nothing has this address").await;
    stage.clicks_text("Back to the start").await;
    stage.is_at("/c/salon_morgenrot").await;
}

pub async fn an_owner_goes_from_one_company_to_another(stage: &Stage) {
    stage.looks_right("/companies").await;
    stage.goes_to("/c/salon_morgenrot").await;
    stage.chooses("company", "praxis_linde").await;
    stage.is_at("/c/praxis_linde").await;
    stage.chooses("language", "de").await;
    stage.reads("Übersicht").await;
    stage.chooses("theme", "dark").await;
    stage.reads("Übersicht").await;
    assert_eq!(stage.asks("return document.documentElement.dataset.theme").await, "dark");
}
