//! To whom an appointment is told. A voice proves nothing, and neither does a number alone, which others may use: two
//! things that agree with what is on record are asked for.

use crate::spoken::same_name;
use jiff::Timestamp;

/// After so many appointments that were asked for in vain, a call is told of none any more.
pub const GUESSES_AT_MOST: u32 = 3;

/// What the caller has to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// E.164, as the network tells it.
    pub calling_number: Option<String>,
    /// E.164, as it was said.
    pub said_number: Option<String>,
    pub name: Option<String>,
    /// The exact day and time that was said.
    pub start: Option<Timestamp>,
}

/// What is known of an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnRecord<'a> {
    pub name: Option<&'a str>,
    /// E.164.
    pub phone: Option<&'a str>,
    pub start: Timestamp,
}

impl Evidence {
    /// There is enough to be compared with anything.
    pub fn is_enough_to_ask(&self) -> bool {
        self.name.is_some() && (self.start.is_some() || !self.numbers().is_empty())
    }

    /// The numbers that may be theirs.
    pub fn numbers(&self) -> Vec<&str> {
        [&self.calling_number, &self.said_number].into_iter().flatten().map(String::as_str).collect()
    }
}

/// The name agrees, and with it the number or the exact time.
pub fn may_be_told(evidence: &Evidence, record: &OnRecord<'_>) -> bool {
    let name = evidence.name.as_deref().zip(record.name).is_some_and(|(said, known)| same_name(said, known));
    let number = record.phone.is_some_and(|phone| evidence.numbers().contains(&phone));
    name && (number || evidence.start == Some(record.start))
}
