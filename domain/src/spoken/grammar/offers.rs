//! "Der erste", "den letzten bitte": one of the times that were offered.

use super::Piece;
use super::cursor::Cursor;
use crate::spoken::days::Days;
use crate::spoken::sense::{Sense, Unit, Which};
use Sense as S;
use jiff::civil::DateTime;

/// One of the offered times by its place. "Am ersten" may be the first of the month as well and leaves a doubt.
pub fn offer(cursor: &mut Cursor, offered: &[DateTime]) -> Option<Piece> {
    if offered.is_empty() {
        return None;
    }
    let on = cursor.behind() == Some(S::On);
    cursor.attempt(|it| {
        let chosen = offered.get(it.map(|sense| place(sense, offered))?).copied();
        // A month or a weekday behind it makes it a date: "am ersten Dezember", "am letzten Dienstag".
        let dated = matches!(
            it.peek(),
            Some(
                S::Month(_)
                    | S::Weekday(_)
                    | S::Ordinal { .. }
                    | S::Unit(Unit::Week | Unit::Month | Unit::Year | Unit::Day)
            )
        );
        // Nobody was offered a fourth of three.
        let piece = chosen.map_or(Piece::Days(Days::Impossible), |at| Piece::Offer { at, certain: !on });
        (!dated).then_some(piece)
    })
}

/// The place among the offers; one that none of them has where nobody was offered so many.
fn place(sense: Sense, offered: &[DateTime]) -> Option<usize> {
    let of = |wanted: Option<&DateTime>| offered.iter().position(|offer| Some(offer) == wanted);
    match sense {
        S::Ordinal { value: nth @ 1..=12, written: false } => usize::try_from(nth - 1).ok(),
        S::Which(Which::Last) => offered.len().checked_sub(1),
        S::Earliest => of(offered.iter().min()),
        S::Latest => of(offered.iter().max()),
        _ => None,
    }
}
