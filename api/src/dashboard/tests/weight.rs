//! What a browser loads, page by page, of a company with a year of calls behind it.

use super::*;
use crate::metrics::Work;
use crate::pace::hour_of;
use crate::serve::compressed;
use crate::setup::SetUp;
use http_body_util::BodyExt;
use ringbuch_adapters::counters::Count;
use std::collections::BTreeSet;
use tower::ServiceExt;

/// Bytes of a page with its style sheet, its script and its icons, as they are and as they are sent.
const PLAIN: usize = 150_000;
const SENT: usize = 60_000;
/// More than lists show at once.
const CALLS: u64 = 1_200;
const MEMBERS: usize = 60;
const COMPANY: &str = "/c/synthetic_0";

async fn filled() -> World {
    let world = World::filled(CALLS).await;
    let (users, set_up) = (Users::new(&world.app), SetUp::new(&world.app, "test"));
    let company: ringbuch_domain::ids::CompanyId = "synthetic_0".parse().unwrap();
    for nth in 0..MEMBERS {
        let (email, name) = (format!("max.mustermann.{nth}@example.com"), Some("Max Mustermann".to_owned()));
        let by = "test".to_owned();
        let invitation = Invitation { company: company.clone(), role: Role::Operator, email, name, by };
        users.invite(invitation).await.unwrap();
        set_up.issue_key(&company, &format!("a till of ours {nth}"), Role::Viewer, vec![], None).await.unwrap();
    }
    a_days_work(&world).await;
    world.app.catch_up().await.unwrap();
    world
}

/// Of everything whose pace is shown, in every hour.
async fn a_days_work(world: &World) {
    let now = hour_of(world.app.clock.now());
    let hours = (0..24).map(|ago| now - SignedDuration::from_hours(ago));
    let count = |hour, work: &Work, bound: u32| Count {
        name: format!("took:{}:{bound}", work.as_str()),
        scope: String::new(),
        hour,
        count: 100,
    };
    let all = hours.flat_map(|hour| {
        Work::ALL.iter().flat_map(move |work| [25_000, 2_500_000].map(|bound| count(hour, work, bound)))
    });
    world.app.store.counters.add(&all.collect::<Vec<_>>()).await.unwrap();
}

fn quoted<'p>(page: &'p str, beginning: &str) -> BTreeSet<&'p str> {
    let words = page.split('"').filter(|word| word.starts_with(beginning));
    words.map(|word| word.split('#').next().unwrap()).collect()
}

/// Every page of the navigation, at all that it can be asked to show, and some that each leads to.
async fn addresses(owner: &Browser<'_>) -> BTreeSet<String> {
    let mut found: BTreeSet<String> =
        ["?days=90", "/appointments?span=week", "/appointments/list"].map(|rest| format!("{COMPANY}{rest}")).into();
    found.extend(["/help", "/companies"].map(str::to_owned));
    let home = owner.get(COMPANY).await.text;
    let main = home.find("<main").unwrap();
    for entry in quoted(&home[..main], COMPANY) {
        found.insert(entry.to_owned());
        let page = owner.get(entry).await.text;
        let below = quoted(&page[page.find("<main").unwrap()..], COMPANY);
        found.extend(below.iter().take(2).chain(below.iter().rev().take(4)).map(|&link| link.replace("&amp;", "&")));
    }
    found
}

/// Bytes of answers as they are and as they are sent.
#[derive(Debug, Clone, Copy)]
struct Weight {
    plain: usize,
    sent: usize,
}

/// To a browser that takes gzip.
async fn weighed(owner: &Browser<'_>, path: &str) -> (String, Weight) {
    let plain = owner.get(path).await;
    assert_eq!(plain.status, 200, "{path}");
    let asked = owner.request(Method::GET, path).header("accept-encoding", "gzip, br").body(String::new()).unwrap();
    let sent = compressed(owner.world.front.clone()).oneshot(asked).await.unwrap();
    assert_eq!(sent.headers()["content-encoding"], "gzip", "{path}");
    let sent = sent.into_body().collect().await.unwrap().to_bytes().len();
    let weight = Weight { plain: plain.text.len(), sent };
    (plain.text, weight)
}

/// What every page loads besides.
async fn assets(owner: &Browser<'_>) -> Weight {
    let (home, mut all) = (owner.get(COMPANY).await.text, Weight { plain: 0, sent: 0 });
    for asset in quoted(&home, "/assets/") {
        let (_, weight) = weighed(owner, asset).await;
        all = Weight { plain: all.plain + weight.plain, sent: all.sent + weight.sent };
    }
    all
}

#[tokio::test]
async fn no_page_of_a_busy_company_is_heavy() {
    let world = filled().await;
    let owner = signed_in(&world, "synthetic_0", Role::Owner, "eva@example.com").await;
    let (assets, mut looked_at, mut heavy) = (assets(&owner).await, 0, vec![]);
    for path in addresses(&owner).await {
        let page = owner.get(&path).await;
        // Retell is not there, or it is an export.
        if page.status == 502 || !page.header("content-type").contains("html") {
            continue;
        }
        let (_, page) = weighed(&owner, &path).await;
        let loaded = Weight { plain: page.plain + assets.plain, sent: page.sent + assets.sent };
        looked_at += 1;
        if loaded.plain > PLAIN || loaded.sent > SENT {
            heavy.push((path, loaded));
        }
    }
    assert!(looked_at > 40, "{looked_at} pages");
    assert!(heavy.is_empty(), "{heavy:#?}");
}
