//! Sending what waits in the outbox, one after the other and each once: who does not take it never hears of it again.

use std::{sync::Arc, time::Duration};

use http::Method;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::{
    Calcom,
    booking::{Booking, Status},
    outbox::{Delivery, DeliveryFault, DeliveryRates, Parcel},
    state::Front,
    trigger::Trigger,
};
use crate::outbound::Outbound;

/// How long a subscriber may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often is looked whether a meeting is over, and how long one webhook waits for another to overtake it.
const TICK: Duration = Duration::from_secs(1);
/// No meeting lasts longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

impl Calcom {
    /// The next webhook that has no earlier order meets this fault.
    pub fn next_delivery(&self, fault: DeliveryFault) {
        self.0.state().outbox.order(fault);
    }

    /// From now on, webhooks without an order of their own meet these faults.
    pub fn deliver_with(&self, rates: DeliveryRates) {
        self.0.state().outbox.follow(rates);
    }

    /// Every webhook that has come to its end, in the order in which they did.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.0.state().outbox.done().to_vec()
    }

    /// Tells of the meetings that are over by now, and waits until every webhook has been sent.
    pub async fn settle_deliveries(&self) {
        self.0.tell_of_ended_meetings();
        let mut open = {
            let mut state = self.0.state();
            state.outbox.hurry();
            state.outbox.open()
        };
        // An error means that the stand-in is gone.
        let _ = open.wait_for(|open| *open == 0).await;
    }
}

impl Front {
    pub(super) fn tell_of_ended_meetings(&self) {
        let now = self.now();
        let mut state = self.state();
        let since = std::mem::replace(&mut state.meetings_told_until, now);
        let over = |booking: &&Booking| booking.status == Status::Accepted && since < booking.end && booking.end <= now;
        let from = since.checked_sub(LONGEST).unwrap_or(since);
        let ended: Vec<Booking> = state.books.starting(from, now).filter(over).cloned().collect();
        for booking in ended {
            state.announce(Trigger::MeetingEnded, &booking, None, now);
        }
    }
}

pub(in super::super) async fn deliver(front: Arc<Front>, outbound: Outbound, stop: CancellationToken) {
    let bell = front.state().outbox.bell();
    loop {
        let next = front.state().outbox.take();
        if let Some(parcel) = next {
            let Some(status) = stop.run_until_cancelled(send(&outbound, &parcel)).await else { return };
            front.state().outbox.sent(&parcel, status);
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = bell.notified() => {}
            () = tokio::time::sleep(TICK) => {
                front.tell_of_ended_meetings();
                front.state().outbox.hurry();
            }
        }
    }
}

async fn send(outbound: &Outbound, parcel: &Parcel) -> Option<u16> {
    let request = outbound.request(Method::POST, &parcel.url, &[]).ok()?;
    let request = request
        .header("content-type", "application/json")
        .header("x-cal-signature-256", &parcel.signature)
        .header("x-cal-webhook-version", "2021-10-20")
        .timeout(PATIENCE)
        .body(parcel.body.clone());
    request.send().await.ok().map(|response| response.status().as_u16())
}
