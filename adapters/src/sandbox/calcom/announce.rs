//! Telling subscribers what happened to a booking. A user's own subscription tells of the user's own event types alone, a
//! team's event types have theirs.

use bytes::Bytes;
use jiff::Timestamp;

use super::{
    super::signature::sign_body,
    booking::{Booking, Status},
    event_type::EventType,
    outbox::Parcel,
    payload,
    state::State,
    trigger::Trigger,
    webhooks::Webhook,
};

impl State {
    /// A booking that was not there before; `old` gave way to it.
    pub(super) fn announce_made(&mut self, booking: &Booking, old: Option<&Booking>, now: Timestamp) {
        let trigger = match (booking.status, old) {
            // Moving a booking of a type that needs confirming asks anew.
            (Status::Pending, _) => Trigger::Requested,
            (_, Some(_)) => Trigger::Rescheduled,
            (_, None) => Trigger::Created,
        };
        self.announce(trigger, booking, old, now);
    }

    /// A booking that stands as it does since now.
    pub(super) fn announce_decided(&mut self, booking: &Booking, now: Timestamp) {
        let trigger = match booking.status {
            Status::Accepted => Trigger::Created,
            Status::Pending => Trigger::Requested,
            Status::Cancelled => Trigger::Cancelled,
            Status::Rejected => Trigger::Rejected,
        };
        self.announce(trigger, booking, None, now);
    }

    pub(super) fn announce(&mut self, trigger: Trigger, booking: &Booking, old: Option<&Booking>, now: Timestamp) {
        let kind = self.directory.event_types.get(&booking.event_type);
        let wanting: Vec<_> =
            self.webhooks.iter().filter(|webhook| webhook.wants(trigger, kind, booking)).cloned().collect();
        if wanting.is_empty() {
            return;
        }
        let body = payload::body(&self.directory, trigger, booking, old, now).to_string();
        for webhook in wanting {
            self.outbox.post(parcel(&webhook, trigger, booking, &body));
        }
    }
}

impl Webhook {
    fn wants(&self, trigger: Trigger, kind: Option<&EventType>, booking: &Booking) -> bool {
        let personal = kind.is_none_or(|kind| kind.team().is_none());
        let concerned = match self.event_type {
            Some(event_type) => event_type == booking.event_type,
            None => personal && booking.host() == self.user,
        };
        self.active && concerned && self.triggers.iter().any(|name| name == trigger.as_str())
    }
}

fn parcel(webhook: &Webhook, trigger: Trigger, booking: &Booking, body: &str) -> Parcel {
    Parcel {
        trigger,
        uid: booking.uid.clone(),
        url: webhook.subscriber_url.clone(),
        signature: sign_body(body.as_bytes(), webhook.secret.as_deref()),
        body: Bytes::copy_from_slice(body.as_bytes()),
        fault: None,
        waits: false,
    }
}
