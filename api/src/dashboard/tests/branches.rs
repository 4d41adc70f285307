//! Branches with what leads to each and what is done there.

use super::voices::Voices;
use super::{Shown, signed_in};
use crate::http::v1::tests::world::{PRAXIS, SALON, World};
use crate::setup::SetUp;
use ringbuch_domain::access::Role;
use ringbuch_domain::company::{CalendarApi, Command, CompanyRegistered, EventTypeSynced, StaffSynced};
use ringbuch_domain::ids::{BranchId, CompanyId, EventTypeId, StaffId};

const PAGE: &str = "/c/salon/branches";

/// What the page says of one branch.
fn of<'p>(page: &'p Shown, branch: &str) -> &'p str {
    let named = format!(r#"<code class="calm">{branch}</code>"#);
    page.text.split("<tr>").find(|row| row.contains(&named)).unwrap_or_else(|| panic!("{branch}: {}", page.text))
}

fn branch(id: &str) -> BranchId {
    BranchId::new(id).unwrap()
}

/// Färben is the default at Nord, and then it and Ben are at Mitte alone.
async fn parted(world: &World) {
    let (set_up, salon) = (SetUp::new(&world.app, "test"), SALON.parse().unwrap());
    let default = Command::SetDefault { branch: branch("nord"), event_type: EventTypeId(2) };
    let [anna, ben] = ["anna", "ben"].map(|id| StaffId::new(id).unwrap());
    let dyeing = EventTypeSynced {
        event_type: EventTypeId(2),
        title: "Färben".into(),
        aliases: vec![],
        minutes: 90,
        buffer_before: 0,
        buffer_after: 0,
        notice_minutes: 0,
        horizon_days: Some(60),
        team: None,
        branches: vec![branch("mitte")],
        staff: vec![anna],
    };
    let ben = StaffSynced { staff: ben, name: "ben Berg".into(), host: Some(2), branches: vec![branch("mitte")] };
    for command in [default, Command::SyncEventType(dyeing), Command::SyncStaff(ben)] {
        set_up.change(&salon, command).await.unwrap();
    }
    world.app.catch_up().await.unwrap();
}

#[tokio::test]
async fn a_branch_is_shown_with_what_leads_to_it_and_what_is_done_there() {
    let (_, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get(PAGE).await;
    assert!(page.status == 200 && of(&page, "mitte").contains("not seen at Retell"), "{}", page.text);
    let form = format!("csrf={}&scope=retell", admin.get("/c/salon/sync").await.csrf());
    assert_eq!(admin.post("/c/salon/sync", &form).await.status, 200);
    let page = admin.get(PAGE).await;
    let mitte = of(&page, "mitte");
    for told in [
        "Mitte<br>",
        ">active<",
        r#"<a href="/c/salon/numbers/%2B493023125100">+493023125100</a>"#,
        r#"<a href="/c/salon/agents/agent%5Fsalon">Empfang</a> ·"#,
        "100.0%",
        "Calls without a number:",
        r#"<a href="/c/salon/services/1">Haarschnitt</a></td>"#,
        r#"<a href="/c/salon/services/1">Haarschnitt</a>, <a href="/c/salon/services/2">Färben</a>"#,
        r#"<a href="/c/salon/staff/anna">anna Berg</a>, <a href="/c/salon/staff/ben">ben Berg</a>"#,
    ] {
        assert!(mitte.contains(told), "{told}: {mitte}");
    }
    assert!(!mitte.contains("no number") && !mitte.contains("not seen at Retell"), "{mitte}");
    assert!(page.text.contains(r#"<a href="/c/salon/branches" aria-current="page""#), "{}", page.text);
}

#[tokio::test]
async fn a_branch_without_a_number_is_seen_as_such_in_both_languages() {
    let world = World::new().await;
    let mut viewer = signed_in(&world, SALON, Role::Viewer, "max@example.com").await;
    let page = viewer.get(PAGE).await;
    let nord = of(&page, "nord");
    for told in ["no number", "inactive", ">none<", "Haarschnitt", "Färben", "ben Berg"] {
        assert!(nord.contains(told), "{told}: {nord}");
    }
    assert!(!nord.contains("+49") && !nord.contains("Calls without a number"), "{nord}");
    parted(&world).await;
    viewer.cookie.push_str("; ringbuch-language=de");
    let page = viewer.get(PAGE).await;
    let (mitte, nord) = (of(&page, "mitte"), of(&page, "nord"));
    for told in ["keine Nummer", "nicht aktiv", "Färben</a><br>", "dort nicht zu buchen", "anna Berg"] {
        assert!(nord.contains(told), "{told}: {nord}");
    }
    assert_eq!((nord.matches("Färben").count(), nord.contains("ben Berg")), (1, false), "{nord}");
    assert!(mitte.contains("ben Berg") && mitte.contains("Färben") && !mitte.contains("dort nicht"), "{mitte}");
    assert!(page.text.contains("Übliche Leistung") && !page.text.contains("Default service"), "{}", page.text);
}

#[tokio::test]
async fn nothing_of_another_company_is_shown_and_without_branches_it_says_so() {
    let world = World::new().await;
    let other = signed_in(&world, PRAXIS, Role::Admin, "ben@example.com").await;
    let page = other.get("/c/praxis/branches").await;
    assert!(of(&page, "mitte").contains("+493023125200"), "{}", page.text);
    assert!(!page.text.contains("+493023125100") && !page.text.contains("agent_salon"), "{}", page.text);
    assert_eq!(other.get(PAGE).await.status, 404);
    let empty = CompanyRegistered {
        company: CompanyId::new("neu").unwrap(),
        account: SALON.parse().unwrap(),
        name: "NEU".into(),
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        placeholder_domain: "anruf.example.com".into(),
    };
    SetUp::new(&world.app, "test").company(empty, None, CalendarApi::V2).await.unwrap();
    world.app.catch_up().await.unwrap();
    let owner = signed_in(&world, SALON, Role::Owner, "eva@example.com").await;
    let page = owner.get("/c/neu/branches").await;
    assert!(page.status == 200 && page.text.contains("No branch is set up yet."), "{}", page.text);
}
