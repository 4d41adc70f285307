//! `/api/v1/customers`: people who called or were booked for.

use super::lists::paged;
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::{Items, Routes};
use crate::problem::Problem;
use http::Method;
use ringbuch_domain::phone;
use ringbuch_projections::customers::{self, Customer};
use warp::Filter;
use warp::reply::Json;

pub fn routes(door: &Entrance) -> Routes {
    let all = door.admit(&Permission::READ, &["phone", "limit", "cursor"]).then(list);
    let one = door.admit(&Permission::READ, &[]).then(show);
    Routes::new().add(Method::GET, "/api/v1/customers", all).add(Method::GET, "/api/v1/customers/{id}", one)
}

async fn list(request: Request) -> Result<Items<Customer>, Problem> {
    let phone = request.query.text("phone").map(number).transpose()?;
    let page = customers::list(request.rows(), request.scope(), phone.as_deref(), request.paging()?).await?;
    Ok(paged(page))
}

/// A `+` that was not encoded arrives as a space, which the number does without.
fn number(said: &str) -> Result<String, Problem> {
    let with_plus = || said.strip_prefix(' ').and_then(|rest| phone::normalise(&format!("+{rest}")));
    let unusable = || Problem::query("The parameter 'phone' takes a telephone number such as +491713920042.");
    with_plus().or_else(|| phone::normalise(said)).ok_or_else(unusable)
}

async fn show(request: Request) -> Result<Json, Problem> {
    let found = customers::find(request.rows(), request.scope(), request.id("customer")?).await?;
    let customer = found.ok_or_else(|| Problem::not_found("customer"))?;
    Ok(warp::reply::json(&customer))
}
