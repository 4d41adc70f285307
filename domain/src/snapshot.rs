//! Which aggregates may be kept as they stand, so that a long stream need not be read from its beginning. What belongs to
//! persons is never kept so: it would outlive its key.

use crate::access::Access;
use crate::account::Account;
use crate::alerts::Alerts;
use crate::call::Call;
use crate::company::Company;
use crate::comparison::Comparison;
use crate::customer::Customer;
use crate::diary::Diary;
use crate::event::EventFamily;
use crate::mail::{Correspondence, Mailing};
use crate::number::Number;
use crate::user::User;
use crate::webhook::Webhook;

pub trait Snapshot: cqrs_es::Aggregate<Event: EventFamily> {
    /// The version of the state's JSON, raised with every change of its fields and of what an event does to them. Absent:
    /// it is never kept.
    const SHAPE: Option<u16>;

    /// Whoever keeps states asks for this, and does not compile where one may hold what belongs to a person.
    const HOLDS_NOTHING_PRIVATE: () = assert!(
        Self::SHAPE.is_none() || !<Self::Event as EventFamily>::HAS_PRIVATE,
        "a state that is made of events with private parts must not be kept"
    );
}

impl Snapshot for Company {
    const SHAPE: Option<u16> = Some(5);
}
impl Snapshot for Access {
    const SHAPE: Option<u16> = Some(1);
}
impl Snapshot for Account {
    const SHAPE: Option<u16> = Some(1);
}
impl Snapshot for Number {
    const SHAPE: Option<u16> = Some(1);
}
impl Snapshot for Comparison {
    const SHAPE: Option<u16> = Some(1);
}
impl Snapshot for Alerts {
    const SHAPE: Option<u16> = Some(1);
}

// A few events each.
impl Snapshot for Mailing {
    const SHAPE: Option<u16> = None;
}
impl Snapshot for Correspondence {
    const SHAPE: Option<u16> = None;
}

// These know persons, and their streams are short: a call, a day, a delivery.
impl Snapshot for Call {
    const SHAPE: Option<u16> = None;
}
impl Snapshot for Customer {
    const SHAPE: Option<u16> = None;
}
impl Snapshot for Diary {
    const SHAPE: Option<u16> = None;
}
impl Snapshot for User {
    const SHAPE: Option<u16> = None;
}
impl Snapshot for Webhook {
    const SHAPE: Option<u16> = None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::samples;
    use std::path::Path;

    /// Set to write down the state of a new version.
    const KEEP: &str = "KEEP_SCHEMAS";

    /// The state that the samples of all of its events lead to.
    fn state_of_samples<A: Snapshot>() -> A {
        let mut state = A::default();
        for (kind, _) in A::Event::KINDS {
            for sample in samples().into_iter().filter(|sample| sample.kind == *kind) {
                state.apply(sample.decoded_as().unwrap_or_else(|error| panic!("{kind}: {error}")));
            }
        }
        state
    }

    /// What events do to a state, and how it is written, is as it was kept.
    fn check<A: Snapshot + PartialEq + std::fmt::Debug>() {
        let shape = A::SHAPE.expect("one that is kept");
        let name = format!("{}.v{shape}.json", A::TYPE);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(&name);
        let state = state_of_samples::<A>();
        let today = serde_json::to_string_pretty(&state).expect("JSON") + "\n";
        if !path.exists() && std::env::var_os(KEEP).is_some() {
            std::fs::write(&path, &today).expect("the file can be written");
        }
        let kept = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("snapshots/{name}: {error}; run this test once with {KEEP}=1"));
        assert_eq!(
            today,
            kept,
            "the state of {} is not what snapshots/{name} says. Logs may have kept states of that shape: raise SHAPE, \
             and run this test once with {KEEP}=1",
            A::TYPE
        );
        assert_eq!(serde_json::from_str::<A>(&kept).expect("it can be read"), state);
    }

    #[test]
    fn no_kept_state_changes_without_a_new_version() {
        check::<Company>();
        check::<Access>();
        check::<Account>();
        check::<Number>();
        check::<Comparison>();
        check::<Alerts>();
    }
}
