//! `/api/v1/customers`: people who called or were booked for, and forgetting them.

use super::lists::{ALL, paged};
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{InQuery, Of, params::Pages};
use crate::http::{Items, Routes};
use crate::privacy::{Erasing, Export, Report, export};
use crate::problem::Problem;
use http::Method;
use ringbuch_domain::ids::CustomerId;
use ringbuch_domain::phone;
use ringbuch_projections::customers::{self, Customer};
use schemars::JsonSchema;
use warp::Filter;
use warp::reply::Json;

/// Whom a list of customers can be narrowed to.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Wanted {
    /// Only whoever has this telephone number.
    #[schemars(extend("examples" = ["+491713920042"]))]
    phone: Option<String>,
}

/// How somebody is forgotten.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Forgetting {
    /// Appointments ahead stay in the book, without anybody's name.
    keep_appointments: Option<bool>,
}

type Filters = InQuery<Wanted>;
type How = InQuery<Forgetting>;
type Customers = Of<Items<Customer>>;
type OneCustomer = Of<Customer>;
type Erased = Of<Report>;
type Exported = Of<Export>;

pub fn routes(door: &Entrance) -> Routes {
    let all = door.admit(&Permission::READ, &["phone", "limit", "cursor"]).then(list);
    let one = door.admit(&Permission::READ, &[]).then(show);
    let erase = door.admit(&Permission::ADMINISTER, &["keep_appointments"]).then(erase);
    let hand_over = door.admit(&Permission::ADMINISTER, &[]).then(hand_over);
    Routes::new()
        .add(Method::GET, "/api/v1/customers", all)
        .add(Method::GET, "/api/v1/customers/{id}", one)
        .add(Method::GET, "/api/v1/customers/{id}/export", hand_over)
        .add(Method::DELETE, "/api/v1/customers/{id}", erase)
}

/// Everything about one person, as they may ask for it. The whole log is read for it.
#[utoipa::path(
    get, path = "/api/v1/customers/{id}/export", tag = "Customers", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "Ours, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    responses((status = 200, body = Exported))
)]
pub(super) async fn hand_over(request: Request) -> Result<Json, Problem> {
    let customer: CustomerId = request.id("customer")?;
    let found = customers::find(request.rows(), request.scope(), customer).await?;
    let company = found.ok_or_else(|| Problem::not_found("customer"))?.company;
    request.viewed("customer", &customer.to_string()).await?;
    Ok(warp::reply::json(&export(&request.app, &company, customer, &|_| ()).await?))
}

/// Forgets the person for ever. The answer says what providers still have.
#[utoipa::path(
    delete, path = "/api/v1/customers/{id}", tag = "Customers", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "Ours, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001"), How),
    responses((status = 200, body = Erased), (status = 409))
)]
pub(super) async fn erase(request: Request) -> Result<Json, Problem> {
    let customer = request.id("customer")?;
    let found = customers::find(request.rows(), request.scope(), customer).await?;
    let company = found.ok_or_else(|| Problem::not_found("customer"))?.company;
    let keep_appointments = request.query.flag("keep_appointments")?;
    let erasing = Erasing { app: &request.app, company, customer, by: request.caller.name(), keep_appointments };
    let report = erasing.run(&|_| ()).await?;
    request.app.store.leave_no_trace(false).await?;
    Ok(warp::reply::json(&report))
}

/// People who called or were booked for, newest acquaintance first.
#[utoipa::path(
    get, path = "/api/v1/customers", tag = "Customers", security(("bearer" = ["read"])),
    params(Filters, Pages),
    responses((status = 200, body = Customers))
)]
pub(super) async fn list(request: Request) -> Result<Items<Customer>, Problem> {
    let phone = request.query.text("phone").map(number).transpose()?;
    request.viewed("customer", ALL).await?;
    let page = customers::list(request.rows(), request.scope(), phone.as_deref(), request.paging()?).await?;
    Ok(paged(page))
}

/// A `+` that was not encoded arrives as a space, which the number does without.
fn number(said: &str) -> Result<String, Problem> {
    let with_plus = || said.strip_prefix(' ').and_then(|rest| phone::normalise(&format!("+{rest}")));
    let unusable = || Problem::query("The parameter 'phone' takes a telephone number such as +491713920042.");
    with_plus().or_else(|| phone::normalise(said)).ok_or_else(unusable)
}

/// One person.
#[utoipa::path(
    get, path = "/api/v1/customers/{id}", tag = "Customers", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "Ours, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    responses((status = 200, body = OneCustomer))
)]
pub(super) async fn show(request: Request) -> Result<Json, Problem> {
    let found = customers::find(request.rows(), request.scope(), request.id("customer")?).await?;
    let customer = found.ok_or_else(|| Problem::not_found("customer"))?;
    request.viewed("customer", &customer.customer.to_string()).await?;
    Ok(warp::reply::json(&customer))
}
