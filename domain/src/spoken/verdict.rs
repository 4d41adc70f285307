//! From wishes to what was understood: readings that are gone are left out, and what remains is a single certain one or a
//! question.

use super::Context;
use super::readings::{Between, Reading, read};
use super::understood::{Candidate, Understood};
use super::wish::Wish;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;

pub fn verdict(wishes: &[Wish], context: &Context) -> Understood {
    let mut readings: Vec<Reading> = Vec::new();
    let mut doubt = false;
    for wish in wishes {
        let (of_wish, doubted) = read(wish, context);
        doubt |= doubted || of_wish.is_empty();
        let new = of_wish.into_iter().filter(|reading| !readings.contains(reading)).collect::<Vec<_>>();
        doubt |= !readings.is_empty() && !new.is_empty();
        readings.extend(new);
    }
    let (gone, ahead): (Vec<Reading>, Vec<Reading>) = readings.into_iter().partition(|it| it.is_gone(context.now));
    match (ahead.as_slice(), gone.first()) {
        ([], Some(gone)) => gone.past(),
        ([], None) => Understood::Unreadable,
        ([reading], _) if !doubt => reading.certain(context),
        (several, _) => unclear(several, doubt, context),
    }
}

/// A moment that is known to the second; the clocks cannot make two of it.
pub fn at_moment(moment: Timestamp, context: &Context) -> Understood {
    let local = moment.to_zoned(context.zone.clone()).datetime();
    let (reading, time) = (Reading::At(local), local.time());
    if reading.is_gone(context.now) { reading.past() } else { Understood::Resolved { date: local.date(), time } }
}

impl Reading {
    fn past(&self) -> Understood {
        let time = if let Self::At(at) = self { Some(at.time()) } else { None };
        self.date().map_or(Understood::Unreadable, |date| Understood::Past { date, time })
    }

    fn certain(&self, context: &Context) -> Understood {
        match *self {
            Self::At(at) => exact(at, context),
            Self::Day(date) => Understood::NeedsTime { date },
            Self::Window(span, Between { from, to }) => {
                let from_date = span.first.map_or(context.now.date(), |first| first.max(context.now.date()));
                Understood::Window { from_date, to_date: span.last, from, to }
            }
            Self::NoDay(Between { from, to }) => Understood::NeedsDate { from, to },
        }
    }

    fn candidate(&self) -> Option<Candidate> {
        let time = if let Self::At(at) = self { Some(at.time()) } else { None };
        match self {
            Self::Window(span, _) if span.first != span.last => None,
            _ => self.date().map(|date| Candidate { date, time }),
        }
    }
}

/// A moment, where the clocks do not skip it and do not run through it twice.
fn exact(at: DateTime, context: &Context) -> Understood {
    let (date, time) = (at.date(), at.time());
    match context.zone.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { .. } => Understood::Resolved { date, time },
        AmbiguousOffset::Gap { .. } => Understood::Skipped { date, time },
        AmbiguousOffset::Fold { .. } => Understood::Twice { date, time },
    }
}

/// "Montags im nächsten Jahr" has more readings than anybody wants to choose from.
const MOST_CANDIDATES: usize = 10;

/// Several readings, or one that something speaks against.
fn unclear(readings: &[Reading], doubt: bool, context: &Context) -> Understood {
    if readings.iter().all(|reading| matches!(reading, Reading::NoDay(_))) {
        let only = if let ([reading], true) = (readings, doubt) { Some(reading) } else { None };
        return only.map_or(Understood::NeedsDate { from: None, to: None }, |reading| reading.certain(context));
    }
    let mut candidates: Vec<Candidate> = readings.iter().filter_map(Reading::candidate).collect();
    candidates.dedup();
    candidates.truncate(MOST_CANDIDATES);
    match candidates.as_slice() {
        // "Dienstag vormittag oder abend": the day is clear.
        [Candidate { date, time: None }] if readings.len() > 1 => Understood::NeedsTime { date: *date },
        _ => Understood::Ambiguous { candidates },
    }
}
