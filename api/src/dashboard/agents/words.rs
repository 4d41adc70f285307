//! An agent's words: read in any version, written into a draft. Before they are sent, they are shown line by line against
//! what stands at Retell; where somebody has written there meanwhile, nothing is sent and both are shown.

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
use crate::pushing::{self, PushError};
use askama::Template;
use warp::reply::Response;

#[derive(Template)]
#[template(path = "agent_prompt.html")]
struct Words {
    page: Page,
    agent: Known,
    /// Absent where Retell did not tell.
    standing: Option<Standing>,
    /// From what callers hear to what stands there.
    waiting: Option<Difference>,
    /// What somebody writes, or the words that they begin with; absent where there is nothing to be written.
    written: Option<Written>,
    trouble: Option<Trouble>,
}

/// What the form holds.
struct Written {
    words: String,
    why: String,
    /// Digest of the words at Retell that they were held against; empty where these could not be read.
    read: String,
    /// From what stands at Retell to these words; absent before somebody has asked.
    difference: Option<Difference>,
}

impl Words {
    fn is_old(&self) -> bool {
        self.standing.as_ref().is_some_and(|it| it.there.version != it.newest())
    }
}

pub async fn show(visit: Visit) -> Result<Response, Problem> {
    let agent = known::one(&visit).await?;
    let (page, version) = (page_of(&visit, "agents.words_of", &agent), visit.query.get("version")?);
    match visit.soon(Standing::of(&visit.pushing(), &agent.agent, version)).await {
        Ok(standing) => {
            let there = &standing.there;
            let written = Written {
                words: there.prompt.clone(),
                why: String::new(),
                read: there.digest.clone(),
                difference: None,
            };
            let written = (there.version == standing.newest()).then_some(written);
            let waiting = standing.difference();
            html(&Words { page, agent, standing: Some(standing), waiting, written, trouble: None })
        }
        Err(error) => {
            let trouble = Some(Trouble::of(&page, error)?);
            let on = trouble.clone();
            let shown = html(&Words { page, agent, standing: None, waiting: None, written: None, trouble });
            Trouble::on(on.as_ref(), shown)
        }
    }
}

/// Compares, or saves where the form says so. What was typed is never lost: where it cannot be saved it stands in the form
/// of the answer.
pub async fn write(visit: Visit, form: Form) -> Result<Response, Problem> {
    let agent = known::one(&visit).await?;
    let page = page_of(&visit, "agents.words_of", &agent);
    let words = plain_ends(form.raw("prompt").unwrap_or_default());
    let (read, why) = (form.text("read").unwrap_or_default(), form.text("why").unwrap_or_default());
    let mut trouble = None;
    if form.text("save").is_some() {
        match saved(&visit, &page, &agent.agent, &words, (read, why)).await? {
            None => return Ok(visit.redirect_saying(&format!("{}/prompt", place(&agent.agent)), "agents.drafted")),
            found => trouble = found,
        }
    }
    let (standing, written, trouble) = match visit.soon(Standing::of(&visit.pushing(), &agent.agent, None)).await {
        Ok(standing) => {
            let there = &standing.there;
            if there.digest != read {
                trouble = Some(Trouble::of(&page, PushError::ChangedMeanwhile { there: serde_json::Value::Null })?);
            }
            let difference = Some(Difference::of(&there.prompt, &words));
            let written = Written { words, why: why.to_owned(), read: there.digest.clone(), difference };
            (Some(standing), written, trouble)
        }
        Err(error) => {
            let written = Written { words, why: why.to_owned(), read: read.to_owned(), difference: None };
            (None, written, trouble.or(Some(Trouble::of(&page, error)?)))
        }
    };
    let (waiting, on) = (standing.as_ref().and_then(Standing::difference), trouble.clone());
    let shown = html(&Words { page, agent, standing, waiting, written: Some(written), trouble });
    Trouble::on(on.as_ref(), shown)
}

/// What kept them from being saved.
async fn saved(
    visit: &Visit,
    page: &Page,
    agent: &str,
    words: &str,
    (read, why): (&str, &str),
) -> Result<Option<Trouble>, Problem> {
    let Ok(author) = visit.author(why.to_owned()) else {
        return Ok(Some(Trouble::unusable(page, "retell.why_unusable")));
    };
    match pushing::draft(&visit.pushing(), agent, words, read, author).await {
        Ok(_) => {
            visit.shown().await;
            Ok(None)
        }
        Err(error) => Trouble::of(page, error).map(Some),
    }
}

/// Browsers send every end of a line as two characters.
fn plain_ends(text: &str) -> String {
    text.replace("\r\n", "\n")
}
