//! An agent's words: read where its engine keeps them, written into a draft, published when somebody says so. An old
//! version comes back as a draft that is made from it.

use super::{Author, PushError, Pushing};
use ringbuch_domain::company::{Command, PromptDrafted, PromptPublished};
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{AgentThere, AgentVersion, VersionRef};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

/// More than a voice agent can be told sensibly, and less than an event must hold.
const LONGEST: usize = 200_000;

/// The words of one version as they stand at the provider.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PromptThere {
    pub agent: String,
    pub name: String,
    pub version: u32,
    pub published: bool,
    pub prompt: String,
    /// What a push names as that which its author has read.
    pub digest: String,
}

/// One version with the numbers that are answered by it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct VersionThere {
    pub version: u32,
    pub published: bool,
    pub base_version: Option<u32>,
    pub title: Option<String>,
    pub modified_at: Option<jiff::Timestamp>,
    /// E.164.
    pub numbers: Vec<String>,
}

/// A draft that callers do not hear yet.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Drafted {
    pub agent: String,
    pub version: u32,
    pub digest: String,
    /// Line by line against what stood there before.
    pub diff: String,
}

/// The words of the newest version, or of the one named.
pub async fn prompt(pushing: &Pushing<'_>, agent: &str, version: Option<u32>) -> Result<PromptThere, PushError> {
    let account = known(pushing, agent).await?;
    read(pushing, &account, agent, version.map_or(VersionRef::Latest, VersionRef::Number)).await
}

/// Newest first, with the numbers that each one answers.
pub async fn versions(pushing: &Pushing<'_>, agent: &str) -> Result<Vec<VersionThere>, PushError> {
    let account = known(pushing, agent).await?;
    let versions = pushing.app.agents.versions(&account, agent).await?;
    let newest = versions.iter().map(|it| it.version).max();
    let published = versions.iter().filter(|it| it.published).map(|it| it.version).max();
    let set_up = pushing.set_up().await?;
    let answers = |version: &AgentVersion, named: Option<&str>| match named {
        None | Some("latest_published") => published == Some(version.version),
        Some("latest") => newest == Some(version.version),
        Some(number) => number == version.version.to_string(),
    };
    let numbers_of = |version: &AgentVersion| {
        let numbers = set_up.aggregate.numbers_there.values();
        let answered = numbers.filter(|number| {
            number.inbound.iter().any(|it| it.agent == agent && answers(version, it.version.as_deref()))
        });
        answered.map(|number| number.number.clone()).collect()
    };
    let shown = |it: AgentVersion| VersionThere {
        numbers: numbers_of(&it),
        version: it.version,
        published: it.published,
        base_version: it.base_version,
        title: it.title,
        modified_at: it.modified_at,
    };
    Ok(versions.into_iter().map(shown).collect())
}

/// Writes new words into a draft, made from the newest version where that is published. `read` is the digest of the words
/// that the author had before their eyes.
pub async fn draft(
    pushing: &Pushing<'_>,
    agent: &str,
    prompt: &str,
    read: &str,
    author: Author,
) -> Result<Drafted, PushError> {
    if prompt.trim().is_empty() || prompt.chars().count() > LONGEST {
        return Err(PushError::Refused(format!("a prompt has 1 to {LONGEST} characters")));
    }
    let account = known(pushing, agent).await?;
    let there = self::read(pushing, &account, agent, VersionRef::Latest).await?;
    if there.digest != read {
        return Err(PushError::ChangedMeanwhile { there: json!(there) });
    }
    let newest = pushing.app.agents.agent(&account, agent, VersionRef::Number(there.version)).await?;
    let draft = draft_of(pushing, &account, newest).await?;
    write(pushing, &account, &draft, prompt).await?;
    noted(pushing, &draft, &there.prompt, prompt, author).await
}

/// The newest version itself where it can still be changed, else a draft made from it.
pub(super) async fn draft_of(
    pushing: &Pushing<'_>,
    account: &AccountId,
    newest: AgentThere,
) -> Result<AgentThere, PushError> {
    if !newest.published {
        return Ok(newest);
    }
    Ok(pushing.app.agents.new_draft(account, &newest.agent, newest.version).await?)
}

/// Makes a draft from an old version.
pub async fn roll_back(pushing: &Pushing<'_>, agent: &str, to: u32, author: Author) -> Result<Drafted, PushError> {
    let account = known(pushing, agent).await?;
    let before = read(pushing, &account, agent, VersionRef::Latest).await?;
    let draft = pushing.app.agents.new_draft(&account, agent, to).await?;
    let prompt = pushing.app.agents.prompt(&account, &draft.engine).await?;
    noted(pushing, &draft, &before.prompt, &prompt, author).await
}

/// Callers hear it from now on, where numbers do not name another version.
pub async fn publish(pushing: &Pushing<'_>, agent: &str, version: u32, author: Author) -> Result<(), PushError> {
    let account = known(pushing, agent).await?;
    let draft = pushing.app.agents.agent(&account, agent, VersionRef::Number(version)).await?;
    if draft.published {
        return Ok(());
    }
    pushing.app.agents.publish(&account, agent, version, &author.why).await?;
    let published = PromptPublished { agent: agent.to_owned(), version, by: author.by, why: author.why };
    pushing.note(Command::NotePublished(published)).await
}

/// The same for whoever has read the words: where a draft holds others by now, callers do not hear them. `read` is the
/// digest of those that were read.
pub async fn publish_as_read(
    pushing: &Pushing<'_>,
    agent: &str,
    version: u32,
    read: &str,
    author: Author,
) -> Result<(), PushError> {
    let there = prompt(pushing, agent, Some(version)).await?;
    if there.digest != read {
        return Err(PushError::ChangedMeanwhile { there: json!(there) });
    }
    publish(pushing, agent, version, author).await
}

/// The account of an agent that is this company's to change.
pub(super) async fn known(pushing: &Pushing<'_>, agent: &str) -> Result<AccountId, PushError> {
    let set_up = pushing.set_up().await?;
    let company = &set_up.aggregate;
    let ours = company.agents.contains_key(agent) || company.agents_there.contains_key(agent);
    if !ours {
        return Err(PushError::Unknown("agent"));
    }
    company.account().cloned().ok_or(PushError::Unknown("company"))
}

async fn read(
    pushing: &Pushing<'_>,
    account: &AccountId,
    agent: &str,
    version: VersionRef,
) -> Result<PromptThere, PushError> {
    let there = pushing.app.agents.agent(account, agent, version).await?;
    let prompt = pushing.app.agents.prompt(account, &there.engine).await?;
    Ok(PromptThere {
        agent: there.agent,
        name: there.name,
        version: there.version,
        published: there.published,
        digest: digest(&prompt),
        prompt,
    })
}

/// The provider keeps no lock, so what it holds afterwards is looked at.
async fn write(pushing: &Pushing<'_>, account: &AccountId, draft: &AgentThere, prompt: &str) -> Result<(), PushError> {
    pushing.app.agents.put_prompt(account, &draft.engine, prompt).await?;
    let there = pushing.app.agents.prompt(account, &draft.engine).await?;
    if there != prompt {
        return Err(PushError::ChangedMeanwhile { there: json!({ "version": draft.version, "prompt": there }) });
    }
    Ok(())
}

async fn noted(
    pushing: &Pushing<'_>,
    draft: &AgentThere,
    before: &str,
    prompt: &str,
    author: Author,
) -> Result<Drafted, PushError> {
    let drafted = PromptDrafted {
        agent: draft.agent.clone(),
        version: draft.version,
        base: draft.base_version,
        prompt: prompt.to_owned(),
        by: author.by,
        why: author.why,
    };
    pushing.note(Command::NoteDraft(drafted)).await?;
    let diff = diff(before, prompt);
    Ok(Drafted { agent: draft.agent.clone(), version: draft.version, digest: digest(prompt), diff })
}

fn digest(prompt: &str) -> String {
    hex::encode(Sha256::digest(prompt.as_bytes()))
}

/// Line by line, as `diff -u` shows it.
pub fn diff(before: &str, after: &str) -> String {
    similar::TextDiff::from_lines(before, after).unified_diff().context_radius(3).to_string()
}
