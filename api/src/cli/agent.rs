//! `ringbuch agent`: voice agents, for which branch they answer, and their words.

use super::args::AgentAction;
use super::desk::{BY, Desk};
use super::output::{card, or_dash, words};
use super::{Exit, Failure};
use crate::pushing::{self, Author, Drafted, Pushing};
use ringbuch_domain::company::Command;
use ringbuch_domain::ids::BranchId;
use ringbuch_projections::{Scope, directory, there};
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;

pub async fn run(desk: &Desk<'_>, action: AgentAction) -> Result<Exit, Failure> {
    let author = |why| Author { by: BY.into(), why };
    match action {
        AgentAction::Assign { agent, branch } => assign(desk, agent, branch).await?,
        AgentAction::List => list(desk).await?,
        AgentAction::Versions { agent } => versions(desk, &agent).await?,
        AgentAction::Prompt { agent, version } => {
            let there = pushing::prompt(&at(desk).await?, &agent, version).await?;
            desk.output.value(&there, || {
                let state = if there.published { "published" } else { "draft" };
                format!("{}\n\nversion {} ({state}), digest {}", there.prompt, there.version, there.digest)
            })?;
        }
        AgentAction::Draft { agent, file, read, why } => {
            let prompt = text_of(&file)?;
            tell(desk, &pushing::draft(&at(desk).await?, &agent, &prompt, &read, author(why)).await?)?;
        }
        AgentAction::Publish { agent, version, why } => {
            pushing::publish(&at(desk).await?, &agent, version, author(why)).await?;
            desk.output.value(&json!({ "agent": agent, "version": version }), || {
                format!("version {version} of {agent} is published")
            })?;
        }
        AgentAction::Webhook { agent, url } => {
            let draft = pushing::send_here(&at(desk).await?, &agent, &url).await?;
            let (version, url) = (draft.version, draft.webhook_url);
            desk.output.value(&json!({ "agent": agent, "version": version, "url": url }), || {
                let next = format!("ringbuch agent publish {agent} {version}");
                format!(
                    "version {version} of {agent} sends to {}; calls do after `{next} --why TEXT`",
                    or_dash(url.as_ref())
                )
            })?;
        }
        AgentAction::Rollback { agent, version, why } => {
            tell(desk, &pushing::roll_back(&at(desk).await?, &agent, version, author(why)).await?)?;
        }
    }
    Ok(Exit::Done)
}

async fn at<'d>(desk: &'d Desk<'_>) -> Result<Pushing<'d>, Failure> {
    Ok(Pushing { app: &desk.app, company: desk.company().await? })
}

async fn assign(desk: &Desk<'_>, agent: String, branch: BranchId) -> Result<(), Failure> {
    let company = desk.company().await?;
    let command = Command::AssignAgent { agent: agent.clone(), branch: branch.clone() };
    let changed = desk.set_up().change(company, command).await?;
    desk.app.catch_up().await?;
    let agents = directory::agents(desk.rows(), Scope::Company(company)).await?;
    let stands = agents.into_iter().find(|known| known.agent == agent);
    desk.told(changed, &stands, &format!("'{agent}' answers for the branch '{branch}' of '{company}'"))
}

async fn list(desk: &Desk<'_>) -> Result<(), Failure> {
    let agents = there::agents(desk.rows(), desk.scope()).await?;
    let text = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let columns = ["Company", "Id", "Name", "Newest", "Published", "Voice", "Language", "Gone"];
    desk.output.list(&agents, &columns, |it| {
        let fields = ["name", "version", "published", "voice", "language"];
        let told = fields.map(|field| text(it.details.get(field).unwrap_or(&Value::Null)));
        let gone = if it.gone { "gone" } else { "-" }.to_owned();
        [vec![it.company.to_string(), it.agent.clone()], told.to_vec(), vec![gone]].concat()
    })
}

async fn versions(desk: &Desk<'_>, agent: &str) -> Result<(), Failure> {
    let versions = pushing::versions(&at(desk).await?, agent).await?;
    desk.output.list(&versions, &["Version", "Published", "Made from", "Title", "Numbers"], |it| {
        vec![
            it.version.to_string(),
            if it.published { "yes" } else { "draft" }.into(),
            or_dash(it.base_version),
            or_dash(it.title.as_ref()),
            words(&it.numbers),
        ]
    })
}

fn tell(desk: &Desk<'_>, drafted: &Drafted) -> Result<(), Failure> {
    desk.output.value(drafted, || {
        let next = format!("ringbuch agent publish {} {}", drafted.agent, drafted.version);
        let told = card([("Draft", Some(drafted.version.to_string())), ("Digest", Some(drafted.digest.clone()))]);
        format!("{}{told}\ncallers hear it after `{next} --why TEXT`", drafted.diff)
    })
}

fn text_of(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::read_to_string(file).map(|read| {
            text = read;
            text.len()
        })
    };
    read.map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    Ok(text)
}
