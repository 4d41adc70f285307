//! What a missing, unknown or foreign version header leads to.

use serde_json::json;

use super::harness::{Town, uid};

#[tokio::test]
async fn the_oldest_version_has_other_shapes() {
    let town = Town::open().await;
    let booked = town.book(&Town::wish(town.cut, "2025-07-02T09:00:00Z")).await;
    for version in ["", "2099-12-31"] {
        let list = town.get("/v2/bookings", version).await;
        assert_eq!(list.data()["bookings"][0]["status"], "ACCEPTED", "{}", list.body);
        let one = town.get(&format!("/v2/bookings/{}", uid(&booked)), version).await;
        assert_eq!(one.data()["startTime"], "2025-07-02T09:00:00.000Z");
        assert!(one.data().get("start").is_none());
        let wish = Town::wish(town.cut, "2025-07-02T10:00:00Z");
        let refused = town.ask("POST", "/v2/bookings", version, &town.anna.api_key, Some(&wish)).await;
        assert_eq!((refused.status, refused.message()), (400, "Bad Request Exception"));
        assert_eq!(refused.body["error"]["details"]["errors"][0]["property"], "timeZone");
    }
    assert!(town.get("/v2/schedules", "").await.data()[0].get("availability").is_none());
    assert!(town.get("/v2/event-types", "").await.data()["eventTypeGroups"].is_array());
    assert_eq!(town.calcom.books().len(), 1);
}

#[tokio::test]
async fn a_version_of_another_resource_is_not_found() {
    let town = Town::open().await;
    let reply = town.get("/v2/bookings?take=1", "2024-09-04").await;
    assert_eq!((reply.status, reply.message()), (404, "Cannot GET /v2/bookings?take=1"));
    for (path, version) in [
        ("/v2/slots", "2024-08-13"),
        ("/v2/slots", ""),
        ("/v2/event-types", "2024-08-13"),
        ("/v2/schedules", "2026-05-01"),
    ] {
        assert_eq!(town.get(path, version).await.status, 404, "{path} under {version}");
    }
    let old = town.ask("POST", "/v2/bookings/x/reschedule", "", &town.anna.api_key, Some(&json!({}))).await;
    assert_eq!(old.status, 404);
}

#[tokio::test]
async fn what_is_not_there() {
    let town = Town::open().await;
    for path in ["/", "/v3/bookings", "/v2/nothing", "/v2/bookings/x/explode"] {
        assert_eq!(town.ask("POST", path, "2024-08-13", &town.anna.api_key, None).await.status, 404, "{path}");
    }
}
