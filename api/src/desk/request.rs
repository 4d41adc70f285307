//! One function as Retell sends it: `{name, args, call}`, or the arguments alone where the agent is set to that.

use ringbuch_domain::desk::Arguments;
use serde_json::{Map, Value};

pub struct Asked {
    /// What was signed as the function's name.
    pub named: Option<String>,
    pub arguments: Arguments,
    /// The call as it stands; absent where the body is the arguments alone.
    pub call: Option<Map<String, Value>>,
}

impl Asked {
    /// Nothing where the body is no object.
    pub fn read(body: &[u8]) -> Option<Self> {
        let Value::Object(mut root) = serde_json::from_slice(body).ok()? else { return None };
        let enveloped = root.contains_key("args") || root.get("call").is_some_and(Value::is_object);
        if !enveloped {
            return Some(Self { named: None, arguments: Arguments::read(&Value::Object(root)), call: None });
        }
        let arguments = root.get("args").map(Arguments::read).unwrap_or_default();
        let call = match root.remove("call") {
            Some(Value::Object(call)) => Some(call),
            _ => None,
        };
        let named = root.get("name").and_then(Value::as_str).map(str::to_owned);
        Some(Self { named, arguments, call })
    }

    /// What the caller speaks, as far as anybody has said so.
    pub fn language<'a>(&'a self, otherwise: &'a str) -> &'a str {
        let variables = self.call.as_ref().and_then(|call| call.get("retell_llm_dynamic_variables"));
        let set = || ["sprache", "language"].iter().find_map(|name| variables?.get(*name)?.as_str());
        let known = |word: &&str| !word.is_empty() && !word.contains("{{");
        self.arguments.language.as_deref().or_else(set).filter(known).unwrap_or(otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stand_in_an_envelope_or_alone() {
        let whole = br#"{"name":"hold_slot","args":{"offer_id":"x","name":"Max"},"call":{"call_id":"call_abc"}}"#;
        let read = Asked::read(whole).unwrap();
        assert_eq!((read.named.as_deref(), read.arguments.name.as_deref()), (Some("hold_slot"), Some("Max")));
        assert!(read.call.is_some());
        let alone = Asked::read(br#"{"offer_id":"x","name":"Max","call_id":"call_abc"}"#).unwrap();
        assert_eq!((alone.named, alone.arguments.name.as_deref()), (None, Some("Max")));
        assert_eq!((alone.call, alone.arguments.call.as_deref()), (None, Some("call_abc")));
    }

    #[test]
    fn what_is_no_object_is_no_request() {
        for body in [&b""[..], b"[]", b"7", b"{", b"\xff"] {
            assert!(Asked::read(body).is_none());
        }
    }

    #[test]
    fn the_language_is_what_was_said_of_it() {
        let set = Asked::read(br#"{"args":{},"call":{"retell_llm_dynamic_variables":{"language":"en"}}}"#).unwrap();
        assert_eq!(set.language("de"), "en");
        let said =
            Asked::read(br#"{"args":{"sprache":"de"},"call":{"retell_llm_dynamic_variables":{"language":"en"}}}"#);
        assert_eq!(said.unwrap().language("en"), "de");
        assert_eq!(Asked::read(br#"{"args":{},"call":{}}"#).unwrap().language("de"), "de");
    }
}
