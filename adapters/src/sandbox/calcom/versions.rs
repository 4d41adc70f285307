//! `cal-api-version`: an absent or unknown value means the oldest API, a known one of another resource no route.

use super::super::Operation;

pub(super) const LEGACY: &str = "2024-04-15";
pub(super) const BOOKINGS_2024: &str = "2024-08-13";
pub(super) const BOOKINGS_2026: &str = "2026-02-25";
/// Lists bookings by cursor.
pub(super) const CURSOR: &str = "2026-05-01";
const SLOTS: &str = "2024-09-04";
const SCHEDULES: &str = "2024-06-11";
pub(super) const EVENT_TYPES_2024: &str = "2024-06-14";
const EVENT_TYPES_2026: &str = "2026-06-12";

const KNOWN: [&str; 8] =
    [LEGACY, SCHEDULES, EVENT_TYPES_2024, BOOKINGS_2024, SLOTS, BOOKINGS_2026, CURSOR, EVENT_TYPES_2026];

/// The version that answers, or nothing when no controller of that version has the route.
pub(super) fn resolve(operation: Operation, header: Option<&str>) -> Option<&'static str> {
    let asked = header.and_then(|header| KNOWN.into_iter().find(|known| *known == header)).unwrap_or(LEGACY);
    served(operation).is_none_or(|served| served.contains(&asked)).then_some(asked)
}

/// Nothing for routes that do not look at the version.
fn served(operation: Operation) -> Option<&'static [&'static str]> {
    match operation {
        Operation::CreateBooking | Operation::GetBooking | Operation::ListBookings | Operation::CancelBooking => {
            Some(&[LEGACY, BOOKINGS_2024, BOOKINGS_2026, CURSOR])
        }
        Operation::RescheduleBooking
        | Operation::ConfirmBooking
        | Operation::DeclineBooking
        | Operation::MarkAbsent => Some(&[BOOKINGS_2024, BOOKINGS_2026, CURSOR]),
        Operation::ListSlots | Operation::ReserveSlot | Operation::GetReservation | Operation::DropReservation => {
            Some(&[SLOTS])
        }
        Operation::ListEventTypes | Operation::GetEventType => Some(&[LEGACY, EVENT_TYPES_2024, EVENT_TYPES_2026]),
        Operation::ListSchedules
        | Operation::GetDefaultSchedule
        | Operation::GetSchedule
        | Operation::UpdateSchedule => Some(&[LEGACY, SCHEDULES]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_unknown_and_foreign_versions() {
        let table = [
            (Operation::CreateBooking, Some("2024-08-13"), Some(BOOKINGS_2024)),
            (Operation::CreateBooking, None, Some(LEGACY)),
            (Operation::CreateBooking, Some("2099-01-01"), Some(LEGACY)),
            (Operation::CreateBooking, Some("2024-09-04"), None),
            (Operation::RescheduleBooking, None, None),
            (Operation::ListBookings, Some("2026-05-01"), Some(CURSOR)),
            (Operation::ListSlots, Some("2024-09-04"), Some(SLOTS)),
            (Operation::ListSlots, Some("2024-08-13"), None),
            (Operation::ListSlots, None, None),
            (Operation::GetMe, Some("2024-09-04"), Some(SLOTS)),
        ];
        for (operation, header, expected) in table {
            assert_eq!(resolve(operation, header), expected, "{operation} under {header:?}");
        }
    }
}
