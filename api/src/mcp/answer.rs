//! What a client gets: the answer as it is, and a copy as text for models, which read no more than so much of it.

use crate::metrics::McpOutcome;
use crate::problem::Problem;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};

/// Characters of a text that every client reads whole.
pub const LONGEST: usize = 15_000;

/// Texts within an answer are cut to this first, and then to less.
const FIRST_CUT: usize = 4_000;
/// However long the whole is, what is tried first leaves words to read.
const LEAST_CUT: usize = 250;

/// What a tool tells.
pub struct Told {
    value: Value,
    /// The same as JSON.
    text: String,
}

impl Told {
    /// Both at once, where both are at hand: writing down what was just read costs as much as reading it.
    pub fn new(value: Value, text: String) -> Self {
        Self { value, text }
    }

    pub fn fits(&self) -> bool {
        fits(&self.text)
    }

    /// Characters of its text.
    pub fn letters(&self) -> usize {
        self.text.chars().count()
    }
}

impl From<Value> for Told {
    fn from(value: Value) -> Self {
        Self { text: value.to_string(), value }
    }
}

pub fn of(told: Result<Told, Problem>) -> CallToolResult {
    match told {
        Ok(Told { value, text }) => {
            let text = if fits(&text) { text } else { cut(&value, text.chars().count()) };
            let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
            result.structured_content = Some(value);
            result
        }
        Err(problem) => CallToolResult::error(vec![ContentBlock::text(sentence(&problem))]),
    }
}

pub fn outcome(told: &Result<Told, Problem>) -> McpOutcome {
    match told {
        Ok(_) => McpOutcome::Ok,
        Err(problem) if problem.kind.status().is_server_error() => McpOutcome::Failed,
        Err(_) => McpOutcome::Rejected,
    }
}

/// The document of a problem, without what only a client of HTTP needs.
fn sentence(problem: &Problem) -> String {
    let document = serde_json::to_value(problem).unwrap_or_default();
    let text = document.to_string();
    if fits(&text) { text } else { cut(&document, text.chars().count()) }
}

/// The answer as JSON, cut to what every client reads; what was cut is said, and stands whole in the structured answer.
fn cut(value: &Value, letters: usize) -> String {
    let note = format!("This copy is cut from {letters} characters; the structured content holds everything.");
    let mut longest = (FIRST_CUT * LONGEST / letters.max(1)).max(LEAST_CUT);
    while longest > 0 {
        let text = json!({ "cut": note, "answer": short(value, longest) }).to_string();
        if fits(&text) {
            return text;
        }
        longest /= 2;
    }
    json!({ "cut": note }).to_string()
}

pub fn fits(text: &str) -> bool {
    text.len() <= LONGEST || text.chars().count() <= LONGEST
}

/// With texts of at most so many characters, and lists of as many items as that leaves sensible.
fn short(value: &Value, longest: usize) -> Value {
    match value {
        Value::String(text) => match text.char_indices().nth(longest) {
            Some((end, _)) => {
                let (kept, rest) = text.split_at(end);
                format!("{kept}… ({} characters more)", rest.chars().count()).into()
            }
            None => value.clone(),
        },
        Value::Array(list) => {
            let most = (longest / 16).max(1);
            let kept = list.iter().take(most).map(|item| short(item, longest));
            let more = list.len().checked_sub(most).filter(|more| *more > 0);
            kept.chain(more.map(|more| format!("… {more} more").into())).collect()
        }
        Value::Object(members) => {
            let kept = members.iter().map(|(name, member)| (name.clone(), short(member, longest)));
            Value::Object(kept.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_json_that_every_client_reads_whole() {
        let long = "ä".repeat(50_000);
        let many: Vec<Value> = (0..5_000).map(|at| json!({ "id": at, "text": "word" })).collect();
        for value in [json!({ "transcript": long }), json!({ "items": many }), json!(vec![long.clone(); 30])] {
            let result = of(Ok(value.clone().into()));
            let text = &result.content[0].as_text().unwrap().text;
            assert_eq!(result.structured_content, Some(value));
            assert!(text.chars().count() <= LONGEST, "{}", text.chars().count());
            let read: Value = serde_json::from_str(text).unwrap();
            assert!(read["cut"].as_str().unwrap().contains("cut from"));
        }
        assert_eq!(of(Ok(json!({ "a": 1 }).into())).content[0].as_text().unwrap().text, r#"{"a":1}"#);
    }

    #[test]
    fn a_refusal_is_told_and_counted_as_one() {
        let told = || Err(Problem::rejected("slot_taken", "That time is already taken."));
        let result = of(told());
        assert_eq!((result.is_error, outcome(&told())), (Some(true), McpOutcome::Rejected));
        assert!(result.content[0].as_text().unwrap().text.contains("already taken"));
        assert_eq!(outcome(&Err(Problem::internal())), McpOutcome::Failed);
    }
}
