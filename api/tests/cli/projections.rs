//! Read models by hand, with a server beside and without one.

use crate::installation::Installation;
use serde_json::{Value, json};

fn activity(standings: &Value, name: &str) -> String {
    let all = standings.as_array().unwrap();
    all.iter().find(|it| it["name"] == name).unwrap()["activity"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn projections_are_paused_resumed_and_built_anew() {
    let it = Installation::migrated().await;
    it.done("account add main").await;
    it.done("company add salon --account main --name Salon --placeholder-domain anruf.example.com").await;
    let paused = it.json("projections pause call_stats").await;
    assert_eq!((paused.as_array().unwrap().len(), activity(&paused, "call_stats").as_str()), (1, "paused"));
    let all = it.json("projections status").await;
    assert_eq!((activity(&all, "call_stats").as_str(), activity(&all, "calls").as_str()), ("paused", "following"));
    it.done("company add praxis --account main --name Praxis --placeholder-domain anruf.example.com").await;
    let behind = it.json("projections status call_stats").await;
    assert_eq!((&behind["lag"], &behind["set_aside_events"]), (&json!(1), &json!([])));
    assert_eq!(activity(&it.json("projections resume").await, "call_stats"), "following");

    let companies = it.json("company list").await;
    let without_server = it.json("projections rebuild").await;
    assert!(without_server.as_array().unwrap().iter().all(|it| it["lag"] == 0 && it["rebuilt"].is_null()));
    assert_eq!(it.json("company list").await, companies);
    let server = it.serve().await;
    assert_eq!(it.json("projections rebuild directory").await[0]["lag"], 0);
    assert_eq!(it.json("projections retry").await.as_array().unwrap().len(), all.as_array().unwrap().len());
    assert_eq!(it.json("company list").await, companies);
    server.signal("TERM").await;
    assert_eq!(server.ended().await, 0);
    assert!(it.done("projections status calls").await.contains("following"));
}
