//! What belongs to a person is either known or erased; nothing in the domain may assume that it is known.

use serde::{Deserialize, Serialize};

/// The private part of an event. Whoever reads it says what happens when the person was forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Private<T> {
    Known(T),
    #[default]
    Erased,
}

impl<T> Private<T> {
    /// The value, unless it was erased.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Erased => None,
        }
    }
}
