//! Dates and times as callers say them, in German and English, and as they are said to callers. Text becomes tokens with
//! senses (`lexer`), tokens become pieces (`grammar`), pieces become wishes (`wish`), and wishes a verdict (`verdict`).
//! What cannot be read for certain is asked back; nothing falls back to a default.

mod ask;
mod clock;
mod days;
mod email;
mod english;
mod feast;
mod german;
mod grammar;
mod holidays;
mod lexer;
mod names;
mod numerals;
mod phone;
pub mod say;
mod sense;
#[cfg(test)]
mod table;
mod understood;
mod verdict;
mod wish;

pub use email::spoken_email;
pub use feast::{Feast, easter};
pub use holidays::{NoState, State, holiday, is_holiday};
pub use names::{cologne, same_name};
pub use phone::spoken_number;
pub use understood::{Candidate, Understood};

use grammar::Piece;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use verdict::verdict;
use wish::wishes;

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

/// Reads what somebody said about a date and a time. A text in which its own language finds nothing about time is read in
/// the other: models fill in English words for German callers.
pub fn understand(text: &str, context: &Context) -> Understood {
    let other = match context.language {
        Language::German => Language::English,
        Language::English => Language::German,
    };
    let read = |language| read_in(language, text, context);
    read(context.language).or_else(|| read(other)).unwrap_or(Understood::Unreadable)
}

/// What a language makes of a text; nothing where it finds nothing about time in it.
fn read_in(language: Language, text: &str, context: &Context) -> Option<Understood> {
    let context = Context { language, ..*context };
    let pieces = grammar::pieces(&lexer::tokens(text, language)?, &context);
    let silent = pieces.iter().all(|piece| matches!(piece, Piece::Or | Piece::Break | Piece::Not | Piece::Correction));
    (!silent).then(|| verdict(&wishes(&pieces), &context))
}
