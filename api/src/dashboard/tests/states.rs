//! Pages where there is nothing to show yet, and where what they show cannot be read.

use super::walk::{address, pages};
use super::*;
use async_trait::async_trait;
use ringbuch_projections::rows::{ReadModels, Row, RowsError, Statement, Step, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Pages of a company without an id of something in their address; what to replay has to be chosen first.
fn first_pages(world: &World, company: &str) -> Vec<String> {
    let of_nothing = |(method, pattern): &(Method, &str)| {
        *method == Method::GET && pattern.matches('{').count() == 1 && !pattern.ends_with("/webhooks/replay")
    };
    pages(world).into_iter().filter(of_nothing).map(|(_, pattern)| address(pattern, company)).collect()
}

/// Read models that are away when the test says so, all but the users: whoever cannot be known sees no page.
struct Leaving {
    inner: Arc<dyn ReadModels>,
    away: Arc<AtomicBool>,
}

#[async_trait]
impl ReadModels for Leaving {
    async fn prepare(&self, ddl: &[&'static str]) -> Result<(), RowsError> {
        self.inner.prepare(ddl).await
    }
    async fn checkpoint(&self, projection: &str, version: u32) -> Result<u64, RowsError> {
        self.inner.checkpoint(projection, version).await
    }
    async fn commit(&self, steps: &[Step]) -> Result<(), RowsError> {
        self.inner.commit(steps).await
    }
    async fn execute(&self, statements: &[Statement]) -> Result<(), RowsError> {
        self.inner.execute(statements).await
    }
    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
        if self.away.load(Ordering::SeqCst) && !sql.contains("FROM users") {
            return Err(RowsError::Unavailable { what: "10.0.0.7 closed the connection".to_owned(), source: None });
        }
        self.inner.query(sql, args).await
    }
}

/// What stands there is never nothing: what was set up, what was found at the providers, and forms.
const NEVER_EMPTY: [&str; 4] = ["/history", "/history/proof", "/sync/findings", "/alerts/mail"];

/// What is shown there comes from elsewhere: the log, its files, settings, and users.
const WITHOUT_READ_MODELS: [&str; 5] = ["/history", "/history/proof", "/alerts/mail", "/logs", "/users"];

#[tokio::test]
async fn a_company_that_has_nothing_yet_is_told_so_on_every_page() {
    let world = World::new().await;
    world.register("leer").await;
    let owner = signed_in(&world, SALON, Role::Owner, "max@example.com").await;
    for path in first_pages(&world, "leer") {
        for language in ["de", "en"] {
            let request = owner.request(Method::GET, &path).header("accept-language", language);
            let shown = owner.send(request, "").await;
            let says_so = shown.text.contains(r#"class="empty""#);
            let expected = !NEVER_EMPTY.iter().any(|page| path == format!("/c/leer{page}"));
            assert_eq!((shown.status, says_so), (200, expected), "{path} {language}: {}", shown.text);
        }
    }
}

#[tokio::test]
async fn a_key_that_nobody_stored_is_told_of_in_words() {
    let world = World::new().await;
    world.register("leer").await;
    let owner = signed_in(&world, SALON, Role::Owner, "max@example.com").await;
    for (language, says) in
        [("de", "für Cal.com ist noch kein Schlüssel hinterlegt"), ("en", "no key for Cal.com is stored")]
    {
        let request = owner.request(Method::GET, "/c/leer/sync/findings").header("accept-language", language);
        let shown = owner.send(request, "").await.text;
        assert!(shown.contains(says) && !shown.contains("no_key"), "{shown}");
    }
}

#[tokio::test]
async fn where_the_database_is_away_every_page_says_so_and_leads_back() {
    let away = Arc::new(AtomicBool::new(false));
    let world = World::with(|app| {
        app.store.rows = Arc::new(Leaving { inner: Arc::clone(&app.store.rows), away: Arc::clone(&away) });
    })
    .await;
    let owner = signed_in(&world, SALON, Role::Owner, "max@example.com").await;
    away.store(true, Ordering::SeqCst);
    for path in first_pages(&world, SALON) {
        for (language, says) in [("de", "Gerade nicht erreichbar"), ("en", "Not available right now")] {
            let request = owner.request(Method::GET, &path).header("accept-language", language);
            let shown = owner.send(request.header("accept", "text/html"), "").await;
            if WITHOUT_READ_MODELS.iter().any(|page| path == format!("/c/salon{page}")) {
                assert_eq!(shown.status, 200, "{path}: {}", shown.text);
                continue;
            }
            assert_eq!(shown.status, 503, "{path}: {}", shown.text);
            assert!(shown.text.contains(says) && shown.text.contains(r#"href="/c/salon""#), "{path}: {}", shown.text);
            assert!(!shown.text.contains("10.0.0.7"), "{path} tells what only the log may");
            assert!(shown.header("content-security-policy").contains("script-src 'self'"));
        }
    }
}
