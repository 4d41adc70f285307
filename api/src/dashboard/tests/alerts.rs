//! Alerts as pages show them: somebody who looks after one, rules, channels, and mail to customers.

use super::signed_in;
use crate::alerts::evaluate;
use crate::http::v1::tests::world::{PRAXIS, SALON, World};
use ringbuch_domain::access::Role;
use ringbuch_domain::diary::{DiaryEvent, OverlapSeen};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::Clock;
use ringbuch_domain::recorded::{Cause, StreamId};
use uuid::Uuid;

/// Two appointments for one person at the same time, which one rule tells at once.
async fn overlap(world: &World) {
    let (company, now) = (CompanyId::new(SALON).unwrap(), world.clock.now());
    let stream = StreamId::diary(&company, jiff::civil::date(2025, 8, 1));
    let event = DiaryEvent::from(OverlapSeen { booking: None, start: now, end: now });
    world.app.journal.begin(&stream, Some(&company), Cause::first(Uuid::now_v7()), &event).await.unwrap();
    world.app.catch_up().await.unwrap();
    evaluate(&world.app).await.unwrap();
    world.app.catch_up().await.unwrap();
}

#[tokio::test]
async fn what_has_fired_is_shown_and_somebody_looks_after_it() {
    let world = World::new().await;
    overlap(&world).await;
    let operator = signed_in(&world, SALON, Role::Operator, "max@example.com").await;
    let page = operator.get("/c/salon/alerts").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("Two appointments at the same time"), "{}", page.text);
    let path = page.text.split(r#"action=""#).find(|text| text.contains("/acknowledge")).unwrap();
    let path = path.split('"').next().unwrap();
    let done = operator.post(path, &format!("csrf={}", page.csrf())).await;
    assert_eq!((done.status, done.header("location")), (303, "/c/salon/alerts"), "{}", done.text);
    let after = operator.get("/c/salon/alerts?status=acknowledged").await.text;
    assert!(after.contains("Two appointments") && !after.contains("/acknowledge\""), "{after}");
    assert_eq!(operator.get("/c/salon/alerts/rules/overlap_seen").await.status, 403);

    let viewer = signed_in(&world, SALON, Role::Viewer, "eva@example.com").await;
    let page = viewer.get("/c/salon/alerts").await;
    assert!(!page.text.contains("/acknowledge\"") && !page.text.contains("/alerts/channels/"), "{}", page.text);
    assert_eq!(viewer.post(path, &format!("csrf={}", page.csrf())).await.status, 403);
    let other = signed_in(&world, PRAXIS, Role::Operator, "ida@example.com").await;
    let page = other.get("/c/praxis/alerts").await;
    assert!(page.text.contains("Nothing has fired."), "{}", page.text);
    let foreign = path.replace("/c/salon", "/c/praxis");
    assert_eq!(other.post(&foreign, &format!("csrf={}", page.csrf())).await.status, 404);
}

#[tokio::test]
async fn a_rule_is_changed_and_a_senseless_one_refused() {
    let world = World::new().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let path = "/c/salon/alerts/rules/booking_failures";
    let page = admin.get(path).await;
    assert!(page.text.contains(r#"name="window_minutes""#), "{}", page.text);
    let form = |threshold: u32| {
        let csrf = page.csrf();
        format!(
            "csrf={csrf}&on=true&threshold={threshold}&window_minutes=60&cooldown_minutes=30&escalate_after_minutes=0"
        )
    };
    assert_eq!(admin.post(path, &form(0)).await.status, 422);
    assert_eq!(admin.post(path, &form(7)).await.header("location"), "/c/salon/alerts");
    assert!(admin.get(path).await.text.contains(r#"value="7""#));
    assert!(admin.get("/c/salon/alerts").await.text.contains("7 in 60 min"));
    assert_eq!(admin.get("/c/salon/alerts/rules/odd").await.status, 404);
}

#[tokio::test]
async fn a_channel_is_set_up_tried_and_removed_and_its_address_never_shown() {
    let world = World::new().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let path = "/c/salon/alerts/channels/first-webhook";
    let page = admin.get(path).await;
    assert!(page.text.contains("not set up yet") && !page.text.contains("Send a test"), "{}", page.text);
    let csrf = format!("csrf={}", page.csrf());
    let odd = admin.post(path, &format!("{csrf}&url=ftp://hooks.example.com/1")).await;
    assert_eq!((odd.status, odd.text.contains("This cannot be:")), (422, true), "{}", odd.text);
    assert!(!odd.text.contains("hooks.example.com"), "{}", odd.text);
    let set = admin.post(path, &format!("{csrf}&url=https://hooks.example.com/1")).await;
    let secret = set.text.split(r#"<code class="secret">"#).nth(1).unwrap().split('<').next().unwrap();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let page = admin.get(path).await.text;
    assert!(page.contains("Send a test") && !page.contains(secret) && !page.contains("hooks.example.com"), "{page}");
    let tried = admin.post(&format!("{path}/test"), &csrf).await;
    assert!(tried.text.contains("The test has not arrived:"), "nothing is there: {}", tried.text);
    let asked = admin.post(&format!("{path}/remove"), &csrf).await;
    assert!(asked.text.contains("Remove this channel?"), "{}", asked.text);
    let gone = admin.post(&format!("{path}/remove"), &format!("{csrf}&sure=yes")).await;
    assert_eq!(gone.header("location"), "/c/salon/alerts");
    assert!(admin.get(path).await.text.contains("not set up yet"));
    assert_eq!(admin.get("/c/salon/alerts/channels/third-slack").await.status, 404);
    let to = "/c/salon/alerts/channels/second-email";
    let set = admin.post(to, &format!("{csrf}&to=max@example.com%0D%0Aeva@example.com")).await;
    assert_eq!((set.status, set.header("location")), (303, to), "{}", set.text);
}

#[tokio::test]
async fn customers_are_written_to_only_where_there_is_a_mail_server() {
    let world = World::new().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let path = "/c/salon/alerts/mail";
    let page = admin.get(path).await;
    assert!(page.text.contains("RINGBUCH_SMTP_HOST"), "{}", page.text);
    let csrf = format!("csrf={}", page.csrf());
    let off = admin.post(path, &format!("{csrf}&reminder_hours=12&reply_to=salon@example.com")).await;
    assert_eq!(off.header("location"), path, "{}", off.text);
    assert!(admin.get(path).await.text.contains(r#"value="salon@example.com""#));
    for refused in ["on=true&reminder_hours=12", "reminder_hours=500", "reminder_hours=2&reply_to=nobody"] {
        let told = admin.post(path, &format!("{csrf}&{refused}")).await;
        assert_eq!((told.status, told.text.contains("This cannot be:")), (422, true), "{refused}: {}", told.text);
    }
    let viewer = signed_in(&world, SALON, Role::Viewer, "eva@example.com").await;
    let page = viewer.get(path).await.text;
    assert!(page.contains("salon@example.com") && !page.contains(r#"action="/c/salon/alerts/mail""#), "{page}");
}
