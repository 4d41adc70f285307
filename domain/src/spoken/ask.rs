//! What to ask back where something was not understood for certain.

use super::say::{self, Case};
use super::{Candidate, Language, Understood};
use jiff::civil::{Date, Time};

/// More readings than these are asked for openly: nobody keeps a longer list in mind.
const MOST_CHOICES: usize = 3;

impl Understood {
    /// A sentence that asks for what is missing; nothing where nothing is.
    pub fn ask(&self, language: Language) -> Option<String> {
        match self {
            Self::Resolved { .. } => None,
            Self::Window { from_date, to_date, .. } => Some(ask_in_window(*from_date, *to_date, language)),
            Self::NeedsTime { date } => Some(ask_time(*date, language)),
            Self::NeedsDate { from, to } => Some(ask_date(*from, *to, language)),
            Self::Ambiguous { candidates } => Some(ask_which(candidates, language)),
            Self::Skipped { date, time } => Some(ask_after_gap(*date, *time, language)),
            Self::Twice { date, time } => Some(ask_in_fold(*date, *time, language)),
            Self::Past { date, time } => Some(ask_after_past(*date, *time, language)),
            Self::Unreadable => Some(match language {
                Language::German => "An welchem Tag und um wie viel Uhr passt es Ihnen?".into(),
                Language::English => "Which day and what time would suit you?".into(),
            }),
        }
    }
}

fn ask_in_window(first: Date, last: Option<Date>, language: Language) -> String {
    if last == Some(first) {
        return ask_time(first, language);
    }
    match language {
        Language::German => "An welchem Tag davon und um wie viel Uhr passt es Ihnen?".into(),
        Language::English => "Which of those days, and what time, would suit you?".into(),
    }
}

fn ask_time(date: Date, language: Language) -> String {
    let day = say::date(date, Case::On, language);
    match language {
        Language::German => format!("Um wie viel Uhr passt es Ihnen {day}?"),
        Language::English => format!("What time would suit you {day}?"),
    }
}

fn ask_date(from: Option<Time>, to: Option<Time>, language: Language) -> String {
    let at = if to.is_none() { from } else { None }.map(|time| say::at_time(time, language));
    match (language, at) {
        (Language::German, Some(at)) => format!("An welchem Tag {at}?"),
        (Language::German, None) => "An welchem Tag passt es Ihnen?".into(),
        (Language::English, Some(at)) => format!("On which day {at}?"),
        (Language::English, None) => "Which day would suit you?".into(),
    }
}

fn ask_which(candidates: &[Candidate], language: Language) -> String {
    if candidates.is_empty() || candidates.len() > MOST_CHOICES {
        return match language {
            Language::German => "Welchen Tag und welche Uhrzeit meinen Sie genau?".into(),
            Language::English => "Which day and what time do you mean exactly?".into(),
        };
    }
    let or = if language == Language::German { "oder" } else { "or" };
    let readings = on_one_day(candidates, or, language).unwrap_or_else(|| {
        let named: Vec<String> = candidates.iter().map(|it| named(*it, language)).collect();
        // Each date ends with a comma of its own.
        choice(&named, &format!(", {or} "))
    });
    match language {
        Language::German => format!("Meinen Sie {readings}?"),
        Language::English => format!("Do you mean {readings}?"),
    }
}

/// "Dienstag, den 24. November um 10 Uhr oder um 11 Uhr": several times of one day.
fn on_one_day(candidates: &[Candidate], or: &str, language: Language) -> Option<String> {
    let date = candidates.first()?.date;
    let times: Vec<Time> =
        candidates.iter().map(|it| it.time.filter(|_| it.date == date)).collect::<Option<Vec<Time>>>()?;
    let named: Vec<String> = times.iter().map(|time| say::at_time(*time, language)).collect();
    Some(format!("{} {}", say::date(date, Case::Object, language), choice(&named, &format!(" {or} "))))
}

fn named(candidate: Candidate, language: Language) -> String {
    match candidate.time {
        Some(time) => say::date_time(candidate.date.to_datetime(time), Case::Object, language),
        None => say::date(candidate.date, Case::Object, language),
    }
}

/// "a, b oder c".
fn choice(named: &[String], or: &str) -> String {
    match named {
        [first @ .., last] if !first.is_empty() => format!("{}{or}{last}", first.join(", ")),
        _ => named.concat(),
    }
}

fn ask_after_gap(date: Date, time: Time, language: Language) -> String {
    let (day, hour) = (say::date(date, Case::On, language), say::clock(time, language));
    match language {
        Language::German => {
            format!("{hour} gibt es {day} nicht, weil die Uhren vorgestellt werden. Welche Uhrzeit passt Ihnen?")
        }
        Language::English => {
            format!("{hour} does not exist {day}, since the clocks go forward. What time would suit you?")
        }
    }
}

fn ask_in_fold(date: Date, time: Time, language: Language) -> String {
    let (day, hour) = (say::date(date, Case::On, language), say::clock(time, language));
    match language {
        Language::German => {
            format!("{hour} gibt es {day} zweimal, weil die Uhren zurückgestellt werden. Welche Uhrzeit passt Ihnen?")
        }
        Language::English => format!("{hour} comes twice {day}, since the clocks go back. What time would suit you?"),
    }
}

fn ask_after_past(date: Date, time: Option<Time>, language: Language) -> String {
    let said = match time {
        Some(time) => say::date_time(date.to_datetime(time), Case::Subject, language),
        None => say::date(date, Case::Subject, language),
    };
    match language {
        Language::German => format!("{said}, ist schon vorbei. Wann passt es Ihnen stattdessen?"),
        Language::English => format!("{said}, is already past. When would suit you instead?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn questions() {
        let friday = date(2026, 11, 20);
        let both = Understood::Ambiguous {
            candidates: [friday, date(2026, 11, 27)].map(|date| Candidate { date, time: None }).to_vec(),
        };
        let times = [10, 11].map(|hour| Candidate { date: friday, time: Some(time(hour, 0, 0, 0)) }).to_vec();
        let cases = [
            (
                Understood::Ambiguous { candidates: times },
                Some("Meinen Sie Freitag, den 20. November um 10 Uhr oder um 11 Uhr?"),
            ),
            (Understood::Resolved { date: friday, time: time(10, 0, 0, 0) }, None),
            (
                Understood::NeedsTime { date: friday },
                Some("Um wie viel Uhr passt es Ihnen am Freitag, dem 20. November?"),
            ),
            (both, Some("Meinen Sie Freitag, den 20. November, oder Freitag, den 27. November?")),
            (Understood::NeedsDate { from: Some(time(14, 30, 0, 0)), to: None }, Some("An welchem Tag um halb drei?")),
            (
                Understood::Past { date: friday, time: Some(time(10, 0, 0, 0)) },
                Some("Freitag, der 20. November um 10 Uhr, ist schon vorbei. Wann passt es Ihnen stattdessen?"),
            ),
            (
                Understood::Skipped { date: date(2026, 3, 29), time: time(2, 30, 0, 0) },
                Some(
                    "2 Uhr 30 früh gibt es am Sonntag, dem 29. März nicht, weil die Uhren vorgestellt werden. \
                     Welche Uhrzeit passt Ihnen?",
                ),
            ),
        ];
        for (understood, question) in cases {
            assert_eq!(understood.ask(Language::German).as_deref(), question, "{understood:?}");
        }
    }

    #[test]
    fn all_that_is_not_certain_is_asked_in_both_languages() {
        let unclear = [
            Understood::NeedsDate { from: None, to: None },
            Understood::Ambiguous { candidates: vec![] },
            Understood::Twice { date: date(2026, 10, 25), time: time(2, 30, 0, 0) },
            Understood::Unreadable,
        ];
        for understood in unclear {
            for language in [Language::German, Language::English] {
                assert!(understood.ask(language).is_some_and(|ask| ask.ends_with('?')), "{understood:?}");
            }
        }
    }
}
