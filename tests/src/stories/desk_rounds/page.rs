//! What a page of the book does if one thing is done after the other: the model that histories are held against.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use todc_utils::linearizability::WGLChecker;
use todc_utils::linearizability::history::{Action, History};
use todc_utils::specifications::Specification;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Hold,
    Book,
    Cancel,
}

/// One thing that a caller wants of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    pub caller: usize,
    pub act: Act,
    /// Which of the round's times.
    pub time: usize,
    /// Who can be booked at it.
    pub people: usize,
    /// Whether it was granted; unknown until there is an answer.
    pub granted: Option<bool>,
}

/// What a caller has of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kept {
    time: usize,
    booked: bool,
}

/// A page on which nobody has more than one time.
pub struct Page;

impl Specification for Page {
    type State = BTreeMap<usize, Kept>;
    type Operation = Operation;

    fn init() -> Self::State {
        BTreeMap::new()
    }

    fn apply(it: &Operation, page: &Self::State) -> (bool, Self::State) {
        let others = page.iter().filter(|(caller, kept)| **caller != it.caller && kept.time == it.time).count();
        let room = others < it.people;
        let booked = page.get(&it.caller).is_some_and(|kept| kept.booked);
        let mut after = page.clone();
        let could_be = match (it.act, it.granted) {
            (_, None) => false,
            (Act::Hold | Act::Book, Some(false)) => !room,
            (Act::Hold | Act::Book, Some(true)) => {
                after.insert(it.caller, Kept { time: it.time, booked: it.act == Act::Book });
                room && !booked
            }
            (Act::Cancel, Some(granted)) => {
                after.remove(&it.caller);
                granted && booked
            }
        };
        if could_be { (true, after) } else { (false, page.clone()) }
    }
}

/// What was asked and answered, in the order in which it was.
#[derive(Default)]
pub struct Record(Mutex<Vec<(usize, Action<Operation>)>>);

impl Record {
    /// Somebody asks; the number names this asking.
    pub fn asked(&self, it: Operation) -> usize {
        let mut actions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = actions.len();
        actions.push((number, Action::Call(it)));
        number
    }

    /// What came of it is known.
    pub fn answered(&self, number: usize, it: Operation, granted: bool) {
        let answer = Operation { granted: Some(granted), ..it };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((number, Action::Response(answer)));
    }

    /// What was never done at all.
    pub fn came_to_nothing(&self, number: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(asking, _)| *asking != number);
    }

    /// Whether a page could have answered so that does one thing after the other, each between its asking and its answer.
    pub fn is_linearizable(&self) -> bool {
        let actions = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let asked = actions.iter().filter(|(_, action)| matches!(action, Action::Call(_))).count();
        assert_eq!(asked * 2, actions.len(), "everything that was asked has come to something: {actions:#?}");
        actions.is_empty() || WGLChecker::<Page>::is_linearizable(History::from_actions(actions))
    }

    pub fn shown(&self) -> String {
        let actions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |(number, action): &(usize, Action<Operation>)| match action {
            Action::Call(it) => format!("{number:>4} asks   {:?} of {} by {}", it.act, it.time, it.caller),
            Action::Response(it) => format!("{number:>4} hears  {:?}: {:?}", it.act, it.granted),
        };
        actions.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(caller: usize, act: Act) -> Operation {
        Operation { caller, act, time: 0, people: 1, granted: None }
    }

    /// Asked and answered one after the other.
    fn record(done: &[(usize, Act, bool)]) -> Record {
        let record = Record::default();
        for (caller, act, granted) in done {
            let number = record.asked(of(*caller, *act));
            record.answered(number, of(*caller, *act), *granted);
        }
        record
    }

    #[test]
    fn a_planted_double_booking_is_found() {
        assert!(record(&[(0, Act::Book, true), (1, Act::Book, false)]).is_linearizable());
        assert!(!record(&[(0, Act::Book, true), (1, Act::Book, true)]).is_linearizable());
        assert!(!record(&[(0, Act::Hold, true), (1, Act::Book, true)]).is_linearizable(), "a time that is kept");
        // All at once, so that any order would do: ten callers for one person, and two of them were told yes.
        let at_once = |winners: usize| {
            let record = Record::default();
            let numbers: Vec<usize> = (0..10).map(|caller| record.asked(of(caller, Act::Book))).collect();
            for (caller, number) in numbers.into_iter().enumerate() {
                record.answered(number, of(caller, Act::Book), caller < winners);
            }
            record.is_linearizable()
        };
        assert_eq!([at_once(0), at_once(1), at_once(2)], [false, true, false]);
    }

    #[test]
    fn whoever_is_told_no_while_it_is_free_was_told_a_lie() {
        assert!(!record(&[(0, Act::Book, false)]).is_linearizable());
        let again = [(0, Act::Book, true), (0, Act::Cancel, true), (1, Act::Book, true)];
        assert!(record(&again).is_linearizable());
        let late = [(0, Act::Book, true), (0, Act::Cancel, true), (1, Act::Book, false)];
        assert!(!record(&late).is_linearizable());
        assert!(!record(&[(0, Act::Cancel, true)]).is_linearizable(), "what nobody has booked");
        assert!(record(&[(0, Act::Hold, true), (1, Act::Hold, false), (0, Act::Book, true)]).is_linearizable());
    }

    #[test]
    fn what_overlaps_may_have_happened_in_either_order() {
        let record = Record::default();
        let (cancel, book) = (of(0, Act::Cancel), of(1, Act::Book));
        let first = record.asked(of(0, Act::Book));
        record.answered(first, of(0, Act::Book), true);
        let (going, coming) = (record.asked(cancel), record.asked(book));
        record.answered(coming, book, true);
        record.answered(going, cancel, true);
        assert!(record.is_linearizable());
    }
}
