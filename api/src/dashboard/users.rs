//! Who may sign in: inviting by a link that is good for one time, roles, new links, shutting out, and forgetting.

use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use super::{Confirm, Form};
use crate::http::Routes;
use crate::http::auth::{Permission, Token};
use crate::http::v1::page_of;
use crate::http::v1::users::{Wanted, forgotten, given, invited, named, offered, shut_out, within_reach};
use crate::problem::Problem;
use askama::Template;
use http::Method;
use ringbuch_domain::access::Role;
use ringbuch_projections::users::{self, User};
use std::cmp::Reverse;
use warp::reply::Response;

const ROLES: [Role; 5] = [Role::Viewer, Role::Operator, Role::Admin, Role::Auditor, Role::Owner];

pub fn routes(pages: &Pages) -> Routes {
    let administer = &Permission::ADMINISTER;
    Routes::new()
        .add(Method::GET, "/c/{company}/users", pages.get(administer, &["cursor"], list))
        .add(Method::POST, "/c/{company}/users", pages.post(administer, invite))
        .add(Method::POST, "/c/{company}/users/{id}/role", pages.post(administer, change_role))
        .add(Method::POST, "/c/{company}/users/{id}/reset", pages.post(administer, reset))
        .add(Method::POST, "/c/{company}/users/{id}/deactivate", pages.post(administer, deactivate))
        .add(Method::POST, "/c/{company}/users/{id}/erase", pages.post(&Permission::OWN, erase))
}

#[derive(Template)]
#[template(path = "users.html")]
struct Members {
    page: Page,
    users: Vec<User>,
    /// Where the list goes on.
    next: Option<String>,
    /// The address that lets somebody choose a password, shown once, and whose it is.
    link: Option<(String, String)>,
}

#[expect(clippy::unused_self, reason = "a template calls methods of its page")]
impl Members {
    fn roles(&self) -> impl Iterator<Item = Role> {
        given_by(&self.page)
    }

    fn state(&self, user: &User) -> &'static str {
        match (user.deactivated_at, user.password_set_at.or(user.signed_in_at)) {
            (Some(_), _) => "deactivated",
            (None, None) => "invited",
            (None, Some(_)) => "active",
        }
    }

    /// Whether whoever looks may have them forgotten, and there is anything left to forget.
    fn forgets(&self, user: &User) -> bool {
        let known = user.email.is_some() || user.name.is_some();
        let member = self.page.member.as_ref();
        known && member.is_some_and(|it| it.caller.is_owner() && within_reach(&it.caller, user).is_ok())
    }

    /// Whether whoever looks may change them.
    fn changes(&self, user: &User) -> bool {
        let member = self.page.member.as_ref();
        user.deactivated_at.is_none() && member.is_some_and(|member| within_reach(&member.caller, user).is_ok())
    }
}

/// Roles that whoever looks may give.
pub fn given_by(page: &Page) -> impl Iterator<Item = Role> + use<> {
    let owner = page.member.as_ref().is_some_and(|member| member.caller.is_owner());
    ROLES.into_iter().filter(move |role| owner || *role != Role::Owner)
}

fn role_of(form: &Form) -> Result<Role, Problem> {
    form.needed("role")?.parse().map_err(|why: String| Problem::unusable("role_unknown", why))
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    page(&visit, None).await
}

async fn page(visit: &Visit, link: Option<(String, String)>) -> Result<Response, Problem> {
    let mut all = users::list(visit.rows(), visit.scope()).await?;
    all.reverse();
    let shown = page_of(&visit.query, all, |it| Reverse((it.invited_at, it.user_id)))?;
    html(&Members { page: visit.page("users.title"), users: shown.items, next: shown.next, link })
}

async fn shown_link(visit: &Visit, link: &Token, whose: &str) -> Result<Response, Problem> {
    let address = format!("{}/welcome/{}", visit.origin(), link.reveal());
    page(visit, Some((address, whose.to_owned()))).await
}

async fn invite(visit: Visit, form: Form) -> Result<Response, Problem> {
    let (role, email) = (role_of(&form)?, form.needed("email")?.to_owned());
    let wanted = Wanted { email: email.clone(), role, name: form.text("name").map(str::to_owned) };
    let (_, link) = invited(&visit, wanted).await?;
    shown_link(&visit, &link, &email).await
}

async fn reset(visit: Visit, _: Form) -> Result<Response, Problem> {
    let (user, link) = offered(&visit).await?;
    shown_link(&visit, &link, user.email.as_deref().unwrap_or_default()).await
}

async fn change_role(visit: Visit, form: Form) -> Result<Response, Problem> {
    given(&visit, role_of(&form)?).await?;
    Ok(visit.redirect_saying("/users", "users.role_changed"))
}

async fn deactivate(visit: Visit, form: Form) -> Result<Response, Problem> {
    if form.text("sure").is_none() {
        let texts = ["users.deactivate", "users.deactivate_question", "users.deactivate_consequence"];
        return asked_again(&visit, "deactivate", texts).await;
    }
    shut_out(&visit).await?;
    Ok(visit.redirect_saying("/users", "users.was_deactivated"))
}

/// What somebody did stays in the history, under an id that says nothing.
async fn erase(visit: Visit, form: Form) -> Result<Response, Problem> {
    if form.text("sure").is_none() {
        let texts = ["users.erase", "users.erase_question", "users.erase_consequence"];
        return asked_again(&visit, "erase", texts).await;
    }
    forgotten(&visit).await?;
    Ok(visit.redirect_saying("/users", "users.was_erased"))
}

/// `act` is the last part of the address that yes is sent to.
async fn asked_again(visit: &Visit, act: &str, [title, question, consequence]: [&str; 3]) -> Result<Response, Problem> {
    let (user, page) = (named(visit).await?, visit.page(title));
    let who = user.email.or(user.name).unwrap_or_default();
    html(&Confirm {
        question: page.say(question).with("email", who).to_string(),
        consequence: Some(page.say(consequence).to_string()),
        action: format!("{}/{act}", page.link("/users", user.user_id)),
        values: vec![("sure", "yes".to_owned())],
        yes: page.say(title).to_string(),
        dangerous: true,
        back: page.url("/users"),
        page,
    })
}
