//! What holds for any text, however odd.

use crate::spoken::{Context, Language, Understood, understand};
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// Words and figures that the grammar knows, so that they meet in every order.
const WORDS: &str = "am um den dem der von vom bis ab vor nach zwischen und oder in im nicht nein statt aber heute morgen \
    übermorgen gestern Dienstag Mittwoch dienstags nächsten letzten kommende übernächste vorletzten gleichen Woche Wochen \
    Tag Tagen Monat Jahr Wochenende Stunde Minuten Anfang Ende Mitte KW innerhalb Januar Februar November Dezember \
    Weihnachten Ostern Silvester früh vormittags mittags nachmittags abends nachts Nacht späten halb viertel dreiviertel \
    Uhr Mitternacht kurz irgendwann eine ein eins zwei drei acht zehn zwölf zwanzig dreißig vierundzwanzig \
    neuntausendneunhundertneunundneunzig ersten zweiten dritter einunddreißigsten später früher Personen Termin äh , . ? - \
    24. 24.11. 31.2. 29.2. 14:30 3:30 14.30 2026-11-24 1430 2026 30 5 0 24 99 999 9999 99999999 1/2 3/4 24/11 +02:00 \
    ersten Herr Freitag bald anderen at on the half past quarter to noon pm am next week ago from now first second";

fn texts() -> impl Strategy<Value = String> {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    prop::collection::vec(prop::sample::select(words), 0..12).prop_map(|words| words.join(" "))
}

fn clocks() -> impl Strategy<Value = DateTime> {
    let extremes = prop::sample::select(vec![DateTime::MIN, DateTime::MAX, date(2026, 12, 31).at(23, 59, 59, 0)]);
    let usual = (0_i32..4_000, 0_i8..24, 0_i8..60).prop_map(|(day, hour, minute)| {
        let start = date(2024, 1, 1).at(hour, minute, 30, 0);
        start.checked_add(jiff::Span::new().days(day)).unwrap_or(start)
    });
    prop_oneof![1 => extremes, 9 => usual]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]

    /// Nothing panics, what is certain is yet to come, and what is not is asked for.
    #[test]
    fn certain_and_to_come_or_asked(text in texts(), now in clocks(), german in any::<bool>()) {
        let zone = TimeZone::get("Europe/Berlin").expect("known");
        let language = if german { Language::German } else { Language::English };
        let understood = understand(&text, &Context::new(now, &zone, language));
        match &understood {
            Understood::Resolved { date, time } => {
                let minute = now.with().second(0).subsec_nanosecond(0).build().expect("a time");
                prop_assert!(date.to_datetime(*time) >= minute, "{text}: {understood:?}");
                prop_assert_eq!(understood.ask(language), None);
            }
            Understood::Window { from_date, to_date: Some(to_date), .. } => prop_assert!(from_date <= to_date, "{text}"),
            _ => prop_assert!(understood.ask(language).is_some_and(|ask| ask.contains('?')), "{text}"),
        }
    }

    #[test]
    fn marks_alone_say_nothing(text in "[^\\p{L}\\p{N}]{0,40}") {
        let zone = TimeZone::UTC;
        let context = Context::new(date(2026, 11, 18).at(10, 0, 0, 0), &zone, Language::German);
        prop_assert_eq!(understand(&text, &context), Understood::Unreadable);
    }

    #[test]
    fn characters_of_all_kinds_break_nothing(text in "\\PC{0,40}") {
        let zone = TimeZone::UTC;
        let context = Context::new(date(2026, 11, 18).at(10, 0, 0, 0), &zone, Language::German);
        let said = format!("am Dienstag {text} um zehn");
        let understood = understand(&said, &context);
        let certain = matches!(understood, Understood::Resolved { .. });
        prop_assert_eq!(certain, understood.ask(Language::German).is_none(), "{}", said);
    }
}

#[test]
fn a_text_that_is_no_answer_is_not_read() {
    let zone = TimeZone::UTC;
    let context = Context::new(date(2026, 11, 18).at(10, 0, 0, 0), &zone, Language::German);
    let long = "am Dienstag um zehn ".repeat(10_000);
    assert_eq!(understand(&long, &context), Understood::Unreadable);
    assert!(matches!(understand("am Dienstag um zehn", &context), Understood::Resolved { .. }));
}
