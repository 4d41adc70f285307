//! Hundreds of expressions with what they mean, read from the tables beside this file; their form is told in german.txt.

mod any_text;

use super::{Candidate, Context, Language, Understood, understand};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

struct Case<'a> {
    text: &'a str,
    expected: &'a str,
    now: DateTime,
    offered: Vec<DateTime>,
    last_date: Option<Date>,
}

fn cases(table: &str) -> Vec<Case<'_>> {
    let (mut now, mut expected, mut offered, mut last_date) = (None, "", vec![], None);
    let mut cases = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(' ').map_or((line, ""), |(mark, rest)| (mark, rest)) {
            ("@", clock) => now = Some(clock.parse::<DateTime>().expect("a clock")),
            ("=", meaning) => expected = meaning,
            ("~", context) => (offered, last_date) = before(context),
            _ => cases.push(Case {
                text: line,
                expected,
                now: now.expect("@ first"),
                offered: offered.clone(),
                last_date,
            }),
        }
    }
    cases
}

fn before(context: &str) -> (Vec<DateTime>, Option<Date>) {
    match context.split_once(' ') {
        Some(("last", date)) => (vec![], Some(date.parse().expect("a date"))),
        Some(("offered", times)) => (times.split(", ").map(|time| time.parse().expect("a time")).collect(), None),
        _ => (vec![], None),
    }
}

/// What was understood, in the table's own form.
fn told(understood: &Understood) -> String {
    match understood {
        Understood::Resolved { date, time } => format!("{date} {}", hour(*time)),
        Understood::NeedsTime { date } | Understood::Skipped { date, .. } => date.to_string(),
        Understood::Window { from_date, to_date, from, to } => window(*from_date, *to_date, *from, *to),
        Understood::NeedsDate { from, to } => format!("? {}", from_to(*from, *to)),
        Understood::Past { date, time } => {
            format!("past {date} {}", time.map(hour).unwrap_or_default()).trim().to_owned()
        }
        Understood::Unreadable => "-".into(),
        unclear => format!("? {}", unclear.candidates().iter().map(candidate).collect::<Vec<_>>().join(" | ")),
    }
}

fn hour(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

fn from_to(from: Option<Time>, to: Option<Time>) -> String {
    format!("{}..{}", from.map(hour).unwrap_or_default(), to.map(hour).unwrap_or_default())
}

fn window(first: Date, last: Option<Date>, from: Option<Time>, to: Option<Time>) -> String {
    let days = match last {
        Some(last) if last == first => first.to_string(),
        last => format!("{first}..{}", last.map(|last| last.to_string()).unwrap_or_default()),
    };
    let anytime = from.is_none() && to.is_none();
    if anytime && last != Some(first) { days } else { format!("{days} {}", from_to(from, to)) }
}

fn candidate(candidate: &Candidate) -> String {
    format!("{} {}", candidate.date, candidate.time.map(hour).unwrap_or_default()).trim().to_owned()
}

/// A question without readings of its own fits any question; readings fit in any order.
fn fits(told: &str, expected: &str) -> bool {
    let sorted = |text: &str| {
        let mut readings: Vec<String> =
            text.trim_start_matches('?').split('|').map(|it| it.trim().to_owned()).collect();
        readings.sort();
        readings
    };
    match expected.strip_prefix('?') {
        Some("") => told.starts_with('?'),
        Some(time) if !time.contains('-') && !time.contains("..") => told == format!("?{time}.."),
        Some(_) => told.starts_with('?') && sorted(told) == sorted(expected),
        None => told == expected,
    }
}

/// Says which cases of a table came out otherwise, and which of those would have been booked.
fn misread(table: &str, language: Language) -> (usize, Vec<String>, Vec<String>) {
    let zone = TimeZone::get("Europe/Berlin").expect("known");
    let (mut wrong, mut certain) = (vec![], vec![]);
    let cases = cases(table);
    for case in &cases {
        let context =
            Context { offered: &case.offered, last_date: case.last_date, ..Context::new(case.now, &zone, language) };
        let understood = understand(case.text, &context);
        let told = told(&understood);
        if !fits(&told, case.expected) {
            let line = format!("{} | {:?}: {told}, not {}", case.now, case.text, case.expected);
            let booked = matches!(understood, Understood::Resolved { .. });
            if booked { certain.push(line) } else { wrong.push(line) }
        }
    }
    (cases.len(), wrong, certain)
}

/// None may be wrong for certain, and at most so many in a hundred may be asked back or told otherwise.
fn reads(table: &str, language: Language, at_least: usize, percent: usize) {
    let (count, wrong, certain) = misread(table, language);
    println!("{count} expressions, {} misread, {} of them for certain", wrong.len() + certain.len(), certain.len());
    for line in &wrong {
        println!("{line}");
    }
    assert!(count >= at_least, "{count} expressions");
    assert!(certain.is_empty(), "certain and wrong:\n{}\nothers:\n{}", certain.join("\n"), wrong.join("\n"));
    assert!(wrong.len() * 100 <= count * percent, "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn german() {
    reads(include_str!("german.txt"), Language::German, 400, 1);
}

#[test]
fn english() {
    reads(include_str!("english.txt"), Language::English, 100, 1);
}

#[test]
fn german_held_out() {
    reads(include_str!("german_held_out.txt"), Language::German, 120, 3);
}

#[test]
fn english_held_out() {
    reads(include_str!("english_held_out.txt"), Language::English, 30, 3);
}
