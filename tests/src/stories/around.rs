//! What stands around the requests to Cal.com, on more than one node.

use crate::app::TestApp;
use crate::contract::database::Database;
use jiff::SignedDuration;
use jiff::civil::date;
use ringbuch_adapters::sandbox::Operation;
use ringbuch_api::app::App;
use ringbuch_domain::ports::{SlotQuery, Slots};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Open times of the salon on the day after the story begins.
fn query(app: &TestApp) -> SlotQuery {
    let day = date(2025, 7, 1);
    let event_type = app.salon.service("Maniküre");
    SlotQuery { event_type, team: None, minutes: None, from: day, to: day, zone: "Europe/Berlin".into() }
}

/// Whether a node says that eleven o'clock is free.
async fn offers(node: &App, app: &TestApp) -> bool {
    let told = node.slots.slots(&app.salon.id, &query(app)).await.unwrap();
    told.slots.iter().any(|slot| slot.start == "2025-07-01T09:00:00Z".parse().unwrap())
}

pub async fn lesson_06_a_booking_outdates_open_times_on_every_node(database: Database) {
    let app = TestApp::start(database).await;
    let (other, stop) = (app.another_process().await, CancellationToken::new());
    let (slots, log, stopped) = (Arc::clone(&other.slots), Arc::clone(&other.store.log), stop.clone());
    let following = tokio::spawn(async move { slots.follow(&*log, stopped).await });
    let nodes = [app.app(), &other];
    loop {
        let before = app.asked(Operation::ListSlots);
        assert!(offers(nodes[0], &app).await && offers(nodes[1], &app).await);
        if app.asked(Operation::ListSlots) == before {
            break;
        }
    }
    app.caller("Anna").on("2025-07-01").asks_for("Maniküre").books("11:00").await;
    assert_eq!(app.outcomes().await, ["confirmed"]);
    // The story's clock stands still: only what happened makes a node ask again.
    for node in nodes {
        while offers(node, &app).await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    stop.cancel();
    following.await.unwrap();
    other.store.close().await;
    app.finish().await;
}

pub async fn what_the_breakers_of_all_nodes_do_is_written_down_once(database: Database) {
    let app = TestApp::start(database).await;
    let other = app.another_process().await;
    let asks = async |node: &App| node.providers.slots().slots(&app.salon.id, &query(&app)).await.is_ok();
    let noted = async || {
        for node in [app.app(), &other] {
            node.providers.breaker_notes().write_down(&node.journal, &node.directory).await.unwrap();
        }
        (app.happened("BreakerOpened").await, app.happened("BreakerClosed").await)
    };
    // The server writes by itself as well, and may be about to.
    let noted_as = async |wanted| {
        while noted().await != wanted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        app.settle().await;
        assert_eq!(noted().await, wanted);
    };
    assert!(asks(&other).await);
    // What never opened does not close.
    noted_as((0, 0)).await;
    app.calcom().faults().set_down(true);
    for node in [app.app(), &other] {
        for _ in 0..5 {
            assert!(!asks(node).await);
        }
    }
    noted_as((1, 0)).await;
    let breakers = app.app().providers.breakers(&app.app().directory.known());
    assert!(breakers.iter().any(|(company, ..)| *company == app.salon.id));
    app.calcom().faults().set_down(false);
    app.advance(SignedDuration::from_mins(2)).await;
    for node in [app.app(), &other] {
        assert!(asks(node).await && asks(node).await);
    }
    noted_as((1, 1)).await;
    other.store.close().await;
    app.finish().await;
}
