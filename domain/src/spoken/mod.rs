//! Dates and times as callers say them, in German and English, and as they are said to callers. Text becomes tokens with
//! senses (`lexer`), tokens become pieces (`grammar`), pieces become wishes (`wish`), and wishes a verdict (`verdict`).
//! What cannot be read for certain is asked back; nothing falls back to a default.

mod clock;
mod days;
mod english;
mod feast;
mod german;
mod grammar;
mod holidays;
mod lexer;
mod numerals;
mod sense;
#[cfg(test)]
mod table;
mod understood;
mod verdict;
mod wish;

pub use feast::{Feast, easter};
pub use holidays::{NoState, State, holiday, is_holiday};
pub use understood::{Candidate, Understood};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// The languages that are read and spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    German,
    English,
}

impl Language {
    /// The language of a tag such as "de-DE"; English for all that are not German.
    pub fn of(tag: &str) -> Self {
        if tag.starts_with("de") { Self::German } else { Self::English }
    }
}

/// What a text is read against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The local time at which it was said.
    pub now: DateTime,
    pub zone: &'a TimeZone,
    pub language: Language,
    /// The times that were offered before, in the order in which they were named.
    pub offered: &'a [DateTime],
    /// The day that was spoken of before.
    pub last_date: Option<Date>,
}

impl<'a> Context<'a> {
    /// A text that stands alone.
    pub fn new(now: DateTime, zone: &'a TimeZone, language: Language) -> Self {
        Self { now, zone, language, offered: &[], last_date: None }
    }
}

/// Reads what somebody said about a date and a time. A text without any sense in its own language is read in the other:
/// models fill in English words for German callers.
pub fn understand(text: &str, context: &Context) -> Understood {
    let understood = understand_in(context.language, text, context);
    if understood != Understood::Unreadable || context.language == Language::English {
        return understood;
    }
    understand_in(Language::English, text, context)
}

fn understand_in(language: Language, text: &str, context: &Context) -> Understood {
    let context = Context { language, ..*context };
    let Some(tokens) = lexer::tokens(text, language) else { return Understood::Unreadable };
    let pieces = grammar::pieces(&tokens, &context);
    verdict::verdict(&wish::wishes(&pieces), &context)
}
