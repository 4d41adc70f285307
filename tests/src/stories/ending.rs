//! Servers come and go, and are not alone on their database.

use crate::app::{Said, TestApp};
use crate::contract::database::Database;
use futures_util::future::join_all;
use ringbuch_adapters::sandbox::Operation;
use ringbuch_api::setup::SetUp;
use ringbuch_domain::ids::BranchId;
use ringbuch_projections::deliveries::DeliveryStatus;
use std::collections::BTreeSet;
use std::time::Duration;

pub async fn what_is_acknowledged_while_the_server_ends_is_kept(database: Database) {
    const TIMES: [&str; 10] = ["8:00", "8:30", "9:00", "9:30", "10:00", "10:30", "11:00", "11:30", "12:00", "12:30"];
    let mut app = TestApp::start(database).await;
    let webhooks: Vec<_> = TIMES.map(|time| app.caller("Anna").ended(Said::Books(time))).into();
    let sending = webhooks.iter().map(|webhook| app.sending(&app.salon, webhook)).collect::<Vec<_>>();
    let sending = tokio::spawn(join_all(sending));
    app.restart().await;
    let statuses = sending.await.unwrap();
    app.settle().await;

    let acknowledged = webhooks.iter().zip(&statuses).filter(|(_, status)| **status == Some(204));
    let there: BTreeSet<_> = app.deliveries().await.into_iter().filter_map(|it| it.call).collect();
    for (webhook, _) in acknowledged {
        assert!(there.contains(webhook["call"]["call_id"].as_str().unwrap()), "{webhook}");
    }
    // Whoever was not acknowledged is told again.
    for webhook in &webhooks {
        assert_eq!(app.send(&app.salon, webhook).await, 204);
    }
    app.settle().await;
    assert_eq!(app.outcomes().await, ["confirmed"; TIMES.len()]);
    app.finish().await;
}

pub async fn what_another_process_sets_up_is_known_to_the_server(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna").dials("+493023125998");
    anna.books("11:00").await;
    assert!(app.deliveries().await.iter().all(|it| it.status == DeliveryStatus::Quarantined));
    let other = app.another_process().await;
    let nord = BranchId::new("nord").unwrap();
    SetUp::new(&other, "operator").number(&app.salon.id, "+493023125998", nord).await.unwrap();
    other.store.close().await;
    app.caller("Ben").dials("+493023125998").books("12:00").await;
    assert_eq!(app.outcomes().await, ["confirmed"]);
    app.finish().await;
}

/// Several nodes on one database, as PostgreSQL allows it: whatever either of them does, each thing is done once.
pub async fn two_servers_on_one_database_book_everything_once(database: Database) {
    let mut app = TestApp::start(database).await;
    app.join_another_server().await;
    app.calcom().widen_race(Duration::from_millis(20));
    let callers: Vec<_> = (0..30).map(|at| (app.caller("Anna"), at % 10)).collect();
    let calling = callers.iter().map(async |(caller, at)| {
        caller.ends_call_booking(&format!("{}:{:02}", 8 + at / 2, at % 2 * 30)).await;
        caller.send(&caller.ended(Said::Books("17:00"))).await;
    });
    join_all(calling).await;
    app.settle().await;
    let expected = [["confirmed"; 20].as_slice(), ["refused: slot_taken"; 10].as_slice()].concat();
    assert_eq!(app.outcomes().await, expected);
    assert_eq!((app.calcom().books().len(), app.asked(Operation::CreateBooking)), (20, 20));
    app.finish().await;
}
