//! How older shapes of a company's events become today's.

use crate::upcast::OldShape;
use serde_json::{Value, json};

/// Version 1 knew one generation of the calendar's interface.
pub(super) fn calendar_connected_v1(old: OldShape) -> OldShape {
    with(old, &[("api", json!("v2"))])
}

/// Version 1 knew only hours that were told here, in the company's own zone.
pub(super) fn working_hours_v1(old: OldShape) -> OldShape {
    with(old, &[("schedule", Value::Null), ("zone", Value::Null)])
}

fn with(mut old: OldShape, fields: &[(&str, Value)]) -> OldShape {
    if let Some(public) = old.public.as_object_mut() {
        public.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    old
}
