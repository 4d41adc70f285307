//! Webhooks as a subscriber receives them: signed, for what was asked, lost, doubled and overtaken on order.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{
    calcom::{Confirmation, Delivery, DeliveryFault, DeliveryRates, Guest, Trigger},
    sign_body,
};
use super::harness::{Town, at, berlin, uid};
use crate::outbound::fake::{Fake, Reply};

const SECRET: &str = "whsec_0123456789abcdef";
const NINE: &str = "2025-07-02T09:00:00Z";

/// Anna subscribes for her own and for the two event types of her team.
async fn subscribed(town: &Town, subscriber: &Fake) {
    let all = ["BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED"];
    let all = [&all[..], &["BOOKING_REJECTED", "BOOKING_NO_SHOW_UPDATED", "MEETING_ENDED"]].concat();
    let body = json!({"active": true, "subscriberUrl": format!("{}/hook", subscriber.url()), "triggers": all, "secret": SECRET});
    for path in paths(town) {
        assert_eq!(town.ask("POST", &path, "", &town.anna.api_key, Some(&body)).await.status, 201, "{path}");
    }
}

fn paths(town: &Town) -> [String; 3] {
    let of_team = |kind| format!("/v2/teams/{}/event-types/{kind}/webhooks", town.team);
    ["/v2/webhooks".into(), of_team(town.wash), of_team(town.advice)]
}

fn guest(name: &str) -> Guest {
    Guest { name: name.into(), email: Some(format!("{name}@example.com")), phone: None, time_zone: berlin() }
}

/// What arrived so far, each proven by its signature.
fn received(subscriber: &Fake) -> Vec<Value> {
    let proven = |asked: &crate::outbound::fake::Asked| {
        assert_eq!(asked.header("x-cal-signature-256"), sign_body(&asked.body, Some(SECRET)));
        assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/hook"));
        asked.json()
    };
    subscriber.requests().iter().map(proven).collect()
}

fn triggers(received: &[Value]) -> Vec<&str> {
    received.iter().map(|webhook| webhook["triggerEvent"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn everything_that_happens_to_a_booking_is_told() {
    let (town, subscriber) = (Town::open().await, Fake::start().await);
    subscribed(&town, &subscriber).await;
    let booked = uid(&town.book(&Town::wish(town.wash, NINE)).await);
    let moved = uid(&town.act(&booked, "reschedule", &json!({"start": "2025-07-02T11:00:00Z"})).await);
    town.act(&moved, "cancel", &json!({"cancellationReason": "krank"})).await;
    town.calcom.settle_deliveries().await;
    let told = received(&subscriber);
    assert_eq!(triggers(&told), ["BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED"]);
    let created = &told[0]["payload"];
    assert_eq!((&created["uid"], &created["eventTypeId"]), (&json!(booked), &json!(town.wash)));
    assert_eq!(created["metadata"], json!({"attempt": "a-1"}));
    assert_eq!(created["organizer"]["id"], town.anna.user);
    assert_eq!(created["attendees"][0]["phoneNumber"], "+493023125000");
    assert_eq!(at(created["startTime"].as_str().unwrap()), at(NINE));
    assert_eq!((&told[1]["payload"]["uid"], &told[1]["payload"]["rescheduleUid"]), (&json!(moved), &json!(booked)));
    assert_eq!(
        (&told[2]["payload"]["status"], &told[2]["payload"]["cancellationReason"]),
        (&json!("CANCELLED"), &json!("krank"))
    );
}

#[tokio::test]
async fn what_waits_for_its_host_is_requested_first() {
    let (town, subscriber) = (Town::open().await, Fake::start().await);
    subscribed(&town, &subscriber).await;
    town.calcom.change_event_type(town.cut, |kind| kind.confirmation = Confirmation::Always { blocks: true });
    let first = town.calcom.book_directly(town.cut, at(NINE), guest("erika")).unwrap();
    let second = town.calcom.book_directly(town.cut, at("2025-07-02T10:00:00Z"), guest("otto")).unwrap();
    assert!(town.calcom.decide_directly(&first.uid, true) && town.calcom.decide_directly(&second.uid, false));
    town.calcom.settle_deliveries().await;
    let told = received(&subscriber);
    assert_eq!(triggers(&told), ["BOOKING_REQUESTED", "BOOKING_REQUESTED", "BOOKING_CREATED", "BOOKING_REJECTED"]);
    assert_eq!(told[2]["payload"]["uid"], first.uid);
}

#[tokio::test]
async fn the_salon_itself_moves_cancels_and_waits_in_vain() {
    let (town, subscriber) = (Town::open().await, Fake::start().await);
    subscribed(&town, &subscriber).await;
    let booked = town.calcom.book_directly(town.cut, at(NINE), guest("erika")).unwrap();
    let moved = town.calcom.move_directly(&booked.uid, at("2025-07-02T12:00:00Z")).unwrap();
    assert!(town.calcom.move_directly(&booked.uid, at(NINE)).is_none(), "it lives on under another uid");
    let other = town.calcom.book_directly(town.cut, at("2025-07-02T13:00:00Z"), guest("otto")).unwrap();
    assert!(town.calcom.cancel_directly(&other.uid, "Wasserschaden"));
    town.set_time("2025-07-02T12:40:00Z");
    assert!(town.calcom.mark_absent_directly(&moved.uid));
    town.calcom.settle_deliveries().await;
    let told = received(&subscriber);
    let expected = ["BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_CREATED", "BOOKING_CANCELLED"];
    assert_eq!(triggers(&told), [&expected[..], &["BOOKING_NO_SHOW_UPDATED", "MEETING_ENDED"]].concat());
    assert_eq!((&told[4]["payload"]["bookingUid"], &told[4]["payload"]["uid"]), (&json!(moved.uid), &Value::Null));
    assert_eq!(
        (&told[5]["uid"], &told[5]["payload"]),
        (&json!(moved.uid), &Value::Null),
        "the end of a meeting is flat"
    );
    town.pass(Duration::from_hours(48));
    town.calcom.settle_deliveries().await;
    assert_eq!(received(&subscriber).len(), 6, "a meeting ends once, and what was cancelled does not");
}

#[tokio::test]
async fn each_is_told_of_their_own() {
    let (town, subscriber) = (Town::open().await, Fake::start().await);
    let hook = |url: String, triggers: &[&str]| json!({"active": true, "subscriberUrl": url, "triggers": triggers});
    let anna = hook(format!("{}/anna", subscriber.url()), &["BOOKING_CREATED"]);
    let ben = hook(format!("{}/ben", subscriber.url()), &["BOOKING_CREATED"]);
    town.ask("POST", "/v2/webhooks", "", &town.anna.api_key, Some(&anna)).await;
    town.ask("POST", "/v2/webhooks", "", &town.ben.api_key, Some(&ben)).await;
    town.book(&Town::wish(town.cut, NINE)).await;
    // A user's own subscription says nothing of a team's event types.
    town.book(&Town::wish(town.wash, "2025-07-02T11:00:00Z")).await;
    town.act("nobody", "cancel", &json!({})).await;
    town.calcom.settle_deliveries().await;
    let asked = subscriber.requests();
    assert_eq!(asked.iter().map(|asked| asked.target.as_str()).collect::<Vec<_>>(), ["/anna"]);
    assert_eq!(asked[0].header("x-cal-signature-256"), "no-secret-provided");
    // Ben does not run the team.
    assert_eq!(town.ask("GET", &paths(&town)[1], "", &town.ben.api_key, None).await.status, 403);
}

#[tokio::test]
async fn a_subscription_is_changed() {
    let (town, subscriber) = (Town::open().await, Fake::start().await);
    subscribed(&town, &subscriber).await;
    for path in paths(&town) {
        let key = &town.anna.api_key;
        let listed = town.get(&path, "").await;
        let one = format!("{path}/{}", listed.data()[0]["id"]);
        let off = json!({"active": false, "triggers": ["MEETING_ENDED"]});
        let changed = town.ask("PATCH", &one, "", key, Some(&off)).await;
        assert_eq!((changed.status, &changed.data()["active"]), (200, &json!(false)));
        assert_eq!(changed.data()["subscriberUrl"], listed.data()[0]["subscriberUrl"]);
        let wrong = json!({"triggers": ["BOOKING_EXPLODED"]});
        assert_eq!(town.ask("PATCH", &one, "", key, Some(&wrong)).await.status, 400);
        assert_eq!(town.ask("PATCH", &format!("{path}/99"), "", key, Some(&off)).await.status, 404);
        assert_eq!(town.get(&format!("{path}?take=1&skip=1"), "").await.data(), &json!([]));
    }
    town.book(&Town::wish(town.cut, NINE)).await;
    town.calcom.settle_deliveries().await;
    assert_eq!(town.calcom.deliveries(), []);
}

#[tokio::test]
async fn webhooks_are_lost_doubled_and_overtaken_on_order() {
    let (town, subscriber) = (Town::open().await, Fake::start().await);
    subscribed(&town, &subscriber).await;
    for fault in [DeliveryFault::Overtaken, DeliveryFault::Lost, DeliveryFault::Doubled] {
        town.calcom.next_delivery(fault);
    }
    (0..4).for_each(|_| subscriber.next(Reply::json(200, "{}")));
    let uids: Vec<_> = ["09", "10", "11", "12"].map(|hour| format!("2025-07-02T{hour}:00:00Z")).into();
    let mut booked = Vec::new();
    for start in uids {
        booked.push(uid(&town.book(&Town::wish(town.cut, &start)).await));
    }
    town.calcom.settle_deliveries().await;
    let told: Vec<_> = received(&subscriber).iter().map(|told| told["payload"]["uid"].clone()).collect();
    assert_eq!(told, [&booked[2], &booked[0], &booked[2], &booked[3]].map(|uid| json!(uid)));
    let deliveries = town.calcom.deliveries();
    let lost = deliveries.iter().find(|delivery| delivery.fault == Some(DeliveryFault::Lost)).unwrap();
    let url = format!("{}/hook", subscriber.url());
    let (trigger, fault) = (Trigger::Created, Some(DeliveryFault::Lost));
    assert_eq!(*lost, Delivery { trigger, uid: booked[1].clone(), subscriber_url: url, fault, status: None });
    assert_eq!(deliveries.iter().filter(|delivery| delivery.status == Some(200)).count(), 4);
}

#[tokio::test]
async fn a_plan_of_faults_can_be_repeated_and_an_overtaken_one_arrives_in_the_end() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (town, subscriber) = (Town::open().await, Fake::start().await);
        subscribed(&town, &subscriber).await;
        town.calcom.deliver_with(DeliveryRates { seed: 7, lost: 200, doubled: 200, overtaken: 200 });
        for hour in 7..15 {
            town.calcom.book_directly(town.cut, at(&format!("2025-07-02T{hour:02}:00:00Z")), guest("erika"));
        }
        town.calcom.settle_deliveries().await;
        let fates: Vec<_> = town.calcom.deliveries().iter().map(|it| (it.uid.clone(), it.fault)).collect();
        let arrived = received(&subscriber).len();
        let lost = fates.iter().filter(|(_, fault)| *fault == Some(DeliveryFault::Lost)).count();
        assert_eq!(arrived, fates.len() - lost);
        let mut fates = fates;
        fates.sort_by_key(|(uid, _)| uid.clone());
        runs.push(fates);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].iter().any(|(_, fault)| fault.is_some()) && runs[0].iter().any(|(_, fault)| fault.is_none()));
}

#[tokio::test]
async fn who_does_not_take_it_is_not_asked_again() {
    let (town, subscriber) = (Town::open().await, Fake::start().await);
    subscribed(&town, &subscriber).await;
    subscriber.next(Reply::json(503, "{}"));
    subscriber.next(Reply::cut());
    town.book(&Town::wish(town.cut, NINE)).await;
    town.book(&Town::wish(town.cut, "2025-07-02T10:00:00Z")).await;
    town.calcom.settle_deliveries().await;
    let statuses: Vec<_> = town.calcom.deliveries().iter().map(|delivery| delivery.status).collect();
    assert_eq!(statuses, [Some(503), None]);
    assert_eq!(subscriber.requests().len(), 2);
}
