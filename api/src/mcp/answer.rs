//! What a client gets: the answer as it is, and a copy as text for models, which read no more than so much of it.

use super::outlet::Outlet;
use crate::metrics::McpOutcome;
use crate::problem::Problem;
use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use serde_json::Value;
use std::io;

/// Characters of a text that every client reads whole.
pub const LONGEST: usize = 15_000;

/// Texts within an answer are cut to this first, and then to less.
const FIRST_CUT: usize = 4_000;
/// However long the whole is, what is tried first leaves words to read.
const LEAST_CUT: usize = 250;

/// What a tool tells, as JSON.
pub struct Told(String);

impl Told {
    /// An answer of the REST interface is JSON already.
    pub fn new(json: String) -> Self {
        Self(json)
    }

    pub fn fits(&self) -> bool {
        fits(&self.0)
    }

    /// Characters of its text.
    pub fn letters(&self) -> usize {
        self.0.chars().count()
    }
}

impl From<Value> for Told {
    fn from(value: Value) -> Self {
        Self(value.to_string())
    }
}

pub fn of(told: Result<Told, Problem>, outlet: &Outlet) -> CallToolResult {
    match told {
        Ok(Told(json)) => {
            let copy = (!fits(&json)).then(|| copy_of(&json));
            outlet.take(json, copy)
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

fn copy_of(json: &str) -> String {
    let value: Value = serde_json::from_str(json).unwrap_or_default();
    cut(&value, json.chars().count())
}

/// The answer as JSON, cut to what every client reads; what was cut is said, and stands whole in the structured answer.
fn cut(value: &Value, letters: usize) -> String {
    let note = format!("This copy is cut from {letters} characters; the structured content holds everything.");
    let mut longest = (FIRST_CUT * LONGEST / letters.max(1)).max(LEAST_CUT);
    while longest > 0 {
        if let Some(text) = bounded(&Copy { cut: &note, answer: Some(Short { value, longest }) }) {
            return text;
        }
        longest /= 2;
    }
    bounded(&Copy { cut: &note, answer: None }).unwrap_or_default()
}

#[derive(Serialize)]
struct Copy<'a> {
    cut: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Short<'a>>,
}

pub fn fits(text: &str) -> bool {
    text.len() <= LONGEST || text.chars().count() <= LONGEST
}

/// A value with texts of at most so many characters, and lists of as many items as that leaves sensible.
struct Short<'a> {
    value: &'a Value,
    longest: usize,
}

impl<'a> Short<'a> {
    fn inner(&self, value: &'a Value) -> Self {
        Self { value, longest: self.longest }
    }
}

impl Serialize for Short<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::String(text) => match text.char_indices().nth(self.longest) {
                Some((end, _)) => {
                    let (kept, rest) = text.split_at(end);
                    serializer.collect_str(&format_args!("{kept}… ({} characters more)", rest.chars().count()))
                }
                None => serializer.serialize_str(text),
            },
            Value::Array(list) => {
                let most = (self.longest / 16).max(1);
                let mut written = serializer.serialize_seq(None)?;
                list.iter().take(most).try_for_each(|item| written.serialize_element(&self.inner(item)))?;
                if let Some(more) = list.len().checked_sub(most).filter(|more| *more > 0) {
                    written.serialize_element(&format_args!("… {more} more"))?;
                }
                written.end()
            }
            Value::Object(members) => serializer.collect_map(members.iter().map(|(name, it)| (name, self.inner(it)))),
            Value::Null | Value::Bool(_) | Value::Number(_) => self.value.serialize(serializer),
        }
    }
}

/// Its JSON, unless that is longer than every client reads.
fn bounded(value: &impl Serialize) -> Option<String> {
    let mut sheet = Sheet::default();
    serde_json::to_writer(&mut sheet, value).ok()?;
    String::from_utf8(sheet.text).ok()
}

/// Takes what every client reads and no more, so that a try that fails costs no more than one that does not. Letters are
/// counted only where bytes are too many.
#[derive(Default)]
struct Sheet {
    text: Vec<u8>,
    /// Of the bytes before `counted`.
    letters: usize,
    counted: usize,
}

impl io::Write for Sheet {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(part);
        if self.text.len() > LONGEST {
            let fresh = self.text.get(self.counted..).unwrap_or_default();
            self.letters += fresh.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
            self.counted = self.text.len();
            if self.letters > LONGEST {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The result as a client gets it.
    fn sent(value: Value) -> Value {
        let outlet = Outlet::default();
        let result = of(Ok(value.into()), &outlet);
        let message = serde_json::to_vec(&result).unwrap();
        serde_json::from_slice(&outlet.fill(message.into())).unwrap()
    }

    #[test]
    fn a_copy_is_json_that_every_client_reads_whole() {
        let long = "ä".repeat(50_000);
        let many: Vec<Value> = (0..5_000).map(|at| json!({ "id": at, "text": "word" })).collect();
        for value in [json!({ "transcript": long }), json!({ "items": many }), json!(vec![long.clone(); 30])] {
            let result = sent(value.clone());
            let text = result["content"][0]["text"].as_str().unwrap();
            assert_eq!(result["structuredContent"], value);
            assert!(text.chars().count() <= LONGEST, "{}", text.chars().count());
            let read: Value = serde_json::from_str(text).unwrap();
            assert!(read["cut"].as_str().unwrap().contains("cut from"));
        }
        assert_eq!(sent(json!({ "a": "ä\n" }))["content"][0]["text"], r#"{"a":"ä\n"}"#);
    }

    #[test]
    fn a_refusal_is_told_and_counted_as_one() {
        let told = || Err(Problem::rejected("slot_taken", "That time is already taken."));
        let result = of(told(), &Outlet::default());
        assert_eq!((result.is_error, outcome(&told())), (Some(true), McpOutcome::Rejected));
        assert!(result.content[0].as_text().unwrap().text.contains("already taken"));
        assert_eq!(outcome(&Err(Problem::internal())), McpOutcome::Failed);
    }
}
