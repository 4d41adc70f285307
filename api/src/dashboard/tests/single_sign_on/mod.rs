//! Signing in by a provider of identities, from the button to the session, against one that is told what to do wrong.

mod provider;

use super::{Browser, HOST, Shown};
use crate::http::Front;
use crate::http::v1::tests::world::{PRAXIS, SALON, World};
use crate::mcp::{PublicUrl, Reach};
use crate::oidc::{NewUsers, Oidc, OidcSettings};
use crate::serve::{ServeOptions, routes};
use crate::users::{Invitation, Users};
use jiff::SignedDuration;
use provider::{Provider, SECRET, Twist};
use ringbuch_domain::access::Role;
use ringbuch_projections::users::{User, by_email};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// An installation that knows the provider.
async fn world_with(settings: impl Fn(&Provider) -> OidcSettings) -> (World, Provider) {
    let mut world = World::new().await;
    let provider = Provider::start(&world.clock).await;
    let reach = Reach(vec![PublicUrl::parse(&format!("https://{HOST}")).unwrap()]);
    let oidc = Oidc::new(&world.app, settings(&provider), reach).unwrap();
    let options = ServeOptions { oidc: Some(Arc::new(oidc)), ..ServeOptions::plain(Duration::ZERO) };
    let table = routes(&world.app, &options, &CancellationToken::new());
    world.front = Front::new(table, world.app.metrics.clone());
    (world, provider)
}

async fn invite(world: &World, company: &str, role: Role, email: &str) {
    let invitation =
        Invitation { company: company.parse().unwrap(), role, email: email.into(), name: None, by: "test".into() };
    Users::new(&world.app).invite(invitation).await.unwrap();
    world.app.catch_up().await.unwrap();
}

async fn user_of(world: &World, email: &str) -> Option<User> {
    world.app.catch_up().await.unwrap();
    by_email(&*world.app.store.rows, email).await.unwrap()
}

/// The value of a cookie that an answer sets.
fn set(shown: &Shown, name: &str) -> Option<String> {
    let all = shown.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    let mut values =
        all.filter_map(|line| line.split(';').next()?.strip_prefix(&format!("{name}=")).map(str::to_owned));
    values.next_back()
}

/// Off to the provider; the address there.
async fn off(browser: &mut Browser<'_>) -> String {
    let sent = browser.get("/login/oidc?next=%2Fc%2Fsalon%2Fcalls").await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    browser.cookie = format!("__Host-ringbuch-oidc={}", set(&sent, "__Host-ringbuch-oidc").unwrap());
    sent.header("location").to_owned()
}

/// Off and back again.
async fn signs_in(world: &World, provider: &Provider) -> Shown {
    let mut browser = Browser::new(world);
    let address = off(&mut browser).await;
    browser.get(&provider.signs_in(&address).await).await
}

async fn head(world: &World) -> u64 {
    world.app.journal.log().head().await.unwrap()
}

#[tokio::test]
async fn whoever_is_vouched_for_comes_in_as_the_user_of_that_address() {
    let (world, provider) = world_with(Provider::settings).await;
    invite(&world, SALON, Role::Viewer, "max@example.com").await;
    let mut browser = Browser::new(&world);
    let page = browser.get("/login?next=%2Fc%2Fsalon%2Fcalls").await.text;
    assert!(
        page.contains("Sign in with Morgenrot ID") && page.contains("/login/oidc?next=%2Fc%2Fsalon%2Fcalls"),
        "{page}"
    );
    let (before, address) = (head(&world).await, off(&mut browser).await);
    let back = browser.get(&provider.signs_in(&address).await).await;
    assert_eq!((back.status, back.header("location")), (303, "/c/salon/calls"), "{}", back.text);
    assert_eq!(set(&back, "__Host-ringbuch-oidc").as_deref(), Some(""), "it is used");
    let written = world.app.journal.log().read_all(before, 10).await.unwrap();
    assert_eq!(written.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["SignedIn"]);
    browser.cookie = format!("__Host-ringbuch={}", set(&back, "__Host-ringbuch").unwrap());
    assert_eq!(browser.get("/c/salon/calls").await.status, 200);
    assert_eq!(browser.get("/c/salon/users").await.status, 403, "with the role that they have here");
    assert!(user_of(&world, "max@example.com").await.unwrap().signed_in_at.is_some());
    assert_eq!(provider.discovered(), 1);
}

#[tokio::test]
async fn an_answer_that_proves_nothing_lets_nobody_in() {
    let (world, provider) = world_with(Provider::settings).await;
    invite(&world, SALON, Role::Owner, "max@example.com").await;
    let before = head(&world).await;
    for (twist, why) in [
        (Twist::Nonce, "(nonce)"),
        (Twist::Audience, "(audience)"),
        (Twist::FurtherAudience, "(audience)"),
        (Twist::Expired, "(expired)"),
        (Twist::Issuer, "(issuer)"),
        (Twist::Unsigned, "(signature)"),
        (Twist::SharedSecret, "(signature)"),
        (Twist::Forged, "(signature)"),
        (Twist::AccessToken, "(subject)"),
        (Twist::AnothersAddressApart, "(subject)"),
        (Twist::AnswersAsAnother, "(issuer)"),
        (Twist::Unverified, "has not verified your e-mail address"),
        (Twist::NotSaidWhetherVerified, "has not verified your e-mail address"),
        (Twist::NoAddress, "names no e-mail address"),
        (Twist::Declines, "(access_denied)"),
    ] {
        provider.does(twist);
        let refused = signs_in(&world, &provider).await;
        assert_eq!(refused.status, 422, "{twist:?}: {}", refused.text);
        assert!(refused.text.contains(why) && refused.text.contains("Morgenrot ID"), "{twist:?}: {}", refused.text);
        assert!(set(&refused, "__Host-ringbuch").is_none(), "{twist:?}");
        for secret in [SECRET, "made-up-code", "at-1", "evil.example.com"] {
            assert!(!refused.text.contains(secret), "{twist:?} tells {secret}");
        }
    }
    assert_eq!(head(&world).await, before);
    provider.does(Twist::None);
    assert_eq!(signs_in(&world, &provider).await.status, 303);
}

#[tokio::test]
async fn an_answer_is_good_once_in_the_browser_that_asked_and_for_ten_minutes() {
    let (world, provider) = world_with(Provider::settings).await;
    invite(&world, SALON, Role::Owner, "max@example.com").await;
    provider.does(Twist::CodesForEver);
    let (mut browser, mut other) = (Browser::new(&world), Browser::new(&world));
    let back = provider.signs_in(&off(&mut browser).await).await;
    let stale = |shown: Shown, why: &str| {
        assert_eq!(shown.status, 422, "{why}: {}", shown.text);
        assert!(shown.text.contains("begun in another window"), "{why}: {}", shown.text);
        assert!(set(&shown, "__Host-ringbuch").is_none(), "{why}");
    };
    stale(other.get(&back).await, "a browser that began nothing");
    off(&mut other).await;
    stale(other.get(&back).await, "another browser's answer");
    stale(browser.get(&back.replace("state=", "state=x")).await, "another state");
    assert_eq!(browser.get(&back).await.status, 303);
    stale(browser.get(&back).await, "the same once more, with the cookie as it was");
    let back = provider.signs_in(&off(&mut browser).await).await;
    world.clock.advance(SignedDuration::from_mins(10));
    stale(browser.get(&back).await, "too late");
}

#[tokio::test]
async fn nobody_comes_in_uninvited_unless_the_operator_says_so() {
    let (world, provider) = world_with(Provider::settings).await;
    let before = head(&world).await;
    let refused = signs_in(&world, &provider).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("Nobody was invited"), "{}", refused.text);
    assert_eq!(head(&world).await, before);

    let new_users = Some(NewUsers { company: PRAXIS.parse().unwrap(), role: Role::Viewer });
    let (world, provider) =
        world_with(|provider| OidcSettings { new_users: new_users.clone(), ..provider.settings() }).await;
    assert_eq!(signs_in(&world, &provider).await.status, 303);
    let made = user_of(&world, "max@example.com").await.unwrap();
    assert_eq!((made.company.as_str(), made.role, made.invited_by.as_str()), (PRAXIS, Role::Viewer, "oidc"));
    assert_eq!(made.name.as_deref(), Some("Max Mustermann"));
    assert_eq!(signs_in(&world, &provider).await.status, 303);
    assert_eq!(user_of(&world, "max@example.com").await.unwrap().user_id, made.user_id, "and only once");

    Users::new(&world.app).deactivate(&made, "test").await.unwrap();
    world.app.catch_up().await.unwrap();
    let refused = signs_in(&world, &provider).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("was shut out"), "{}", refused.text);
}

#[tokio::test]
async fn an_address_that_is_told_apart_counts_as_well() {
    let (world, provider) = world_with(Provider::settings).await;
    provider.knows("ida@example.com");
    invite(&world, SALON, Role::Viewer, "ida@example.com").await;
    provider.does(Twist::AddressApart);
    assert_eq!(signs_in(&world, &provider).await.status, 303);
}

#[tokio::test]
async fn a_provider_may_replace_its_key() {
    let (world, provider) = world_with(Provider::settings).await;
    invite(&world, SALON, Role::Viewer, "max@example.com").await;
    assert_eq!(signs_in(&world, &provider).await.status, 303);
    provider.replaces_its_key();
    let refused = signs_in(&world, &provider).await;
    assert!(refused.text.contains("(key)"), "it was asked within this minute: {}", refused.text);
    world.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(signs_in(&world, &provider).await.status, 303);
    assert_eq!(provider.discovered(), 2);
}

#[tokio::test]
async fn a_provider_that_is_away_or_unknown_leaves_passwords_alone() {
    let nowhere = |_: &Provider| OidcSettings {
        issuer: "http://127.0.0.1:9".into(),
        client_id: "x".into(),
        client_secret: SECRET.into(),
        name: "Morgenrot ID".into(),
        new_users: None,
    };
    let (world, _) = world_with(nowhere).await;
    let mut browser = super::signed_in(&world, SALON, Role::Viewer, "max@example.com").await;
    browser.cookie.clear();
    let away = browser.get("/login/oidc").await;
    assert_eq!(away.status, 502);
    assert!(away.text.contains("Morgenrot ID cannot be reached") && away.text.contains("current-password"));

    let plain = World::new().await;
    let browser = Browser::new(&plain);
    assert_eq!(browser.get("/login/oidc").await.status, 404);
    assert_eq!(browser.get("/login/oidc/callback?state=x&code=y").await.status, 404);
    assert!(!browser.get("/login").await.text.contains("/login/oidc"));
}
