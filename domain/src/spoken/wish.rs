//! From pieces to wishes: what was refused or taken back is left out, and each alternative gets what was said for all.

use super::days::Days;
use super::grammar::{Piece, Range, Told};
use super::sense::{Part, Shade};
use jiff::civil::DateTime;

/// One alternative of what was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    pub days: Vec<Days>,
    pub times: Vec<Told>,
    pub ranges: Vec<Range>,
    pub part: Option<Part>,
    pub shade: Option<Shade>,
    pub moment: Option<DateTime>,
    pub offer: Option<DateTime>,
    pub anytime: bool,
    pub soon: bool,
    /// Something was taken back, refused or not understood: even a single reading is asked back.
    pub doubt: bool,
}

/// The alternatives that remain.
pub fn wishes(pieces: &[Piece]) -> Vec<Wish> {
    let corrected = pieces.iter().rposition(|piece| *piece == Piece::Correction).and_then(|at| {
        let (before, after) = (pieces.get(..at)?, pieces.get(at + 1..)?);
        (says_something(before) && says_something(after)).then(|| corrected(&wishes(before), after))
    });
    corrected.unwrap_or_else(|| alternatives(pieces))
}

fn says_something(pieces: &[Piece]) -> bool {
    pieces.iter().any(bears_on_time)
}

fn bears_on_time(piece: &Piece) -> bool {
    use Piece::{Break, Correction, Doubt, Elsewhere, Instead, Not, Or};
    !matches!(piece, Or | Break | Not | Elsewhere | Correction | Instead | Doubt)
}

/// "Dienstag um zehn, nein, Mittwoch": what was not said anew is kept, and all of it is asked back.
fn corrected(before: &[Wish], after: &[Piece]) -> Vec<Wish> {
    let mut wishes = alternatives(after);
    for wish in &mut wishes {
        wish.doubt = true;
        if let Some(earlier) = before.last() {
            wish.take_days_of(earlier);
            wish.take_times_of(earlier);
        }
    }
    wishes
}

fn alternatives(pieces: &[Piece]) -> Vec<Wish> {
    let (kept, refused) = without_refused(pieces);
    let said = kept.split(|piece| *piece == Piece::Or).filter(|said| said.iter().any(bears_on_time));
    let mut wishes: Vec<Wish> = said.map(Wish::of).collect();
    let doubt = refused || kept.contains(&Piece::Doubt) || pieces.contains(&Piece::Elsewhere);
    share(&mut wishes);
    for wish in &mut wishes {
        wish.doubt |= doubt;
    }
    wishes
}

/// Leaves out the clauses with a "nicht" in them and what stands behind a "statt"; says whether a day went with them. Where
/// somebody is elsewhere is left out as well if another clause says a time: "Dienstag bin ich beim Arzt, Mittwoch ginge".
fn without_refused(pieces: &[Piece]) -> (Vec<Piece>, bool) {
    let mut kept = Vec::new();
    let mut refused = false;
    let keeps_away = |clause: &[Piece]| clause.contains(&Piece::Elsewhere) && clause.iter().any(bears_on_time);
    let wishes = |clause: &[Piece]| !clause.contains(&Piece::Not) && clause.iter().any(bears_on_time);
    let clauses = || pieces.split(|piece| *piece == Piece::Break);
    let another = clauses().any(|clause| wishes(clause) && !keeps_away(clause));
    for clause in clauses() {
        if clause.contains(&Piece::Not) || (another && keeps_away(clause)) {
            // "Dienstag um zehn, das geht nicht" says no to what came before.
            let alone = !clause.iter().any(bears_on_time);
            refused |= alone || clause.iter().any(|piece| matches!(piece, Piece::Days(_) | Piece::Offer { .. }));
            continue;
        }
        let mut instead = false;
        for piece in clause {
            match piece {
                Piece::Instead => (instead, refused) = (true, true),
                piece if instead && bears_on_time(piece) => instead = false,
                piece => kept.push(piece.clone()),
            }
        }
        kept.push(Piece::Break);
    }
    (kept, refused)
}

/// "Dienstag oder Donnerstag um zehn", "Dienstag um zehn oder elf", "am 24. oder 25. November".
fn share(wishes: &mut [Wish]) {
    for at in 1..wishes.len() {
        let (earlier, later) = wishes.split_at_mut(at);
        if let (Some(earlier), Some(later)) = (earlier.last(), later.first_mut()) {
            later.take_days_of(earlier);
            later.take_leading_span_of(earlier);
        }
    }
    for at in (1..wishes.len()).rev() {
        let (earlier, later) = wishes.split_at_mut(at);
        if let (Some(earlier), Some(later)) = (earlier.last_mut(), later.first()) {
            earlier.take_days_of(later);
            earlier.take_trailing_span_of(later);
            earlier.take_month_of(later);
            earlier.take_times_of(later);
        }
    }
}

impl Wish {
    fn of(pieces: &[Piece]) -> Self {
        let mut wish = Self::default();
        for piece in pieces {
            wish.add(piece);
        }
        wish
    }

    fn add(&mut self, piece: &Piece) {
        match piece {
            Piece::Days(days) => self.days.push(days.clone()),
            Piece::Time(told) => self.times.push(*told),
            Piece::Range(range) => self.ranges.push(*range),
            Piece::Part(part) => {
                self.doubt |= self.part.is_some_and(|earlier| !earlier.goes_with(*part));
                self.part = Some(*part);
            }
            Piece::Shade(shade) => self.shade = Some(*shade),
            Piece::Moment(moment) => self.moment = Some(*moment),
            Piece::Offer { at, certain } => {
                self.doubt |= !certain || self.offer.is_some_and(|earlier| earlier != *at);
                self.offer = Some(*at);
            }
            Piece::Anytime => self.anytime = true,
            Piece::Soon => self.soon = true,
            Piece::Doubt => self.doubt = true,
            Piece::Or | Piece::Break | Piece::Not | Piece::Elsewhere | Piece::Correction | Piece::Instead => {}
        }
    }

    fn take_days_of(&mut self, other: &Self) {
        if self.days.is_empty() && self.moment.is_none() && self.offer.is_none() {
            self.days.clone_from(&other.days);
        }
    }

    fn take_times_of(&mut self, other: &Self) {
        let timed = !self.times.is_empty() || !self.ranges.is_empty() || self.part.is_some() || self.offer.is_some();
        if !timed && self.moment.is_none() {
            self.times.clone_from(&other.times);
            self.ranges.clone_from(&other.ranges);
            (self.part, self.shade) = (other.part, other.shade);
        }
    }

    /// Whether the days said leave open in which week or month they are.
    fn lies_anywhere(&self) -> bool {
        let open = |days: &Days| matches!(days, Days::Weekday(_) | Days::Numbered { month: None, .. });
        !self.days.is_empty() && self.days.iter().all(open)
    }

    /// "nächste Woche Dienstag oder Donnerstag".
    fn take_leading_span_of(&mut self, earlier: &Self) {
        if let (true, Some(span @ Days::Span(_))) = (self.lies_anywhere(), earlier.days.first()) {
            self.days.push(span.clone());
        }
    }

    /// "Dienstag oder Donnerstag nächste Woche".
    fn take_trailing_span_of(&mut self, later: &Self) {
        if let (true, [_, .., span @ Days::Span(_)]) = (self.lies_anywhere(), later.days.as_slice()) {
            self.days.push(span.clone());
        }
    }

    /// "am 24. oder 25. November".
    fn take_month_of(&mut self, later: &Self) {
        let named = later.days.iter().find_map(|days| match days {
            Days::Numbered { month, .. } => *month,
            _ => None,
        });
        for days in &mut self.days {
            if let Days::Numbered { month: month @ None, .. } = days {
                *month = named;
            }
        }
    }
}
