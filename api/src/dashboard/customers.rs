//! People: who has called or was booked for, their card with its history, what is kept about them, and forgetting them.

use super::confirm::Confirm;
use super::form::Form;
use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::privacy::{self, EraseError, Erasing, Export};
use crate::problem::Problem;
use askama::Template;
use http::{HeaderValue, Method, header};
use ringbuch_domain::ids::CustomerId;
use ringbuch_domain::phone;
use ringbuch_projections::appointments::{self, Appointment, AppointmentFilter};
use ringbuch_projections::calls::{self, Call, CallFilter};
use ringbuch_projections::customers::{self, Customer};
use ringbuch_projections::{Cursor, Paging};
use warp::reply::{Reply, Response};

/// Rows of the history that a card shows.
const NEWEST: Paging = Paging { after: None, limit: 20 };

pub fn routes(pages: &Pages) -> Routes {
    Routes::new()
        .add(Method::GET, "/c/{company}/customers", pages.get(&Permission::READ, &["phone", "cursor"], list))
        .add(Method::GET, "/c/{company}/customers/{id}", pages.get(&Permission::READ, &[], card))
        .add(Method::POST, "/c/{company}/customers/{id}", pages.post(&Permission::READ, shown))
        .add(Method::POST, "/c/{company}/customers/{id}/export", pages.post(&Permission::ADMINISTER, export))
        .add(Method::GET, "/c/{company}/customers/{id}/erase", pages.get(&Permission::ADMINISTER, &[], ask_to_erase))
        .add(Method::POST, "/c/{company}/customers/{id}/erase", pages.post(&Permission::ADMINISTER, erase))
}

#[derive(Template)]
#[template(path = "customers.html")]
struct List {
    page: Page,
    phone: String,
    /// What was typed is no number.
    unusable: bool,
    customers: Vec<Customer>,
    next: Option<Cursor>,
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    let said = visit.query.text("phone").unwrap_or_default().to_owned();
    let number = phone::normalise(&said);
    let unusable = !said.is_empty() && number.is_none();
    let found = if unusable {
        ringbuch_projections::Page { items: vec![], next: None }
    } else {
        customers::list(visit.rows(), visit.scope(), number.as_deref(), visit.paging()?).await?
    };
    let page = visit.page("customers.title");
    html(&List { page, phone: said, unusable, customers: found.items, next: found.next })
}

#[derive(Template)]
#[template(path = "customer.html")]
struct Card {
    page: Page,
    customer: Customer,
    /// Number and address are shown, and that was noted.
    shown: bool,
    calls: Vec<Call>,
    appointments: Vec<Appointment>,
}

impl Card {
    async fn of(visit: &Visit, shown: bool) -> Result<Self, Problem> {
        let customer = found(visit).await?;
        let (rows, scope, id) = (visit.rows(), visit.scope(), Some(customer.customer));
        let of_calls = CallFilter { customer: id, ..CallFilter::default() };
        let of_appointments = AppointmentFilter { customer: id, ..AppointmentFilter::default() };
        let calls = calls::list(rows, scope, &of_calls, NEWEST).await?.items;
        let appointments = appointments::list(rows, scope, &of_appointments, NEWEST).await?.items;
        Ok(Self { page: visit.page("customers.card"), customer, shown, calls, appointments })
    }
}

async fn found(visit: &Visit) -> Result<Customer, Problem> {
    let found = customers::find(visit.rows(), visit.scope(), visit.id("customer")?).await?;
    found.ok_or_else(|| Problem::not_found("customer"))
}

async fn card(visit: Visit) -> Result<Response, Problem> {
    html(&Card::of(&visit, false).await?)
}

/// With number and address; that they were looked at is written down first.
async fn shown(visit: Visit, _: Form) -> Result<Response, Problem> {
    let card = Card::of(&visit, true).await?;
    visit.viewed("customer", &card.customer.customer.to_string()).await?;
    html(&card)
}

async fn export(visit: Visit, _: Form) -> Result<Response, Problem> {
    let id = found(&visit).await?.customer;
    visit.viewed("customer", &id.to_string()).await?;
    let exported = privacy::export(&visit.app, visit.company(), id, &|_| ()).await?;
    Ok(attachment(&exported, id))
}

fn attachment(exported: &Export, id: CustomerId) -> Response {
    let mut response = warp::reply::json(exported).into_response();
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{id}.json\""));
    response.headers_mut().extend(named.ok().map(|named| (header::CONTENT_DISPOSITION, named)));
    response
}

async fn ask_to_erase(visit: Visit) -> Result<Response, Problem> {
    let customer = found(&visit).await?;
    confirm(&visit, &customer, "customers.erase_means", vec![])
}

fn confirm(
    visit: &Visit,
    customer: &Customer,
    consequence: &str,
    values: Vec<(&'static str, String)>,
) -> Result<Response, Problem> {
    let page = visit.page("customers.erase");
    let back = page.link("/customers", customer.customer);
    let who = customer.name.clone().unwrap_or_else(|| page.say("customers.nameless").to_string());
    html(&Confirm {
        question: page.say("customers.erase_whom").with("name", who).to_string(),
        consequence: Some(page.say(consequence).to_string()),
        action: format!("{back}/erase"),
        values,
        yes: page.say("customers.erase").to_string(),
        dangerous: true,
        back,
        page,
    })
}

/// Where somebody still has appointments it is asked once more, whether these are to stay without a name.
async fn erase(visit: Visit, form: Form) -> Result<Response, Problem> {
    let customer = found(&visit).await?;
    let keep_appointments = form.text("keep_appointments").is_some();
    let (company, id, by) = (visit.company().clone(), customer.customer, visit.caller.name());
    match (Erasing { app: &visit.app, company, customer: id, by, keep_appointments }).run(&|_| ()).await {
        Ok(report) => {
            visit.app.store.leave_no_trace(false).await?;
            let clean = report.remaining.is_empty();
            Ok(visit.redirect_saying("/customers", if clean { "customers.erased" } else { "customers.erased_here" }))
        }
        Err(EraseError::StillStanding(_)) => {
            confirm(&visit, &customer, "customers.still_standing", vec![("keep_appointments", "yes".into())])
        }
        Err(error) => Err(error.into()),
    }
}
