//! What goes wrong on our side, or on the way to us, and is made good.

use crate::app::{Said, TestApp};
use crate::contract::database::Database;
use jiff::SignedDuration;
use ringbuch_api::reconcile::{Found, Scan, reconcile};
use ringbuch_projections::deliveries::{Delivery, DeliveryStatus};
use serde_json::json;

const SECOND: SignedDuration = SignedDuration::from_secs(1);

impl TestApp {
    async fn only_delivery(&self) -> Delivery {
        let mut deliveries = self.deliveries().await;
        assert_eq!(deliveries.len(), 1);
        deliveries.remove(0)
    }
}

pub async fn what_fails_is_tried_again_then_set_aside_and_can_be_replayed(database: Database) {
    let app = TestApp::start(database).await;
    let stranger = app.database().stranger().await;
    stranger.run("ALTER TABLE people RENAME TO people_elsewhere").await.unwrap();
    let anna = app.caller("Anna");
    anna.send(&anna.ended(Said::Books("11:00"))).await;
    app.settle().await;
    for (attempt, seconds) in [(1, 10), (2, 30), (3, 60)] {
        let wait = SignedDuration::from_secs(seconds);
        let failed = app.only_delivery().await;
        assert_eq!((failed.status, failed.attempts), (DeliveryStatus::Failed, attempt));
        assert_eq!(failed.next_attempt_at, Some(app.now().checked_add(wait).unwrap()));
        let told = failed.last_error.unwrap();
        assert!(!told.is_empty() && !told.contains("Anna") && !told.contains("+49"), "{told}");
        // Not a moment too early.
        app.advance(wait - SECOND).await;
        assert_eq!(app.only_delivery().await.attempts, attempt);
        app.advance(SECOND).await;
    }
    let dead = app.only_delivery().await;
    assert_eq!((dead.status, dead.attempts, dead.next_attempt_at), (DeliveryStatus::Dead, 4, None));
    app.advance(SignedDuration::from_hours(24)).await;
    assert_eq!(app.only_delivery().await, dead);
    assert!(app.call_of(&app.salon, &anna.call_id()).await.is_none());

    stranger.run("ALTER TABLE people_elsewhere RENAME TO people").await.unwrap();
    // By now the wish lies in the past; what was said when it was said still counts for reading it.
    app.clock.set("2025-06-30T09:00:00Z".parse().unwrap());
    app.replay(&dead.delivery).await;
    app.settle().await;
    let replayed = app.only_delivery().await;
    assert_eq!((replayed.status, replayed.replays), (DeliveryStatus::Processed, 1));
    assert_eq!(app.outcomes().await, ["confirmed"]);
    app.finish().await;
}

pub async fn a_failure_that_passes_leaves_no_trace_in_what_is_booked(database: Database) {
    let app = TestApp::start(database).await;
    let stranger = app.database().stranger().await;
    stranger.run("ALTER TABLE people RENAME TO people_elsewhere").await.unwrap();
    let anna = app.caller("Anna");
    anna.books("11:00").await;
    assert!(app.deliveries().await.iter().all(|it| it.status == DeliveryStatus::Failed));
    stranger.run("ALTER TABLE people_elsewhere RENAME TO people").await.unwrap();
    app.advance(SECOND * 10).await;
    assert!(app.deliveries().await.iter().all(|it| (it.status, it.attempts) == (DeliveryStatus::Processed, 2)));
    assert_eq!((app.outcomes().await, app.calcom().books().len()), (vec!["confirmed".to_owned()], 1));
    app.finish().await;
}

pub async fn lesson_03_what_was_never_delivered_is_found_at_retell(database: Database) {
    let app = TestApp::start(database).await;
    let (lost, half, whole) = (app.caller("Anna"), app.caller("Ben"), app.caller("Cem"));
    for (caller, time) in [(&lost, "9:00"), (&half, "10:00"), (&whole, "11:00")] {
        app.retell().record_call(app.salon.retell_account, caller.kept(Said::Books(time))).unwrap();
    }
    let mut talking = app.caller("Dora").kept(Said::Nothing);
    talking["call_status"] = "ongoing".into();
    app.retell().record_call(app.salon.retell_account, talking).unwrap();
    half.send(&half.started()).await;
    whole.books("11:00").await;

    let usual = || Scan::usual(app.now());
    let just_now = reconcile(app.app(), usual()).await.unwrap();
    assert_eq!(just_now, Found { calls: just_now.calls, ..Found::default() }, "Retell may still be telling");
    app.advance(SignedDuration::from_mins(10)).await;
    let trial = reconcile(app.app(), Scan { dry_run: true, ..usual() }).await.unwrap();
    assert_eq!((trial.calls, trial.missing, trial.healed, trial.failures), (4, 2, 0, vec![]));
    assert_eq!(app.measured("ringbuch_mismatch_total"), 0, "a trial raises no alarm");
    assert_eq!(app.outcomes().await, ["confirmed", "none"]);

    let found = reconcile(app.app(), usual()).await.unwrap();
    assert_eq!((found.calls, found.missing, found.healed, found.failures), (4, 2, 2, vec![]));
    assert_eq!(app.measured(r#"ringbuch_mismatch_total{kind="call_missing"}"#), 2);
    app.settle().await;
    assert_eq!(app.outcomes().await, ["confirmed"; 3]);
    let again = reconcile(app.app(), usual()).await.unwrap();
    assert_eq!((again.missing, again.healed), (0, 0));

    // When its webhooks come after all, they tell nothing new.
    let before = app.call(&lost.call_id()).await;
    lost.books("9:00").await;
    assert_eq!((app.call(&lost.call_id()).await, app.calcom().books().len()), (before, 3));
    app.finish().await;
}

pub async fn what_retell_will_not_tell_is_reported(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    app.retell().record_call(app.salon.retell_account, anna.kept(Said::Books("11:00"))).unwrap();
    let broken =
        json!({ "call_id": "call_broken", "call_status": "ended", "start_timestamp": app.now().as_millisecond() });
    app.retell().record_call(app.salon.retell_account, broken).unwrap();
    app.advance(SignedDuration::from_mins(10)).await;
    app.retell().faults().set_down(true);
    let found = reconcile(app.app(), Scan::usual(app.now())).await.unwrap();
    assert_eq!((found.missing, found.failures.len()), (0, 1), "{found:?}");
    app.retell().faults().set_down(false);

    // A call that cannot be placed does not hide the others, and is there to be seen.
    let found = reconcile(app.app(), Scan::usual(app.now())).await.unwrap();
    assert_eq!((found.missing, found.healed), (2, 2), "{found:?}");
    app.settle().await;
    assert_eq!(app.outcomes().await, ["confirmed"]);
    let mut statuses: Vec<_> = app.deliveries().await.iter().map(|it| it.status).collect();
    statuses.sort_by_key(|status| status.as_str());
    assert_eq!(statuses, [DeliveryStatus::Processed, DeliveryStatus::Quarantined]);
    app.finish().await;
}
