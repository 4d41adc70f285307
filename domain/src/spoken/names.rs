//! Names by their sound: the Kölner Phonetik of Hans Joachim Postel (1969), in which German names that sound alike have
//! one code.

use super::lexer::plain;

/// The code of a name: figures for the groups of consonants that German ears confuse; empty where there are no letters.
pub fn cologne(name: &str) -> String {
    let letters: Vec<char> = plain(name).chars().filter_map(base).collect();
    let mut code = String::new();
    let mut last = None;
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        for figure in figures(*letter, before, letters.get(at + 1).copied()).chars() {
            // A vowel counts at the beginning only, but it keeps equal figures apart.
            if last != Some(figure) && (figure != '0' || code.is_empty()) {
                code.push(figure);
            }
            last = Some(figure);
        }
    }
    code
}

/// A letter without its marks; nothing for what is no letter of a name.
fn base(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' => c,
        'á' | 'à' | 'â' | 'ã' | 'å' | 'æ' | 'ă' | 'ą' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ı' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ø' | 'œ' | 'ő' => 'o',
        'ú' | 'ù' | 'û' | 'ů' | 'ű' => 'u',
        'ç' | 'č' | 'ć' => 'c',
        'ş' | 'š' | 'ś' => 's',
        'ž' | 'ź' | 'ż' => 'z',
        'ğ' => 'g',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ř' => 'r',
        'ý' => 'y',
        'ď' | 'đ' => 'd',
        'ť' | 'ţ' => 't',
        _ => return None,
    })
}

fn figures(letter: char, before: Option<char>, next: Option<char>) -> &'static str {
    let is = |neighbour: Option<char>, letters: &str| neighbour.is_some_and(|it| letters.contains(it));
    match letter {
        'a' | 'e' | 'i' | 'j' | 'o' | 'u' | 'y' => "0",
        'p' if is(next, "h") => "3",
        'b' | 'p' => "1",
        'd' | 't' if is(next, "csz") => "8",
        'd' | 't' => "2",
        'f' | 'v' | 'w' => "3",
        'g' | 'k' | 'q' => "4",
        'c' if before.is_none() => {
            if is(next, "ahkloqrux") {
                "4"
            } else {
                "8"
            }
        }
        'c' => {
            if is(next, "ahkoqux") && !is(before, "sz") {
                "4"
            } else {
                "8"
            }
        }
        'x' if is(before, "ckq") => "8",
        'x' => "48",
        'l' => "5",
        'm' | 'n' => "6",
        'r' => "7",
        's' | 'z' => "8",
        _ => "",
    }
}

/// Whether two names, as heard and as written, can be one person's: the last names sound alike, and so do the first ones
/// where both have one. Titles and particles do not count; "Mustermann, Max" is turned around.
pub fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (parts(one), parts(other));
    let (Some((last, given)), Some((other_last, other_given))) = (one.split_last(), other.split_last()) else {
        return false;
    };
    let first = given.first().zip(other_given.first());
    sound_alike(last, other_last) && first.is_none_or(|(one, other)| sound_alike(one, other))
}

fn parts(name: &str) -> Vec<String> {
    const NO_NAMES: [&str; 18] = [
        "herr",
        "herrn",
        "frau",
        "fraeulein",
        "dr",
        "doktor",
        "prof",
        "professor",
        "von",
        "van",
        "vom",
        "zu",
        "zur",
        "de",
        "der",
        "den",
        "mr",
        "mrs",
    ];
    let name = plain(name);
    let turned = name.split_once(',').map(|(last, first)| format!("{first} {last}"));
    let words = turned.unwrap_or(name);
    let words = words.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty() && !NO_NAMES.contains(word));
    words.map(str::to_owned).collect()
}

/// The code alone takes Bach for Buch and Hansen for Jansen: the first vowel and a beginning without a figure count too.
fn sound_alike(one: &str, other: &str) -> bool {
    let code = cologne(one);
    !code.is_empty() && code == cologne(other) && first_vowel(one) == first_vowel(other) && onset(one) == onset(other)
}

/// The first vowel as it is heard: "ei" however it is spelled, "ü" like "i", "ä" like "e".
fn first_vowel(name: &str) -> Option<char> {
    let letters: String = name.chars().filter_map(base).collect();
    // A "y" or "j" at the beginning is a consonant.
    let start = letters.char_indices().skip(1).find(|(_, c)| "aeiouy".contains(*c)).map(|(at, _)| at);
    let start = if letters.starts_with(['a', 'e', 'i', 'o', 'u']) { Some(0) } else { start };
    let vowels = letters.get(start?..)?;
    let sound = |beginnings: &[&str]| beginnings.iter().any(|it| vowels.starts_with(it));
    Some(match vowels.chars().next()? {
        _ if sound(&["ei", "ai", "ey", "ay"]) => '1',
        _ if sound(&["eu", "aeu", "oi", "oy"]) => '2',
        _ if sound(&["ue"]) => 'i',
        _ if sound(&["ae", "oe"]) => 'e',
        'y' => 'i',
        vowel => vowel,
    })
}

/// The first letter of names whose code begins with a vowel's figure.
fn onset(name: &str) -> Option<char> {
    match name.chars().find_map(base)? {
        'h' => Some('h'),
        'j' | 'y' => Some('j'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        let cases = [
            ("Müller-Lüdenscheidt", "65752682"),
            ("Wikipedia", "3412"),
            ("Breschnew", "17863"),
            ("Meyer", "67"),
            ("Maier", "67"),
            ("Schmidt", "862"),
            ("Schmitt", "862"),
            ("Philipp", "351"),
            ("Christian", "47826"),
            ("Xaver", "4837"),
            ("Maurer", "677"),
            ("", ""),
            ("123", ""),
        ];
        for (name, code) in cases {
            assert_eq!(cologne(name), code, "{name}");
        }
    }

    #[test]
    fn names_that_sound_alike() {
        let same = [
            ("Meier", "Mayer"),
            ("Meyer", "Mayr"),
            ("Herr Schmidt", "Schmitt"),
            ("Max Mustermann", "Mustermann"),
            ("Mustermann, Max", "max mustermann"),
            ("Müller", "Mueller"),
            ("Müller", "Miller"),
            ("Dr. Anna Beispiel", "Anna Beispiel"),
            ("Stephan Krüger", "Stefan Krueger"),
            ("Yilmaz", "Yılmaz"),
            ("Frau von Beispiel", "Beispiel"),
            ("Schröder", "Schroeder"),
            ("Kristina Muster", "Christina Muster"),
        ];
        for (one, other) in same {
            assert!(same_name(one, other) && same_name(other, one), "{one} {other}");
        }
        let different = [
            ("Meier", "Mohr"),
            ("Bach", "Buch"),
            ("Hansen", "Jansen"),
            ("Max Mustermann", "Max"),
            ("Max Mustermann", "Moritz Mustermann"),
            ("Anna Beispiel", "Anna Muster"),
            ("Kramer", "Krämer"),
            ("", ""),
            ("Mustermann", ""),
            ("123", "123"),
        ];
        for (one, other) in different {
            assert!(!same_name(one, other) && !same_name(other, one), "{one} {other}");
        }
    }
}
