//! Where a link leads that is good for one time: its holder chooses a password. The link's secret stands in the path; pages
//! tell no other host where a reader comes from.

use super::Form;
use super::html::html;
use super::page::Page;
use super::pages::{Guest, Pages};
use super::visit::{flash, see_other, set_cookie};
use crate::http::Routes;
use crate::http::auth::Token;
use crate::problem::Problem;
use crate::users::{LONGEST, SHORTEST, UserError};
use askama::Template;
use http::{Method, StatusCode};
use secrecy::SecretString;
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new().add(Method::GET, "/welcome/{link}", pages.open(form)).add(
        Method::POST,
        "/welcome/{link}",
        pages.open_post(choose),
    )
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    page: Page,
    /// What they sign in with; empty where the link is not good any more.
    email: String,
    shortest: usize,
    longest: usize,
    refused: Option<String>,
}

fn link_of(guest: &Guest) -> Token {
    Token::given(guest.asked.params.get("link").unwrap_or_default())
}

async fn form(guest: Guest) -> Result<Response, Problem> {
    match guest.users.by_link(&link_of(&guest)).await {
        Ok(user) => shown(&guest, user.email, None),
        Err(UserError::LinkGone) => shown(&guest, None, None),
        Err(error) => Err(error.into()),
    }
}

async fn choose(guest: Guest, form: Form) -> Result<Response, Problem> {
    let (password, repeated) = (form.raw("password").unwrap_or_default(), form.raw("repeated").unwrap_or_default());
    let link = link_of(&guest);
    let user = match guest.users.by_link(&link).await {
        Ok(user) => user,
        Err(UserError::LinkGone) => return shown(&guest, None, None),
        Err(error) => return Err(error.into()),
    };
    if password != repeated {
        return shown(&guest, user.email, Some("welcome.differ"));
    }
    match guest.users.choose_password(&link, SecretString::from(password)).await {
        Ok(_) => {
            let mut response = see_other("/login");
            set_cookie(&mut response, &flash("welcome.done"));
            Ok(response)
        }
        Err(UserError::PasswordLength) => shown(&guest, user.email, Some("welcome.length")),
        Err(UserError::LinkGone) => shown(&guest, None, None),
        Err(error) => Err(error.into()),
    }
}

fn shown(guest: &Guest, email: Option<String>, refused: Option<&str>) -> Result<Response, Problem> {
    let page = guest.page("welcome.title");
    let status = match (&email, refused) {
        (None, _) => StatusCode::NOT_FOUND,
        (_, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let refused = refused.map(|key| page.say(key).with("shortest", SHORTEST).with("longest", LONGEST).to_string());
    let email = email.unwrap_or_default();
    let mut response = html(&Welcome { page, email, shortest: SHORTEST, longest: LONGEST, refused })?;
    *response.status_mut() = status;
    Ok(response)
}
