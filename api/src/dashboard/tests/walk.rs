//! Every page of the table, asked for by those who may not have it, so that none can be forgotten here.

use super::*;

const SOMETHING: &str = "0192f0c1-2d3e-7000-8000-000000000001";

/// Method and pattern of every page that belongs to a company.
fn pages(world: &World) -> Vec<(Method, &'static str)> {
    let routes = crate::dashboard::routes(&world.app, &Users::new(&world.app), None);
    let pages: Vec<_> = routes.list().map(|(method, pattern)| (method.clone(), pattern)).collect();
    pages.into_iter().filter(|(_, pattern)| pattern.starts_with("/c/{company}")).collect()
}

/// Of that company, with an id of nothing in the other places.
fn address(pattern: &str, company: &str) -> String {
    let part = |part: &str| match part {
        "{company}" => company.to_owned(),
        place if place.starts_with('{') => SOMETHING.to_owned(),
        plain => plain.to_owned(),
    };
    pattern.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn asked(browser: &Browser<'_>, method: &Method, path: &str, form: &str) -> Shown {
    if *method == Method::GET { browser.get(path).await } else { browser.post(path, form).await }
}

#[tokio::test]
async fn nobody_sees_a_page_without_signing_in() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    for (method, pattern) in pages(&world) {
        let sent = asked(&browser, &method, &address(pattern, SALON), "").await;
        assert_eq!(sent.status, 303, "{method} {pattern}");
        assert!(sent.header("location").starts_with("/login?next="), "{method} {pattern}");
    }
}

#[tokio::test]
async fn no_role_but_the_owners_reaches_another_company() {
    let world = World::new().await;
    for role in [Role::Viewer, Role::Operator, Role::Admin, Role::Auditor] {
        let browser = signed_in(&world, SALON, role, &format!("{}@example.com", role.as_str())).await;
        let form = format!("csrf={}&sure=yes", browser.get("/c/salon").await.csrf());
        for (method, pattern) in pages(&world) {
            let told = asked(&browser, &method, &address(pattern, PRAXIS), &form).await;
            assert_eq!(told.status, 404, "{role:?} {method} {pattern}");
        }
    }
}

#[tokio::test]
async fn a_viewer_changes_nothing_and_nobody_by_a_form_from_elsewhere() {
    let world = World::new().await;
    for (role, with_token) in [(Role::Viewer, true), (Role::Auditor, true), (Role::Admin, false)] {
        let browser = signed_in(&world, SALON, role, &format!("{}@example.com", role.as_str())).await;
        let csrf = if with_token { browser.get("/c/salon").await.csrf().to_owned() } else { "forged".to_owned() };
        let head = world.app.journal.log().head().await.unwrap();
        for (method, pattern) in pages(&world).into_iter().filter(|(method, _)| method == Method::POST) {
            let told = browser.post(&address(pattern, SALON), &format!("csrf={csrf}&sure=yes")).await;
            assert!(told.status < 500, "{role:?} {method} {pattern}: {}", told.text);
            assert!(with_token || told.status == 403, "{method} {pattern} takes a form from elsewhere");
        }
        let written = world.app.journal.log().read_all(head, 1_000).await.unwrap();
        let changes: Vec<_> =
            written.iter().map(|event| &event.kind).filter(|kind| *kind != "PersonalDataViewed").collect();
        assert!(changes.is_empty(), "{role:?}: {changes:?}");
    }
}
