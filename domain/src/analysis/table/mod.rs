//! Calls with what a listener makes of them, read from the tables beside this file; their form is told in german.txt.
//! The figures are printed; the test fails below nine in ten of what is not left unknown, and where a promise is missed.

use super::{Heard, listen};
use serde::Serialize;
use std::collections::BTreeMap;

struct Case {
    labels: Vec<String>,
    transcript: String,
}

const FIELDS: [&str; 5] = ["intent", "agreed", "said booked", "loss", "sentiment"];

/// A field may leave at most this share of the calls unknown.
const UNKNOWN_PERCENT: usize = 10;

fn cases(table: &str, fields: usize) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(' ').expect("a mark and its words") {
            ("@", labels) => {
                let labels: Vec<String> = labels.split(' ').map(Into::into).collect();
                assert_eq!(labels.len(), fields, "{line}");
                cases.push(Case { labels, transcript: String::new() });
            }
            (mark, said) => {
                let speaker = BTreeMap::from([("A:", "Agent"), ("U:", "User")])[mark];
                let case = cases.last_mut().expect("@ first");
                case.transcript.extend([speaker, ": ", said, "\n"]);
            }
        }
    }
    cases
}

/// What was heard, in the table's own form.
fn told(heard: &Heard) -> [String; 5] {
    let yes = |it: Option<bool>, yes: &str, no: &str| it.map_or("unknown", |it| if it { yes } else { no }).to_owned();
    let loss = if heard.loss.is_none() { "-".into() } else { word(heard.loss) };
    [
        word(heard.intent),
        yes(heard.agreed, "yes", "no"),
        yes(heard.said_booked, "said", "unsaid"),
        loss,
        word(heard.sentiment),
    ]
}

fn word(value: Option<impl Serialize>) -> String {
    let value = value.map(|value| serde_json::to_value(value).expect("a word"));
    value.and_then(|value| value.as_str().map(Into::into)).unwrap_or("unknown".into())
}

#[derive(Default, Clone, Copy)]
struct Tally {
    right: usize,
    wrong: usize,
    unknown: usize,
}

fn judge(name: &str, table: &str, at_least: usize) {
    let cases = cases(table, FIELDS.len());
    assert!(cases.len() >= at_least, "{} calls", cases.len());
    let (mut tallies, mut missed) = ([Tally::default(); 5], vec![]);
    for case in &cases {
        let told = told(&listen(&case.transcript));
        for ((tally, field), (label, told)) in tallies.iter_mut().zip(FIELDS).zip(case.labels.iter().zip(&told)) {
            match (label == told, told.as_str()) {
                (_, "unknown") => tally.unknown += 1,
                (true, _) => tally.right += 1,
                (false, _) => tally.wrong += 1,
            }
            if label != told {
                println!("{name}: {field}: {told} instead of {label}\n{}", case.transcript);
            }
        }
        if case.labels[2] == "said" && told[2] != "said" {
            missed.push(case.transcript.clone());
        }
    }
    for (Tally { right, wrong, unknown }, field) in tallies.iter().zip(FIELDS) {
        println!("{name}, {} calls: {field}: {right} right, {wrong} wrong, {unknown} unknown", cases.len());
    }
    assert!(missed.is_empty(), "promises missed: {missed:#?}");
    for (Tally { right, wrong, unknown }, field) in tallies.iter().zip(FIELDS) {
        assert!(right * 10 >= (right + wrong) * 9, "{field}");
        assert!(unknown * 100 <= cases.len() * UNKNOWN_PERCENT, "{field} is left unknown too often");
    }
}

#[test]
fn a_call_is_heard_as_a_listener_hears_it() {
    judge("german", include_str!("german.txt"), 60);
}

#[test]
fn a_call_that_nobody_had_in_mind_is_heard_as_well() {
    judge("german, held out", include_str!("german_held_out.txt"), 20);
}

/// Promises that were made, heard, and heard where none was made.
fn promises(name: &str, table: &str) -> [usize; 3] {
    let (mut made, mut heard, mut false_alarms) = (0, 0, 0);
    let cases = cases(table, 1);
    for Case { labels, transcript } in &cases {
        let (said, told) = (labels[0] == "said", listen(transcript).said_booked == Some(true));
        made += usize::from(said);
        heard += usize::from(said && told);
        false_alarms += usize::from(told && !said);
        if said != told {
            println!("{name}: {} instead of {}\n{transcript}", if told { "said" } else { "unsaid" }, labels[0]);
        }
    }
    println!("{name}, {} calls: {heard} of {made} heard, {false_alarms} false alarms", cases.len());
    [made, heard, false_alarms]
}

#[test]
fn a_promise_is_heard_and_nothing_else_is_taken_for_one() {
    let [made, heard, false_alarms] = promises("promises", include_str!("german_promises.txt"));
    assert!(made >= 20 && heard * 10 >= made * 9 && false_alarms == 0, "{heard} of {made}, {false_alarms}");
}

/// A false alarm is worse than a miss, so only of misses some are let through.
#[test]
fn a_promise_in_words_that_nobody_had_in_mind_is_heard_by_half_at_least() {
    let [made, heard, false_alarms] = promises("promises, held out", include_str!("german_promises_held_out.txt"));
    assert!(made >= 12 && heard * 2 >= made && false_alarms == 0, "{heard} of {made}, {false_alarms}");
}
