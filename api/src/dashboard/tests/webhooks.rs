//! The inspector of webhooks: what is shown to whom, and deliveries processed once more.

use super::{Browser, signed_in};
use crate::http::v1::tests::world::{SALON, World, ended, wants};
use crate::setup::SetUp;
use jiff::SignedDuration;
use ringbuch_domain::access::{AccessEvent, Role};
use ringbuch_domain::ids::{BranchId, CompanyId};
use ringbuch_domain::recorded::StreamId;
use serde_json::json;

const STRAY: &str = "+493023125999";

/// What was looked at, as the log says it.
pub(super) async fn views(world: &World) -> Vec<(String, String)> {
    let stream = StreamId::access(&CompanyId::new(SALON).unwrap());
    let events = world.app.journal.read_stream::<AccessEvent>(&stream).await.unwrap();
    let view = |event: AccessEvent| match event {
        AccessEvent::PersonalDataViewed(it) => Some((it.what, it.id)),
        _ => None,
    };
    events.into_iter().filter_map(|event| view(event.data)).collect()
}

/// A call to a number that nobody has yet.
async fn stray(world: &World) -> String {
    let mut body = ended(SALON, 1, &wants("11:00"));
    body["call"]["to_number"] = json!(STRAY);
    let id = world.deliver(SALON, &body).await;
    world.settle().await;
    id.to_string()
}

#[tokio::test]
async fn the_monitor_counts_and_lists_what_came_in() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    world.clock.advance(SignedDuration::from_mins(5));
    let viewer = signed_in(&world, SALON, Role::Viewer, "max@example.com").await;
    let page = viewer.get("/c/salon/webhooks").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("call_ended") && page.text.contains(r#"<rect class="good""#), "{}", page.text);
    assert!(page.text.contains(r#"<span class="badge good">Processed</span>"#));
    assert!(!page.text.contains(r#"name="text""#), "who may not see contents cannot search them");
    let none = viewer.get("/c/salon/webhooks?status=dead").await.text;
    assert!(none.contains("No delivery matches."), "{none}");
    assert_eq!(viewer.get("/c/salon/webhooks?stauts=dead").await.status, 400);
    assert_eq!(viewer.get("/c/salon/webhooks?text=Max").await.status, 403);
    assert_eq!(viewer.get("/c/salon/webhooks/replay?status=dead").await.status, 403);
}

#[tokio::test]
async fn contents_are_masked_until_somebody_asks_and_that_is_written_down() {
    let world = World::new().await;
    let id = world.call(SALON, 1, &wants("11:00")).await.to_string();
    let path = format!("/c/salon/webhooks/{id}");
    let operator = signed_in(&world, SALON, Role::Operator, "max@example.com").await;
    let page = operator.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.text);
    for told in ["Call received", "Booking confirmed", "•••", "call_1", "from_number"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    assert!(!page.text.contains("Max Mustermann") && !page.text.contains("+491713920001"), "{}", page.text);
    assert!(views(&world).await.is_empty());
    assert_eq!(operator.post(&path, "csrf=forged").await.status, 403);
    let shown = operator.post(&path, &format!("csrf={}", page.csrf())).await;
    assert!(shown.text.contains("Max Mustermann") && shown.text.contains("+491713920001"), "{}", shown.text);
    assert_eq!(views(&world).await, [("webhook".to_owned(), id.clone())]);

    let viewer = signed_in(&world, SALON, Role::Viewer, "eva@example.com").await;
    let page = viewer.get(&path).await;
    assert!(page.text.contains("Your role does not see what was sent."), "{}", page.text);
    assert_eq!(viewer.post(&path, &format!("csrf={}", page.csrf())).await.status, 403);
    let other = signed_in(&world, "praxis", Role::Admin, "ben@example.com").await;
    assert_eq!(other.get(&format!("/c/praxis/webhooks/{id}")).await.status, 404);
}

#[tokio::test]
async fn words_are_found_in_contents_and_only_there() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    world.call(SALON, 2, &json!({})).await;
    let operator = signed_in(&world, SALON, Role::Operator, "max@example.com").await;
    let rows = |text: &str| text.matches(r#"<span class="badge"#).count();
    assert_eq!(rows(&operator.get("/c/salon/webhooks").await.text), 2);
    assert_eq!(rows(&operator.get("/c/salon/webhooks?text=max+mustermann").await.text), 1);
    assert_eq!(rows(&operator.get("/c/salon/webhooks?text=nowhere").await.text), 0);
    assert_eq!(views(&world).await.first(), Some(&("webhook".to_owned(), "search".to_owned())));
}

#[tokio::test]
async fn a_replay_is_tried_out_and_then_confirmed() {
    let world = World::new().await;
    let id = stray(&world).await;
    world.clock.advance(SignedDuration::from_mins(5));
    let owner = signed_in(&world, SALON, Role::Owner, "max@example.com").await;
    let list = owner.get("/c/salon/webhooks?all=true&status=quarantined").await.text;
    assert!(list.contains(&id) && list.contains("/c/salon/webhooks/replay?status=quarantined"), "{list}");
    let path = "/c/salon/webhooks/replay?all=true&status=quarantined";
    let still = owner.get(path).await;
    assert!(still.text.contains("nothing new") && still.text.contains("unknown_number"), "{}", still.text);
    let (company, branch) = (CompanyId::new(SALON).unwrap(), BranchId::new("mitte").unwrap());
    SetUp::new(&world.app, "test").number(&company, STRAY, branch).await.unwrap();
    world.app.catch_up().await.unwrap();
    let head = world.app.journal.log().head().await.unwrap();
    let told = owner.get(path).await;
    assert_eq!(world.app.journal.log().head().await.unwrap(), head, "to try out writes nothing");
    assert!(told.text.contains("BookingAsked") && told.text.contains("Process 1 once more"), "{}", told.text);

    let values: Vec<String> = hidden(&told.text).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let done = owner.post("/c/salon/webhooks/replay", &values.join("&")).await;
    assert_eq!((done.status, done.header("location")), (303, "/c/salon/webhooks"), "{}", done.text);
    world.settle().await;
    let page = owner.get(&format!("/c/salon/webhooks/{id}")).await.text;
    assert!(page.contains("WebhookReplayed"), "{page}");
    assert!(owner.get("/c/salon/calls").await.text.contains(r#"<span class="badge good">Booked</span>"#));
    assert_eq!(owner.post("/c/salon/webhooks/replay", &format!("csrf={}", csrf(&owner).await)).await.status, 400);
}

#[tokio::test]
async fn one_delivery_is_replayed_from_its_page() {
    let world = World::new().await;
    let id = world.call(SALON, 1, &wants("11:00")).await.to_string();
    let operator = signed_in(&world, SALON, Role::Operator, "max@example.com").await;
    let asked = operator.get(&format!("/c/salon/webhooks/replay?id={id}")).await;
    assert!(asked.text.contains("Process 1 once more") && asked.text.contains("nothing new"), "{}", asked.text);
    let form = format!("csrf={}&id={id}", asked.csrf());
    let done = operator.post("/c/salon/webhooks/replay", &form).await;
    assert_eq!(done.header("location"), format!("/c/salon/webhooks/{id}"));
    let mut after = Browser::new(&world);
    after.cookie = format!("{}; ringbuch-flash=webhooks.replayed_one", operator.cookie);
    assert!(after.get(&format!("/c/salon/webhooks/{id}")).await.text.contains("on the list once more"));
    assert_eq!(operator.get("/c/salon/webhooks/replay?id=unknown").await.status, 404);
}

async fn csrf(browser: &Browser<'_>) -> String {
    browser.get("/c/salon").await.csrf().to_owned()
}

/// Names and values of the hidden fields of the form in the page's middle.
fn hidden(page: &str) -> Vec<(String, String)> {
    let main = page.split("<main").nth(1).unwrap();
    let fields = main.split(r#"<input type="hidden" name=""#).skip(1);
    let field = |text: &str| {
        let mut parts = text.split('"');
        (parts.next().unwrap().to_owned(), parts.nth(1).unwrap().to_owned())
    };
    fields.map(field).collect()
}
