//! The set-up as it is listed.

use super::world::{PRAXIS, SALON, World};
use http::Method;
use ringbuch_domain::access::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn every_list_can_be_walked_and_every_item_looked_up() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    for (list, id, expected) in [
        ("branches", "branch", 2),
        ("phone-numbers", "number", 1),
        ("event-types", "event_type", 2),
        ("staff", "staff", 2),
        ("agents", "agent", 1),
    ] {
        let items = world.walk(&key, &format!("/api/v1/{list}")).await;
        assert_eq!(items.len(), expected, "{list}");
        for item in items {
            let name = item[id].as_str().map_or_else(|| item[id].to_string(), str::to_owned).replace('+', "%2B");
            let shown = world.get(&key, &format!("/api/v1/{list}/{name}")).await.ok();
            assert_eq!((&shown, &shown["company"]), (&item, &json!(SALON)), "{list}");
        }
        assert_eq!(world.get(&key, &format!("/api/v1/{list}/none")).await.status, 404, "{list}");
        let page = world.get(&key, &format!("/api/v1/{list}?limit=1")).await.ok();
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        assert_eq!(page["next"].is_null(), expected == 1, "{list}");
    }
}

#[tokio::test]
async fn an_owner_sees_every_company_and_anybody_else_their_own() {
    let world = World::new().await;
    for (role, expected) in [(Role::Owner, &[PRAXIS, SALON][..]), (Role::Admin, &[SALON]), (Role::Viewer, &[SALON])] {
        let companies = world.walk(&world.key(SALON, role).await, "/api/v1/companies").await;
        let ids: Vec<_> = companies.iter().map(|it| it["company"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{role:?}");
        assert_eq!(companies.last().unwrap()["zone"], "Europe/Berlin");
    }
}

#[tokio::test]
async fn people_are_told_with_the_services_that_they_are_booked_for() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    for (staff, services) in [("anna", json!([1, 2])), ("ben", json!([1]))] {
        assert_eq!(world.get(&key, &format!("/api/v1/staff/{staff}")).await.ok()["event_types"], services, "{staff}");
    }
}

#[tokio::test]
async fn lists_are_filtered_by_branch_and_by_whether_it_is_active() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    for (query, expected) in [
        ("branches?active=true", 1),
        ("branches?active=false", 1),
        ("phone-numbers?branch=mitte", 1),
        ("phone-numbers?branch=nord", 0),
        ("agents?branch=nord", 0),
        ("event-types?branch=nord", 2),
        ("staff?branch=nord", 2),
    ] {
        assert_eq!(world.walk(&key, &format!("/api/v1/{query}")).await.len(), expected, "{query}");
    }
    assert_eq!(world.get(&key, "/api/v1/branches?active=yes").await.status, 400);
}

#[tokio::test]
async fn another_companys_set_up_is_not_found() {
    let world = World::new().await;
    let key = world.key(PRAXIS, Role::Viewer).await;
    for path in ["phone-numbers/%2B493023125100", "agents/agent_salon"] {
        assert_eq!(world.get(&key, &format!("/api/v1/{path}")).await.status, 404, "{path}");
    }
    for list in ["branches", "phone-numbers", "event-types", "staff", "agents"] {
        for item in world.walk(&key, &format!("/api/v1/{list}")).await {
            assert_eq!(item["company"], PRAXIS, "{list}");
        }
    }
}

#[tokio::test]
async fn a_number_and_an_agent_are_given_to_another_branch() {
    let world = World::new().await;
    let (salon, praxis) = (world.key(SALON, Role::Admin).await, world.key(PRAXIS, Role::Admin).await);
    for one in ["phone-numbers/%2B493023125100", "agents/agent_salon"] {
        let (path, nord) = (format!("/api/v1/{one}"), json!({ "branch": "nord" }));
        let at = format!("{path}/branch");
        let put = async |key: &str, body: &Value| world.ask(Method::PUT, key, &at, Some(body.clone())).await;
        assert_eq!(world.get(&salon, &path).await.ok()["branch"], "mitte");
        assert_eq!(put(&praxis, &nord).await.status, 404, "{path} is another company's");
        assert_eq!(put(&salon, &json!({ "branch": "ost" })).await.problem(), (422, "branch_unknown".into()));
        assert_eq!(put(&salon, &nord).await.ok()["branch"], "nord", "{path}");
        assert_eq!(world.get(&salon, &path).await.ok()["branch"], "nord");
    }
}
