//! The desk where faults are ordered and where every request learns its fate.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::Instant};

use super::{super::Operation, Fault, FaultPlan, plan::Following};

/// How long an answer that never comes is held back, unless [`Faults::hold_at_most`] says otherwise.
const HOLD: Duration = Duration::from_mins(1);

/// The faults of one provider. Ordered faults come before the plan's.
pub struct Faults {
    orders: Mutex<Orders>,
    cue: watch::Sender<u64>,
}

struct Orders {
    queued: HashMap<Operation, VecDeque<Fault>>,
    plan: Option<Following>,
    down: bool,
    down_until: Option<Instant>,
    hold: Duration,
    counts: BTreeMap<&'static str, u64>,
}

/// The fate of a request that is carried out only on cue.
pub(in super::super) struct Late(watch::Receiver<u64>);

impl Late {
    pub(in super::super) async fn cue(mut self) {
        // An error means that the desk is gone, and with it whoever could give the cue.
        let _ = self.0.changed().await;
    }
}

impl Faults {
    pub(in super::super) fn new() -> Self {
        let orders = Orders {
            queued: HashMap::new(),
            plan: None,
            down: false,
            down_until: None,
            hold: HOLD,
            counts: BTreeMap::new(),
        };
        Self { orders: Mutex::new(orders), cue: watch::Sender::new(0) }
    }

    /// The next request of this operation that has no earlier order meets this fault.
    pub fn next(&self, operation: Operation, fault: Fault) {
        self.orders().queued.entry(operation).or_default().push_back(fault);
    }

    /// From now on, requests without an order of their own meet the plan's faults.
    pub fn follow(&self, plan: FaultPlan) {
        self.orders().plan = Some(Following::new(plan));
    }

    /// Forgets every order and the plan, and ends an outage.
    pub fn calm(&self) {
        let mut orders = self.orders();
        orders.queued.clear();
        orders.plan = None;
        orders.down = false;
        orders.down_until = None;
    }

    /// While down, every connection is closed at once.
    pub fn set_down(&self, down: bool) {
        let mut orders = self.orders();
        orders.down = down;
        orders.down_until = None;
    }

    /// Down from now, in real time.
    pub fn down_for(&self, outage: Duration) {
        self.orders().down_until = Some(Instant::now() + outage);
    }

    /// How many requests met each kind of fault so far; `down` counts refused connections and requests.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.orders().counts.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
    }

    /// Bounds the wait of answers that never come, for clients without a deadline of their own.
    pub fn hold_at_most(&self, hold: Duration) {
        self.orders().hold = hold;
    }

    /// How many requests wait for [`Faults::release_late`].
    pub fn late_waiting(&self) -> usize {
        self.cue.receiver_count()
    }

    /// Carries out every request that was put off by [`Fault::LateOnCue`].
    pub fn release_late(&self) {
        self.cue.send_modify(|cues| *cues += 1);
    }

    pub(in super::super) fn hold(&self) -> Duration {
        self.orders().hold
    }

    pub(in super::super) fn late(&self) -> Late {
        Late(self.cue.subscribe())
    }

    /// Whether the provider is down just now; counts the refusal.
    pub(in super::super) fn refuses(&self) -> bool {
        let mut orders = self.orders();
        let down = orders.is_down();
        if down {
            orders.count("down");
        }
        down
    }

    /// The fate of a request that has arrived: an error when the provider is down.
    pub(in super::super) fn meet(&self, operation: Operation) -> Result<Option<Fault>, Down> {
        let mut orders = self.orders();
        if let Some(outage) = orders.plan.as_mut().and_then(Following::outage) {
            orders.down_until = Some(Instant::now() + outage);
        }
        if orders.is_down() {
            orders.count("down");
            return Err(Down);
        }
        let ordered = orders.queued.get_mut(&operation).and_then(VecDeque::pop_front);
        let fault = ordered.or_else(|| orders.plan.as_mut().and_then(|plan| plan.throw(operation)));
        if let Some(fault) = fault {
            orders.count(fault.kind());
        }
        Ok(fault)
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The provider is down: no answer, the connection closes.
pub(in super::super) struct Down;

impl Orders {
    fn is_down(&self) -> bool {
        self.down || self.down_until.is_some_and(|until| Instant::now() < until)
    }

    fn count(&mut self, kind: &'static str) {
        *self.counts.entry(kind).or_default() += 1;
    }
}
