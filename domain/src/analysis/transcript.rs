//! A transcript as turns: lines that begin with `Agent:` or `User:`.

use super::words::Words;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    Agent,
    Caller,
}

/// What one of the two said before the other spoke.
#[derive(Debug, Clone)]
pub struct Turn {
    pub speaker: Speaker,
    pub text: String,
    pub words: Words,
}

impl Turn {
    pub fn asks(&self) -> bool {
        self.text.trim_end().ends_with('?')
    }

    /// The other one fell in.
    pub fn is_broken_off(&self) -> bool {
        self.text.trim_end().ends_with(char::is_alphanumeric)
    }

    pub fn is_of(&self, speaker: Speaker) -> bool {
        self.speaker == speaker
    }
}

/// A line without a speaker goes on with what was said before; none before the first speaker is taken.
pub fn turns(transcript: &str) -> Vec<Turn> {
    let mut spoken: Vec<(Speaker, String)> = Vec::new();
    for line in transcript.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (speaker(line), spoken.last_mut()) {
            (Some((speaker, said)), _) => spoken.push((speaker, said.into())),
            (None, Some((_, text))) => text.extend([" ", line]),
            (None, None) => {}
        }
    }
    let turn = |(speaker, text): (Speaker, String)| Turn { speaker, words: Words::of(&text), text };
    spoken.into_iter().map(turn).filter(|turn| !turn.words.is_empty()).collect()
}

fn speaker(line: &str) -> Option<(Speaker, &str)> {
    let (name, said) = line.split_once(':')?;
    match name.trim() {
        "Agent" => Some((Speaker::Agent, said.trim())),
        "User" => Some((Speaker::Caller, said.trim())),
        _ => None,
    }
}
