//! What a client gets: the answer as it is, and a copy as text for models, which read no more than so much of it.

use crate::metrics::McpOutcome;
use crate::problem::Problem;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};

/// Characters of a text that every client reads whole.
pub const LONGEST: usize = 15_000;

/// Texts within an answer are cut to this first, and then to less.
const FIRST_CUT: usize = 4_000;

pub fn of(told: &Result<Value, Problem>) -> CallToolResult {
    match told {
        Ok(value) => {
            let mut result = CallToolResult::success(vec![ContentBlock::text(copy(value))]);
            result.structured_content = Some(value.clone());
            result
        }
        Err(problem) => CallToolResult::error(vec![ContentBlock::text(sentence(problem))]),
    }
}

pub fn outcome(told: &Result<Value, Problem>) -> McpOutcome {
    match told {
        Ok(_) => McpOutcome::Ok,
        Err(problem) if problem.kind.status().is_server_error() => McpOutcome::Failed,
        Err(_) => McpOutcome::Rejected,
    }
}

/// The document of a problem, without what only a client of HTTP needs.
fn sentence(problem: &Problem) -> String {
    let document = serde_json::to_value(problem).unwrap_or_default();
    copy(&document)
}

/// The answer as JSON, cut where it is too long; what was cut is said, and stands whole in the structured answer.
pub fn copy(value: &Value) -> String {
    let whole = value.to_string();
    if fits(&whole) {
        return whole;
    }
    let letters = whole.chars().count();
    let note = format!("This copy is cut from {letters} characters; the structured content holds everything.");
    let mut longest = FIRST_CUT;
    while longest > 0 {
        let mut short = value.clone();
        shorten(&mut short, longest);
        let text = json!({ "cut": note, "answer": short }).to_string();
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

/// Texts of at most so many characters, and lists of as many items as that leaves sensible.
fn shorten(value: &mut Value, longest: usize) {
    match value {
        Value::String(text) => {
            let letters = text.chars().count();
            if letters > longest {
                let kept: String = text.chars().take(longest).collect();
                *text = format!("{kept}… ({} characters more)", letters - longest);
            }
        }
        Value::Array(list) => {
            let most = (longest / 16).max(1);
            let more = list.len().saturating_sub(most);
            list.truncate(most);
            list.iter_mut().for_each(|item| shorten(item, longest));
            if more > 0 {
                list.push(format!("… {more} more").into());
            }
        }
        Value::Object(members) => members.values_mut().for_each(|member| shorten(member, longest)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
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
            let text = copy(&value);
            assert!(text.chars().count() <= LONGEST, "{}", text.chars().count());
            let read: Value = serde_json::from_str(&text).unwrap();
            assert!(read["cut"].as_str().unwrap().contains("cut from"));
        }
        assert_eq!(copy(&json!({ "a": 1 })), r#"{"a":1}"#);
    }

    #[test]
    fn a_refusal_is_told_and_counted_as_one() {
        let told = Err(Problem::rejected("slot_taken", "That time is already taken."));
        let result = of(&told);
        assert_eq!((result.is_error, outcome(&told)), (Some(true), McpOutcome::Rejected));
        assert!(result.content[0].as_text().unwrap().text.contains("already taken"));
        assert_eq!(outcome(&Err(Problem::internal())), McpOutcome::Failed);
    }
}
