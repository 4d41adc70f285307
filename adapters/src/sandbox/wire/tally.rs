//! What arrived and how often it was turned away with 429.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use http::StatusCode;

use super::super::Operation;

#[derive(Default)]
pub(in super::super) struct Tally {
    requests: Mutex<BTreeMap<Operation, u64>>,
    too_many: AtomicU64,
}

impl Tally {
    pub(super) fn arrived(&self, operation: Operation) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry(operation).or_default() += 1;
    }

    pub(super) fn answered(&self, status: StatusCode) {
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.too_many.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(in super::super) fn requests(&self) -> BTreeMap<Operation, u64> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(in super::super) fn too_many(&self) -> u64 {
        self.too_many.load(Ordering::Relaxed)
    }
}
