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

impl Text {
    fn in_language(&self, language: Language) -> &str {
        match language {
            Language::German => &self.de,
            Language::English => &self.en,
        }
    }
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

/// Refusals and the doctor's findings are written in English where they are found, for programs as for people: what such a
/// sentence says in another language is found by its English text, whose places take anything.
pub const REFUSALS: &str = "refusals";
pub const FINDINGS: &str = "findings";
pub const TROUBLES: &str = "troubles";

/// The same in that language, if these texts of the catalogue have it. Of several that fit, the one with most words of its
/// own is meant.
pub fn translated(language: Language, texts: &str, english: &str) -> Option<Sentence> {
    let known = CATALOGUE.iter().filter(|(key, _)| is_of(texts, key));
    let fits = known.filter_map(|(_, text)| Some((text, values(&text.en, english)?)));
    let own_words =
        |values: &[(&str, &str)]| english.len() - values.iter().map(|(_, value)| value.len()).sum::<usize>();
    let (text, values) = fits.max_by_key(|(_, values)| own_words(values))?;
    let said = Sentence(text.in_language(language).to_owned());
    Some(values.into_iter().fold(said, |said, (name, value)| said.with(name, value)))
}

fn is_of(texts: &str, key: &str) -> bool {
    key.split_once('.').is_some_and(|(page, _)| page == texts)
}

/// What stands in the places of a text, by their names, if this is that text.
fn values<'t, 's>(text: &'t str, said: &'s str) -> Option<Vec<(&'t str, &'s str)>> {
    let parts: Vec<&str> = text.split(['{', '}']).collect();
    let (first, places) = parts.split_first()?;
    let (mut left, mut found) = (said.strip_prefix(first)?, vec![]);
    let mut places = places.chunks_exact(2).peekable();
    while let Some([name, behind]) = places.next() {
        let (value, rest) = match places.peek() {
            Some(_) => left.split_once(behind)?,
            None => (left.strip_suffix(behind)?, ""),
        };
        found.push((*name, value));
        left = rest;
    }
    left.is_empty().then_some(found)
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
    Some(Sentence(text.in_language(language).to_owned()))
}

#[cfg(test)]
mod tests;
