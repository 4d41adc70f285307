//! Answers that are JSON already. The protocol's library sends values: to read a text into one, and to write it twice, cost
//! more than making the answer. So it is handed marks, and once it has written its message, what they stand for is put in
//! their places.

use bytes::Bytes;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// Goes along with one request, from where it comes in to where its answer is known.
#[derive(Clone, Default)]
pub struct Outlet(Arc<Mutex<Option<Answer>>>);

struct Answer {
    /// Nobody can have guessed it, so nothing else in the message is the same.
    mark: String,
    json: String,
    /// What models read, where that is not the whole.
    copy: Option<String>,
}

impl Outlet {
    /// Takes an answer and returns the result that stands for it.
    pub fn take(&self, json: String, copy: Option<String>) -> CallToolResult {
        let mark = Uuid::new_v4().to_string();
        let mut result = CallToolResult::success(vec![ContentBlock::text(of_copy(&mark))]);
        result.structured_content = Some(Value::String(of_whole(&mark)));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Answer { mark, json, copy });
        result
    }

    /// The message with the answer in its places; as it is where none was taken.
    pub fn fill(&self, message: Bytes) -> Bytes {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Answer { mark, json, copy }) = taken else { return message };
        let Ok(text) = std::str::from_utf8(&message) else { return message };
        let copy = Value::String(copy.unwrap_or_else(|| json.clone())).to_string();
        text.replacen(&quoted(&of_copy(&mark)), &copy, 1).replacen(&quoted(&of_whole(&mark)), &json, 1).into()
    }
}

fn of_copy(mark: &str) -> String {
    format!("{mark}-copy")
}

fn of_whole(mark: &str) -> String {
    format!("{mark}-whole")
}

fn quoted(mark: &str) -> String {
    format!("\"{mark}\"")
}
