//! Keys for programs: made here, shown once, and taken back.

use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use super::{Confirm, Form};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::v1::keys::{Wanted, issued, revoked};
use crate::http::v1::page_of;
use crate::problem::Problem;
use askama::Template;
use http::Method;
use jiff::Timestamp;
use ringbuch_domain::access::Role;
use ringbuch_projections::keys::{self, ApiKey};
use std::cmp::Reverse;
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    let administer = &Permission::ADMINISTER;
    Routes::new()
        .add(Method::GET, "/c/{company}/keys", pages.get(administer, &["cursor"], list))
        .add(Method::POST, "/c/{company}/keys", pages.post(administer, issue))
        .add(Method::POST, "/c/{company}/keys/{id}/revoke", pages.post(administer, revoke))
}

#[derive(Template)]
#[template(path = "keys.html")]
struct Keys {
    page: Page,
    all: Vec<ApiKey>,
    /// Where the list goes on.
    next: Option<String>,
    /// The one that was just made; nobody sees it again.
    made: Option<String>,
    now: Timestamp,
}

impl Keys {
    fn roles(&self) -> impl Iterator<Item = Role> {
        super::users::given_by(&self.page)
    }

    fn state(&self, key: &ApiKey) -> &'static str {
        match key.revoked_at {
            Some(_) => "revoked",
            None if key.is_usable(self.now) => "active",
            None => "expired",
        }
    }
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    page(&visit, None).await
}

async fn page(visit: &Visit, made: Option<String>) -> Result<Response, Problem> {
    let mut all = keys::list(visit.rows(), visit.scope()).await?;
    all.reverse();
    let shown = page_of(&visit.query, all, |it| Reverse((it.issued_at, it.key_id)))?;
    html(&Keys { page: visit.page("keys.title"), all: shown.items, next: shown.next, made, now: visit.now() })
}

async fn issue(visit: Visit, form: Form) -> Result<Response, Problem> {
    let role = form.needed("role")?.parse().map_err(|why: String| Problem::unusable("role_unknown", why))?;
    let expires_at = visit.end_of_day(form.text("expires"))?;
    let wanted = Wanted { name: form.needed("name")?.to_owned(), role, scopes: vec![], expires_at };
    let (_, key) = issued(&visit, &wanted).await?;
    page(&visit, Some(key.reveal().to_owned())).await
}

async fn revoke(visit: Visit, form: Form) -> Result<Response, Problem> {
    let id = visit.id("key")?;
    if form.text("sure").is_none() {
        let key = keys::find(visit.rows(), visit.scope(), id).await?.ok_or_else(|| Problem::not_found("key"))?;
        let page = visit.page("keys.revoke");
        return html(&Confirm {
            question: page.say("keys.revoke_question").with("name", key.name).to_string(),
            consequence: Some(page.say("keys.revoke_consequence").to_string()),
            action: format!("{}/revoke", page.link("/keys", id)),
            values: vec![("sure", "yes".to_owned())],
            yes: page.say("keys.revoke").to_string(),
            dangerous: true,
            back: page.url("/keys"),
            page,
        });
    }
    revoked(&visit, id).await?;
    Ok(visit.redirect_saying("/keys", "keys.was_revoked"))
}
