//! Dates, times, telephone numbers and names as they are said to a caller. What is said here is understood again by the
//! reader, to the same day and minute.

mod digits;
mod english;
mod feasts;
mod german;
mod spelling;

pub use digits::phone_groups;
pub use feasts::on_feast;
pub use spelling::spelled;

use super::Language;
use jiff::civil::{Date, DateTime, Time};

/// How a date stands in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// "Dienstag, der 24. November": by itself, or as what the sentence is about.
    Subject,
    /// "Dienstag, den 24. November": what somebody means, takes or books.
    Object,
    /// "am Dienstag, dem 24. November": when something happens.
    On,
}

/// A date with its weekday, without its year.
pub fn date(date: Date, case: Case, language: Language) -> String {
    match language {
        Language::German => german::date(date, case),
        Language::English => english::date(date, case),
    }
}

/// "halb drei", "Viertel nach zwei", "14 Uhr", outside office hours "19 Uhr 30".
pub fn clock(time: Time, language: Language) -> String {
    match language {
        Language::German => german::clock(time),
        Language::English => english::clock(time),
    }
}

/// "um halb drei".
pub fn at_time(time: Time, language: Language) -> String {
    match language {
        Language::German => format!("um {}", german::clock(time)),
        Language::English => format!("at {}", english::clock(time)),
    }
}

/// "Dienstag, der 24. November um halb drei".
pub fn date_time(at: DateTime, case: Case, language: Language) -> String {
    format!("{} {}", date(at.date(), case, language), at_time(at.time(), language))
}

/// The day as people name it against another: "heute", "morgen", "übermorgen", or else the date.
pub fn day(day: Date, today: Date, language: Language) -> String {
    let ahead = today.until(day).map_or(0, |span| span.get_days());
    let named = match (language, ahead) {
        _ if ahead == 0 && day != today => None,
        (Language::German, 0) => Some("heute"),
        (Language::German, 1) => Some("morgen"),
        (Language::German, 2) => Some("übermorgen"),
        (Language::English, 0) => Some("today"),
        (Language::English, 1) => Some("tomorrow"),
        _ => None,
    };
    named.map_or_else(|| date(day, Case::On, language), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spoken::{Context, Understood, understand};
    use jiff::ToSpan;
    use jiff::civil::date as on;
    use jiff::tz::TimeZone;

    #[test]
    fn as_people_say_it() {
        let at = on(2026, 11, 24).at(14, 30, 0, 0);
        let german = |case| date_time(at, case, Language::German);
        assert_eq!(german(Case::Subject), "Dienstag, der 24. November um halb drei");
        assert_eq!(german(Case::Object), "Dienstag, den 24. November um halb drei");
        assert_eq!(german(Case::On), "am Dienstag, dem 24. November um halb drei");
        assert_eq!(date_time(at, Case::On, Language::English), "on Tuesday, November 24th at half past two");
    }

    #[test]
    fn days_near_and_far() {
        let today = on(2026, 11, 18);
        let said = |ahead: i64| day(today.checked_add(ahead.days()).expect("a day"), today, Language::German);
        assert_eq!([said(0), said(1), said(2)], ["heute", "morgen", "übermorgen"]);
        assert_eq!(said(3), "am Samstag, dem 21. November");
        assert_eq!(said(30), "am Freitag, dem 18. Dezember");
        assert_eq!(said(-1), "am Dienstag, dem 17. November");
    }

    /// Every day of the coming ten months and every minute of a day.
    #[test]
    fn what_is_said_is_understood() {
        let zone = TimeZone::get("Europe/Berlin").expect("known");
        let now = on(2026, 11, 18).at(10, 0, 0, 0);
        for language in [Language::German, Language::English] {
            let context = Context::new(now, &zone, language);
            let days = (1..300).filter_map(|ahead: i64| now.date().checked_add(ahead.days()).ok());
            let moments = days.map(|day| day.at(15, 15, 0, 0));
            let minutes = (0_i64..24 * 60)
                .filter_map(|minute| on(2026, 11, 24).at(0, 0, 0, 0).checked_add(minute.minutes()).ok());
            for at in moments.chain(minutes) {
                for case in [Case::Subject, Case::Object, Case::On] {
                    let said = date_time(at, case, language);
                    let expected = Understood::Resolved { date: at.date(), time: at.time() };
                    assert_eq!(understand(&said, &context), expected, "{said}");
                }
            }
        }
    }
}
