//! Pages as a browser gets them, over the whole front.

mod calls;
mod history;
mod webhooks;

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
    assert_eq!(admin.get("/companies").await.status, 403);
    let owner = signed_in(&world, SALON, Role::Owner, "eva@example.com").await;
    assert_eq!(owner.get(&format!("/c/{PRAXIS}")).await.status, 200);
    assert_eq!(owner.get("/c/nowhere").await.status, 404);
    assert_eq!(owner.get("/companies?to=praxis").await.header("location"), "/c/praxis");
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
