//! Signing in by a provider of identities: off to it, and back. What comes back is a session like any other.

use super::login::{Login, come_in};
use super::page::Page;
use super::pages::{Guest, Pages};
use super::request::local;
use super::texts::Sentence;
use super::visit::{see_other, set_cookie};
use crate::http::auth::session::cookie_of;
use crate::http::{Routes, origin};
use crate::oidc::{Answered, CALLBACK, COOKIE, Oidc, OidcError, gone};
use crate::problem::{Kind, Problem};
use crate::users::RefusedVouched;
use http::{Method, StatusCode};
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    let (off, back) = (pages.open(off), pages.open(back));
    Routes::new().add(Method::GET, "/login/oidc", off).add(Method::GET, CALLBACK, back)
}

fn provider(guest: &Guest) -> Result<&Oidc, Problem> {
    guest.users.oidc().ok_or_else(|| Problem::not_found("page"))
}

async fn off(guest: Guest) -> Result<Response, Problem> {
    let parameters = guest.asked.parameters()?;
    let next = parameters.text("next").and_then(local).unwrap_or_default();
    match provider(&guest)?.begin(&guest.asked.headers, next).await {
        Ok(begun) => {
            let mut response = see_other(&begun.address);
            set_cookie(&mut response, &begun.cookie);
            Ok(response)
        }
        Err(error) => refused(&guest, next, &error),
    }
}

async fn back(guest: Guest) -> Result<Response, Problem> {
    let mut response = answered(&guest).await?;
    set_cookie(&mut response, &gone());
    Ok(response)
}

async fn answered(guest: &Guest) -> Result<Response, Problem> {
    let oidc = provider(guest)?;
    let from = guest.asked.peer.map(|peer| origin(peer, &guest.asked.headers));
    if let Err(seconds) = guest.users.vouched_again(from) {
        return Login::new(guest, "").too_many(seconds);
    }
    let parameters = guest.asked.parameters()?;
    let text = |name| parameters.text(name).map(str::to_owned);
    let state = text("state").unwrap_or_default();
    let answer = Answered { state, code: text("code"), issuer: text("iss"), error: text("error") };
    let cookie = cookie_of(&guest.asked.headers, COOKIE);
    let vouched = match oidc.finish(answer, cookie.as_deref()).await {
        Ok(vouched) => vouched,
        Err(error) => return refused(guest, "", &error),
    };
    match guest.users.sign_in_vouched(&vouched.email, vouched.name).await {
        Ok((user, session)) => Ok(come_in(&user, &session, &vouched.next)),
        Err(RefusedVouched::Failed(error)) => Err(error.into()),
        Err(RefusedVouched::Unknown) => again(guest, "", StatusCode::FORBIDDEN, |page| page.say("login.oidc_unknown")),
        Err(RefusedVouched::ShutOut) => again(guest, "", StatusCode::FORBIDDEN, |page| page.say("login.oidc_shut_out")),
    }
}

/// The page where people sign in, with why it did not work; the operator finds the reason in the log as well.
fn refused(guest: &Guest, next: &str, error: &OidcError) -> Result<Response, Problem> {
    // What any stranger can send is counted and fills no log.
    if *error != OidcError::Stale {
        tracing::warn!(%error, "a sign-in by the provider of identities did not work");
    }
    guest.app.tally.count("rejected:oidc", "");
    let status = match error {
        OidcError::Away(_) => Kind::ProviderFailed.status(),
        OidcError::Machine(_) => return Err(Problem::internal()),
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    again(guest, next, status, |page| said(page, error))
}

fn said(page: &Page, error: &OidcError) -> Sentence {
    match error {
        OidcError::Away(_) | OidcError::Machine(_) => page.say("login.oidc_away"),
        OidcError::Stale => page.say("login.oidc_stale"),
        OidcError::Declined(why) => page.say("login.oidc_declined").with("why", why),
        OidcError::Unproven(why) => page.say("login.oidc_unproven").with("why", why),
        OidcError::NoAddress => page.say("login.oidc_no_address"),
        OidcError::Unverified => page.say("login.oidc_unverified"),
    }
}

fn again(guest: &Guest, next: &str, status: StatusCode, why: impl Fn(&Page) -> Sentence) -> Result<Response, Problem> {
    let name = guest.users.oidc().map_or("", |oidc| oidc.settings().name.as_str());
    let login = Login::new(guest, next);
    let why = why(&guest.page("login.title")).with("provider", name);
    login.again(status, &why)
}
