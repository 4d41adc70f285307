//! One number: what stands at Retell at this moment beside the form that changes it, and the branch that it belongs to.

use super::shares::{self, Part, Share, Unusable};
use crate::dashboard::agents::{self, Known};
use crate::dashboard::form::Form;
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::people::People;
use crate::dashboard::trouble::Trouble;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use crate::pushing;
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ringbuch_domain::company::{BoundAgent, PhoneNumberSynced};
use ringbuch_domain::ids::BranchId;
use ringbuch_domain::ports::NumberThere;
use ringbuch_projections::Paging;
use ringbuch_projections::directory::{self, Branch, PhoneNumber};
use ringbuch_projections::there::{self, SetUpChange};
use warp::reply::Response;

/// Of what was changed from here.
const NEWEST: Paging = Paging { after: None, limit: 20 };

#[derive(Template)]
#[template(path = "number.html")]
struct Detail {
    page: Page,
    number: PhoneNumber,
    branches: Vec<Branch>,
    /// Absent where Retell did not tell.
    there: Option<NumberThere>,
    /// Who answers there.
    parts: Vec<Part>,
    /// Somebody has changed it at Retell since it was read here.
    differs: bool,
    agents: Vec<Known>,
    /// What the form holds.
    shares: Vec<Share>,
    why: String,
    /// Who answered when whoever fills the form looked, as JSON.
    read: String,
    trouble: Option<Trouble>,
    changes: Vec<SetUpChange>,
    people: People,
}

/// What somebody wants, and could not have yet.
struct Wanted {
    shares: Vec<Share>,
    why: String,
    trouble: Trouble,
}

impl Detail {
    fn branch(&self) -> String {
        let known = self.branches.iter().find(|it| it.branch == self.number.branch);
        known.map_or_else(|| self.number.branch.to_string(), |it| it.name.clone())
    }

    /// An agent that a number is bound to and the company does not know; choosing it is refused with a sentence.
    fn is_strange(&self, agent: &str) -> bool {
        !agent.is_empty() && self.agents.iter().all(|known| known.agent != agent)
    }
}

pub async fn show(visit: Visit) -> Result<Response, Problem> {
    page(&visit, None).await
}

async fn page(visit: &Visit, wanted: Option<Wanted>) -> Result<Response, Problem> {
    let (rows, scope, number) = (visit.rows(), visit.scope(), found(visit).await?);
    let mut page = visit.page("numbers.one");
    page.title = page.say("numbers.one").with("number", &number.number).to_string();
    let (there, unread) = match pushing::binding(&visit.pushing(), &number.number).await {
        Ok(there) => (Some(there), None),
        Err(error) => (None, Some(Trouble::of(&page, error)?)),
    };
    let inbound = there.as_ref().map(|it| it.inbound.as_slice()).unwrap_or_default();
    let (shares, why, refused) = match wanted {
        Some(Wanted { shares, why, trouble }) => (shares, why, Some(trouble)),
        None => (shares::of(inbound), String::new(), None),
    };
    let agents = agents::all(visit).await?;
    let trouble = refused.or(unread);
    let (read, on) = (serde_json::to_string(inbound).unwrap_or_default(), trouble.clone());
    let shown = html(&Detail {
        branches: directory::branches(rows, scope).await?,
        differs: differs(visit, there.as_ref()).await?,
        parts: shares::parts(inbound, &agents),
        agents,
        shares: shares::rows(shares),
        changes: there::changes_of(rows, scope, &number.number, NEWEST).await?.items,
        people: People::of(visit).await?,
        number,
        there,
        why,
        read,
        trouble,
        page,
    });
    Trouble::on(on.as_ref(), shown)
}

async fn found(visit: &Visit) -> Result<PhoneNumber, Problem> {
    let found = directory::phone_number(visit.rows(), visit.scope(), &visit.number()?).await?;
    found.ok_or_else(|| Problem::not_found("phone number"))
}

async fn differs(visit: &Visit, there: Option<&NumberThere>) -> Result<bool, Problem> {
    let Some(there) = there else { return Ok(false) };
    let known = there::numbers(visit.rows(), visit.scope()).await?.into_iter().find(|it| it.number == there.number);
    let known = known.and_then(|it| serde_json::from_value::<PhoneNumberSynced>(it.details).ok());
    Ok(known.is_some_and(|known| known.inbound != there.inbound))
}

/// Who answers from now on. What was typed stands in the form of the answer where it was not taken.
pub async fn bind(visit: Visit, form: Form) -> Result<Response, Problem> {
    let number = found(&visit).await?.number;
    let (shares, why) = (shares::sent(&form), form.text("why").unwrap_or_default().to_owned());
    let unreadable = |_| Problem::body("The field 'read' takes what the form before carried.");
    let read: Vec<BoundAgent> = serde_json::from_str(form.needed("read")?).map_err(unreadable)?;
    let frame = visit.page("numbers.one");
    let trouble = match (visit.author(why.clone()), shares::bound(&shares)) {
        (Err(_), _) => Trouble::unusable(&frame, "retell.why_unusable"),
        (_, Err(unusable)) => told(&frame, &unusable),
        (Ok(author), Ok(inbound)) => {
            match pushing::bind(&visit.pushing(), &number, inbound, &read, author).await {
                Ok(_) => {
                    visit.shown().await;
                    return Ok(visit.redirect_saying(&place(&number), "numbers.bound"));
                }
                Err(error) => Trouble::of(&frame, error)?,
            }
        }
    };
    page(&visit, Some(Wanted { shares, why, trouble })).await
}

fn told(page: &Page, unusable: &Unusable) -> Trouble {
    match unusable {
        Unusable::Percent => Trouble::unusable(page, "numbers.percent_unusable"),
        Unusable::Sum(thousandths) => {
            let sum = page.percent(f64::from(*thousandths) / 1000.0);
            Trouble::new(page.say("numbers.sum_unusable").with("sum", sum))
        }
    }
}

/// Whose calls these are within the company.
pub async fn assign(visit: Visit, form: Form) -> Result<Response, Problem> {
    let number = found(&visit).await?.number;
    let unknown = |_| Problem::unusable("branch_unknown", "The company has no such branch.");
    let branch = BranchId::new(form.needed("branch")?).map_err(unknown)?;
    visit.set_up().number(visit.company(), &number, branch).await?;
    visit.shown().await;
    Ok(visit.redirect_saying(&place(&number), "numbers.assigned"))
}

fn place(number: &str) -> String {
    format!("/numbers/{}", utf8_percent_encode(number, NON_ALPHANUMERIC))
}
