//! Who may sign in: inviting by a link that is good for one time, roles, new links, and shutting out.

use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use super::{Confirm, Form};
use crate::http::Routes;
use crate::http::auth::{Permission, Token, Who};
use crate::problem::Problem;
use crate::users::{Invitation, Users};
use askama::Template;
use http::Method;
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::UserId;
use ringbuch_projections::users::{self, User};
use warp::reply::Response;

const ROLES: [Role; 5] = [Role::Viewer, Role::Operator, Role::Admin, Role::Auditor, Role::Owner];

pub fn routes(pages: &Pages) -> Routes {
    let administer = &Permission::ADMINISTER;
    Routes::new()
        .add(Method::GET, "/c/{company}/users", pages.get(administer, &[], list))
        .add(Method::POST, "/c/{company}/users", pages.post(administer, invite))
        .add(Method::POST, "/c/{company}/users/{id}/role", pages.post(administer, change_role))
        .add(Method::POST, "/c/{company}/users/{id}/reset", pages.post(administer, reset))
        .add(Method::POST, "/c/{company}/users/{id}/deactivate", pages.post(administer, deactivate))
}

#[derive(Template)]
#[template(path = "users.html")]
struct Members {
    page: Page,
    users: Vec<User>,
    /// The address that lets somebody choose a password, shown once, and whose it is.
    link: Option<(String, String)>,
}

#[expect(clippy::unused_self, reason = "a template calls methods of its page")]
impl Members {
    fn roles(&self) -> impl Iterator<Item = Role> {
        given_by(&self.page)
    }

    fn state(&self, user: &User) -> &'static str {
        match (user.deactivated_at, user.password_set_at) {
            (Some(_), _) => "deactivated",
            (None, None) => "invited",
            (None, Some(_)) => "active",
        }
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

/// Owners are changed by owners, and nobody by themselves, so that nobody shuts themselves out.
fn within_reach(caller: &crate::http::auth::Caller, user: &User) -> Result<(), Problem> {
    if caller.principal.who == Who::User(user.user_id) {
        return Err(Problem::not_allowed("Somebody else changes your own account."));
    }
    if user.role == Role::Owner && !caller.is_owner() {
        return Err(Problem::not_allowed("Only an owner changes owners."));
    }
    Ok(())
}

fn role_of(visit: &Visit, form: &Form) -> Result<Role, Problem> {
    let role = form.needed("role")?.parse().map_err(|why: String| Problem::unusable("role_unknown", why))?;
    if role == Role::Owner && !visit.caller.is_owner() {
        return Err(Problem::not_allowed("Only an owner makes owners."));
    }
    Ok(role)
}

/// The user that the address names, if whoever asks may change them.
async fn named(visit: &Visit) -> Result<User, Problem> {
    let id: UserId = visit.id("user")?;
    let user = users::find(visit.rows(), visit.scope(), id).await?.ok_or_else(|| Problem::not_found("user"))?;
    within_reach(&visit.caller, &user)?;
    Ok(user)
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    page(&visit, None).await
}

async fn page(visit: &Visit, link: Option<(String, String)>) -> Result<Response, Problem> {
    let users = users::list(visit.rows(), visit.scope()).await?;
    html(&Members { page: visit.page("users.title"), users, link })
}

async fn shown_link(visit: &Visit, link: &Token, whose: &str) -> Result<Response, Problem> {
    let address = format!("{}/welcome/{}", visit.origin(), link.reveal());
    page(visit, Some((address, whose.to_owned()))).await
}

async fn invite(visit: Visit, form: Form) -> Result<Response, Problem> {
    let (role, email) = (role_of(&visit, &form)?, form.needed("email")?.to_owned());
    let (company, by) = (visit.company().clone(), visit.caller.name());
    let name = form.text("name").map(|name| name.chars().take(100).collect());
    let invitation = Invitation { company, role, email: email.clone(), name, by };
    let (_, link) = Users::new(&visit.app).invite(invitation).await?;
    visit.shown().await;
    shown_link(&visit, &link, &email).await
}

async fn reset(visit: Visit, _: Form) -> Result<Response, Problem> {
    let user = named(&visit).await?;
    let link = Users::new(&visit.app).offer_reset(&user, &visit.caller.name()).await?;
    shown_link(&visit, &link, user.email.as_deref().unwrap_or_default()).await
}

async fn change_role(visit: Visit, form: Form) -> Result<Response, Problem> {
    let (user, role) = (named(&visit).await?, role_of(&visit, &form)?);
    Users::new(&visit.app).change_role(&user, role, &visit.caller.name()).await?;
    visit.shown().await;
    Ok(visit.redirect_saying("/users", "users.role_changed"))
}

async fn deactivate(visit: Visit, form: Form) -> Result<Response, Problem> {
    let user = named(&visit).await?;
    if form.text("sure").is_none() {
        let page = visit.page("users.deactivate");
        let email = user.email.unwrap_or_default();
        return html(&Confirm {
            question: page.say("users.deactivate_question").with("email", email).to_string(),
            consequence: Some(page.say("users.deactivate_consequence").to_string()),
            action: format!("{}/deactivate", page.link("/users", user.user_id)),
            values: vec![("sure", "yes".to_owned())],
            yes: page.say("users.deactivate").to_string(),
            dangerous: true,
            back: page.url("/users"),
            page,
        });
    }
    Users::new(&visit.app).deactivate(&user, &visit.caller.name()).await?;
    visit.shown().await;
    Ok(visit.redirect_saying("/users", "users.was_deactivated"))
}
