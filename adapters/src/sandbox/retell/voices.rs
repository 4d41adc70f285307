//! GET /list-voices: a plain array.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::wire::Answer;

/// Id, name, provider, gender, accent.
const VOICES: [(&str, &str, &str, &str, &str); 6] = [
    ("retell-Cimo", "Cimo", "platform", "female", "American"),
    ("retell-Andrew", "Andrew", "platform", "male", "American"),
    ("11labs-Carola", "Carola", "elevenlabs", "female", "German"),
    ("11labs-Lutz", "Lutz", "elevenlabs", "male", "German"),
    ("cartesia-Anke", "Anke", "cartesia", "female", "German"),
    ("minimax-Jonas", "Jonas", "minimax", "male", "German"),
];

pub(super) fn list() -> Answer {
    let voice = |(id, name, provider, gender, accent): &(&str, &str, &str, &str, &str)| {
        json!({"voice_id": id, "voice_name": name, "provider": provider, "gender": gender, "accent": accent,
               "age": "Middle Aged"})
    };
    Answer::new(StatusCode::OK, Value::Array(VOICES.iter().map(voice).collect()))
}
