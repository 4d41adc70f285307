//! A text as plain words, in which cues are looked for.

use crate::spoken::plain;

/// Small letters without umlauts and marks, one space behind each word. Cues are looked for in the places of the words,
/// which are kept in the order of the text that begins there: a transcript is asked for hundreds of cues.
#[derive(Debug, Clone, Default)]
pub struct Words {
    text: String,
    places: Vec<usize>,
}

impl Words {
    pub fn of(text: &str) -> Self {
        let plain = plain(text);
        let (mut text, mut places) = (String::with_capacity(plain.len() + 1), Vec::new());
        for word in plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            places.push(text.len());
            text.extend([word, " "]);
        }
        places.sort_unstable_by_key(|place| text.get(*place..));
        Self { text, places }
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
        cues.iter().any(|cue| begins(&self.text, cue))
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn count_of(&self, cue: &str) -> usize {
        let beginning = cue.trim_end_matches('*');
        let first = self.places.partition_point(|place| self.behind(*place) < beginning);
        let from_there = self.places.iter().skip(first).map(|place| self.behind(*place));
        from_there.take_while(|text| text.starts_with(beginning)).filter(|text| begins(text, cue)).count()
    }

    fn behind(&self, place: usize) -> &str {
        self.text.get(place..).unwrap_or_default()
    }
}

fn begins(text: &str, cue: &str) -> bool {
    match cue.strip_suffix('*') {
        Some(beginning) => text.starts_with(beginning),
        None => text.strip_prefix(cue).is_some_and(|rest| rest.starts_with(' ')),
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
