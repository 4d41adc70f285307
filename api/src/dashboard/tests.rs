//! Pages as a browser gets them, over the whole front.

mod agents;
mod alerts;
mod appointments;
mod branches;
mod calls;
mod comparisons;
mod history;
mod logs;
mod numbers;
mod services;
#[cfg(feature = "oidc")]
mod single_sign_on;
mod staff;
mod states;
mod sync;
mod voices;
mod walk;
mod webhooks;
mod weight;

use crate::http::v1::tests::world::{PRAXIS, SALON, World};
use crate::users::{Invitation, Users};
use http::{Method, Request, request::Builder};
use jiff::SignedDuration;
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::UserId;

const PASSWORD: &str = "a sentence that nobody knows";
const HOST: &str = "ringbuch.example.com";

/// A browser that keeps one session.
struct Browser<'w> {
    world: &'w World,
    cookie: String,
}

#[derive(Debug)]
struct Shown {
    status: u16,
    headers: http::HeaderMap,
    text: String,
}

impl Shown {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What a page's forms carry.
    fn csrf(&self) -> &str {
        self.text.split(r#"name="csrf" value=""#).nth(1).unwrap().split('"').next().unwrap()
    }
}

impl<'w> Browser<'w> {
    fn new(world: &'w World) -> Self {
        Self { world, cookie: String::new() }
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        Request::builder().method(method).uri(path).header("host", HOST).header("cookie", &self.cookie)
    }

    async fn get(&self, path: &str) -> Shown {
        self.send(self.request(Method::GET, path), "").await
    }

    async fn post(&self, path: &str, form: &str) -> Shown {
        let request = self.request(Method::POST, path).header("origin", format!("https://{HOST}"));
        self.send(request.header("content-type", "application/x-www-form-urlencoded"), form).await
    }

    async fn send(&self, request: Builder, body: &str) -> Shown {
        let (status, headers, text) = self.world.page(request, body).await;
        Shown { status, headers, text }
    }

    async fn sign_in(&mut self, email: &str, password: &str) -> Shown {
        let shown = self.post("/login", &format!("email={email}&password={password}")).await;
        if let Some(cookie) = shown.header("set-cookie").split(';').next().filter(|it| it.starts_with("__Host-")) {
            self.cookie = cookie.to_owned();
        }
        shown
    }
}

/// Invites somebody, who chooses their password with the link.
async fn invited(world: &World, company: &str, role: Role, email: &str) -> UserId {
    let (company, email, by) = (company.parse().unwrap(), email.to_owned(), "test".to_owned());
    let (user, link) =
        Users::new(&world.app).invite(Invitation { company, role, email, name: None, by }).await.unwrap();
    world.app.catch_up().await.unwrap();
    let path = format!("/welcome/{}", link.reveal());
    let browser = Browser::new(world);
    assert!(browser.get(&path).await.text.contains("new-password"));
    let form = format!("password={PASSWORD}&repeated={PASSWORD}");
    assert_eq!(browser.post(&path, &form).await.header("location"), "/login");
    assert_eq!(browser.post(&path, &form).await.status, 404, "a link is good for one time");
    user
}

async fn signed_in<'w>(world: &'w World, company: &str, role: Role, email: &str) -> Browser<'w> {
    invited(world, company, role, email).await;
    let mut browser = Browser::new(world);
    assert_eq!(browser.sign_in(email, PASSWORD).await.status, 303);
    browser
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_to_sign_in_and_back() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let sent = browser.get("/c/salon").await;
    assert_eq!((sent.status, sent.header("location")), (303, "/login?next=%2Fc%2Fsalon"));
    invited(&world, SALON, Role::Viewer, "max@example.com").await;
    let wrong = browser.sign_in("max@example.com", "something else").await;
    assert_eq!((wrong.status, wrong.headers.contains_key("set-cookie")), (422, false));
    let back = browser.sign_in("MAX@example.com", &format!("{PASSWORD}&next=%2Fc%2Fsalon%3Fa%3D1")).await;
    assert_eq!((back.status, back.header("location")), (303, "/c/salon?a=1"));
    assert_eq!(browser.get("/").await.header("location"), "/c/salon");
    let page = browser.get("/c/salon").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    for active in ["<style", " style=", "onclick", "<script>"] {
        assert!(!page.text.contains(active), "{active}");
    }
}

#[tokio::test]
async fn another_companys_pages_are_not_there() {
    let world = World::new().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let other = admin.get("/c/praxis").await;
    assert_eq!((other.status, other.text.contains("praxis")), (404, true), "only the address itself says so");
    assert_eq!(admin.get("/c/salon").await.status, 200);
    assert_eq!(world.measured(r#"ringbuch_cross_tenant_total{at="page"}"#), 1);
    assert_eq!(admin.get("/companies").await.status, 403);
    let owner = signed_in(&world, SALON, Role::Owner, "eva@example.com").await;
    assert_eq!(owner.get(&format!("/c/{PRAXIS}")).await.status, 200);
    assert_eq!(owner.get("/c/nowhere").await.status, 404);
    assert_eq!(owner.get("/companies?to=praxis").await.header("location"), "/c/praxis");
    assert_eq!(world.measured("ringbuch_cross_tenant_total"), 1, "an owner crosses nothing");
}

/// Nobody works on any list.
#[tokio::test]
async fn the_overview_tells_what_still_has_to_be_done_for_others_to_owners_alone() {
    let world = World::new().await;
    let operator = world.key(PRAXIS, Role::Operator).await;
    let wanted =
        serde_json::json!({ "branch": "mitte", "start": "2025-07-02T11:00:00+02:00", "name": "Max Mustermann" });
    world.post(&operator, "/api/v1/appointments", wanted).await.ok();
    world.deliver_bytes(PRAXIS, Some(PRAXIS), b"{}").await;
    for (company, role, email, expected) in [
        (SALON, Role::Admin, "max@example.com", ["0", "0"]),
        (PRAXIS, Role::Viewer, "eva@example.com", ["1", "1"]),
        (SALON, Role::Owner, "erika@example.com", ["1", "1"]),
    ] {
        let browser = signed_in(&world, company, role, email).await;
        let shown = browser.get(&format!("/c/{company}")).await.text;
        let state = shown.split(r#"<section id="state""#).nth(1).unwrap();
        let figures = state.split("</dt><dd>").skip(1).take(2).map(|it| it.split('<').next().unwrap());
        assert_eq!(figures.collect::<Vec<_>>(), expected, "{company} {role:?}");
    }
}

#[tokio::test]
async fn a_session_writes_only_from_our_pages_and_ends_everywhere() {
    let world = World::new().await;
    let browser = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let csrf = browser.get("/c/salon").await.csrf().to_owned();
    let key = r#"{"name":"till","role":"viewer"}"#;
    let write = |origin: &str, token: &str| {
        browser.request(Method::POST, "/api/v1/keys").header("origin", origin).header("x-csrf-token", token)
    };
    let ours = format!("https://{HOST}");
    assert_eq!(browser.send(write("https://evil.example.com", &csrf), key).await.status, 403);
    assert_eq!(browser.send(write(&ours, "forged"), key).await.status, 403);
    assert_eq!(browser.send(write(&ours, &csrf), key).await.status, 201);
    assert_eq!(browser.post("/logout", "csrf=forged").await.status, 403);
    assert_eq!(browser.get("/api/v1/keys").await.status, 200);
    assert_eq!(browser.post("/logout", &format!("csrf={csrf}")).await.header("location"), "/login");
    assert_eq!(browser.get("/api/v1/keys").await.status, 401);
    assert_eq!(browser.get("/c/salon").await.status, 303);
}

#[tokio::test]
async fn a_session_ends_by_itself_and_with_its_user() {
    let world = World::new().await;
    let mut browser = signed_in(&world, SALON, Role::Viewer, "max@example.com").await;
    world.clock.advance(SignedDuration::from_hours(11));
    assert_eq!(browser.get("/c/salon").await.status, 200);
    world.clock.advance(SignedDuration::from_hours(11));
    assert_eq!(browser.get("/c/salon").await.status, 200, "it was used");
    world.clock.advance(SignedDuration::from_hours(12));
    assert_eq!(browser.get("/c/salon").await.status, 303);
    browser.sign_in("max@example.com", PASSWORD).await;
    let users = Users::new(&world.app);
    let user = ringbuch_projections::users::by_email(&*world.app.store.rows, "max@example.com").await.unwrap().unwrap();
    users.deactivate(&user, "test").await.unwrap();
    assert_eq!(browser.get("/c/salon").await.status, 303);
    assert_eq!(browser.sign_in("max@example.com", PASSWORD).await.status, 422);
}

#[tokio::test]
async fn guessing_ends_after_ten_tries() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    for _ in 0..10 {
        assert_eq!(browser.sign_in("nobody@example.com", "guess").await.status, 422);
    }
    let refused = browser.sign_in("nobody@example.com", "guess").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "900"));
}

#[tokio::test]
async fn a_choice_of_language_stays_and_leads_nowhere_else() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    assert!(browser.get("/login").await.text.contains(r#"lang="en""#));
    let chosen = browser.post("/preferences", "language=de&theme=dark&next=//evil.example.com").await;
    assert_eq!(chosen.header("location"), "/");
    browser.cookie = "ringbuch-language=de; ringbuch-theme=dark".into();
    let page = browser.get("/login").await.text;
    assert!(page.contains(r#"<html lang="de" data-theme="dark">"#) && page.contains("Anmelden"));
}

#[tokio::test]
async fn what_a_page_loads_is_there_and_may_be_kept() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    let page = browser.get("/login").await.text;
    let loaded: Vec<&str> = page.split('"').filter(|text| text.starts_with("/assets/")).collect();
    assert!(loaded.len() >= 2, "{page}");
    for address in loaded {
        let asset = browser.get(address.split('#').next().unwrap()).await;
        assert_eq!(asset.status, 200, "{address}");
        assert!(asset.header("cache-control").contains("immutable"));
    }
    assert_eq!(browser.get("/assets/0000000000000000/ringbuch.css").await.status, 404);
}

#[tokio::test]
async fn where_nothing_is_people_get_a_page() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    let request = browser.request(Method::GET, "/c/salon/nowhere").header("accept", "text/html,*/*;q=0.8");
    let page = browser.send(request, "").await;
    assert_eq!((page.status, page.text.contains("Nothing has this address")), (404, true));
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
}

#[tokio::test]
async fn looking_again_within_minutes_is_one_view() {
    let world = World::new().await;
    let head = async || world.app.journal.log().head().await.unwrap();
    let salon = SALON.parse().unwrap();
    let view = async |by: &str, id: &str| {
        crate::setup::SetUp::new(&world.app, by).note_view(&salon, "call", id).await.unwrap();
    };
    let before = head().await;
    view("user:1", "a").await;
    view("user:1", "a").await;
    assert_eq!(head().await, before + 1);
    view("user:2", "a").await;
    view("user:1", "b").await;
    world.clock.advance(SignedDuration::from_mins(10));
    view("user:1", "a").await;
    assert_eq!(head().await, before + 4);
}

#[tokio::test]
async fn an_erased_user_has_no_name_in_the_log_and_comes_in_no_more() {
    let world = World::new().await;
    let mut browser = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let by_email = async || {
        let rows = &*world.app.store.rows;
        ringbuch_projections::users::by_email(rows, "max@example.com").await.unwrap()
    };
    let user = by_email().await.unwrap();
    let users = Users::new(&world.app);
    users.erase(&user, "test").await.unwrap();
    users.erase(&user, "test").await.unwrap();
    assert_eq!(browser.get("/c/salon").await.status, 303);
    world.app.catch_up().await.unwrap();
    assert!(by_email().await.is_none());
    assert_eq!(browser.sign_in("max@example.com", PASSWORD).await.status, 422);
    let stream = ringbuch_domain::recorded::StreamId::user(user.user_id);
    let kept = format!("{:?}", world.app.journal.load::<ringbuch_domain::user::User>(&stream).await.unwrap().aggregate);
    assert_eq!(kept, "Erased");
    let erased = world.app.store.keys.erasures().await.unwrap();
    assert!(erased.iter().any(|it| it.customer.0 == user.user_id.0), "a restore repeats it");
}

#[tokio::test]
async fn a_refusal_is_told_in_the_readers_language() {
    let world = World::new().await;
    let mut admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let session = admin.cookie.clone();
    let csrf = admin.get("/c/salon").await.csrf().to_owned();
    for (page, form, german, english) in [
        (
            "users",
            "email=max@example.com&role=viewer",
            "Mit dieser Adresse meldet sich schon jemand an.",
            "A user signs in",
        ),
        ("users", "email=&role=viewer", "Das Feld „email“ ist leer.", " is empty."),
        ("keys", "name=till&role=owner", "Schlüssel von Inhabern macht nur ein Inhaber.", "Only an owner makes keys"),
        ("keys", "name=till&role=king", "Prüfen Sie die Eingabe.", "king"),
        (
            "alerts/channels/first-slack",
            "url=ftp://example.com",
            "Die Adresse muss mit https:// beginnen.",
            "must begin",
        ),
        (
            "alerts/mail",
            "reminder_hours=200",
            "Eine Erinnerung geht 0 bis 168 Stunden vorher hinaus.",
            "takes 0 to 168",
        ),
        ("appointments/new", "branch=mitte&start=soon", "Eine Zeit schreibt man wie", "Give the time"),
    ] {
        for (language, told, untold) in [("de", german, english), ("en", english, german)] {
            admin.cookie = format!("{session}; ringbuch-language={language}");
            let shown = admin.post(&format!("/c/salon/{page}"), &format!("csrf={csrf}&{form}")).await;
            assert!((400..500).contains(&shown.status) || page.ends_with("new"), "{page} {form}: {}", shown.status);
            assert!(
                shown.text.contains(told) && !shown.text.contains(untold),
                "{page} {form} {language}: {}",
                shown.text
            );
        }
    }
    admin.cookie = format!("{session}; ringbuch-language=de");
    assert!(admin.get("/c/salon/keys?odd=1").await.text.contains("Einen Parameter „odd“ gibt es hier nicht"));
}

#[tokio::test]
async fn owners_have_others_forgotten_after_they_were_asked_and_nobody_themselves() {
    let world = World::new().await;
    let owner = signed_in(&world, SALON, Role::Owner, "eva@example.com").await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let viewer = invited(&world, SALON, Role::Viewer, "ida@example.com").await;
    let page = owner.get("/c/salon/users").await;
    assert_eq!(page.text.matches("/erase\"").count(), 2, "not their own: {}", page.text);
    assert!(!admin.get("/c/salon/users").await.text.contains("/erase\""));
    let erase = async |browser: &Browser<'_>, user: UserId, form: &str| {
        let csrf = browser.get("/c/salon/users").await.csrf().to_owned();
        browser.post(&format!("/c/salon/users/{user}/erase"), &format!("csrf={csrf}{form}")).await
    };
    assert_eq!(erase(&admin, viewer, "&sure=yes").await.status, 403);
    let itself = ringbuch_projections::users::by_email(&*world.app.store.rows, "eva@example.com").await.unwrap();
    assert_eq!(erase(&owner, itself.unwrap().user_id, "&sure=yes").await.status, 403);
    let asked = erase(&owner, viewer, "").await;
    assert!(asked.status == 200 && asked.text.contains("ida@example.com"), "{}", asked.text);
    assert!(owner.get("/c/salon/users").await.text.contains("ida@example.com"), "it was only asked");
    assert_eq!(erase(&owner, viewer, "&sure=yes").await.header("location"), "/c/salon/users");
    let page = owner.get("/c/salon/users").await;
    assert!(!page.text.contains("ida@example.com"), "{}", page.text);
    assert_eq!(page.text.matches("/erase\"").count(), 1, "there is nothing left to forget of them");
    let log = world.app.journal.log().read_all(0, 10_000).await.unwrap();
    assert_eq!(log.iter().filter(|event| event.kind == "UserErased").count(), 1);
}

#[tokio::test]
async fn an_admin_rules_over_their_own_company_and_below_owners() {
    let world = World::new().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let owner = invited(&world, SALON, Role::Owner, "eva@example.com").await;
    let neighbour = invited(&world, PRAXIS, Role::Viewer, "uwe@example.com").await;
    let viewer = invited(&world, SALON, Role::Viewer, "ida@example.com").await;
    let csrf = admin.get("/c/salon/users").await.csrf().to_owned();
    let post = async |path: &str, form: &str| admin.post(path, &format!("csrf={csrf}&{form}")).await;
    for (user, status) in [(owner, 403), (neighbour, 404), (viewer, 303)] {
        let answer = post(&format!("/c/salon/users/{user}/role"), "role=operator").await;
        assert_eq!(answer.status, status, "{}", answer.text);
        let answer = post(&format!("/c/salon/users/{user}/deactivate"), "sure=yes").await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    assert_eq!(post("/c/salon/users", "email=new@example.com&role=owner").await.status, 403);
    assert_eq!(post("/c/salon/users", "email=new@example.com&role=king").await.status, 422);
    assert_eq!(post("/c/salon/keys", "name=till&role=owner").await.status, 403);
    let made = post("/c/salon/users", "email=new@example.com&role=viewer").await;
    assert!(made.text.contains(&format!("https://{HOST}/welcome/")), "{}", made.text);
    let again = post("/c/salon/users", "email=NEW@example.com&role=viewer").await;
    assert_eq!(again.status, 422);
}

#[tokio::test]
async fn whoever_watches_is_told_what_happens_in_their_company_alone() {
    use futures_util::StreamExt;
    use http_body_util::BodyExt;
    let world = World::new().await;
    let stop = tokio_util::sync::CancellationToken::new();
    let (app, told_until) = (world.app.clone(), stop.clone());
    let following = tokio::spawn(async move { app.live.follow(&app, told_until).await });
    let key = world.key(SALON, Role::Viewer).await;
    let request = Request::get("/api/v1/live").header("authorization", format!("Bearer {key}"));
    let answer = tower::ServiceExt::oneshot(world.front.clone(), request.body(String::new()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut told = answer.into_body().into_data_stream();
    let mut first = None;
    // What was written before somebody began to read is not told.
    for nth in 0..100 {
        for company in [PRAXIS, SALON] {
            let set_up = crate::setup::SetUp::new(&world.app, "test");
            set_up.note_view(&company.parse().unwrap(), "call", &format!("somebody {nth}")).await.unwrap();
        }
        first = tokio::time::timeout(std::time::Duration::from_millis(200), told.next()).await.ok();
        if first.is_some() {
            break;
        }
    }
    let first = String::from_utf8(first.unwrap().unwrap().unwrap().to_vec()).unwrap();
    assert!(first.contains(r#""stream":"access-salon""#) && !first.contains("praxis"), "{first}");
    assert!(!first.contains("somebody"), "{first}");
    stop.cancel();
    while tokio::time::timeout(std::time::Duration::from_secs(30), told.next()).await.unwrap().is_some() {}
    following.await.unwrap();
}
