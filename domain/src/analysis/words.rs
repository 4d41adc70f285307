//! A text as plain words, in which cues are looked for.

use crate::spoken::plain;

/// Small letters without umlauts and marks, one space around each word.
#[derive(Debug, Clone, Default)]
pub struct Words(String);

impl Words {
    pub fn of(text: &str) -> Self {
        let plain = plain(text);
        let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let spaced = words.fold(String::from(" "), |all, word| all + word + " ");
        Self(spaced)
    }

    /// One of the cues is there: whole words, or the beginning of one where the cue ends in a star.
    pub fn has(&self, cues: &[&str]) -> bool {
        cues.iter().any(|cue| self.count_of(cue) > 0)
    }

    /// How many of the cues are there, counting each as often as it is.
    pub fn count(&self, cues: &[&str]) -> usize {
        cues.iter().map(|cue| self.count_of(cue)).sum()
    }

    pub fn starts_with(&self, cues: &[&str]) -> bool {
        cues.iter().any(|cue| self.0.starts_with(&pattern(cue)))
    }

    pub fn len(&self) -> usize {
        self.0.split_whitespace().count()
    }

    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    fn count_of(&self, cue: &str) -> usize {
        self.0.matches(&pattern(cue)).count()
    }
}

fn pattern(cue: &str) -> String {
    match cue.strip_suffix('*') {
        Some(beginning) => format!(" {beginning}"),
        None => format!(" {cue} "),
    }
}

/// What stands between marks and conjunctions: "nicht" in one does not touch what the next says.
pub fn pieces(text: &str) -> Vec<Words> {
    let marked =
        [" und ", " aber ", " sonst ", " weil "].iter().fold(text.to_owned(), |text, word| text.replace(word, ", "));
    marked.split([',', '.', '!', '?', ';']).map(Words::of).collect()
}

/// A time of day is named.
pub fn names_a_time(words: &Words) -> bool {
    words.has(&TIMES)
}

pub const DAYS: [&str; 15] = [
    "montag*",
    "dienstag*",
    "mittwoch*",
    "donnerstag*",
    "freitag*",
    "samstag*",
    "sonnabend*",
    "sonntag*",
    "heute",
    "morgen",
    "uebermorgen",
    "naechste woche",
    "kommende woche",
    "vormittag*",
    "nachmittag*",
];

const TIMES: [&str; 32] = [
    "uhr",
    "halb",
    "viertel",
    "um eins",
    "um zwei",
    "um drei",
    "um vier",
    "um fuenf",
    "um sechs",
    "um sieben",
    "um acht",
    "um neun",
    "um zehn",
    "um elf",
    "um zwoelf",
    "um 7",
    "um 8",
    "um 9",
    "um 10",
    "um 11",
    "um 12",
    "um 13",
    "um 14",
    "um 15",
    "um 16",
    "um 17",
    "um 18",
    "um 19",
    "um dreizehn",
    "um vierzehn",
    "um fuenfzehn",
    "um sechzehn",
];
