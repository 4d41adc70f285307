//! Dates and times as callers say them, in German and English, and as they are said to callers. Text becomes tokens with
//! senses (`lexer`), tokens become pieces (`grammar`), pieces become wishes (`wish`), and wishes a verdict (`verdict`).
//! What cannot be read for certain is asked back; nothing falls back to a default.

mod ask;
mod clock;
mod days;
mod email;
mod english;
mod feast;
mod fields;
mod figures;
mod german;
mod grammar;
mod holidays;
mod joining;
mod lexer;
mod names;
mod numerals;
mod phone;
mod readings;
pub mod say;
mod sense;
#[cfg(test)]
mod table;
mod understood;
mod verdict;
mod wish;

pub use email::spoken_email;
pub use feast::{Feast, easter};
pub use fields::{Unreadable, instant, read_date, read_time};
pub use holidays::{NoState, State, holiday, is_holiday};
pub use names::{cologne, same_name};
pub use phone::spoken_number;
pub use understood::{Candidate, Understood};

use grammar::{Piece, pieces};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
pub(crate) use lexer::plain;
use lexer::tokens;
use verdict::{at_moment, verdict};
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

/// Reads what somebody said about a date and a time. A time stamp with its zone, as programs write it, is that moment.
pub fn understand(text: &str, context: &Context) -> Understood {
    if let Ok(moment) = text.trim().parse::<Timestamp>() {
        return at_moment(moment, context);
    }
    heard(text, context).map_or(Understood::Unreadable, |pieces| verdict(&wishes(&pieces), context))
}

/// What a text says about time; nothing where it is too long to be an answer. One in which its own language finds at most
/// a time, and nothing that speaks against it, is read in the other: models fill in English words for German callers.
fn heard(text: &str, context: &Context) -> Option<Vec<Piece>> {
    let other = match context.language {
        Language::German => Language::English,
        Language::English => Language::German,
    };
    let heard_in = |language| Some(pieces(&tokens(text, language)?, &Context { language, ..*context }));
    let own = heard_in(context.language)?;
    let only_times = own.iter().all(|piece| matches!(piece, Piece::Time(_) | Piece::Or | Piece::Break));
    let named_day = |pieces: &Vec<Piece>| pieces.iter().any(|piece| matches!(piece, Piece::Days(_)));
    let nothing = own.iter().all(|piece| matches!(piece, Piece::Or | Piece::Break));
    let better = heard_in(other).filter(|pieces| nothing || (only_times && named_day(pieces)));
    Some(better.unwrap_or(own))
}
