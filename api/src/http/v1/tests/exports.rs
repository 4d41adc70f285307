//! Files that leave the system.

use super::world::{PRAXIS, SALON, World, wants};
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn appointments_come_as_a_table_and_as_a_calendar() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let mut wish = wants("12:00");
    wish["name"] = json!("=1+1");
    world.call(SALON, 2, &wish).await;
    let key = world.key(SALON, Role::Viewer).await;

    let table = world.get(&key, "/api/v1/appointments/export.csv").await;
    assert_eq!(table.headers["content-disposition"], "attachment; filename=\"appointments.csv\"");
    let table = table.ok();
    let lines: Vec<_> = table.as_str().unwrap().lines().collect();
    assert_eq!(lines[0], "appointment,status,start,end,service,branch,staff,name,phone,email,notes");
    assert_eq!(lines.len(), 3, "{lines:?}");
    let eleven = lines.iter().find(|line| line.contains("2025-07-02T09:00:00Z")).unwrap();
    assert!(
        eleven.contains(",confirmed,") && eleven.contains(",Haarschnitt,Mitte,anna Berg,Max Mustermann,'+49"),
        "{eleven}"
    );
    assert!(!table.as_str().unwrap().contains(",=1+1"), "{lines:?}");

    let calendar = world.get(&key, "/api/v1/appointments/export.ics?since=2025-07-02T09:30:00Z").await.ok();
    let calendar = calendar.as_str().unwrap();
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 1, "{calendar}");
    for line in
        ["DTSTART:20250702T100000Z", "DTEND:20250702T103000Z", "STATUS:CONFIRMED", "LOCATION:Mitte", "END:VCALENDAR"]
    {
        assert!(calendar.contains(line), "{line} is missing: {calendar}");
    }

    let other = world.key(PRAXIS, Role::Viewer).await;
    let theirs = world.get(&other, "/api/v1/appointments/export.csv").await.ok();
    assert_eq!(theirs.as_str().unwrap().lines().count(), 1);
    assert_eq!(world.get(&key, "/api/v1/appointments/export.csv?status=odd").await.status, 400);
}

#[tokio::test]
async fn a_persons_document_holds_what_was_said_and_only_of_them() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    world.call(SALON, 2, &wants("12:00")).await;
    let key = world.key(SALON, Role::Admin).await;
    let call = world.get(&key, "/api/v1/calls/call_1").await.ok();
    let customer = call["customer"].as_str().unwrap();
    let path = format!("/api/v1/customers/{customer}/export");
    let document = world.get(&key, &path).await.ok();
    assert_eq!((&document["customer"], &document["phone"]), (&json!(customer), &json!("+491713920001")));
    let told = document.to_string();
    assert!(told.contains("Ich möchte einen Termin") && !told.contains("call_2"), "{told}");
    let other = world.key(PRAXIS, Role::Admin).await;
    assert_eq!(world.get(&other, &path).await.status, 404);
}
