//! Services as Cal.com has them.

use super::signed_in;
use crate::http::v1::tests::world::{PRAXIS, SALON, World};
use crate::setup::SetUp;
use ringbuch_domain::access::Role;
use ringbuch_domain::company::{
    BookingField, BookingWindow, CalendarApi, Change, Command, EventTypeRulesSynced, Plan, SyncRun, SyncScope,
};
use ringbuch_domain::ids::EventTypeId;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a sync has read of one service.
async fn rules(world: &World) {
    let field = BookingField {
        slug: "haarlaenge".into(),
        kind: "select".into(),
        label: "Haarlänge".into(),
        required: true,
        options: vec!["kurz".into(), "lang".into()],
    };
    let rules = EventTypeRulesSynced {
        event_type: EventTypeId(1),
        slug: "haarschnitt".into(),
        lengths: vec![30, 60],
        slot_interval: Some(15),
        window: Some(BookingWindow::BusinessDays { days: 10, rolling: false }),
        limits: vec![],
        requires_confirmation: true,
        hidden: false,
        bookable: true,
        fields: vec![field],
        schedule: None,
    };
    let plan = Plan { found: BTreeMap::new(), changes: vec![Change::Rules(rules)], failures: vec![] };
    let run = SyncRun { run: Uuid::now_v7(), scope: SyncScope::Calcom, by: "test".into(), plan };
    let set_up = SetUp::new(&world.app, "test");
    let salon = SALON.parse().unwrap();
    set_up.change(&salon, Command::ApplySync(run)).await.unwrap();
    let cloud = Command::ConnectCalendar { base_url: Some("https://api.cal.eu/v2".into()), api: CalendarApi::V2 };
    set_up.change(&salon, cloud).await.unwrap();
    world.app.catch_up().await.unwrap();
}

#[tokio::test]
async fn services_are_shown_with_their_rules_and_lead_to_their_settings() {
    let world = World::new().await;
    rules(&world).await;
    let viewer = signed_in(&world, SALON, Role::Viewer, "max@example.com").await;
    let list = viewer.get("/c/salon/services").await;
    assert_eq!(list.status, 200, "{}", list.text);
    for told in ["Haarschnitt", "30 min, 1 h", "anna Berg, ben Berg", "on confirmation"] {
        assert!(list.text.contains(told), "{told}: {}", list.text);
    }
    assert!(list.text.contains(r#"href="https://app.cal.eu/event-types/1""#), "{}", list.text);
    let one = viewer.get("/c/salon/services/1").await.text;
    for told in ["Haarlänge", "kurz, lang", "10 business days ahead", "15 min", "/c/salon/staff/anna"] {
        assert!(one.contains(told), "{told}: {one}");
    }
    let unread = viewer.get("/c/salon/services/2").await.text;
    assert!(unread.contains("were not read yet") && unread.contains("60 days ahead"), "{unread}");
    assert_eq!(viewer.get("/c/salon/services/99").await.status, 404);
    let other = signed_in(&world, PRAXIS, Role::Viewer, "eva@example.com").await;
    let list = other.get("/c/praxis/services").await.text;
    assert!(!list.contains("app.cal") && !list.contains("1 h,"), "an installation of its own: {list}");
}
