//! E-mail addresses as they are dictated: "max punkt mustermann at example punkt com".

use super::lexer::plain;
use super::numerals::{english_number, german_number};

/// The longest address that mail servers take.
const LONGEST: usize = 254;

/// The address in small letters, or nothing where the text dictates none. Umlauts become two letters, as in nearly every
/// address; speech recognition puts blanks in, which are left out.
pub fn spoken_email(text: &str) -> Option<String> {
    if text.len() > 2 * LONGEST {
        return None;
    }
    let text = plain(text).replace('@', " @ ");
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| matches!(*word, "@" | "at" | "aet" | "klammeraffe" | "affenschwanz"))?;
    let (local, domain) = words.split_at_checked(at)?;
    let local = written(without_lead_in(local));
    let domain = with_its_dot(without_tail(domain.get(1..)?));
    let address = format!("{}@{}", local.trim_matches('.'), domain.trim_matches('.'));
    is_address(&address).then_some(address)
}

/// What comes before the address: "meine Mail ist …".
fn without_lead_in<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    const BEFORE: [&str; 14] = [
        "ist", "lautet", "waere", "is", "its", "also", "aeh", "aehm", "adresse", "e-mail", "email", "mail", "ja", "gut",
    ];
    let begins = words.iter().rposition(|word| BEFORE.contains(word)).map_or(0, |at| at + 1);
    words.get(begins..).unwrap_or_default()
}

/// What comes behind it: "alles kleingeschrieben".
fn without_tail<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    const BEHIND: [&str; 8] =
        ["alles", "klein", "kleingeschrieben", "zusammen", "zusammengeschrieben", "bitte", "all", "und"];
    let ends = words.iter().position(|word| BEHIND.contains(word)).unwrap_or(words.len());
    words.get(..ends).unwrap_or_default()
}

fn written(words: &[&str]) -> String {
    words
        .iter()
        .filter(|word| !matches!(**word, "alles" | "klein" | "kleingeschrieben" | "zusammen"))
        .map(|word| part(word))
        .collect()
}

fn part(word: &str) -> String {
    match word {
        "punkt" | "dot" | "point" => ".".into(),
        "minus" | "bindestrich" | "strich" | "dash" | "hyphen" => "-".into(),
        "unterstrich" | "underscore" => "_".into(),
        "plus" => "+".into(),
        _ => german_number(word).or_else(|| english_number(word)).map_or_else(|| word.to_owned(), |it| it.to_string()),
    }
}

/// "gmx de" and "t online punkt de" are said without what is written.
fn with_its_dot(words: &[&str]) -> String {
    let domain = written(words).replace("tonline", "t-online").replace("gemail", "gmail");
    let last = words.last().copied().unwrap_or_default();
    if domain.contains('.') || !TOP_LEVELS.contains(&last) {
        return domain;
    }
    domain.strip_suffix(last).map_or_else(|| domain.clone(), |name| format!("{name}.{last}"))
}

const TOP_LEVELS: [&str; 10] = ["de", "com", "net", "org", "at", "ch", "eu", "info", "biz", "berlin"];

/// One "@", nothing but letters, figures and marks that addresses have, and a top level of letters.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |text: &str, marks: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c));
    let labels = || domain.split('.');
    let top = labels().next_back().unwrap_or_default();
    text.len() <= LONGEST
        && !local.is_empty()
        && local.split('.').all(|part| !part.is_empty() && plain(part, "-_+"))
        && labels().count() > 1
        && labels().all(|label| !label.is_empty() && plain(label, "-") && !label.starts_with('-'))
        && top.len() > 1
        && top.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_they_are_dictated() {
        let max = Some("max.mustermann@example.com");
        let cases = [
            ("max punkt mustermann at example punkt com", max),
            ("Max Punkt Mustermann ät Example Punkt com", max),
            ("meine E-Mail ist max.mustermann@example.com", max),
            ("max.mustermann @ example . com", max),
            ("max mustermann at example com", Some("maxmustermann@example.com")),
            ("also, max Unterstrich mustermann achtzig at example punkt de", Some("max_mustermann80@example.de")),
            ("max Bindestrich müller at example punkt org, alles klein", Some("max-mueller@example.org")),
            ("anna at example punkt at", Some("anna@example.at")),
            ("max dot mustermann at example dot com", max),
            ("max at example", None),
            ("max punkt punkt mustermann at example punkt com", None),
            ("at example punkt com", None),
            ("habe ich nicht", None),
            ("um 10 at all", None),
            ("", None),
        ];
        for (said, address) in cases {
            assert_eq!(spoken_email(said).as_deref(), address, "{said}");
        }
    }
}
