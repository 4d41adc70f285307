//! What the agent gets: a sentence to say, a word to act on, and what comes next.

use ringbuch_domain::desk::Sentence;
use ringbuch_domain::spoken::Language;
use serde::Serialize;
use serde_json::{Map, Value};

/// More than this the agent does not read.
const LONGEST: usize = 15_000;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    pub success: bool,
    /// To be said as it is.
    pub message: String,
    /// A stable word for why it was not done, or not done as it was wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// A stable word for what the agent does best now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_step: Option<&'static str>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

impl Answer {
    pub fn yes(message: String) -> Self {
        Self { success: true, message, reason: None, next_step: None, more: Map::new() }
    }

    pub fn no(reason: &str, message: String) -> Self {
        Self { success: false, reason: Some(reason.to_owned()), ..Self::yes(message) }
    }

    /// What it offers comes in place of what was wanted.
    pub fn in_vain(self) -> Self {
        Self { success: false, ..self }
    }

    pub fn because(self, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..self }
    }

    pub fn then(self, next_step: &'static str) -> Self {
        Self { next_step: Some(next_step), ..self }
    }

    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.more.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    /// As JSON that the agent reads whole: where there is too much of something, the last of it is left out.
    pub fn text(mut self) -> String {
        loop {
            let text = serde_json::to_string(&self).unwrap_or_default();
            if text.chars().count() <= LONGEST || !self.shortened() {
                return text;
            }
        }
    }

    fn shortened(&mut self) -> bool {
        let longest = self.more.values_mut().filter_map(Value::as_array_mut).max_by_key(|list| list.len());
        if longest.and_then(Vec::pop).is_some() {
            return true;
        }
        let long = self.message.chars().count() > LONGEST / 2;
        self.message = self.message.chars().take(LONGEST / 2).collect();
        long
    }
}

/// Why a function ends before its end.
pub enum Stop {
    /// There is something to say instead.
    Said(Box<Answer>),
    Broken(anyhow::Error),
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Self::Said(Box::new(answer))
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

impl Stop {
    /// The caller hears that it did not work; why is for the log.
    pub fn told(self, function: &str, language: Language) -> Answer {
        match self {
            Self::Said(answer) => *answer,
            Self::Broken(error) => {
                tracing::error!(function, error = format!("{error:#}"), "a function could not be answered");
                Answer::no("not_now", Sentence::Broken.spoken(language)).then("try_again")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_never_longer_than_an_agent_reads() {
        let many: Vec<String> = (0..2_000).map(|at| format!("Leistung {at}")).collect();
        for answer in [
            Answer::yes("Guten Tag.".into()).with("services", &many),
            Answer::yes("a".repeat(20_000)).with("services", &many),
            Answer::yes("ä".repeat(20_000)),
        ] {
            let text = answer.text();
            assert!(text.chars().count() <= LONGEST, "{}", text.chars().count());
            assert!(serde_json::from_str::<Value>(&text).unwrap()["success"].as_bool().unwrap());
        }
    }

    #[test]
    fn what_is_absent_is_left_out() {
        let text = Answer::no("slot_taken", "Vergeben.".into()).then("offer_alternatives").text();
        assert_eq!(
            text,
            r#"{"success":false,"message":"Vergeben.","reason":"slot_taken","next_step":"offer_alternatives"}"#
        );
        assert_eq!(Answer::yes("Ja.".into()).text(), r#"{"success":true,"message":"Ja."}"#);
    }
}
