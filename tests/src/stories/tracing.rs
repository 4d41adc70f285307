//! The tree of one call: from the webhooks that came in to what the calendar has, and to what the staff did later.

use crate::app::{Said, Setting, TestApp};
use crate::contract::database::Database;
use jiff::SignedDuration;
use ringbuch_adapters::sandbox::{Fault, Operation};
use ringbuch_api::appointments::{Appointments, NewAppointment};
use ringbuch_api::trace::{Step, Uid, of_call};
use ringbuch_domain::ids::{BookingId, BranchId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The kinds from what came from outside down to a step.
fn path(steps: &[Step], to: &Step) -> Vec<String> {
    let by_id: BTreeMap<Uuid, &Step> = steps.iter().map(|step| (step.id, step)).collect();
    let up = |step: &&Step| step.causation.map(|cause| by_id[&cause]);
    let mut kinds: Vec<String> = std::iter::successors(Some(to), up).map(|step| step.kind.clone()).collect();
    kinds.reverse();
    kinds
}

fn of_kind<'a>(steps: &'a [Step], kind: &str) -> Vec<&'a Step> {
    steps.iter().filter(|step| step.kind == kind).collect()
}

pub async fn a_call_is_walked_from_its_webhook_to_what_the_calendar_has(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    let (anna, ben) = (app.caller("Anna").asks_for("Färben"), app.caller("Ben"));
    // The first request is lost on its way, so that there is something to look up and to ask for again.
    app.calcom().faults().next(Operation::CreateBooking, Fault::CutBefore);
    for body in [anna.started(), anna.ended(Said::Books("11:00")), anna.analyzed(Said::Books("11:00"))] {
        anna.send(&body).await;
    }
    app.settle().await;
    ben.books("15:00").await;
    app.advance_until_quiet(SignedDuration::from_hours(1)).await;
    app.move_to(anna.booking(), "2025-07-03T09:00:00+02:00").await.unwrap();
    app.settle().await;
    app.cancel(anna.booking()).await.unwrap();
    app.settle().await;

    let steps = of_call(app.app(), &app.salon.id, &anna.call_id()).await.unwrap();
    let booked = of_kind(&steps, "BookingConfirmed");
    let [made, moved] = booked[..] else { panic!("booked, then moved: {booked:?}") };
    let down = path(&steps, made);
    assert_eq!(down[..3], ["WebhookReceived", "BookingAsked", "BookingRequested"]);
    assert!(down.iter().filter(|kind| *kind == "BookingAttemptStarted").count() >= 2, "{down:?}");
    assert_eq!((made.uid, moved.uid), (Some(Uid::Known), Some(Uid::Known)));
    assert_eq!(path(&steps, moved)[0], "SlotHeld", "the staff has asked for the move");
    let ended = path(&steps, of_kind(&steps, "BookingCancelled")[0]);
    assert_eq!(ended, ["BookingCancelRequested", "BookingAttemptStarted", "BookingCancelled"]);

    // Nothing of the chain is missing, nothing hangs in the air, and nothing of another call is among it.
    let shown: BTreeSet<u64> = steps.iter().map(|step| step.position).collect();
    let chain = app.events().await;
    let correlation = chain.iter().find(|event| event.id == made.id).unwrap().cause.correlation;
    let of_chain: BTreeSet<u64> =
        chain.iter().filter(|event| event.cause.correlation == correlation).map(|event| event.position).collect();
    assert_eq!(shown, of_chain);
    let known: BTreeSet<Uuid> = steps.iter().map(|step| step.id).collect();
    assert!(steps.iter().all(|step| step.causation.is_none_or(|cause| known.contains(&cause))));
    assert!(steps.iter().all(|step| (step.depth == 0) == step.causation.is_none()), "{steps:?}");
    assert!(steps.iter().all(|step| step.after_ms.is_none_or(|took| took >= 0)));
    let told = serde_json::to_string(&steps).unwrap();
    let uids = app.calcom().books();
    assert!(uids.iter().all(|booking| !told.contains(&booking.uid)), "a uid is a bearer secret");
    app.finish().await;
}

pub async fn what_is_booked_by_hand_is_one_chain(database: Database) {
    let app = TestApp::start(database).await;
    let booking = BookingId(Uuid::new_v4());
    let new = NewAppointment {
        booking,
        branch: BranchId::new("mitte").unwrap(),
        service: Some("Färben".into()),
        staff: None,
        start: "2025-07-02T09:00:00Z".parse().unwrap(),
        name: "Erika Mustermann".into(),
        phone: Some("+491713920055".into()),
        email: None,
        notes: None,
        source: "cli".into(),
    };
    Appointments::new(app.app(), app.salon.id.clone(), "cli").book(new).await.unwrap();
    app.settle().await;
    app.cancel(booking).await.unwrap();
    app.settle().await;

    let events = app.events().await;
    let chain: Vec<_> = events.iter().filter(|event| event.cause.correlation == booking.0).collect();
    let kinds: Vec<&str> = chain.iter().map(|event| event.data.encode().unwrap().kind).collect();
    for kind in
        ["CustomerRegistered", "BookingRequested", "BookingConfirmed", "BookingCancelRequested", "BookingCancelled"]
    {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    let about = events.iter().filter(|event| event.data.about() == Some(booking.0));
    assert!(about.into_iter().all(|event| event.cause.correlation == booking.0));
    let roots: Vec<&str> =
        chain.iter().zip(&kinds).filter(|(it, _)| it.cause.causation.is_none()).map(|it| *it.1).collect();
    assert_eq!(roots, ["CustomerRegistered", "BookingCancelRequested"], "somebody has asked twice");
    app.finish().await;
}
