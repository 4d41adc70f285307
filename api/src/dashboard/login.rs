//! Signing in and out.

use super::Form;
use super::html::html;
use super::page::Page;
use super::pages::{Guest, Pages};
use super::request::local;
use super::visit::{see_other, set_cookie};
use crate::http::auth::Token;
use crate::http::auth::session::no_session;
use crate::http::{Routes, origin};
use crate::problem::{Kind, Problem};
use crate::users::RefusedSignIn;
use askama::Template;
use http::{Method, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ringbuch_projections::users::User;
use secrecy::SecretString;
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new()
        .add(Method::GET, "/login", pages.open(form))
        .add(Method::POST, "/login", pages.open_post(sign_in))
        .add(Method::POST, "/logout", pages.open_post(sign_out))
}

#[derive(Template)]
#[template(path = "login.html")]
pub(super) struct Login {
    page: Page,
    /// Where to go afterwards; empty for the overview.
    next: String,
    email: String,
    /// Why the try before did not work.
    refused: Option<String>,
    /// How the provider is called that vouches for people, if there is one.
    provider: Option<String>,
}

impl Login {
    pub(super) fn new(guest: &Guest, next: &str) -> Self {
        let provider = guest.users.oidc().map(|oidc| oidc.settings().name.clone());
        // The address that a provider sends a browser back to holds its answer, which no page repeats.
        let mut page = guest.page("login.title");
        page.here = address("/login", next);
        Self { page, next: next.to_owned(), email: String::new(), refused: None, provider }
    }

    /// The form again, with why.
    pub(super) fn again(self, status: StatusCode, refused: &impl ToString) -> Result<Response, Problem> {
        let mut response = html(&Self { refused: Some(refused.to_string()), ..self })?;
        *response.status_mut() = status;
        Ok(response)
    }

    /// The same, and when it is worth trying again.
    pub(super) fn too_many(self, seconds: u32) -> Result<Response, Problem> {
        let why = self.page.say("login.too_many").with("minutes", seconds.div_ceil(60));
        let mut response = self.again(Kind::RateLimited.status(), &why)?;
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        Ok(response)
    }

    fn provider_address(&self) -> String {
        address("/login/oidc", &self.next)
    }
}

fn address(path: &str, next: &str) -> String {
    format!("{path}?next={}", utf8_percent_encode(next, NON_ALPHANUMERIC))
}

/// Where whoever has come in goes on, with their session.
pub(super) fn come_in(user: &User, session: &Token, next: &str) -> Response {
    let address = if next.is_empty() { format!("/c/{}", user.company) } else { next.to_owned() };
    let mut response = see_other(&address);
    set_cookie(&mut response, &session.cookie());
    response
}

async fn form(guest: Guest) -> Result<Response, Problem> {
    let parameters = guest.asked.parameters()?;
    html(&Login::new(&guest, parameters.text("next").and_then(local).unwrap_or_default()))
}

async fn sign_in(guest: Guest, form: Form) -> Result<Response, Problem> {
    let email = form.text("email").unwrap_or_default();
    let password = SecretString::from(form.raw("password").unwrap_or_default());
    let next = form.text("next").and_then(local).unwrap_or_default();
    let from = guest.asked.peer.map(|peer| origin(peer, &guest.asked.headers));
    match guest.users.sign_in(email, password, from).await {
        Ok((user, session)) => Ok(come_in(&user, &session, next)),
        Err(RefusedSignIn::Failed(error)) => Err(error.into()),
        Err(RefusedSignIn::TooMany(seconds)) => {
            Login { email: email.to_owned(), ..Login::new(&guest, next) }.too_many(seconds)
        }
        Err(RefusedSignIn::Wrong) => {
            let login = Login { email: email.to_owned(), ..Login::new(&guest, next) };
            let why = login.page.say("login.wrong");
            login.again(StatusCode::UNPROCESSABLE_ENTITY, &why)
        }
    }
}

async fn sign_out(guest: Guest, form: Form) -> Result<Response, Problem> {
    if let Some(session) = guest.asked.session() {
        if !session.has_csrf(form.raw("csrf").unwrap_or_default()) {
            return Err(Problem::not_allowed("The page is of an older session. Open it again."));
        }
        guest.users.sign_out(&session).await?;
    }
    let mut response = see_other("/login");
    set_cookie(&mut response, &no_session());
    Ok(response)
}
