//! An agent's words as they stand at Retell: those of one version, and those that callers hear.

use crate::dashboard::difference::Difference;
use crate::pushing::{PromptThere, PushError, Pushing, VersionThere, prompt, versions};

pub struct Standing {
    /// Of the version that was asked for, or of the newest.
    pub there: PromptThere,
    /// What callers hear, where that is another version.
    pub heard: Option<PromptThere>,
    /// Newest first.
    pub versions: Vec<VersionThere>,
}

impl Standing {
    /// Asked for anew, since somebody may write at Retell as well.
    pub async fn of(pushing: &Pushing<'_>, agent: &str, version: Option<u32>) -> Result<Self, PushError> {
        let (there, versions) = tokio::try_join!(prompt(pushing, agent, version), versions(pushing, agent))?;
        let published = published(&versions).filter(|published| *published != there.version);
        let heard = match published {
            Some(version) => Some(prompt(pushing, agent, Some(version)).await?),
            None => None,
        };
        Ok(Self { there, heard, versions })
    }

    pub fn newest(&self) -> u32 {
        newest(&self.versions).unwrap_or(self.there.version)
    }

    /// A draft that callers do not hear yet, if the newest version is one.
    pub fn waiting(&self) -> Option<u32> {
        let newest = self.newest();
        self.versions.iter().any(|it| it.version == newest && !it.published).then_some(newest)
    }

    /// From what callers hear to these words.
    pub fn difference(&self) -> Option<Difference> {
        self.heard.as_ref().map(|heard| Difference::of(&heard.prompt, &self.there.prompt))
    }
}

/// What callers hear, where their number names no other version.
pub fn published(versions: &[VersionThere]) -> Option<u32> {
    versions.iter().filter(|it| it.published).map(|it| it.version).max()
}

pub fn newest(versions: &[VersionThere]) -> Option<u32> {
    versions.iter().map(|it| it.version).max()
}
