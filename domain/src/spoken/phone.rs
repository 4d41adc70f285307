//! Telephone numbers as they are dictated: "null eins sieben eins, neununddreißig …", "plus vier neun", "doppel drei".

use super::lexer::plain;
use super::numerals::{english_number, german_number};
use crate::phone::normalise;

/// Nobody dictates a number in more words; a longer text is something else.
const LONGEST: usize = 300;

/// The number in E.164, or nothing where the text dictates no possible number or takes something back. Other words are
/// passed over, and figures may stand among the words.
pub fn spoken_number(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let text = plain(text).replace('+', " plus ");
    let mut number = String::new();
    let mut times = 1;
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        match Heard::of(word) {
            Heard::Figures(figures) => {
                number.push_str(&figures.repeat(times));
                times = 1;
            }
            Heard::Times(repeated) => times = repeated,
            Heard::Plus if number.is_empty() => number.push('+'),
            Heard::TakenBack => return None,
            Heard::Plus | Heard::Nothing => {}
        }
    }
    normalise(&number)
}

enum Heard {
    Figures(String),
    /// The next figure comes so many times.
    Times(usize),
    Plus,
    TakenBack,
    Nothing,
}

impl Heard {
    fn of(word: &str) -> Self {
        match word {
            "plus" => Self::Plus,
            "doppel" | "doppelte" | "doppelt" | "zweimal" | "double" | "twice" => Self::Times(2),
            "dreifach" | "dreimal" | "triple" => Self::Times(3),
            "viermal" => Self::Times(4),
            "nein" | "nee" | "quatsch" | "falsch" | "korrigiere" | "no" | "sorry" | "wrong" => Self::TakenBack,
            // An article, or half of a number that was cut in two: nobody dictates a figure so.
            "ein" => Self::Nothing,
            "oh" | "o" => Self::Figures("0".into()),
            _ if word.bytes().all(|byte| byte.is_ascii_digit()) => Self::Figures(word.into()),
            _ => {
                let number = german_number(word).or_else(|| english_number(word)).filter(|number| *number < 1000);
                number.map_or(Self::Nothing, |number| Self::Figures(number.to_string()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_dictated() {
        let mobile = Some("+491713920042");
        let cases = [
            ("null eins sieben eins drei neun zwei null null vier zwei", mobile),
            ("Null eins sieben eins, neununddreißig zwanzig null null vier zwo", None),
            ("null eins sieben eins, neununddreißig zwanzig null vier zwo", mobile),
            ("also die 0171 und dann 39 20 04 2", mobile),
            ("meine Nummer ist 0171 / 3920042", mobile),
            ("plus vier neun eins sieben eins drei neun zwei null null vier zwei", mobile),
            ("+49 171 3920042", mobile),
            ("null null vier neun eins sieben eins drei neun zwanzig doppel null zweiundvierzig", None),
            ("null eins sieben eins drei neun zwei doppel null vier zwei", mobile),
            ("null dreißig, zwei drei eins zwei fünf eins null null", Some("+493023125100")),
            ("zero one seven one three nine two double oh four two", mobile),
            ("null eins sieben eins, nein, null eins sieben zwei", None),
            ("die habe ich gerade nicht", None),
            ("vier zwei", None),
            ("", None),
        ];
        for (said, number) in cases {
            let heard = spoken_number(said);
            match number {
                Some(_) => assert_eq!(heard.as_deref(), number, "{said}"),
                None => assert_ne!(heard.as_deref(), mobile, "{said}"),
            }
        }
        assert_eq!(spoken_number(&"null ".repeat(100)), None);
    }
}
