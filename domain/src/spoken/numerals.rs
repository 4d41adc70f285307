//! Numbers in German and English words; umlauts are two letters, as the lexer leaves them.

const GERMAN_UNITS: [(&str, u32); 26] = [
    ("null", 0),
    ("ein", 1),
    ("eins", 1),
    ("oans", 1),
    ("zwei", 2),
    ("zwo", 2),
    ("zwoa", 2),
    ("drei", 3),
    ("dreie", 3),
    ("vier", 4),
    ("viere", 4),
    ("fuenf", 5),
    ("fuenfe", 5),
    ("funf", 5),
    ("fuemf", 5),
    ("sechs", 6),
    ("sechse", 6),
    ("sieben", 7),
    ("siebene", 7),
    ("acht", 8),
    ("neun", 9),
    ("neune", 9),
    ("zehn", 10),
    ("zehne", 10),
    ("elf", 11),
    ("zwoelf", 12),
];

const GERMAN_TEENS: [(&str, u32); 10] = [
    ("elfe", 11),
    ("zwoelfe", 12),
    ("zwolf", 12),
    ("dreizehn", 13),
    ("vierzehn", 14),
    ("fuenfzehn", 15),
    ("sechzehn", 16),
    ("siebzehn", 17),
    ("achtzehn", 18),
    ("neunzehn", 19),
];

const GERMAN_TENS: [(&str, u32); 9] = [
    ("zwanzig", 20),
    ("dreissig", 30),
    ("dreizig", 30),
    ("vierzig", 40),
    ("fuenfzig", 50),
    ("sechzig", 60),
    ("siebzig", 70),
    ("achtzig", 80),
    ("neunzig", 90),
];

fn find(table: &[(&str, u32)], word: &str) -> Option<u32> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// "vierzehn", "vierundzwanzig", "zweitausendsechsundzwanzig": up to 9999.
pub fn german_number(word: &str) -> Option<u32> {
    if let Some((thousands, rest)) = word.split_once("tausend") {
        let thousands = if thousands.is_empty() { 1 } else { below_hundred(thousands).filter(|it| *it < 10)? };
        return Some(thousands * 1000 + german_rest(rest)?);
    }
    if let Some((hundreds, rest)) = word.split_once("hundert") {
        let hundreds = if hundreds.is_empty() { 1 } else { below_hundred(hundreds).filter(|it| *it < 100)? };
        return Some(hundreds * 100 + german_rest(rest)?);
    }
    below_hundred(word)
}

fn german_rest(rest: &str) -> Option<u32> {
    let rest = rest.strip_prefix("und").unwrap_or(rest);
    if rest.is_empty() { Some(0) } else { german_number(rest) }
}

fn below_hundred(word: &str) -> Option<u32> {
    let plain = find(&GERMAN_UNITS, word).or_else(|| find(&GERMAN_TEENS, word)).or_else(|| find(&GERMAN_TENS, word));
    plain.or_else(|| {
        let (unit, tens) = word.split_once("und")?;
        Some(find(&GERMAN_UNITS, unit).filter(|unit| *unit < 10)? + find(&GERMAN_TENS, tens)?)
    })
}

const GERMAN_ORDINALS: [(&str, u32); 6] =
    [("erst", 1), ("zweit", 2), ("zwot", 2), ("dritt", 3), ("siebt", 7), ("acht", 8)];

/// "erster", "dritten", "vierundzwanzigste": the ordinal without its ending is a number, save for six.
pub fn german_ordinal(word: &str) -> Option<u32> {
    let stem = ["er", "en", "es", "em", "e"].iter().find_map(|ending| word.strip_suffix(ending))?;
    if let Some(value) = find(&GERMAN_ORDINALS, stem) {
        return Some(value);
    }
    let tens = || stem.strip_suffix("st").and_then(german_number).filter(|value| *value >= 20);
    let units = || stem.strip_suffix('t').and_then(german_number).filter(|value| *value < 20);
    tens().or_else(units)
}

const ENGLISH_NUMBERS: [(&str, u32); 28] = [
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// A single word: "twenty-four" comes as two, which `joined` puts together.
pub fn english_number(word: &str) -> Option<u32> {
    find(&ENGLISH_NUMBERS, word)
}

const ENGLISH_ORDINALS: [(&str, u32); 7] =
    [("first", 1), ("second", 2), ("third", 3), ("fifth", 5), ("eighth", 8), ("ninth", 9), ("twelfth", 12)];

pub fn english_ordinal(word: &str) -> Option<u32> {
    let regular = || word.strip_suffix("th").and_then(english_number);
    let tens = || word.strip_suffix("ieth").and_then(|stem| english_number(&format!("{stem}y")));
    find(&ENGLISH_ORDINALS, word).or_else(regular).or_else(tens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_words() {
        let numbers = [
            ("zwo", 2),
            ("vierzehn", 14),
            ("fuenfundvierzig", 45),
            ("einundzwanzig", 21),
            ("zweitausendsechsundzwanzig", 2026),
            ("zweitausendundsiebenundzwanzig", 2027),
            ("neunzehnhundertachtzig", 1980),
        ];
        for (word, value) in numbers {
            assert_eq!(german_number(word), Some(value), "{word}");
        }
        let ordinals = [("erster", 1), ("zwoten", 2), ("dritte", 3), ("siebten", 7), ("siebenten", 7), ("achter", 8)];
        for (word, value) in ordinals.into_iter().chain([("elften", 11), ("vierundzwanzigsten", 24)]) {
            assert_eq!(german_ordinal(word), Some(value), "{word}");
        }
        for word in ["und", "hundertprozent", "zehnter mann", "beste", "gute", ""] {
            assert_eq!(german_number(word).or_else(|| german_ordinal(word)), None, "{word}");
        }
    }

    #[test]
    fn english_words() {
        assert_eq!([english_number("forty"), english_number("hundred")], [Some(40), None]);
        let ordinals = ["first", "fourth", "twentieth", "thirtieth"].map(english_ordinal);
        assert_eq!(ordinals, [Some(1), Some(4), Some(20), Some(30)]);
    }
}
