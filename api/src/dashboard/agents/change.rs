//! Publishing a draft, or making one of an old version: what differs from what callers hear is shown first, with a reason
//! asked for, and of a draft only the words that were shown are published.

use super::known::{self, Known};
use super::standing::Standing;
use super::{page_of, place};
use crate::dashboard::difference::Difference;
use crate::dashboard::form::Form;
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::trouble::Trouble;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use crate::pushing::{self, Author, PushError};
use askama::Template;
use warp::reply::Response;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Callers hear a draft from then on.
    Publish,
    /// A draft is made of an old version, and published like any other.
    RollBack,
}

impl Act {
    /// As addresses and texts have it.
    fn word(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::RollBack => "rollback",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Publish => "agents.publish_of",
            Self::RollBack => "agents.rollback_of",
        }
    }

    /// What the button says.
    fn yes(self) -> &'static str {
        match self {
            Self::Publish => "agents.publish_yes",
            Self::RollBack => "agents.rollback_yes",
        }
    }

    async fn done(self, visit: &Visit, agent: &str, asked: &Asked, author: Author) -> Result<Response, PushError> {
        let (pushing, version) = (visit.pushing(), asked.version);
        match self {
            Self::Publish => {
                pushing::publish_as_read(&pushing, agent, version, &asked.read, author).await?;
                visit.shown().await;
                Ok(visit.redirect_saying(&place(agent), "agents.published"))
            }
            Self::RollBack => {
                pushing::roll_back(&pushing, agent, version, author).await?;
                visit.shown().await;
                Ok(visit.redirect_saying(&format!("{}/prompt", place(agent)), "agents.rolled_back"))
            }
        }
    }
}

/// What the form holds.
#[derive(Default)]
struct Asked {
    version: u32,
    why: String,
    /// Digest of the words that were shown.
    read: String,
}

#[derive(Template)]
#[template(path = "agent_change.html")]
struct Ask {
    page: Page,
    agent: Known,
    act: Act,
    version: u32,
    why: String,
    /// Absent where Retell did not tell.
    standing: Option<Standing>,
    /// From what callers hear to what is asked for.
    difference: Option<Difference>,
    trouble: Option<Trouble>,
}

impl Ask {
    /// Numbers that answer with whatever is published.
    fn hearing(&self) -> Vec<&str> {
        self.numbers(|version| matches!(version, None | Some("latest_published")))
    }

    /// Numbers that name another version, and go on with it.
    fn staying(&self) -> Vec<&str> {
        let own = self.version.to_string();
        self.numbers(|version| version.is_some_and(|it| ![own.as_str(), "latest_published", "latest"].contains(&it)))
    }

    fn numbers(&self, test: impl Fn(Option<&str>) -> bool) -> Vec<&str> {
        let meant = self.agent.numbers.iter().filter(|it| test(it.bound.version.as_deref()));
        meant.map(|it| it.number.as_str()).collect()
    }
}

pub async fn ask(visit: Visit, act: Act) -> Result<Response, Problem> {
    let agent = known::one(&visit).await?;
    let version: Option<u32> = visit.query.get("version")?;
    let version = version.ok_or_else(|| Problem::query("The parameter 'version' says which version is meant."))?;
    page(&visit, act, agent, Asked { version, ..Asked::default() }, None).await
}

pub async fn change(visit: Visit, form: Form, act: Act) -> Result<Response, Problem> {
    let agent = known::one(&visit).await?;
    let asked = asked(&form)?;
    let trouble = match visit.author(asked.why.clone()) {
        Err(_) => Trouble::unusable(&visit.page(act.title()), "retell.why_unusable"),
        Ok(author) => match act.done(&visit, &agent.agent, &asked, author).await {
            Ok(done) => return Ok(done),
            Err(error) => Trouble::of(&visit.page(act.title()), error)?,
        },
    };
    page(&visit, act, agent, asked, Some(trouble)).await
}

fn asked(form: &Form) -> Result<Asked, Problem> {
    let unusable = |_| Problem::unusable("version", "The field 'version' takes the number of a version.");
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    Ok(Asked { version: form.needed("version")?.parse().map_err(unusable)?, why: text("why"), read: text("read") })
}

/// With what stands at Retell now.
async fn page(
    visit: &Visit,
    act: Act,
    agent: Known,
    asked: Asked,
    mut trouble: Option<Trouble>,
) -> Result<Response, Problem> {
    let page = page_of(visit, act.title(), &agent);
    let standing = match visit.soon(Standing::of(&visit.pushing(), &agent.agent, Some(asked.version))).await {
        Ok(standing) => Some(standing),
        Err(error) => {
            trouble = trouble.or(Some(Trouble::of(&page, error)?));
            None
        }
    };
    let (difference, on) = (standing.as_ref().and_then(Standing::difference), trouble.clone());
    let Asked { version, why, .. } = asked;
    let shown = html(&Ask { page, agent, act, version, why, standing, difference, trouble });
    Trouble::on(on.as_ref(), shown)
}
