//! What an agent hands over with a function, read as tolerantly as people and models fill it in.

use crate::intake::{address, text};
use crate::phone;
use crate::spoken::{spoken_email, spoken_number};
use serde_json::{Map, Value};

/// The arguments of one function; absent is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments {
    pub offer: Option<String>,
    pub appointment: Option<String>,
    pub date: Option<String>,
    pub time: Option<String>,
    pub service: Option<String>,
    pub staff: Option<String>,
    pub branch: Option<String>,
    pub name: Option<String>,
    /// As it was said; `phone` is what could be made of it.
    pub said_phone: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    pub said_email: Option<String>,
    pub email: Option<String>,
    pub notes: Option<String>,
    pub language: Option<String>,
    /// Only where the whole body is the arguments, since models invent it.
    pub call: Option<String>,
}

/// Longer texts were not said by anybody.
const LONGEST: usize = 2_000;

impl Arguments {
    /// Reads an object, or one that stands in a text; anything else says nothing.
    pub fn read(value: &Value) -> Self {
        let parsed: Value;
        let object = match value {
            Value::Object(object) => object,
            Value::String(text) => {
                parsed = serde_json::from_str(text).unwrap_or_default();
                match &parsed {
                    Value::Object(object) => object,
                    _ => return Self::default(),
                }
            }
            _ => return Self::default(),
        };
        Self::of(object)
    }

    fn of(object: &Map<String, Value>) -> Self {
        let word = |names: &[&str]| {
            let said = names.iter().find_map(|name| object.get(*name).and_then(text));
            said.map(|said| said.chars().take(LONGEST).collect::<String>())
        };
        let said_email = word(&["email", "customer_email", "e_mail"]);
        let said_phone = word(&["telefonnummer", "telefon", "phone", "phone_number", "customer_phone"]);
        Self {
            offer: word(&["offer_id", "offer", "angebot"]),
            appointment: word(&["appointment_id", "booking_id", "termin_id"]),
            date: word(&["datum", "date", "appointment_date", "tag", "day"]),
            time: word(&["uhrzeit", "time", "appointment_time", "zeit"]),
            service: word(&["dienstleistung", "service", "service_name", "leistung"]),
            staff: word(&["mitarbeiter", "preferred_staff", "staff"]),
            branch: word(&["filiale", "branch"]),
            name: word(&["name", "customer_name", "kundenname"]),
            phone: said_phone.as_deref().and_then(number),
            said_phone,
            email: said_email.as_deref().and_then(email),
            said_email,
            notes: word(&["notizen", "notes", "anliegen", "grund", "reason"]),
            language: word(&["sprache", "language"]),
            call: word(&["call_id"]),
        }
    }
}

/// Digits as they are written, or as they are said.
fn number(said: &str) -> Option<String> {
    phone::normalise(said).or_else(|| phone::normalise(&spoken_number(said)?))
}

fn email(said: &str) -> Option<String> {
    address(said).or_else(|| spoken_email(said))
}

/// An id that a model made up, or a template that nobody filled.
pub fn is_placeholder(call: &str) -> bool {
    let word = call.trim().to_lowercase();
    let nothing = ["", "none", "null", "undefined", "unknown", "call_id", "test"].contains(&word.as_str());
    let number = word.strip_prefix("call_").or(word.strip_prefix("call-")).unwrap_or(&word);
    let counted = number.len() <= 4 && number.chars().all(|c| c.is_ascii_digit());
    nothing || counted || word.contains("{{")
}
