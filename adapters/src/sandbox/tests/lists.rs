//! GET /v2/bookings in both versions, and the team's list.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{Reply, Town, but, uid};

fn starts(reply: &Reply) -> Vec<&str> {
    let bookings = reply.data().as_array().unwrap_or_else(|| panic!("{}", reply.body));
    bookings.iter().map(|booking| booking["start"].as_str().unwrap().get(5..13).unwrap()).collect()
}

/// Anna cuts at 07, 09 and 11 o'clock on the second, the last for Erika; the second is cancelled later.
async fn three_cuts(town: &Town) -> Vec<String> {
    let mut uids = Vec::new();
    for (hour, who) in [("07", "max"), ("09", "max"), ("11", "erika")] {
        let wish = Town::wish(town.cut, &format!("2025-07-02T{hour}:00:00Z"));
        let wish = but(wish, "/attendee/email", json!(format!("{who}@example.com")));
        uids.push(uid(&town.book(&wish).await));
        town.pass(Duration::from_mins(1));
    }
    town.act(&uids[1], "cancel", &json!({})).await;
    uids
}

#[tokio::test]
async fn filters() {
    let town = Town::open().await;
    let uids = three_cuts(&town).await;
    let table = [
        // Without a status the older version shows what is to come.
        (String::new(), vec!["07-02T07", "07-02T11"]),
        ("?status=upcoming,cancelled".into(), vec!["07-02T07", "07-02T09", "07-02T11"]),
        ("?status=cancelled".into(), vec!["07-02T09"]),
        ("?status=past".into(), vec![]),
        ("?status=unconfirmed".into(), vec![]),
        ("?attendeeEmail=erika%40example.com".into(), vec!["07-02T11"]),
        ("?attendeeName=Max%20Mustermann".into(), vec!["07-02T07", "07-02T11"]),
        (format!("?bookingUid={}", uids[2]), vec!["07-02T11"]),
        (format!("?eventTypeId={}", town.cut), vec!["07-02T07", "07-02T11"]),
        (format!("?eventTypeIds={},{}", town.wash, town.advice), vec![]),
        ("?afterStart=2025-07-02T08:00:00Z".into(), vec!["07-02T11"]),
        ("?afterStart=2025-07-02T07:00:00Z&beforeEnd=2025-07-02T07:30:00Z".into(), vec!["07-02T07"]),
        ("?afterCreatedAt=2025-06-30T08:00:30Z".into(), vec!["07-02T11"]),
        ("?beforeCreatedAt=2025-06-30T08:00:30Z".into(), vec!["07-02T07"]),
        ("?status=upcoming,cancelled&afterUpdatedAt=2025-06-30T08:03:00Z".into(), vec!["07-02T09"]),
        ("?status=upcoming,cancelled&beforeUpdatedAt=2025-06-30T08:01:00Z".into(), vec!["07-02T07"]),
        ("?sortStart=desc".into(), vec!["07-02T11", "07-02T07"]),
        ("?status=upcoming,cancelled&sortUpdatedAt=desc".into(), vec!["07-02T09", "07-02T11", "07-02T07"]),
        // There is no such filter: everything is found.
        ("?metadata=a-1".into(), vec!["07-02T07", "07-02T11"]),
    ];
    for (query, expected) in table {
        let reply = town.get(&format!("/v2/bookings{query}"), "2024-08-13").await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        assert_eq!(starts(&reply), expected, "{query}");
    }
    town.set_time("2025-07-02T08:00:00Z");
    assert_eq!(starts(&town.get("/v2/bookings?status=past", "2024-08-13").await), ["07-02T07"]);
}

#[tokio::test]
async fn wrong_filters() {
    let town = Town::open().await;
    for query in
        ["status=done", "take=251", "take=0", "take=x", "skip=-1", "sortStart=up", "afterStart=x", "eventTypeId=x"]
    {
        let reply = town.get(&format!("/v2/bookings?{query}"), "2024-08-13").await;
        assert_eq!((reply.status, reply.message()), (400, "Bad Request Exception"), "{query}");
        assert!(reply.body["error"]["details"]["errors"][0]["constraints"].is_object(), "{}", reply.body);
    }
    for query in ["status=upcoming,past", "limit=101", "cursor=zz"] {
        assert_eq!(town.get(&format!("/v2/bookings?{query}"), "2026-05-01").await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn pages_by_offset() {
    let town = Town::open().await;
    three_cuts(&town).await;
    let reply = town.get("/v2/bookings?status=upcoming,cancelled&take=2", "2024-08-13").await;
    assert_eq!(starts(&reply), ["07-02T07", "07-02T09"]);
    let expected = json!({
        "returnedItems": 2, "totalItems": 3, "itemsPerPage": 2, "remainingItems": 1, "currentPage": 1, "totalPages": 2,
        "hasNextPage": true, "hasPreviousPage": false,
    });
    assert_eq!(reply.body["pagination"], expected);
    let reply = town.get("/v2/bookings?status=upcoming,cancelled&take=2&skip=2", "2024-08-13").await;
    assert_eq!(starts(&reply), ["07-02T11"]);
    assert_eq!(reply.body["pagination"]["hasNextPage"], false);
}

#[tokio::test]
async fn pages_by_cursor() {
    let town = Town::open().await;
    three_cuts(&town).await;
    // Without a status this version shows everything, the latest first; take is ignored.
    let first = town.get("/v2/bookings?limit=2&take=1", "2026-05-01").await;
    assert_eq!(starts(&first), ["07-02T11", "07-02T09"]);
    assert_eq!(first.body["pagination"]["hasMore"], true);
    let cursor = first.body["pagination"]["nextCursor"].as_str().unwrap();
    // Somebody books in between: nothing is left out or shown twice.
    town.book(&Town::wish(town.cut, "2025-07-02T13:00:00Z")).await;
    let second = town.get(&format!("/v2/bookings?limit=2&cursor={cursor}"), "2026-05-01").await;
    assert_eq!(starts(&second), ["07-02T07"]);
    assert_eq!(second.body["pagination"], json!({"nextCursor": null, "hasMore": false}));
    let one_status = town.get("/v2/bookings?status=upcoming", "2026-05-01").await;
    assert_eq!(starts(&one_status), ["07-02T07", "07-02T11", "07-02T13"]);
}

#[tokio::test]
async fn the_list_shows_what_the_caller_hosts_or_attends() {
    let town = Town::open().await;
    town.book(&Town::wish(town.wash, "2025-07-02T07:00:00Z")).await;
    let attends = but(Town::wish(town.cut, "2025-07-02T09:00:00Z"), "/attendee/email", json!("ben@example.com"));
    town.book(&attends).await;
    town.book(&Town::wish(town.wash, "2025-07-02T11:00:00Z")).await;
    let list = async |key: &str, path: &str| {
        let reply = town.ask("GET", path, "2024-08-13", key, None).await;
        if reply.status == 200 { json!(starts(&reply)) } else { Value::from(reply.status) }
    };
    let (anna, ben) = (town.anna.api_key.as_str(), town.ben.api_key.as_str());
    assert_eq!(list(anna, "/v2/bookings").await, json!(["07-02T07", "07-02T09"]));
    assert_eq!(list(ben, "/v2/bookings").await, json!(["07-02T09", "07-02T11"]));
    // Everything of the team, for who runs it.
    let team = format!("/v2/teams/{}/bookings", town.team);
    assert_eq!(list(anna, &team).await, json!(["07-02T07", "07-02T11"]));
    assert_eq!(list(ben, &team).await, json!(403));
    assert_eq!(list(anna, "/v2/teams/99/bookings").await, json!(404));
    let filter = format!("/v2/bookings?teamId={}", town.team);
    assert_eq!(list(anna, &filter).await, json!(["07-02T07", "07-02T11"]));
    assert_eq!(list(ben, &filter).await, json!([]));
}

#[tokio::test]
async fn one_booking() {
    let town = Town::open().await;
    let booked = town.book(&Town::wish(town.cut, "2025-07-02T09:00:00Z")).await;
    let reply = town.get(&format!("/v2/bookings/{}", uid(&booked)), "2024-08-13").await;
    assert_eq!(reply.body, booked.body);
    let unknown = town.get("/v2/bookings/nobody", "2024-08-13").await;
    assert_eq!((unknown.status, unknown.message()), (404, "Booking with uid=nobody was not found in the database"));
}
