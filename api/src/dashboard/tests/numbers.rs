//! Who answers a number, from its page.

use super::agents::{changes, hidden, sent};
use super::voices::{AGENT, Voices};
use super::{Browser, Shown, signed_in};
use crate::http::v1::tests::world::{PRAXIS, SALON};
use ringbuch_domain::access::Role;
use ringbuch_domain::company::BoundAgent;

const PAGE: &str = "/c/salon/numbers/%2B493023125100";

fn bound(version: Option<&str>, weight: u32) -> BoundAgent {
    BoundAgent { agent: AGENT.into(), version: version.map(str::to_owned), weight }
}

/// Two versions, with these parts of the calls.
async fn sends(admin: &Browser<'_>, page: &Shown, parts: [&str; 2], version: &str) -> Shown {
    let read = hidden(page, "read");
    let rows = [("agent", AGENT), ("version", "0"), ("weight", parts[0])];
    let more =
        [("agent", AGENT), ("version", version), ("weight", parts[1]), ("agent", ""), ("version", ""), ("weight", "")];
    let head = [("csrf", page.csrf()), ("read", &read), ("why", "ein Versuch")];
    let fields = [&head[..], &rows, &more].concat();
    admin.post(&format!("{PAGE}/agents"), &sent(&fields)).await
}

#[tokio::test]
async fn calls_are_shared_between_versions() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let list = admin.get("/c/salon/numbers").await.text;
    assert!(list.contains("+493023125100") && list.contains("Retell was never read yet"), "{list}");
    let page = admin.get(PAGE).await;
    assert!(page.status == 200 && page.text.contains("Looked at there just now"), "{}", page.text);
    let done = sends(&admin, &page, ["75", "25"], "").await;
    assert_eq!((done.status, done.header("location")), (303, "/c/salon/numbers/%2B493023125100"), "{}", done.text);
    assert_eq!(voices.change(|held| held.inbound.clone()), [bound(Some("0"), 750), bound(None, 250)]);
    assert_eq!(changes(&world).await, [("number_bound".to_owned(), None, "ein Versuch".to_owned())]);
    let page = admin.get(PAGE).await.text;
    assert!(page.contains("75.0%") && page.contains("ein Versuch"), "{page}");
}

#[tokio::test]
async fn what_cannot_be_sent_stays_in_the_form_with_the_reason() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get(PAGE).await;
    for (parts, version, told) in [
        (["75", "20"], "0", "The shares add up to 95.0% and not to 100%."),
        (["75", "x"], "0", "A share is a number above 0"),
        (["75", "25"], "99", "Retell refused: it does not take this"),
    ] {
        let refused = sends(&admin, &page, parts, version).await;
        assert!(refused.status == 422 && refused.text.contains(told), "{told}: {}", refused.text);
        assert!(refused.text.contains(r#"value="75""#) && refused.text.contains("ein Versuch"), "{}", refused.text);
    }
    assert_eq!(voices.change(|held| held.inbound.clone()), [bound(None, 1000)]);
    let head = [("csrf", page.csrf()), ("read", "[]"), ("why", "so"), ("agent", "agent_fremd"), ("version", "")];
    let stranger = [&head[..], &[("weight", "100")]].concat();
    let refused = admin.post(&format!("{PAGE}/agents"), &sent(&stranger)).await;
    assert!(refused.status == 422 && refused.text.contains("is none of this company"), "{}", refused.text);
}

#[tokio::test]
async fn what_somebody_bound_at_the_provider_meanwhile_is_shown_and_kept() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get(PAGE).await;
    voices.change(|held| held.inbound = vec![bound(Some("latest"), 1000)]);
    let refused = sends(&admin, &page, ["50", "50"], "").await;
    assert!(refused.status == 409 && refused.text.contains("newest version, drafts too"), "{}", refused.text);
    assert_eq!(voices.change(|held| held.inbound.clone()), [bound(Some("latest"), 1000)]);
    assert_eq!(sends(&admin, &refused, ["50", "50"], "").await.status, 303, "they have seen it");
    let page = admin.get(PAGE).await;
    voices.change(|held| held.away = true);
    let kept = sends(&admin, &page, ["30", "70"], "").await;
    assert!(kept.status == 502 && kept.text.contains(r#"value="70""#), "{}", kept.text);
    assert_eq!(hidden(&kept, "read"), hidden(&page, "read"));
    let page = admin.get(PAGE).await;
    assert!(page.status == 502 && page.text.contains("Retell did not tell."), "{}", page.text);
}

#[tokio::test]
async fn who_speaks_in_outgoing_calls_is_changed_apart_and_may_be_nobody() {
    let (voices, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get(PAGE).await;
    let post = async |fields: &[(&str, &str)]| {
        let form = sent(&[&[("csrf", page.csrf()), ("why", "Erinnerungen")][..], fields].concat());
        admin.post(&format!("{PAGE}/outbound"), &form).await
    };
    let agent = [("agent", AGENT), ("version", ""), ("weight", "100")];
    assert_eq!(post(&[&[("read", "[]")][..], &agent].concat()).await.status, 303);
    let held = || voices.change(|held| (held.inbound.clone(), held.outbound.clone()));
    assert_eq!(held(), (vec![bound(None, 1000)], vec![bound(None, 1000)]));
    let refused = post(&[&[("read", "[]")][..], &agent].concat()).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    let read = serde_json::to_string(&held().1).unwrap();
    assert_eq!(post(&[("read", &read)]).await.status, 303, "nobody");
    assert!(held().1.is_empty());
    let what: Vec<_> = changes(&world).await.into_iter().map(|(what, _, _)| what).collect();
    assert_eq!(what, ["outbound_bound", "outbound_bound"]);
}

#[tokio::test]
async fn a_number_changes_its_branch_and_viewers_change_nothing() {
    let (_, world) = Voices::world().await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let page = admin.get(PAGE).await;
    let form = sent(&[("csrf", page.csrf()), ("branch", "nord")]);
    assert_eq!(admin.post(&format!("{PAGE}/branch"), &form).await.status, 303);
    assert!(admin.get("/c/salon/numbers").await.text.contains("<td>Nord "));
    let viewer = signed_in(&world, SALON, Role::Viewer, "eva@example.com").await;
    for path in ["/c/salon/numbers", PAGE] {
        let page = viewer.get(path).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(!page.text.split("<main").nth(1).unwrap().contains(r#"method="post""#), "{}", page.text);
    }
    let other = signed_in(&world, PRAXIS, Role::Admin, "ben@example.com").await;
    assert_eq!(other.get("/c/praxis/numbers/%2B493023125100").await.status, 404);
    assert_eq!(other.get("/c/praxis/numbers/nonsense").await.status, 404);
}
