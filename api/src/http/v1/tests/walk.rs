//! Every address, walked with every role of another company and with the real ids of one that has something of everything,
//! by key and by session: nothing of it is told, nothing of it changes, and whoever may not write writes nothing.

use super::access::{Operation, operations};
use super::belongings::Belongings;
use super::world::{Answer, PRAXIS, SALON, World};
use crate::http::auth::Token;
use http::{Method, Request, request::Builder};
use ringbuch_domain::access::Role;
use serde_json::{Map, Value, json};

const HOST: &str = "ringbuch.example.com";
/// An owner stands above all companies.
const ROLES: [Role; 4] = [Role::Viewer, Role::Operator, Role::Auditor, Role::Admin];
/// What stands in these places belongs to no company.
const NOBODYS: [&str; 3] = ["sync", "projections", "channels"];

/// How somebody shows who they are.
enum Shown {
    Key(String),
    Session(Token),
}

impl Shown {
    async fn both(world: &World, company: &str, role: Role) -> [Self; 2] {
        [Self::Key(world.key(company, role).await), Self::Session(world.session(company, role).await)]
    }

    fn with(&self, request: Builder) -> Builder {
        match self {
            Self::Key(key) => request.header("authorization", format!("Bearer {key}")),
            Self::Session(session) => request
                .header("cookie", session.cookie().split(';').next().unwrap())
                .header("host", HOST)
                .header("origin", format!("https://{HOST}"))
                .header("x-csrf-token", session.csrf().unwrap()),
        }
    }

    async fn ask(&self, world: &World, it: &Operation, address: &str) -> Answer {
        let request = Request::builder().method(&it.method).uri(address);
        world.send(self.with(request), it.body()).await
    }
}

/// Which addresses are asked: what is told while it happens never ends, and has tests of its own.
fn walked() -> impl Iterator<Item = Operation> {
    operations().into_iter().filter(|it| it.path != "/api/v1/live")
}

impl Operation {
    /// With what belongs to somebody in its place, and once more with each parameter that can name something of theirs.
    fn addresses(&self, theirs: &Belongings) -> Vec<String> {
        let path = self.path_to(theirs);
        let named = self.parameters().into_iter().filter_map(|name| {
            let value = theirs.named(name)?.replace('+', "%2B");
            Some(format!("{path}?{name}={value}"))
        });
        [path.clone()].into_iter().chain(named).collect()
    }

    fn path_to(&self, theirs: &Belongings) -> String {
        let Some((before, _)) = self.path.split_once("/{id}") else { return self.path.to_owned() };
        let heading = before.rsplit('/').next().unwrap();
        if NOBODYS.contains(&heading) {
            return self.address();
        }
        let id = theirs.id_among(heading).unwrap_or_else(|| panic!("give the company something among {heading}"));
        self.path.replace("{id}", &id.replace('+', "%2B"))
    }

    /// A body as the document describes it, so that it is not for its sake that something is refused.
    fn body(&self) -> Option<Value> {
        let schema = &self.told["requestBody"]["content"]["application/json"]["schema"];
        match schema["$ref"].as_str() {
            Some(reference) => Some(filled(crate::http::openapi::document().pointer(&reference[1..]).unwrap())),
            None if schema.is_object() => Some(filled(schema)),
            None => (self.method != Method::GET).then(|| json!({})),
        }
    }
}

/// The least that a schema allows.
fn filled(schema: &Value) -> Value {
    for choices in ["enum", "examples"] {
        if !schema[choices][0].is_null() {
            return schema[choices][0].clone();
        }
    }
    if let Some(choice) = ["anyOf", "oneOf"].iter().find_map(|choices| schema[*choices].get(0)) {
        return filled(choice);
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match (kind, schema["format"].as_str()) {
        ("string", Some("date-time")) => json!("2025-07-03T09:00:00Z"),
        ("string", Some("date")) => json!("2025-07-03"),
        ("string", Some("uuid")) => json!("0192f0c1-2d3e-7000-8000-000000000001"),
        ("string", _) => json!("x"),
        ("integer" | "number", _) => json!(schema["minimum"].as_i64().unwrap_or(1)),
        ("boolean", _) => json!(true),
        ("array", _) => json!([]),
        _ => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            required.map(|name| (name.to_owned(), filled(&schema["properties"][name]))).collect::<Map<_, _>>().into()
        }
    }
}

#[tokio::test]
async fn nothing_of_another_company_is_told_whatever_is_asked_for() {
    let world = World::new().await;
    let salon = Belongings::of(&world, SALON).await;
    for role in ROLES {
        for shown in Shown::both(&world, PRAXIS, role).await {
            let head = world.app.journal.log().head().await.unwrap();
            for it in walked() {
                for address in it.addresses(&salon) {
                    let answer = shown.ask(&world, &it, &address).await;
                    let at = format!("{role:?} {} {address} {}", it.method, answer.status);
                    let told = salon.told_in(&answer.body.to_string(), &address);
                    assert!(told.is_empty(), "{at} tells {told:?}: {}", answer.body);
                    assert!(answer.status != 500, "{at}: {}", answer.body);
                }
            }
            salon.is_untouched_since(&world, head, role.as_str()).await;
        }
    }
}

/// What was asked for above is there: whoever belongs to the company finds it by the same addresses.
#[tokio::test]
async fn the_company_itself_finds_all_that_another_one_does_not() {
    let world = World::new().await;
    let salon = Belongings::of(&world, SALON).await;
    let admin = Shown::Session(world.session(SALON, Role::Admin).await);
    for it in walked().filter(|it| it.method == Method::GET && it.path.contains("{id}") && it.permission() != "own") {
        let address = it.path_to(&salon);
        let answer = admin.ask(&world, &it, &address).await;
        // Some ask a provider, who is not there.
        assert!(answer.status == 200 || answer.status == 502 || answer.status == 422, "{address}: {}", answer.body);
    }
}

#[tokio::test]
async fn who_may_not_write_writes_nothing_of_their_own_company_either() {
    let world = World::new().await;
    let salon = Belongings::of(&world, SALON).await;
    for role in [Role::Viewer, Role::Auditor] {
        for shown in Shown::both(&world, SALON, role).await {
            let before = world.app.journal.log().head().await.unwrap();
            for it in walked().filter(|it| it.method != Method::GET) {
                let address = it.path_to(&salon);
                let refused = shown.ask(&world, &it, &address).await;
                assert_eq!(refused.problem(), (403, "not-allowed".into()), "{role:?} {} {address}", it.method);
                let now = world.app.journal.log().head().await.unwrap();
                assert_eq!(now, before, "{role:?} {} {address} has written", it.method);
            }
        }
    }
}
