//! One agent: whom it serves, its versions as Retell has them at this moment, what came of their calls, and what was
//! changed from here.

use super::known::{self, Known};
use super::results::Results;
use super::standing::{newest, published};
use super::{page_of, place};
use crate::dashboard::form::Form;
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::people::People;
use crate::dashboard::stale::LastRead;
use crate::dashboard::trouble::Trouble;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use crate::pushing::{self, VersionThere};
use askama::Template;
use ringbuch_domain::company::Command;
use ringbuch_domain::ids::BranchId;
use ringbuch_projections::Paging;
use ringbuch_projections::analysis::{self, Publication};
use ringbuch_projections::directory::{self, Branch};
use ringbuch_projections::there::{self, SetUpChange};
use std::collections::BTreeMap;
use warp::reply::Response;

/// Of what was changed from here.
const NEWEST: Paging = Paging { after: None, limit: 20 };

#[derive(Template)]
#[template(path = "agent.html")]
struct Detail {
    page: Page,
    agent: Known,
    last: LastRead,
    branches: Vec<Branch>,
    /// Newest first; none where Retell did not answer.
    versions: Vec<VersionThere>,
    trouble: Option<Trouble>,
    /// Who published which version from here.
    publications: BTreeMap<i64, Publication>,
    results: Results,
    changes: Vec<SetUpChange>,
    people: People,
    /// Where its settings are at Retell, unless that is an installation of somebody's own.
    link: Option<String>,
}

impl Detail {
    /// As a stored word, see the texts.
    fn state(&self, it: &VersionThere) -> &'static str {
        match (it.published, published(&self.versions)) {
            (true, Some(heard)) if heard == it.version => "active",
            (true, _) => "earlier",
            (false, _) if newest(&self.versions) == Some(it.version) => "pending",
            (false, _) => "draft",
        }
    }

    fn is_chosen(&self, it: &Branch) -> bool {
        self.agent.branch.as_ref() == Some(&it.branch)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand numbers over by reference")]
    fn publication(&self, version: &u32) -> Option<&Publication> {
        self.publications.get(&i64::from(*version))
    }

    /// Whether it can be had back: something newer is heard.
    fn can_come_back(&self, it: &VersionThere) -> bool {
        self.state(it) == "earlier"
    }
}

pub async fn show(visit: Visit) -> Result<Response, Problem> {
    let agent = known::one(&visit).await?;
    let page = page_of(&visit, "agents.one", &agent);
    let (rows, scope) = (visit.rows(), visit.scope());
    let (versions, trouble) = match visit.soon(pushing::versions(&visit.pushing(), &agent.agent)).await {
        Ok(versions) => (versions, None),
        Err(error) => (vec![], Some(Trouble::of(&page, error)?)),
    };
    html(&Detail {
        last: LastRead::of(&visit).await?,
        branches: directory::branches(rows, scope).await?,
        publications: analysis::published(rows, scope, &agent.agent).await?,
        results: Results::of(&visit, &page, &agent.agent).await?,
        changes: there::changes_of(rows, scope, &agent.agent, NEWEST).await?.items,
        people: People::of(&visit).await?,
        link: link(&visit, &agent.agent),
        versions,
        trouble,
        agent,
        page,
    })
}

fn link(visit: &Visit, agent: &str) -> Option<String> {
    let known = visit.app.directory.known();
    let account = known.company(visit.company()).and_then(|company| known.account(&company.account))?;
    account.base_url.is_none().then(|| format!("https://dashboard.retellai.com/agents/{agent}"))
}

/// For which branch it answers calls that no number leads to one.
pub async fn assign(visit: Visit, form: Form) -> Result<Response, Problem> {
    let agent = known::one(&visit).await?.agent;
    let unknown = |_| Problem::unusable("branch_unknown", "The company has no such branch.");
    let branch = BranchId::new(form.needed("branch")?).map_err(unknown)?;
    visit.set_up().change(visit.company(), Command::AssignAgent { agent: agent.clone(), branch }).await?;
    visit.shown().await;
    Ok(visit.redirect_saying(&place(&agent), "agents.assigned"))
}
