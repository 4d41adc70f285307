//! Check, then insert: what Cal.com lets through when two come at once, and what its unique key stops.

use std::time::Duration;

use futures_util::future::join;
use serde_json::json;

use super::super::calcom::{Quirks, UniqueViolation};
use super::harness::{Reply, Town, but, uid};

/// Wide enough that the second request is checked before the first is inserted, on a busy machine too.
const GAP: Duration = Duration::from_millis(500);

async fn at_once(town: &Town, first: &str, second: &str, kind: u64) -> (Reply, Reply) {
    town.calcom.widen_race(GAP);
    let other = but(Town::wish(kind, second), "/attendee/email", json!("erika@example.com"));
    let first = Town::wish(kind, first);
    join(town.book(&first), town.book(&other)).await
}

#[tokio::test]
async fn identical_intervals_meet_the_unique_key() {
    let table = [
        (UniqueViolation::Conflict409, 409, json!({"statusCode": 409, "message": "booking_conflict_error"})),
        (UniqueViolation::Database400, 400, json!("An error occurred while querying the database.")),
    ];
    for (unique_violation, status, body) in table {
        let town = Town::open().await;
        town.calcom.set_quirks(Quirks { unique_violation, ..Quirks::default() });
        let (a, b) = at_once(&town, "2025-07-02T09:00:00Z", "2025-07-02T09:00:00Z", town.cut).await;
        let (won, lost) = if a.status == 201 { (a, b) } else { (b, a) };
        assert_eq!((won.status, lost.status), (201, status), "{}", lost.body);
        assert!(lost.body == body || lost.message() == body, "{}", lost.body);
        assert_eq!(town.calcom.live_bookings().len(), 1);
    }
}

#[tokio::test]
async fn unequal_intervals_both_get_in() {
    let town = Town::open().await;
    let (a, b) = at_once(&town, "2025-07-02T09:00:00Z", "2025-07-02T09:15:00Z", town.cut).await;
    assert_eq!((a.status, b.status), (201, 201));
    assert_eq!(town.calcom.overlapping(), 1);
}

#[tokio::test]
async fn round_robin_is_refused_though_another_host_is_free() {
    let town = Town::open().await;
    let (a, b) = at_once(&town, "2025-07-02T09:00:00Z", "2025-07-02T09:00:00Z", town.wash).await;
    let statuses = [a.status, b.status];
    assert!(statuses.contains(&201) && (statuses.contains(&409) || statuses.contains(&400)), "{statuses:?}");
}

#[tokio::test]
async fn two_moves_at_once_leave_two_bookings() {
    let town = Town::open().await;
    let booking = uid(&town.book(&Town::wish(town.cut, "2025-07-02T09:00:00Z")).await);
    town.calcom.widen_race(GAP);
    let (early, late) = (json!({"start": "2025-07-02T10:00:00Z"}), json!({"start": "2025-07-02T12:00:00Z"}));
    let (a, b) = join(town.act(&booking, "reschedule", &early), town.act(&booking, "reschedule", &late)).await;
    assert_eq!((a.status, b.status), (201, 201));
    assert_eq!(town.calcom.live_bookings().len(), 2);
}

#[tokio::test]
async fn a_move_back_to_its_own_time_has_its_own_key() {
    let town = Town::open().await;
    let booking = uid(&town.book(&Town::wish(town.cut, "2025-07-02T09:00:00Z")).await);
    let reply = town.act(&booking, "reschedule", &json!({"start": "2025-07-02T09:00:00Z"})).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    assert_eq!(town.calcom.live_bookings().len(), 1);
}

#[tokio::test]
async fn two_reservations_at_once_both_succeed() {
    let town = Town::open().await;
    town.calcom.widen_race(GAP);
    let body = json!({"eventTypeId": town.cut, "slotStart": "2025-07-02T09:00:00Z"});
    let reserve = || town.ask("POST", "/v2/slots/reservations", "2024-09-04", "", Some(&body));
    let (a, b) = join(reserve(), reserve()).await;
    assert_eq!((a.status, b.status), (201, 201));
}
