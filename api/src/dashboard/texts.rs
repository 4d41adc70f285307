//! What pages say, in both languages: `texts/<page>.toml`, a line a text, compiled in and read once.

use super::Language;
use rust_embed::RustEmbed;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "texts"]
struct Files;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    de: String,
    en: String,
}

static CATALOGUE: LazyLock<HashMap<String, Text>> = LazyLock::new(|| {
    read().unwrap_or_else(|fault| {
        tracing::error!(fault, "the texts of the pages cannot be read");
        HashMap::new()
    })
});

/// All texts by `<page>.<key>`.
fn read() -> Result<HashMap<String, Text>, String> {
    let mut all = HashMap::new();
    for name in Files::iter() {
        let page = name.strip_suffix(".toml").ok_or_else(|| format!("{name} is no .toml"))?;
        let file = Files::get(&name).ok_or_else(|| format!("{name} is gone"))?;
        let text = std::str::from_utf8(&file.data).map_err(|error| format!("{name}: {error}"))?;
        let texts: BTreeMap<String, Text> = toml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
        all.extend(texts.into_iter().map(|(key, text)| (format!("{page}.{key}"), text)));
    }
    Ok(all)
}

/// A text that may still have places to fill; a template writes it escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence(String);

impl Sentence {
    /// Puts a value in the place of `{name}`.
    pub fn with(self, name: &str, value: impl fmt::Display) -> Self {
        Self(self.0.replace(&format!("{{{name}}}"), &value.to_string()))
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text of a key; the key itself where there is none, which a test keeps from happening.
pub fn say(language: Language, key: &str) -> Sentence {
    known(language, key).unwrap_or_else(|| Sentence(key.to_owned()))
}

/// The text of a key, if it has one.
pub fn known(language: Language, key: &str) -> Option<Sentence> {
    let text = CATALOGUE.get(key)?;
    Some(Sentence(match language {
        Language::German => text.de.clone(),
        Language::English => text.en.clone(),
    }))
}

#[cfg(test)]
mod tests;
