//! The appointment book: what is done by hand, why it is refused, and what of the book is shown.

use super::{Browser, signed_in};
use crate::http::v1::tests::world::{SALON, World};
use ringbuch_domain::access::Role;

/// The form of a colouring, which Anna alone does.
fn wanted(csrf: &str, start: &str) -> String {
    format!("csrf={csrf}&branch=mitte&service=2&staff=anna&start={start}&name=Max+Mustermann")
}

/// Books by the form; the page that it leads to.
async fn booked(browser: &Browser<'_>, csrf: &str, start: &str) -> String {
    let sent = browser.post("/c/salon/appointments/new", &wanted(csrf, start)).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    browser.world.settle().await;
    sent.header("location").to_owned()
}

#[tokio::test]
async fn who_books_or_moves_by_hand_is_told_why_a_time_is_not_to_be_had() {
    let world = World::new().await;
    let mut staff = signed_in(&world, SALON, Role::Operator, "eva@example.com").await;
    let csrf = staff.get("/c/salon").await.csrf().to_owned();
    let first = booked(&staff, &csrf, "2025-07-02T11:00").await;
    let second = booked(&staff, &csrf, "2025-07-02T13:00").await;
    let session = staff.cookie.clone();
    for (language, taken) in [("de", "vergeben"), ("en", "taken")] {
        staff.cookie = format!("{session}; ringbuch-language={language}");
        let again = staff.post("/c/salon/appointments/new", &wanted(&csrf, "2025-07-02T11:00")).await;
        assert!(again.status == 200 && again.text.contains(taken), "{language}: {again:?}");
        assert!(again.text.contains("Max Mustermann"), "what was filled in is kept");
        let onto = staff.post(&format!("{second}/move"), &format!("csrf={csrf}&start=2025-07-02T11:00")).await;
        assert!(onto.status == 200 && onto.text.contains(taken), "{language}: {onto:?}");
    }
    let moved = staff.post(&format!("{second}/move"), &format!("csrf={csrf}&start=2025-07-02T15:00")).await;
    assert_eq!((moved.status, moved.header("location")), (303, second.as_str()));
    world.settle().await;
    assert!(staff.get(&second).await.text.contains("15:00"));
    assert!(staff.get(&first).await.text.contains("11:00"));
}

#[tokio::test]
async fn a_day_and_a_week_can_be_those_of_one_person() {
    let world = World::new().await;
    let staff = signed_in(&world, SALON, Role::Operator, "eva@example.com").await;
    let csrf = staff.get("/c/salon").await.csrf().to_owned();
    let annas = booked(&staff, &csrf, "2025-07-02T11:00").await;
    for span in ["day", "week"] {
        let book = async |who: &str| {
            staff.get(&format!("/c/salon/appointments?day=2025-07-02&span={span}&staff={who}&branch=mitte")).await.text
        };
        assert!(book("anna").await.contains(&annas) && book("").await.contains(&annas), "{span}");
        let bens = book("ben").await;
        assert!(!bens.contains(&annas), "{span}");
        assert!(bens.contains("&amp;branch=mitte&amp;staff=ben") || bens.contains("&#38;branch=mitte&#38;staff=ben"));
    }
}

#[tokio::test]
async fn files_hold_what_the_list_is_narrowed_to() {
    let world = World::new().await;
    let staff = signed_in(&world, SALON, Role::Operator, "eva@example.com").await;
    let csrf = staff.get("/c/salon").await.csrf().to_owned();
    booked(&staff, &csrf, "2025-07-02T11:00").await;
    booked(&staff, &csrf, "2025-07-03T11:00").await;
    let list = staff.get("/c/salon/appointments/list?staff=anna&since=2025-07-03&status=&branch=").await.text;
    let link = list.split("href=\"").find(|link| link.starts_with("/api/v1/appointments/export.csv")).unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
    assert!(link.ends_with("&staff=anna&since=2025-07-02T22:00:00Z"), "{link}");
    let (table, whole) = (staff.get(&link).await, staff.get("/api/v1/appointments/export.csv").await);
    assert_eq!((table.status, table.text.lines().count(), whole.text.lines().count()), (200, 2, 3), "{}", table.text);
}
