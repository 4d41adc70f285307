//! The caller's mood, from what they say.

use super::words::Words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sentiment {
    Positive,
    Neutral,
    Negative,
}

impl Sentiment {
    /// As the provider words it; an open set.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "positive" => Some(Self::Positive),
            "neutral" => Some(Self::Neutral),
            "negative" => Some(Self::Negative),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Neutral => "neutral",
            Self::Negative => "negative",
        }
    }
}

/// One bad word is enough; a single good one is but good manners. Nothing where the caller said nothing.
pub fn sentiment(caller: &[&Words]) -> Option<Sentiment> {
    let count = |cues: &[&str]| caller.iter().map(|turn| turn.count(cues)).sum::<usize>();
    match (count(&BAD), 2 * count(&WARM) + count(&GOOD)) {
        _ if caller.is_empty() => None,
        (1.., _) => Some(Sentiment::Negative),
        (0, 2..) => Some(Sentiment::Positive),
        (0, _) => Some(Sentiment::Neutral),
    }
}

const BAD: [&str; 45] = [
    "wucher",
    "abzocke",
    "frechheit",
    "unverschaemt*",
    "doch unmoeglich",
    "einfach unmoeglich",
    "ja unmoeglich",
    "katastroph*",
    "nervt",
    "nerven",
    "genervt",
    "scheiss*",
    "mist",
    "bloed*",
    "arsch*",
    "fresse",
    "sauer",
    "furchtbar",
    "schrecklich",
    "laecherlich",
    "enttaeusch*",
    "nicht zufrieden",
    "unzufrieden",
    "beschwer*",
    "saftladen",
    "sauladen",
    "keinen sinn",
    "verrueckt*",
    "na toll",
    "aergere*",
    "aergerlich",
    "unfassbar",
    "peinlich",
    "idiot*",
    "nie wieder",
    "verarsch*",
    "kotzen",
    "was soll das",
    "schnauze voll",
    "reicht mir",
    "reicht es mir",
    "wuetend",
    "hurensohn*",
    "nie mehr",
    "viel zu teuer",
];

const GOOD: [&str; 14] = [
    "super",
    "toll",
    "perfekt",
    "wunderbar",
    "klasse",
    "prima",
    "spitze",
    "schoen dass",
    "vielen dank",
    "tausend dank",
    "hervorragend",
    "wie schoen",
    "sehr gut",
    "merci vielmals",
];

const WARM: [&str; 13] = [
    "freut mich",
    "freu mich",
    "freue mich",
    "herzlichen dank",
    "lieben dank",
    "so nett",
    "aber nett",
    "sehr nett",
    "grossartig",
    "begeistert",
    "sehr zufrieden",
    "so lieb",
    "sehr freundlich",
];
