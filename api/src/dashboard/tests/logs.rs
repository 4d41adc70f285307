//! The log, for owners alone.

use super::{Browser, Shown, signed_in};
use crate::dashboard::Pages;
use crate::http::v1::tests::world::{SALON, World};
use crate::logs::LogFiles;
use crate::users::Users;
use http::Method;
use http_body_util::BodyExt;
use ringbuch_domain::access::Role;
use tower::ServiceExt;

const LINES: &str = r#"{"timestamp":"2025-07-01T05:00:00Z","level":"INFO","target":"ringbuch_api::http","message":"answered","spans":[{"name":"request","request_id":"abc"}]}
{"timestamp":"2025-07-01T05:30:00Z","level":"ERROR","target":"ringbuch_api::booking","message":"<b>broke</b>","call":"call_1"}
"#;

/// The page of a node that writes its log into a folder.
async fn asked(world: &World, browser: &Browser<'_>, folder: &std::path::Path, query: &str) -> Shown {
    let files = LogFiles::new(folder.to_owned());
    let pages = Pages::new(&world.app, &Users::new(&world.app));
    let front =
        crate::http::Front::new(crate::dashboard::logs::routes(&pages, Some(&files)), world.app.metrics.clone());
    let request = browser.request(Method::GET, &format!("/c/salon/logs{query}")).body(String::new()).unwrap();
    let (parts, body) = front.oneshot(request).await.unwrap().into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Shown { status: parts.status.as_u16(), headers: parts.headers, text }
}

#[tokio::test]
async fn lines_are_found_by_what_is_asked_for() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ringbuch.2025-07-01.log"), LINES).unwrap();
    let owner = signed_in(&world, SALON, Role::Owner, "eva@example.com").await;
    let all = asked(&world, &owner, folder.path(), "").await;
    assert_eq!(all.status, 200, "{}", all.text);
    let place = |text: &str| all.text.find(text).unwrap();
    assert!(place("&#60;b&#62;broke") < place("answered"), "the newest comes first: {}", all.text);
    assert!(all.text.contains("07:30:00 CEST") && all.text.contains("request_id"), "{}", all.text);
    for (query, answered, broke) in [
        ("?level=warn", false, true),
        ("?request_id=abc", true, false),
        ("?call=call_1", false, true),
        ("?until=2025-07-01T07:10", true, false),
        ("?text=nowhere", false, false),
    ] {
        let page = asked(&world, &owner, folder.path(), query).await.text;
        assert_eq!((page.contains("answered"), page.contains("broke")), (answered, broke), "{query}: {page}");
    }
    assert!(asked(&world, &owner, folder.path(), "?text=nowhere").await.text.contains("No line matches."));
    assert_eq!(asked(&world, &owner, folder.path(), "?level=odd").await.status, 400);
}

#[tokio::test]
async fn the_log_is_for_owners_and_says_where_it_is_not_kept() {
    let world = World::new().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    assert_eq!(admin.get("/c/salon/logs").await.status, 403);
    assert!(!admin.get("/c/salon").await.text.contains("/c/salon/logs"));
    let owner = signed_in(&world, SALON, Role::Owner, "eva@example.com").await;
    assert!(owner.get("/c/salon/logs").await.text.contains("RINGBUCH_LOG_DIR"));
}
