//! How older shapes of the page's events become today's.

use crate::upcast::{OldPart, OldShape};
use serde_json::{Value, json};

/// Version 1 kept the reason as a bare text, and nothing at all where none was given: nobody could tell a cancellation
/// without a reason from one whose reason was erased.
pub(super) fn cancel_requested_v1(old: OldShape) -> OldShape {
    let private = match old.private {
        OldPart::Absent => OldPart::Known(json!({ "text": Value::Null })),
        OldPart::Known(text) => OldPart::Known(json!({ "text": text })),
        OldPart::Erased => OldPart::Erased,
    };
    OldShape { private, ..old }
}

#[cfg(test)]
mod tests {
    use crate::diary::{BookingCancelRequested, CancelReason, DiaryEvent};
    use crate::event::{EventFamily, Opened};
    use crate::private::Private;

    fn read(private: Opened<'_>) -> Private<CancelReason> {
        let public = br#"{"booking":"00000000-0000-4000-8000-0000000000b1",
            "customer":"00000000-0000-4000-8000-0000000000c1","by":"api"}"#;
        match DiaryEvent::decode("BookingCancelRequested", 1, public, private).expect("it can be read") {
            DiaryEvent::BookingCancelRequested(BookingCancelRequested { private, .. }) => private,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_reason_that_was_never_given_is_not_one_that_was_erased() {
        let reason = |text: Option<&str>| Private::Known(CancelReason { text: text.map(Into::into) });
        assert_eq!(read(Opened::Known(b"\"krank\"")), reason(Some("krank")));
        assert_eq!(read(Opened::Absent), reason(None));
        assert_eq!(read(Opened::Erased), Private::Erased);
    }

    #[test]
    fn what_does_not_have_its_shape_is_refused() {
        for private in [&b"7"[..], b"!"] {
            assert!(DiaryEvent::decode("BookingCancelRequested", 1, b"{}", Opened::Known(private)).is_err());
        }
    }
}
