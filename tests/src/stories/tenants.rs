//! Whose call it is: numbers that nobody knows, and accounts that speak of what is not theirs.

use crate::app::{NEIGHBOUR, Said, TestApp};
use crate::contract::database::Database;
use ringbuch_api::setup::SetUp;
use ringbuch_domain::ids::{BranchId, DeliveryId};
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_domain::webhook::{Command, Webhook};
use ringbuch_projections::calls::Outcome;
use ringbuch_projections::deliveries::DeliveryStatus;
use uuid::Uuid;

impl TestApp {
    /// Orders a delivery to be processed once more.
    pub async fn replay(&self, delivery: &DeliveryId) {
        let (stream, command) = (StreamId::webhook(delivery), Command::Replay { by: "story".into() });
        let cause = Cause::first(Uuid::now_v7());
        self.app().journal.execute::<Webhook>(&stream, None, cause, command).await.unwrap();
    }

    /// Why each delivery is quarantined, each reason once.
    async fn quarantined_because(&self) -> Vec<String> {
        let deliveries = self.deliveries().await;
        let quarantined = deliveries.into_iter().filter(|it| it.status == DeliveryStatus::Quarantined);
        let mut reasons: Vec<String> = quarantined.filter_map(|it| it.reason).collect();
        reasons.sort();
        reasons.dedup();
        reasons
    }
}

pub async fn lesson_10_an_unknown_number_is_set_aside_until_it_is_assigned(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna").dials("+493023125999");
    anna.books("11:00").await;
    assert_eq!(app.quarantined_because().await, ["unknown_number"]);
    assert!(app.call_of(&app.salon, &anna.call_id()).await.is_none());
    assert_eq!((app.customers().await.len(), app.calcom().books().len()), (0, 0));

    let nord = BranchId::new("nord").unwrap();
    SetUp::new(app.app(), "story").number(&app.salon.id, "+49 30 23125 999", nord).await.unwrap();
    let set_aside = app.deliveries().await;
    assert_eq!(set_aside.len(), 3);
    for delivery in &set_aside {
        app.replay(&delivery.delivery).await;
    }
    app.settle().await;
    assert_eq!(app.outcomes().await, ["confirmed"]);
    assert_eq!(app.appointment(anna.booking()).await.branch.as_str(), "nord");
    let replayed = app.deliveries().await;
    assert!(replayed.iter().all(|it| (it.status, it.replays) == (DeliveryStatus::Processed, 1)), "{replayed:?}");

    // What was processed can be replayed as well, and nothing comes of it.
    app.replay(&replayed[0].delivery).await;
    app.settle().await;
    assert_eq!((app.outcomes().await, app.calcom().books().len()), (vec!["confirmed".to_owned()], 1));
    app.finish().await;
}

pub async fn lesson_18_no_account_speaks_for_anothers_number(database: Database) {
    let app = TestApp::start(database).await;
    let practice = app.open(&NEIGHBOUR).await;
    let forger = app.caller("Mallory").dials(practice.first_number());
    for webhook in forger.webhooks(Said::Books("11:00")) {
        // The number says whose key must prove it, and the salon's is not that key.
        assert_eq!(app.send(&app.salon, &webhook).await, 401);
        // On its own path the salon's signature is right, and the number is not the salon's.
        assert_eq!(app.send_named(&app.salon, webhook.to_string()).await, 204);
    }
    app.settle().await;
    assert_eq!(app.quarantined_because().await, ["number_of_another_account"]);
    assert_eq!(app.counted().await["rejected:signature_wrong"], 3);
    for business in [&practice, &app.salon] {
        assert!(app.call_of(business, &forger.call_id()).await.is_none());
    }
    assert_eq!((app.customers().await.len(), app.calcom().requests().len()), (0, 0));

    // Nor does the practice's path help whoever has the salon's key.
    let webhook = forger.ended(Said::Books("11:00")).to_string().into_bytes();
    let path = format!("/api/mcp/retell/webhook/{}", practice.id);
    assert_eq!(app.send_to(&path, &app.salon.retell_key, webhook).await, 401);
    app.finish().await;
}

pub async fn lesson_18_no_account_touches_anothers_call(database: Database) {
    let app = TestApp::start(database).await;
    let practice = app.open(&NEIGHBOUR).await;
    let eve = app.caller("Eve").of(&practice);
    eve.books("11:00").await;
    let (call, appointment) = (app.call_of(&practice, &eve.call_id()).await, app.appointment(eve.booking()).await);
    assert_eq!(call.as_ref().unwrap().call.outcome, Outcome::Confirmed);

    let same_id = app.caller("Mallory").under(&eve.call);
    for webhook in same_id.webhooks(Said::Books("15:00")) {
        assert_eq!(app.send(&app.salon, &webhook).await, 204);
    }
    app.settle().await;
    assert_eq!(app.call_of(&practice, &eve.call_id()).await, call);
    assert_eq!(app.appointment(eve.booking()).await, appointment);
    // It is a call of the salon's own, with a booking of its own.
    assert_ne!(same_id.booking(), eve.booking());
    assert_eq!(app.appointment(same_id.booking()).await.company, app.salon.id);
    assert_eq!(app.calcom().books().len(), 2);
    app.finish().await;
}
