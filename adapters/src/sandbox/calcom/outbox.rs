//! Webhooks that wait to be sent, and what goes wrong with them on order: some are lost, doubled, or overtaken by the next.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::sync::{Notify, watch};

use super::trigger::Trigger;

/// One thing that goes wrong with one webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryFault {
    /// Never sent, and never sent again.
    Lost,
    /// Sent twice, the same both times.
    Doubled,
    /// The next one goes first.
    Overtaken,
}

/// How often each fault strikes, in thousandths of webhooks.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeliveryRates {
    pub seed: u64,
    pub lost: u16,
    pub doubled: u16,
    pub overtaken: u16,
}

/// What became of one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub trigger: Trigger,
    /// Of the booking that it tells of.
    pub uid: String,
    pub subscriber_url: String,
    pub fault: Option<DeliveryFault>,
    /// What the subscriber answered; nothing when it was lost or nobody answered.
    pub status: Option<u16>,
}

/// A webhook ready to be sent.
#[derive(Clone)]
pub(super) struct Parcel {
    pub(super) trigger: Trigger,
    pub(super) uid: String,
    pub(super) url: String,
    pub(super) signature: String,
    pub(super) body: Bytes,
    pub(super) fault: Option<DeliveryFault>,
    /// For another to go first.
    pub(super) waits: bool,
}

pub(super) struct Outbox {
    parcels: VecDeque<Parcel>,
    ordered: VecDeque<DeliveryFault>,
    plan: Option<(DeliveryRates, StdRng)>,
    done: Vec<Delivery>,
    /// Rings when there is something to send.
    bell: Arc<Notify>,
    /// How many have not come to their end.
    open: watch::Sender<usize>,
}

impl Outbox {
    pub(super) fn new() -> Self {
        Self {
            parcels: VecDeque::new(),
            ordered: VecDeque::new(),
            plan: None,
            done: Vec::new(),
            bell: Arc::default(),
            open: watch::Sender::new(0),
        }
    }

    pub(super) fn bell(&self) -> Arc<Notify> {
        self.bell.clone()
    }

    pub(super) fn open(&self) -> watch::Receiver<usize> {
        self.open.subscribe()
    }

    pub(super) fn order(&mut self, fault: DeliveryFault) {
        self.ordered.push_back(fault);
    }

    pub(super) fn follow(&mut self, rates: DeliveryRates) {
        self.plan = Some((rates, StdRng::seed_from_u64(rates.seed)));
    }

    pub(super) fn done(&self) -> &[Delivery] {
        &self.done
    }

    /// Its fault is thrown now, so that it does not depend on how fast the ones before are sent.
    pub(super) fn post(&mut self, parcel: Parcel) {
        let fault = self.ordered.pop_front().or_else(|| self.throw());
        let parcel = Parcel { fault, waits: fault == Some(DeliveryFault::Overtaken), ..parcel };
        if fault == Some(DeliveryFault::Lost) {
            self.done.push(parcel.delivery(None));
            return;
        }
        let copies = if fault == Some(DeliveryFault::Doubled) { 2 } else { 1 };
        self.open.send_modify(|open| *open += copies);
        self.parcels.extend(std::iter::repeat_n(parcel, copies));
        self.bell.notify_one();
    }

    /// The next to be sent. One that is to be overtaken waits until there is another to go first.
    pub(super) fn take(&mut self) -> Option<Parcel> {
        if self.parcels.front()?.waits {
            let mut overtaken = self.parcels.pop_front()?;
            let Some(next) = self.parcels.pop_front() else {
                self.parcels.push_front(overtaken);
                return None;
            };
            overtaken.waits = false;
            self.parcels.push_front(overtaken);
            return Some(next);
        }
        self.parcels.pop_front()
    }

    /// Nobody waits for a next one any longer.
    pub(super) fn hurry(&mut self) {
        self.parcels.iter_mut().for_each(|parcel| parcel.waits = false);
        self.bell.notify_one();
    }

    pub(super) fn sent(&mut self, parcel: &Parcel, status: Option<u16>) {
        self.done.push(parcel.delivery(status));
        self.open.send_modify(|open| *open = open.saturating_sub(1));
    }

    fn throw(&mut self) -> Option<DeliveryFault> {
        let (rates, dice) = self.plan.as_mut()?;
        let roll: u16 = dice.random_range(0..1000);
        let shares = [
            (rates.lost, DeliveryFault::Lost),
            (rates.doubled, DeliveryFault::Doubled),
            (rates.overtaken, DeliveryFault::Overtaken),
        ];
        let mut reached = 0;
        shares.into_iter().find_map(|(share, fault)| {
            reached += share;
            (roll < reached).then_some(fault)
        })
    }
}

impl Parcel {
    fn delivery(&self, status: Option<u16>) -> Delivery {
        Delivery {
            trigger: self.trigger,
            uid: self.uid.clone(),
            subscriber_url: self.url.clone(),
            fault: self.fault,
            status,
        }
    }
}
