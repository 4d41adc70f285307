//! `ringbuch understand`: what the desk makes of a date and a time as somebody says them. Needs no settings.

use super::args::UnderstandArgs;
use super::{Exit, Failure};
use crate::clock::SystemClock;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use ringbuch_domain::ports::Clock;
use ringbuch_domain::spoken::{Candidate, Context, Language, Understood, understand};
use serde::Serialize;
use std::io::{self, BufRead, Write};

/// Answers with one JSON object a line, whether or not `--json` is given.
pub fn run(args: &UnderstandArgs) -> Result<Exit, Failure> {
    let zone = zone(&args.zone)?;
    let language = language(&args.lang)?;
    let now = match args.now {
        Some(now) => now.in_zone(&zone).map_err(Failure::usage)?,
        None => SystemClock.now(),
    };
    let context = Context::new(now.to_zoned(zone.clone()).datetime(), &zone, language);
    let mut out = io::stdout().lock();
    if args.text != "-" {
        return answer(&args.text, &context, &mut out);
    }
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|error| Failure::new(format!("stdin cannot be read: {error}")).hint("send UTF-8"))?;
        answer(&line, &context, &mut out)?;
    }
    Ok(Exit::Done)
}

fn zone(name: &str) -> Result<TimeZone, Failure> {
    let unknown = || Failure::usage(format!("'{name}' is no time zone")).hint("name one such as Europe/Berlin");
    TimeZone::get(name).map_err(|_| unknown())
}

fn language(name: &str) -> Result<Language, Failure> {
    match name.get(..2) {
        Some("de" | "en") => Ok(Language::of(name)),
        _ => Err(Failure::usage(format!("the language '{name}' is not read")).hint("de and en are")),
    }
}

fn answer(text: &str, context: &Context, out: &mut impl Write) -> Result<Exit, Failure> {
    let told = Told::of(&understand(text, context), context.language);
    let line = serde_json::to_string(&told).map_err(|error| Failure::new(error.to_string()))?;
    match writeln!(out, "{line}") {
        // A pipe that was closed wants no more, which is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Done),
        written => Ok(written.map(|()| Exit::Done)?),
    }
}

/// What was understood, as machines read it: local dates and times, absent where nothing was said of them. A window's
/// days are `date` to `to_date`, and its times those of each day.
#[derive(Serialize)]
struct Told {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    candidates: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ask: Option<String>,
}

#[derive(Serialize)]
struct Choice {
    date: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
}

impl Told {
    fn of(understood: &Understood, language: Language) -> Self {
        let silent = Self {
            kind: understood.kind(),
            date: None,
            to_date: None,
            time: None,
            from: None,
            to: None,
            candidates: understood.candidates().into_iter().map(choice).collect(),
            ask: understood.ask(language),
        };
        let hour = |time: Option<Time>| time.map(clock);
        match *understood {
            Understood::Resolved { date, time } => Self { date: Some(date), time: hour(Some(time)), ..silent },
            Understood::Window { from_date, to_date, from, to } => {
                Self { date: Some(from_date), to_date, from: hour(from), to: hour(to), ..silent }
            }
            Understood::NeedsTime { date } | Understood::Skipped { date, .. } => Self { date: Some(date), ..silent },
            // A time without its day: one time, or a window of them.
            Understood::NeedsDate { from, to } => Self { from: hour(from), to: hour(to), ..silent },
            Understood::Past { date, time } => Self { date: Some(date), time: hour(time), ..silent },
            Understood::Ambiguous { .. } | Understood::Twice { .. } | Understood::Unreadable => silent,
        }
    }
}

fn choice(candidate: Candidate) -> Choice {
    Choice { date: candidate.date, time: candidate.time.map(clock) }
}

fn clock(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, lang: &str) -> String {
        let zone = zone("Europe/Berlin").unwrap();
        let now = "2026-11-18T10:00".parse().unwrap();
        let mut out = vec![];
        answer(text, &Context::new(now, &zone, language(lang).unwrap()), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_object_a_line_with_what_was_said_and_nothing_else() {
        let cases = [
            (
                "äh, so am Dienstag, vielleicht gegen halb drei?",
                "de",
                r#"{"kind":"resolved","date":"2026-11-24","time":"14:30","candidates":[]}"#,
            ),
            (
                "Tuesday afternoon",
                "en",
                r#"{"kind":"window","date":"2026-11-24","to_date":"2026-11-24","from":"12:00","to":"18:00","candidates":[],"ask":"What time would suit you on Tuesday, November 24th?"}"#,
            ),
            (
                "nächsten Freitag",
                "de-DE",
                r#"{"kind":"ambiguous","candidates":[{"date":"2026-11-20"},{"date":"2026-11-27"}],"ask":"Meinen Sie Freitag, den 20. November, oder Freitag, den 27. November?"}"#,
            ),
            (
                "um halb drei",
                "de",
                r#"{"kind":"ambiguous","from":"14:30","candidates":[],"ask":"An welchem Tag um halb drei?"}"#,
            ),
            (
                "gestern",
                "de",
                r#"{"kind":"past","date":"2026-11-17","candidates":[],"ask":"Dienstag, der 17. November, ist schon vorbei. Wann passt es Ihnen stattdessen?"}"#,
            ),
            (
                "",
                "de",
                r#"{"kind":"unreadable","candidates":[],"ask":"An welchem Tag und um wie viel Uhr passt es Ihnen?"}"#,
            ),
        ];
        for (text, lang, expected) in cases {
            assert_eq!(told(text, lang), format!("{expected}\n"), "{text}");
        }
    }

    #[test]
    fn unknown_zones_and_languages_are_named() {
        assert!(zone("Europe/Bonn").unwrap_err().to_string().contains("'Europe/Bonn'"));
        assert!(language("fr").unwrap_err().to_string().contains("'fr'") && language("").is_err());
    }
}
