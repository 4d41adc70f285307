//! How single fields of an envelope are written into columns, on both engines alike.

use ringbuch_domain::ids::{CompanyId, CustomerId, DeliveryId};
use ringbuch_domain::ports::LogError;
use ringbuch_domain::recorded::Subject;

/// `person:<uuid>` or `delivery:<id>`.
pub(crate) fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::Person(customer) => format!("person:{customer}"),
        Subject::Delivery(delivery) => format!("delivery:{delivery}"),
    }
}

pub(crate) fn subject_from(text: &str) -> Result<Subject, LogError> {
    let unreadable = || LogError::message("an event names a subject of an unknown kind");
    match text.split_once(':') {
        Some(("person", id)) => {
            let id: CustomerId = id.parse().map_err(|error| LogError::new("reading an event's subject", error))?;
            Ok(Subject::Person(id))
        }
        Some(("delivery", id)) => {
            let id = DeliveryId::new(id).map_err(|error| LogError::new("reading an event's subject", error))?;
            Ok(Subject::Delivery(id))
        }
        _ => Err(unreadable()),
    }
}

pub(crate) fn company_from(text: Option<&str>) -> Result<Option<CompanyId>, LogError> {
    text.map(CompanyId::new).transpose().map_err(|error| LogError::new("reading an event's company", error))
}

/// Positions, revisions and counts are far below 2^63, and both engines store signed numbers.
pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The way back; what is stored is never negative.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_subject_reads_back_as_it_was_written() {
        let person = Subject::Person(CustomerId(Uuid::from_u128(7)));
        let delivery = Subject::Delivery(DeliveryId::new("00ff").unwrap());
        for subject in [person, delivery] {
            assert_eq!(subject_from(&subject_text(&subject)).unwrap(), subject);
        }
        assert!(subject_from("company:x").is_err());
        assert!(subject_from("person:x").is_err());
    }
}
