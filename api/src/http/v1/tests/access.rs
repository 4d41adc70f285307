//! What holds for every address: who may ask, and that nothing unknown is overlooked.

use super::world::{PRAXIS, SALON, World};
use http::{Method, Request};
use ringbuch_domain::access::Role;
use serde_json::json;

const READ: &[&str] = &[
    "calls",
    "calls/call_1",
    "appointments",
    "appointments/0192f0c1-2d3e-7000-8000-000000000001",
    "customers",
    "customers/0192f0c1-2d3e-7000-8000-000000000001",
    "branches",
    "branches/mitte",
    "phone-numbers",
    "phone-numbers/%2B493023125100",
    "event-types",
    "event-types/1",
    "staff",
    "staff/anna",
    "agents",
    "agents/agent_salon",
    "webhooks",
    "webhooks/d1",
    "availability",
    "stats/webhooks",
    "stats/bookings",
    "stats/agents",
    "stats/calls",
    "stats/health",
    "sync/runs",
    "sync/changes",
    "agents/agent_salon/prompt",
    "agents/agent_salon/versions",
    "phone-numbers/%2B493023125100/agents",
    "staff/anna/working-hours",
    "reconcile",
];
const AUDIT: &[&str] = &["events", "events/1"];
const ADMINISTER: &[&str] = &["projections", "projections/calls", "keys"];
const OPERATE: &[&str] = &["doctor"];

const CHANGES: &[(&str, &str)] = &[
    ("POST", "appointments"),
    ("POST", "appointments/0192f0c1-2d3e-7000-8000-000000000001/move"),
    ("POST", "appointments/0192f0c1-2d3e-7000-8000-000000000001/cancel"),
    ("POST", "webhooks/d1/replay"),
    ("POST", "webhooks/replay"),
    ("POST", "keys"),
    ("DELETE", "keys/0192f0c1-2d3e-7000-8000-000000000001"),
    ("POST", "reconcile"),
    ("POST", "sync/calcom"),
    ("POST", "sync/retell"),
    ("POST", "sync/all"),
    ("POST", "sync/runs/0192f0c1-2d3e-7000-8000-000000000001/undo"),
    ("PUT", "agents/agent_salon/prompt"),
    ("POST", "agents/agent_salon/publish"),
    ("POST", "agents/agent_salon/rollback"),
    ("PUT", "phone-numbers/%2B493023125100/agents"),
    ("PUT", "staff/anna/working-hours"),
];

fn address(path: &str) -> String {
    format!("/api/v1/{path}")
}

#[tokio::test]
async fn nobody_gets_in_without_a_key() {
    let world = World::new().await;
    let reads = [READ, AUDIT, ADMINISTER, OPERATE].concat();
    for (method, path) in reads.iter().map(|path| ("GET", *path)).chain(CHANGES.iter().copied()) {
        for key in ["", "rb_unknown"] {
            let request = Request::builder().method(method).uri(address(path));
            let request = request.header("authorization", format!("Bearer {key}"));
            let refused = world.send(request, Some(json!({}))).await;
            assert_eq!(refused.problem(), (401, "sign-in-needed".into()), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_viewer_changes_nothing_and_reads_no_log() {
    let world = World::new().await;
    let head = world.app.journal.log().head().await.unwrap();
    let viewer = world.key(SALON, Role::Viewer).await;
    for (method, path) in CHANGES {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let refused = world.ask(method, &viewer, &address(path), Some(json!({}))).await;
        assert_eq!(refused.problem(), (403, "not-allowed".into()), "{path}");
    }
    for path in [AUDIT, ADMINISTER, OPERATE].concat() {
        assert_eq!(world.get(&viewer, &address(path)).await.status, 403, "{path}");
    }
    assert_eq!(world.app.journal.log().head().await.unwrap(), head + 1, "only the viewer's key came");
}

#[tokio::test]
async fn each_role_has_its_permissions() {
    let world = World::new().await;
    for (role, audits, administers, owns) in [
        (Role::Operator, false, false, false),
        (Role::Auditor, true, false, false),
        (Role::Admin, true, true, false),
        (Role::Owner, true, true, true),
    ] {
        let key = world.key(SALON, role).await;
        let may = async |path: &str| world.get(&key, &address(path)).await.status != 403;
        assert!(may("calls").await, "{role:?}");
        assert_eq!(may("events").await, audits, "{role:?}");
        assert_eq!(may("keys").await, administers, "{role:?}");
        let reconcile = world.post(&key, &address("reconcile"), json!({"dry_run": true})).await;
        assert_eq!(reconcile.status != 403, owns, "{role:?}");
    }
}

#[tokio::test]
async fn unknown_parameters_are_told_everywhere() {
    let world = World::new().await;
    let owner = world.key(SALON, Role::Owner).await;
    let reads = [READ, AUDIT, ADMINISTER, OPERATE].concat();
    for (method, path) in reads.iter().map(|path| ("GET", *path)).chain(CHANGES.iter().copied()) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let refused = world.ask(method, &owner, &address(&format!("{path}?stauts=failed")), Some(json!({}))).await;
        assert_eq!(refused.problem(), (400, "query-unusable".into()), "{path}");
        assert!(refused.body["detail"].as_str().unwrap().contains("stauts"), "{path}");
    }
}

#[tokio::test]
async fn another_companys_name_helps_nobody_but_an_owner() {
    let world = World::new().await;
    let admin = world.key(SALON, Role::Admin).await;
    for path in [READ, AUDIT, ADMINISTER, OPERATE].concat() {
        let refused = world.get(&admin, &address(&format!("{path}?company={PRAXIS}"))).await;
        assert_eq!(refused.problem(), (403, "not-allowed".into()), "{path}");
    }
}
