//! What a browser loads, page by page, of a company with a year of calls behind it.

use super::*;
use crate::serve::compressed;
use crate::setup::SetUp;
use http_body_util::BodyExt;
use std::collections::BTreeSet;
use tower::ServiceExt;

/// Bytes of a page with its style sheet, its script and its icons, as they are and as they are sent.
const PLAIN: usize = 150_000;
const SENT: usize = 60_000;
/// More than lists show at once.
const CALLS: u64 = 1_200;
const MEMBERS: usize = 40;
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
    world.app.catch_up().await.unwrap();
    world
}

fn quoted<'p>(page: &'p str, beginning: &str) -> BTreeSet<&'p str> {
    let words = page.split('"').filter(|word| word.starts_with(beginning));
    words.map(|word| word.split('#').next().unwrap()).collect()
}

/// Every page of the navigation, at all that it can be asked to show, and some that each leads to.
async fn addresses(owner: &Browser<'_>) -> BTreeSet<String> {
    let mut found: BTreeSet<String> =
        ["?days=90", "/appointments?span=week", "/appointments/list"].map(|rest| format!("{COMPANY}{rest}")).into();
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

/// Bytes of one answer as it is and as it is sent, to a browser that takes gzip.
async fn weighed(owner: &Browser<'_>, path: &str) -> (String, usize, usize) {
    let plain = owner.get(path).await;
    assert_eq!(plain.status, 200, "{path}");
    let asked = owner.request(Method::GET, path).header("accept-encoding", "gzip, br").body(String::new()).unwrap();
    let sent = compressed(owner.world.front.clone()).oneshot(asked).await.unwrap();
    assert_eq!(sent.headers()["content-encoding"], "gzip", "{path}");
    let bytes = sent.into_body().collect().await.unwrap().to_bytes().len();
    (plain.text.clone(), plain.text.len(), bytes)
}

#[tokio::test]
async fn no_page_of_a_busy_company_is_heavy() {
    let world = filled().await;
    let owner = signed_in(&world, "synthetic_0", Role::Owner, "eva@example.com").await;
    let (mut heavy, mut weights, mut assets) = (vec![], vec![], None);
    for path in addresses(&owner).await {
        let known = owner.get(&path).await;
        if known.status == 502 || !known.header("content-type").contains("html") {
            continue; // Retell is not there, or it is an export.
        }
        let (text, mut plain, mut sent) = weighed(&owner, &path).await;
        if assets.is_none() {
            let mut sum = (0, 0);
            for asset in quoted(&text, "/assets/") {
                let (_, plain, sent) = weighed(&owner, asset).await;
                sum = (sum.0 + plain, sum.1 + sent);
            }
            assets = Some(sum);
        }
        let (loaded, loaded_sent) = assets.unwrap();
        (plain, sent) = (plain + loaded, sent + loaded_sent);
        weights.push(format!("{plain:>7} {sent:>6} {path}"));
        if plain > PLAIN || sent > SENT {
            heavy.push(format!("{path}: {plain} bytes, {sent} as sent"));
        }
    }
    println!("{}", weights.join("\n"));
    assert!(weights.len() > 25, "{weights:#?}");
    assert!(heavy.is_empty(), "{heavy:#?}");
}
