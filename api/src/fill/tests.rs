//! What is made up reads as what really happened, and stands nowhere beside it.

use super::*;
use crate::app::{Parts, open_store};
use crate::clock::SteppedClock;
use crate::providers::ProviderSettings;
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_adapters::store::Store;
use ringbuch_domain::booking::Patience;
use ringbuch_domain::diary::Diary;
use ringbuch_projections::appointments::{self, AppointmentFilter};
use ringbuch_projections::calls::{self, CallFilter};
use ringbuch_projections::series::Period;
use ringbuch_projections::{Paging, Scope, analysis};
use std::collections::BTreeSet;
use tempfile::TempDir;

const NOW: &str = "2026-03-02T09:00:00Z";
const WANTED: Wanted = Wanted { calls: 300, days: 365, companies: 2, seed: 7 };

async fn empty() -> (App, TempDir) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("ringbuch.db").display());
    Store::migrate(&url, false).await.unwrap();
    let parts = Parts {
        store: open_store(&url).await.unwrap(),
        master: Arc::new(MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap()),
        clock: Arc::new(SteppedClock::at(NOW.parse().unwrap())),
        patience: Patience::default(),
        providers: ProviderSettings::default(),
    };
    (App::start(parts).await.unwrap(), folder)
}

async fn filled() -> (App, TempDir) {
    let (app, folder) = empty().await;
    write(&app, WANTED, |_| ()).await.unwrap();
    build(&app, |_| ()).await.unwrap();
    (app, folder)
}

async fn call_ids(app: &App) -> BTreeSet<String> {
    let (mut ids, mut after) = (BTreeSet::new(), None);
    loop {
        let paging = Paging { after, limit: 200 };
        let page = calls::list(&*app.store.rows, Scope::All, &CallFilter::default(), paging).await.unwrap();
        ids.extend(page.items.iter().map(|call| call.call.to_string()));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

#[tokio::test]
async fn a_years_calls_are_told_and_can_be_read() {
    let (app, _folder) = filled().await;
    assert_eq!(call_ids(&app).await.len(), 300);
    let standing = app.projector.standing().await.unwrap();
    let head = app.journal.log().head().await.unwrap();
    assert!(standing.iter().all(|it| (it.set_aside, it.checkpoint) == (0, head)), "{standing:?}");

    let year = Period {
        since: "2025-02-28T00:00:00Z".parse().unwrap(),
        until: NOW.parse().unwrap(),
        zone: jiff::tz::TimeZone::UTC,
    };
    let agents = analysis::agents(&*app.store.rows, Scope::All, &year).await.unwrap();
    assert_eq!((agents.totals.calls, agents.versions.len()), (300, 12), "six versions of two agents");
    assert!(agents.totals.said_booked_kept > 50 && agents.totals.booked > 100, "{:?}", agents.totals);
    assert!(agents.versions.iter().filter(|it| it.agent_version > Some(1)).all(|it| it.published.is_some()));
}

#[tokio::test]
async fn the_pages_of_the_book_hold_what_was_made_up() {
    let (app, _folder) = filled().await;
    let paging = Paging { after: None, limit: 200 };
    let page = appointments::list(&*app.store.rows, Scope::All, &AppointmentFilter::default(), paging).await.unwrap();
    let known: BTreeSet<_> = page.items.iter().map(|it| it.status.to_string()).collect();
    assert!(known.contains("completed") && known.contains("cancelled"), "{known:?}");
    let open = ringbuch_projections::booking_todo::pending(&*app.store.rows, Scope::All).await.unwrap();
    assert!(open.is_empty(), "nothing is left to be done at a calendar: {open:?}");
    for it in page.items.iter().take(40) {
        let stream = StreamId::diary(&it.company, it.page);
        let diary = app.journal.load::<Diary>(&stream).await.unwrap();
        assert!(diary.revision > 0, "{stream}");
    }
}

#[tokio::test]
async fn the_same_seed_tells_the_same_calls_and_another_run_others() {
    let ((one, _one), (other, _other)) = (filled().await, filled().await);
    assert_eq!(call_ids(&one).await, call_ids(&other).await);
    write(&one, WANTED, |_| ()).await.unwrap();
    build(&one, |_| ()).await.unwrap();
    assert_eq!(call_ids(&one).await.len(), 600);
}

#[tokio::test]
async fn nothing_is_made_up_among_what_is_real() {
    let (app, _folder) = empty().await;
    let (account, name) = (AccountId::new("main").unwrap(), "Retell".to_owned());
    let opened = ringbuch_domain::account::AccountOpened {
        account,
        name,
        signature: ringbuch_domain::account::SignatureForm::default(),
        base_url: None,
    };
    crate::setup::SetUp::new(&app, "test").account(opened).await.unwrap();
    let head = app.journal.log().head().await.unwrap();
    assert!(matches!(write(&app, WANTED, |_| ()).await, Err(FillError::HoldsRealOnes)));
    assert_eq!(app.journal.log().head().await.unwrap(), head, "nothing is written");
}
