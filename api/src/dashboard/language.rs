//! The two languages of the pages: what the user chose, else what their browser prefers.

use crate::http::auth::session::cookie_of;
use http::{HeaderMap, header};

pub const COOKIE: &str = "ringbuch-language";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    German,
    English,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::German, Self::English];

    /// `de`, `en`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::German => "de",
            Self::English => "en",
        }
    }

    /// As its speakers call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::German => "Deutsch",
            Self::English => "English",
        }
    }

    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    pub fn of(headers: &HeaderMap) -> Self {
        let chosen = cookie_of(headers, COOKIE).and_then(|code| Self::of_code(&code));
        chosen.unwrap_or_else(|| {
            let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            if prefers_german(accepted.unwrap_or_default()) { Self::German } else { Self::English }
        })
    }
}

/// Of the two languages, the one that the reader likes better; English where they like neither.
pub fn prefers_german(accepted: &str) -> bool {
    let liking = |language: &str| {
        let ranges = accepted.split(',').filter_map(range);
        ranges.filter(|(tag, _)| tag == language).map(|(_, weight)| weight).fold(0.0, f64::max)
    };
    liking("de") > liking("en")
}

/// `de-AT;q=0.8` as its language and its weight.
fn range(text: &str) -> Option<(String, f64)> {
    let mut parts = text.split(';');
    let language = parts.next()?.trim().split('-').next()?.to_ascii_lowercase();
    let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
    Some((language, weight?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_speaks_what_the_reader_likes_better() {
        for (accepted, german) in [
            ("de", true),
            ("de-AT,de;q=0.9,en;q=0.8", true),
            ("en-GB,en;q=0.9,de;q=0.8", false),
            ("fr, de;q=0.3", true),
            ("fr", false),
            ("", false),
            ("en;q=0.2, DE;q=0.4", true),
            ("de;q=high", false),
        ] {
            assert_eq!(prefers_german(accepted), german, "{accepted}");
        }
    }

    #[test]
    fn a_choice_goes_before_what_the_browser_prefers() {
        let headers = |cookie: &str| {
            let pairs = [(header::ACCEPT_LANGUAGE, "de"), (header::COOKIE, cookie)];
            Language::of(&pairs.into_iter().map(|(name, value)| (name, value.parse().unwrap())).collect())
        };
        assert_eq!(headers("ringbuch-language=en"), Language::English);
        assert_eq!(headers("ringbuch-language=xx"), Language::German);
    }
}
