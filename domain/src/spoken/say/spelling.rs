//! Names letter by letter.

use super::Language;

/// The German words are the cities of DIN 5009 (2022), the English ones those of international radio.
const GERMAN: [&str; 26] = [
    "Aachen",
    "Berlin",
    "Chemnitz",
    "Düsseldorf",
    "Essen",
    "Frankfurt",
    "Goslar",
    "Hamburg",
    "Ingelheim",
    "Jena",
    "Köln",
    "Leipzig",
    "München",
    "Nürnberg",
    "Offenbach",
    "Potsdam",
    "Quickborn",
    "Rostock",
    "Salzwedel",
    "Tübingen",
    "Unna",
    "Völklingen",
    "Wuppertal",
    "Xanten",
    "Ypsilon",
    "Zwickau",
];
const ENGLISH: [&str; 26] = [
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima",
    "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray",
    "Yankee", "Zulu",
];

/// "M wie München, A wie Aachen": to make sure that a name was heard right. What is no letter is left out.
pub fn spelled(name: &str, language: Language) -> String {
    let letters = name.chars().flat_map(char::to_uppercase).filter(|c| c.is_alphabetic());
    letters.map(|letter| spelled_letter(letter, language)).collect::<Vec<_>>().join(", ")
}

fn spelled_letter(letter: char, language: Language) -> String {
    let (words, like) = match language {
        Language::German => (&GERMAN, "wie"),
        Language::English => (&ENGLISH, "as in"),
    };
    let umlaut = match (language, letter) {
        (Language::German, 'Ä') => Some("Umlaut Aachen"),
        (Language::German, 'Ö') => Some("Umlaut Offenbach"),
        (Language::German, 'Ü') => Some("Umlaut Unna"),
        _ => None,
    };
    let at = u32::from(letter).checked_sub(u32::from('A')).and_then(|at| usize::try_from(at).ok());
    match umlaut.or_else(|| at.and_then(|at| words.get(at)).copied()) {
        Some(word) => format!("{letter} {like} {word}"),
        None => letter.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_by_letter() {
        assert_eq!(spelled("Max", Language::German), "M wie München, A wie Aachen, X wie Xanten");
        assert_eq!(spelled("Ö-Z", Language::German), "Ö wie Umlaut Offenbach, Z wie Zwickau");
        assert_eq!(spelled("ny", Language::English), "N as in November, Y as in Yankee");
        assert_eq!(spelled("é", Language::German), "É");
    }
}
