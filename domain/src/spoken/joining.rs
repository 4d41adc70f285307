//! Tokens that belong together: numbers of several words, hyphens that are no dashes, an "oh" that is a nought.

use super::Language;
use super::sense::Sense;

/// The tokens with what belongs together as one.
pub fn joined(senses: &[Sense], language: Language) -> Vec<Sense> {
    let senses = without_hyphens(senses);
    match language {
        Language::German => cut_in_two(&senses),
        Language::English => tens_and_units(noughts(&senses)),
    }
}

/// "vier und zwanzigsten", "ein und zwanzig Uhr", "14 Uhr fünf und vierzig": numbers that speech recognition took apart.
fn cut_in_two(senses: &[Sense]) -> Vec<Sense> {
    let mut whole: Vec<Sense> = Vec::with_capacity(senses.len());
    for (at, sense) in senses.iter().enumerate() {
        let hour = senses.get(at + 1) == Some(&Sense::OClock);
        let sum = match whole.as_slice() {
            [.., before, unit, Sense::And] => sum_of_halves(Some(*before), *unit, *sense, hour),
            [unit, Sense::And] => sum_of_halves(None, *unit, *sense, hour),
            _ => None,
        };
        match sum {
            Some(sum) => whole.splice(whole.len() - 2.., [sum]).for_each(drop),
            None => whole.push(*sense),
        }
    }
    whole
}

fn sum_of_halves(before: Option<Sense>, unit: Sense, tens: Sense, hour: bool) -> Option<Sense> {
    let unit = match unit {
        Sense::Number { value: unit @ 1..=9, digits: 0 } => unit,
        Sense::One => 1,
        _ => return None,
    };
    match (before, tens) {
        (_, Sense::Ordinal { value: tens @ (20 | 30), written: false }) => {
            Some(Sense::Ordinal { value: tens + unit, written: false })
        }
        // "Zwischen vier und zwanzig Uhr" are two numbers.
        (Some(Sense::At | Sense::Weekday(_)), Sense::Number { value: 20, digits: 0 }) if hour && unit < 5 => {
            Some(Sense::Number { value: 20 + unit, digits: 0 })
        }
        (Some(Sense::OClock), Sense::Number { value: tens @ (20 | 30 | 40 | 50), digits: 0 }) => {
            Some(Sense::Number { value: tens + unit, digits: 0 })
        }
        _ => None,
    }
}

/// "nine oh five", but not "oh, Tuesday".
fn noughts(senses: &[Sense]) -> Vec<Sense> {
    let number = |at: Option<usize>| matches!(at.and_then(|at| senses.get(at)), Some(Sense::Number { .. }));
    let nought = |at: usize| number(at.checked_sub(1)) && number(Some(at + 1));
    let kept = senses.iter().enumerate().filter(|(at, sense)| **sense != Sense::Oh || nought(*at));
    kept.map(|(_, sense)| if *sense == Sense::Oh { Sense::Number { value: 0, digits: 0 } } else { *sense }).collect()
}

/// A dash is one between figures or between days; between other words it is a hyphen ("four-thirty").
fn without_hyphens(senses: &[Sense]) -> Vec<Sense> {
    let joins = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| senses.get(at));
        before.zip(senses.get(at + 1)).is_some_and(|(before, after)| before.may_begin() && after.may_begin())
    };
    let kept = senses.iter().enumerate().filter(|(at, sense)| **sense != Sense::Dash || joins(*at));
    kept.map(|(_, sense)| *sense).collect()
}

/// English tens and units are two words: "twenty-four", "twenty fourth".
fn tens_and_units(senses: Vec<Sense>) -> Vec<Sense> {
    let mut whole: Vec<Sense> = Vec::with_capacity(senses.len());
    for sense in senses {
        match whole.last().and_then(|tens| sum(*tens, sense)) {
            Some(sum) => whole.splice(whole.len() - 1.., [sum]).for_each(drop),
            None => whole.push(sense),
        }
    }
    whole
}

fn sum(tens: Sense, unit: Sense) -> Option<Sense> {
    let Sense::Number { value: tens, digits: 0 } = tens else { return None };
    if tens < 20 || tens % 10 != 0 {
        return None;
    }
    match unit {
        Sense::Number { value: unit @ 1..=9, digits: 0 } => Some(Sense::Number { value: tens + unit, digits: 0 }),
        Sense::Ordinal { value: unit @ 1..=9, written: false } => {
            Some(Sense::Ordinal { value: tens + unit, written: false })
        }
        _ => None,
    }
}
