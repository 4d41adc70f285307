//! Telephone numbers as they arrive: E.164 from the provider, digits without their plus from old records, anything at
//! all from a caller's mouth, and words where a number was withheld.

use rlibphonenumber::{PhoneNumber, Region};

/// The number in E.164, or nothing where the text names no possible number ("anonymous", "unknown", "" and their kin).
/// A number without a country is read as one of Germany.
pub fn normalise(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits < 5 || text.len() > 40 {
        return None;
    }
    let with_plus = || format!("+{}", text.trim_start_matches('+'));
    let whole = possible(text);
    // "4930…" is a German number that lost its plus; read nationally it would be a number that cannot be.
    if text.starts_with("49") && !text.starts_with('+') { possible(&with_plus()).or(whole) } else { whole }
}

fn possible(text: &str) -> Option<String> {
    let number = PhoneNumber::parse(text, Some(Region::DE)).ok()?;
    number.is_possible_with_reason().ok()?;
    Some(number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_e164() {
        let cases = [
            ("+493023125100", Some("+493023125100")),
            ("493023125100", Some("+493023125100")),
            ("0049 30 23125100", Some("+493023125100")),
            ("030 23125 100", Some("+493023125100")),
            ("0171 39200 42", Some("+491713920042")),
            ("+14155550123", Some("+14155550123")),
            ("+43 1 53115", Some("+43153115")),
            ("anonymous", None),
            ("unknown", None),
            ("blocked", None),
            ("withheld", None),
            ("", None),
            ("12", None),
            ("{{user_number}}", None),
            ("+49", None),
            ("00000000000000000000", None),
        ];
        for (said, number) in cases {
            assert_eq!(normalise(said).as_deref(), number, "{said}");
        }
    }
}
