//! Signing in and out.

use super::Form;
use super::html::html;
use super::page::Page;
use super::pages::{Guest, Pages};
use super::request::local;
use super::visit::{see_other, set_cookie};
use crate::http::auth::session::no_session;
use crate::http::{Routes, origin};
use crate::problem::{Kind, Problem};
use crate::users::RefusedSignIn;
use askama::Template;
use http::{Method, StatusCode, header};
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
struct Login {
    page: Page,
    /// Where to go afterwards; empty for the overview.
    next: String,
    email: String,
    /// Why the try before did not work.
    refused: Option<String>,
}

async fn form(guest: Guest) -> Result<Response, Problem> {
    let parameters = guest.asked.parameters()?;
    let next = parameters.text("next").and_then(local).unwrap_or_default().to_owned();
    html(&Login { page: guest.page("login.title"), next, email: String::new(), refused: None })
}

async fn sign_in(guest: Guest, form: Form) -> Result<Response, Problem> {
    let email = form.text("email").unwrap_or_default();
    let password = SecretString::from(form.raw("password").unwrap_or_default());
    let next = form.text("next").and_then(local).unwrap_or_default();
    let from = guest.asked.peer.map(|peer| origin(peer, &guest.asked.headers));
    match guest.users.sign_in(email, password, from).await {
        Ok((user, session)) => {
            let address = if next.is_empty() { format!("/c/{}", user.company) } else { next.to_owned() };
            let mut response = see_other(&address);
            set_cookie(&mut response, &session.cookie());
            Ok(response)
        }
        Err(RefusedSignIn::Failed(error)) => Err(error.into()),
        Err(refused) => again(&guest, email, next, &refused),
    }
}

/// The form again, with why.
fn again(guest: &Guest, email: &str, next: &str, refused: &RefusedSignIn) -> Result<Response, Problem> {
    let page = guest.page("login.title");
    let (status, why) = match refused {
        RefusedSignIn::TooMany(seconds) => {
            (Kind::RateLimited.status(), page.say("login.too_many").with("minutes", seconds.div_ceil(60)))
        }
        _ => (StatusCode::UNPROCESSABLE_ENTITY, page.say("login.wrong")),
    };
    let login = Login { page, next: next.to_owned(), email: email.to_owned(), refused: Some(why.to_string()) };
    let mut response = html(&login)?;
    *response.status_mut() = status;
    if let RefusedSignIn::TooMany(seconds) = refused {
        response.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
    }
    Ok(response)
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
