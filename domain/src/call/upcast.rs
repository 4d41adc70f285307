//! How older shapes of a call's events become today's.

use crate::upcast::OldShape;
use serde_json::Value;

/// Version 1 was written before anybody asked how long the agent took to answer.
pub(super) fn call_ended_v1(mut old: OldShape) -> OldShape {
    if let Value::Object(fields) = &mut old.public {
        fields.insert("latency".into(), Value::Null);
    }
    old
}

#[cfg(test)]
mod tests {
    use crate::call::CallEvent;
    use crate::event::{EventFamily, Opened};

    #[test]
    fn nothing_is_known_of_the_latency_of_calls_long_ago() {
        let public = br#"{"call":"call_1","customer":"00000000-0000-4000-8000-0000000000c1","rank":"ended",
            "status":"ended","duration_ms":24000}"#;
        match CallEvent::decode("CallEnded", 1, public, Opened::Erased).expect("it can be read") {
            CallEvent::CallEnded(it) => assert_eq!((it.duration_ms, it.latency), (Some(24_000), None)),
            other => panic!("{other:?}"),
        }
        assert!(CallEvent::decode("CallEnded", 1, b"[]", Opened::Erased).is_err());
    }
}
