//! From tokens to pieces: what is said about the day, what about the time, and what joins or takes back.

mod bounds;
mod clock;
mod cursor;
mod dates;
mod offers;
mod ranges;
mod relative;
mod spans;

pub use clock::Told;
pub use ranges::Range;

use super::Context;
use super::days::Days;
use super::sense::{Part, Sense, Shade, Which};
use Sense as S;
use clock::time;
use cursor::Cursor;
use jiff::civil::DateTime;
use ranges::range;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Days(Days),
    Time(Told),
    Range(Range),
    Part(Part),
    Shade(Shade),
    /// A moment counted from now.
    Moment(DateTime),
    /// One of the times that were offered, and whether nothing else can be meant.
    Offer {
        at: DateTime,
        certain: bool,
    },
    Anytime,
    Soon,
    Or,
    /// Where a clause ends.
    Break,
    Not,
    /// Something that keeps the speaker from coming.
    Elsewhere,
    Correction,
    Instead,
    /// Something that bears on the time and was not understood.
    Doubt,
}

pub fn pieces(tokens: &[Sense], context: &Context) -> Vec<Piece> {
    let mut cursor = Cursor::new(tokens);
    let mut pieces = Vec::new();
    while cursor.peek().is_some() {
        pieces.extend(piece(&mut cursor, context));
    }
    pieces
}

/// The next piece; nothing where the next token bears on no time. Always moves on.
fn piece(cursor: &mut Cursor, context: &Context) -> Option<Piece> {
    joint(cursor)
        .or_else(|| day(cursor, context))
        .or_else(|| time_of_day(cursor, context))
        .or_else(|| stray(cursor, context))
}

fn joint(cursor: &mut Cursor) -> Option<Piece> {
    // "nicht vor zehn" is a bound.
    let bound = cursor.peek() == Some(S::Not) && matches!(cursor.ahead(1), Some(S::Before | S::After));
    cursor.map(|sense| match sense {
        S::Or | S::And => Some(Piece::Or),
        S::Comma | S::Contrast => Some(Piece::Break),
        S::Not if !bound => Some(Piece::Not),
        S::Elsewhere => Some(Piece::Elsewhere),
        S::Correction => Some(Piece::Correction),
        S::Instead => Some(Piece::Instead),
        S::Soon => Some(Piece::Soon),
        S::Anytime => Some(Piece::Anytime),
        _ => None,
    })
}

fn day(cursor: &mut Cursor, context: &Context) -> Option<Piece> {
    let today = context.now.date();
    if let Some(anchored) = relative::anchored(cursor, context.last_date) {
        return Some(anchored);
    }
    if let Some(moment) = relative::moment(cursor, context.now) {
        return Some(Piece::Moment(moment));
    }
    if let Some(offer) = offers::offer(cursor, context.offered) {
        return Some(offer);
    }
    bounds::days(cursor, today, context.language).map(Piece::Days)
}

fn time_of_day(cursor: &mut Cursor, context: &Context) -> Option<Piece> {
    if let Some(range) = range(cursor, context.language) {
        return Some(Piece::Range(range));
    }
    if let Some(told) = time(cursor, context.language) {
        return Some(Piece::Time(told));
    }
    let after_weekday = matches!(cursor.behind(), Some(S::Weekday(_)));
    cursor.map(|sense| match sense {
        S::Part(part) => Some(Piece::Part(part)),
        S::Morrow if after_weekday => Some(Piece::Part(Part::Early)),
        S::Shade(shade) => Some(Piece::Shade(shade)),
        _ => None,
    })
}

/// What no rule has taken. Most words say nothing about time; those that do leave a doubt.
fn stray(cursor: &mut Cursor, context: &Context) -> Option<Piece> {
    let sense = cursor.peek()?;
    let counted = matches!(cursor.ahead(1), Some(S::Counted));
    cursor.step();
    let english = context.language == super::Language::English;
    let doubtful = match sense {
        S::Which(Which::Next | Which::AfterNext | Which::Last | Which::BeforeLast) => !counted,
        // A number that counts nothing may have belonged to a date or a time.
        S::Number { .. } => !matches!(cursor.peek(), Some(S::Counted | S::Unknown | S::Unit(_))),
        S::Ordinal { .. } => matches!(cursor.peek(), Some(S::Weekday(_))),
        // "3 am" is English, and three in the morning.
        S::On => cursor.peek().is_none(),
        // English says "from" of much else.
        S::From => !english,
        sense => sense.bears_on_time(),
    };
    doubtful.then_some(Piece::Doubt)
}
