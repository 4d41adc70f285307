//! The bundle for auditors, as programs take it.

use super::world::{SALON, World, wants};
use ringbuch_domain::access::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn an_owner_takes_the_whole_log_as_one_file_and_that_is_written_down() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let (auditor, owner) = (world.key(SALON, Role::Auditor).await, world.key(SALON, Role::Owner).await);
    let path = "/api/v1/exports/bundle";
    assert_eq!(world.post(&auditor, path, Value::Null).await.status, 403, "it holds every company's events");
    let head = world.app.journal.log().head().await.unwrap();
    let taken = world.post(&owner, path, Value::Null).await;
    let name = "attachment; filename=\"ringbuch-audit-2025-07-01.tar\"";
    assert_eq!((taken.status, &taken.headers["content-disposition"]), (200, &name.parse().unwrap()));
    let taken = taken.ok();
    let files = tar::Archive::new(taken.as_str().unwrap().as_bytes())
        .entries()
        .unwrap()
        .map(|file| {
            let mut file = file.unwrap();
            let (path, mut text) = (file.path().unwrap().display().to_string(), String::new());
            std::io::Read::read_to_string(&mut file, &mut text).unwrap();
            (path, text)
        })
        .collect::<std::collections::BTreeMap<_, _>>();
    let events: Vec<_> = files["ringbuch-audit/events.jsonl"].lines().collect();
    assert_eq!(events.len() as u64, head + 1, "that it was taken stands in it");
    let last: Value = serde_json::from_str(events[events.len() - 1]).unwrap();
    assert!(last.to_string().contains("PersonalDataViewed"), "{last}");
    let checkpoint: Value = serde_json::from_str(&files["ringbuch-audit/checkpoint.json"]).unwrap();
    assert_eq!(checkpoint["position"], json!(head + 1));
    assert!(files.contains_key("ringbuch-audit/README.md"));
}
