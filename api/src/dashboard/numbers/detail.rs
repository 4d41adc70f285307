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
use crate::pushing::{self, Calls};
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
    /// Calls that come in, and calls that are made from it.
    sides: Vec<Side>,
    /// Somebody has changed it at Retell since it was read here.
    differs: bool,
    agents: Vec<Known>,
    trouble: Option<Trouble>,
    changes: Vec<SetUpChange>,
    people: People,
}

/// Who speaks in a number's calls of one direction, there and in the form that changes it.
struct Side {
    /// As texts and addresses have it.
    word: &'static str,
    action: &'static str,
    parts: Vec<Part>,
    shares: Vec<Share>,
    why: String,
    /// Who stood there when whoever fills the form looked, as JSON.
    read: String,
    /// There is something to change, or something typed to be kept.
    open: bool,
}

/// What somebody wants, and could not have yet.
struct Wanted {
    calls: Calls,
    shares: Vec<Share>,
    why: String,
    read: Vec<BoundAgent>,
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

impl Side {
    fn of(calls: Calls, there: Option<&NumberThere>, agents: &[Known], wanted: Option<&Wanted>) -> Self {
        let bound = there.map(|it| calls.of(it)).unwrap_or_default();
        let wanted = wanted.filter(|wanted| wanted.calls == calls);
        // Where Retell does not answer, what was read before is still what they have read.
        let read = if there.is_some() { bound } else { wanted.map(|it| it.read.as_slice()).unwrap_or_default() };
        let (word, action) = match calls {
            Calls::Incoming => ("inbound", "agents"),
            Calls::Outgoing => ("outbound", "outbound"),
        };
        Self {
            word,
            action,
            parts: shares::parts(bound, agents),
            shares: shares::rows(wanted.map_or_else(|| shares::of(bound), |it| it.shares.clone())),
            why: wanted.map(|it| it.why.clone()).unwrap_or_default(),
            read: serde_json::to_string(read).unwrap_or_default(),
            open: there.is_some() || wanted.is_some(),
        }
    }
}

pub async fn show(visit: Visit) -> Result<Response, Problem> {
    page(&visit, None).await
}

async fn page(visit: &Visit, wanted: Option<Wanted>) -> Result<Response, Problem> {
    let (rows, scope, number) = (visit.rows(), visit.scope(), found(visit).await?);
    let mut page = visit.page("numbers.one");
    page.title = page.say("numbers.one").with("number", &number.number).to_string();
    let (there, unread) = match visit.soon(pushing::binding(&visit.pushing(), &number.number)).await {
        Ok(there) => (Some(there), None),
        Err(error) => (None, Some(Trouble::of(&page, error)?)),
    };
    let agents = agents::all(visit).await?;
    let side = |calls| Side::of(calls, there.as_ref(), &agents, wanted.as_ref());
    let sides = [Calls::Incoming, Calls::Outgoing].map(side).into();
    let trouble = wanted.map(|it| it.trouble).or(unread);
    let on = trouble.clone();
    let shown = html(&Detail {
        branches: directory::branches(rows, scope).await?,
        differs: differs(visit, there.as_ref()).await?,
        agents,
        sides,
        changes: there::changes_of(rows, scope, &number.number, NEWEST).await?.items,
        people: People::of(visit).await?,
        number,
        there,
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

pub async fn bind_incoming(visit: Visit, form: Form) -> Result<Response, Problem> {
    bind(visit, form, Calls::Incoming).await
}

pub async fn bind_outgoing(visit: Visit, form: Form) -> Result<Response, Problem> {
    bind(visit, form, Calls::Outgoing).await
}

/// Who speaks from now on. What was typed stands in the form of the answer where it was not taken.
async fn bind(visit: Visit, form: Form, calls: Calls) -> Result<Response, Problem> {
    let number = found(&visit).await?.number;
    let (shares, why) = (shares::sent(&form), form.text("why").unwrap_or_default().to_owned());
    let unreadable = |_| Problem::body("The field 'read' takes what the form before carried.");
    let read: Vec<BoundAgent> = serde_json::from_str(form.needed("read")?).map_err(unreadable)?;
    let frame = visit.page("numbers.one");
    let wanted = shares::bound(&shares).or_else(|unusable| match (calls, shares.is_empty()) {
        (Calls::Outgoing, true) => Ok(vec![]),
        _ => Err(unusable),
    });
    let trouble = match (visit.author(why.clone()), wanted) {
        (Err(_), _) => Trouble::unusable(&frame, "retell.why_unusable"),
        (_, Err(unusable)) => told(&frame, &unusable),
        (Ok(author), Ok(agents)) => {
            match pushing::bind_calls(&visit.pushing(), &number, calls, &agents, &read, author).await {
                Ok(_) => {
                    visit.shown().await;
                    return Ok(visit.redirect_saying(&place(&number), "numbers.bound"));
                }
                Err(error) => Trouble::of(&frame, error)?,
            }
        }
    };
    page(&visit, Some(Wanted { calls, shares, why, read, trouble })).await
}

fn told(page: &Page, unusable: &Unusable) -> Trouble {
    match unusable {
        Unusable::Percent => Trouble::unusable(page, "numbers.percent_unusable"),
        Unusable::Sum(thousandths) => {
            let sum = page.percent(f64::from(*thousandths) / 1000.0);
            Trouble::new(&page.say("numbers.sum_unusable").with("sum", sum))
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
