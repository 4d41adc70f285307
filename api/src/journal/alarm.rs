//! What an operator is to hear of, whoever writes it down: it is counted here, where every event passes once.

use crate::metrics::{Metrics, Mismatch};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::{CallEvent, Refusal};
use ringbuch_domain::diary::DiaryEvent;
use ringbuch_domain::event::Opened;
use ringbuch_domain::recorded::NewEvent;

pub enum Alarm {
    Overlap,
    Contradiction,
    /// A wish that did not become a booking, with the reason's word.
    Unbooked(String),
}

impl Alarm {
    pub fn of(event: &NewEvent) -> Option<Self> {
        match event.kind {
            "OverlapSeen" => Some(Self::Overlap),
            "BookingContradicted" => Some(Self::Contradiction),
            "BookingFailed" | "BookingRefused" => unbooked(event).map(Self::Unbooked),
            _ => None,
        }
    }

    pub fn raise(&self, metrics: &Metrics) {
        match self {
            Self::Overlap => metrics.overlap_seen(),
            Self::Contradiction => metrics.mismatch(Mismatch::Contradiction),
            Self::Unbooked(reason) => metrics.booking_failed(reason),
        }
    }
}

fn unbooked(event: &NewEvent) -> Option<String> {
    match AnyEvent::decode(event.kind, event.version, &event.public, Opened::Erased).ok()? {
        AnyEvent::Diary(DiaryEvent::BookingFailed(it)) => Some(it.reason),
        AnyEvent::Call(CallEvent::BookingRefused(it)) => match it.reason {
            // The page has said so before; the call is only told.
            Refusal::Calendar { .. } => None,
            reason => Some(reason.code().to_owned()),
        },
        _ => None,
    }
}
