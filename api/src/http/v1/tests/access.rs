//! What holds for every address: who may ask, and what may be asked with. The addresses are those of the server itself, so
//! none can be forgotten here.

use super::world::{PRAXIS, SALON, World};
use crate::http::openapi::document;
use http::{Method, Request};
use ringbuch_domain::access::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ROLES: [(Role, &[&str]); 5] = [
    (Role::Viewer, &["read"]),
    (Role::Operator, &["read", "operate"]),
    (Role::Auditor, &["read", "audit"]),
    (Role::Admin, &["read", "operate", "administer", "audit"]),
    (Role::Owner, &["read", "operate", "administer", "audit", "own"]),
];

pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) told: &'static Value,
}

pub(super) fn operations() -> Vec<Operation> {
    let paths = document()["paths"].as_object().unwrap();
    let of_path = |(path, item): (&'static String, &'static Value)| {
        let operation = |(method, told): (&String, &'static Value)| {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            Operation { method, path, told }
        };
        item.as_object().unwrap().iter().map(operation).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

impl Operation {
    pub(super) fn permission(&self) -> &str {
        self.told["security"][0]["bearer"][0].as_str().unwrap()
    }

    /// With the examples of the document in its places.
    pub(super) fn address(&self) -> String {
        let parameters = self.told["parameters"].as_array().unwrap();
        let places = parameters.iter().filter(|it| it["in"] == "path");
        places.fold(self.path.to_owned(), |path, place| {
            let example = place["example"].as_str().map_or_else(|| place["example"].to_string(), str::to_owned);
            path.replace(&format!("{{{}}}", place["name"].as_str().unwrap()), &example.replace('+', "%2B"))
        })
    }

    pub(super) fn parameters(&self) -> BTreeSet<&str> {
        let parameters = self.told["parameters"].as_array().unwrap();
        parameters.iter().filter(|it| it["in"] == "query").map(|it| it["name"].as_str().unwrap()).collect()
    }
}

#[tokio::test]
async fn what_is_documented_is_answered_and_what_is_answered_is_documented() {
    let world = World::new().await;
    let answered: BTreeSet<_> = world.routes.iter().filter(|(_, path)| path.starts_with("/api/v1/")).cloned().collect();
    let documented = operations().into_iter().map(|it| (it.method.to_string(), it.path));
    assert_eq!(documented.collect::<BTreeSet<_>>(), answered);
}

#[tokio::test]
async fn nobody_gets_in_without_a_key() {
    let world = World::new().await;
    for it in operations() {
        for key in ["", "rb_unknown"] {
            let request = Request::builder().method(&it.method).uri(it.address());
            let request = request.header("authorization", format!("Bearer {key}"));
            let refused = world.send(request, Some(json!({}))).await;
            assert_eq!(refused.problem(), (401, "sign-in-needed".into()), "{} {}", it.method, it.path);
        }
    }
}

/// Whoever may ask is told which parameters there are; whoever may not learns nothing and changes nothing.
#[tokio::test]
async fn each_role_has_its_permissions_and_parameters_are_those_documented() {
    let world = World::new().await;
    for (role, permissions) in ROLES {
        let key = world.key(SALON, role).await;
        let head = world.app.journal.log().head().await.unwrap();
        for it in operations() {
            let at = format!("{role:?} {} {}", it.method, it.path);
            let address = format!("{}?stauts=failed", it.address());
            let refused = world.ask(it.method.clone(), &key, &address, Some(json!({}))).await;
            if !permissions.contains(&it.permission()) {
                assert_eq!(refused.problem(), (403, "not-allowed".into()), "{at}");
                continue;
            }
            assert_eq!(refused.problem(), (400, "query-unusable".into()), "{at}");
            let detail = refused.body["detail"].as_str().unwrap();
            assert!(detail.contains("'stauts'"), "{at}: {detail}");
            let allowed = detail.split("Allowed: ").nth(1).unwrap_or_default().trim_end_matches('.');
            let allowed: BTreeSet<_> = allowed.split(", ").filter(|it| !it.is_empty()).chain(["company"]).collect();
            assert_eq!(it.parameters(), allowed, "{at}");
        }
        assert_eq!(world.app.journal.log().head().await.unwrap(), head, "{role:?}");
    }
}

#[tokio::test]
async fn another_companys_name_helps_nobody_but_an_owner() {
    let world = World::new().await;
    let admin = world.key(SALON, Role::Admin).await;
    let mut crossed = 0;
    for it in operations() {
        let address = format!("{}?company={PRAXIS}", it.address());
        // Whoever may not ask at all has not come as far as another company.
        crossed += u64::from(it.permission() != "own");
        let refused = world.ask(it.method, &admin, &address, Some(json!({}))).await;
        assert_eq!(refused.problem(), (403, "not-allowed".into()), "{}", it.path);
    }
    assert_eq!(world.measured(r#"ringbuch_cross_tenant_total{at="api"}"#), crossed);
    let owner = world.key(SALON, Role::Owner).await;
    world.get(&owner, &format!("/api/v1/calls?company={PRAXIS}")).await.ok();
    assert_eq!(world.measured("ringbuch_cross_tenant_total"), crossed, "an owner crosses nothing");
}
