//! What the log says of a call: its own events, and those of the bookings that it asked for.

use super::{Intent, Sentiment};
use crate::AnyEvent;
use crate::call::{CallAnalyzed, CallEnded, CallEvent};
use crate::diary::{BookingConfirmed, DiaryEvent, Holder};
use crate::ids::{BookingId, CallId};
use crate::money::Money;
use jiff::Timestamp;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    call: CallId,
    pub received: bool,
    pub agent: Option<String>,
    pub agent_version: Option<i64>,
    pub transcript: Option<String>,
    pub duration_ms: Option<i64>,
    pub cost: Option<Money>,
    ended_at: Option<Timestamp>,
    sentiment: Option<Sentiment>,
    voicemail: bool,
    pub held: bool,
    asked: BTreeSet<BookingId>,
    asked_at: Option<Timestamp>,
    submitted_at: Option<Timestamp>,
    /// Of the last refusal or failure: a stable word.
    pub refusal: Option<String>,
    confirmed_at: Option<Timestamp>,
}

impl Facts {
    pub fn new(call: CallId) -> Self {
        Self {
            call,
            received: false,
            agent: None,
            agent_version: None,
            transcript: None,
            duration_ms: None,
            cost: None,
            ended_at: None,
            sentiment: None,
            voicemail: false,
            held: false,
            asked: BTreeSet::new(),
            asked_at: None,
            submitted_at: None,
            refusal: None,
            confirmed_at: None,
        }
    }

    /// Takes an event of the log, in the log's order; what is of another call or booking changes nothing.
    pub fn take(&mut self, time: Timestamp, event: &AnyEvent) {
        match event {
            AnyEvent::Call(event) => self.take_call(time, event),
            AnyEvent::Diary(event) => self.take_booking(time, event),
            _ => {}
        }
    }

    pub fn is_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    pub fn is_submitted(&self) -> bool {
        self.submitted_at.is_some()
    }

    pub fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some()
    }

    /// The caller could still be told. The end is by the provider's clock, the confirmation by the log's.
    pub fn is_confirmed_in_the_call(&self) -> bool {
        match (self.confirmed_at, self.ended_at) {
            (Some(confirmed), Some(ended)) => confirmed <= ended,
            _ => false,
        }
    }

    pub fn confirmed_after_ms(&self) -> Option<i64> {
        Some(self.confirmed_at?.as_millisecond().saturating_sub(self.asked_at?.as_millisecond()))
    }

    /// What the facts leave no doubt of.
    pub fn intent(&self) -> Option<Intent> {
        if self.is_asked() { Some(Intent::Book) } else { self.voicemail.then_some(Intent::Nobody) }
    }

    pub fn sentiment(&self) -> Option<Sentiment> {
        self.sentiment
    }

    fn take_call(&mut self, time: Timestamp, event: &CallEvent) {
        match event {
            CallEvent::CallReceived(it) => {
                self.received = true;
                (self.agent, self.agent_version) = (it.agent.clone(), it.agent_version);
            }
            CallEvent::CallEnded(it) => self.end(it),
            CallEvent::CallAnalyzed(it) => self.judge(it),
            CallEvent::BookingAsked(it) => {
                self.asked.insert(it.booking);
                self.asked_at.get_or_insert(time);
            }
            CallEvent::BookingRefused(it) => self.refusal = Some(it.reason.code().into()),
            _ => {}
        }
    }

    fn end(&mut self, ended: &CallEnded) {
        self.transcript = ended.private.known().and_then(|spoken| spoken.transcript.clone());
        (self.duration_ms, self.cost) = (ended.duration_ms, ended.cost);
        self.ended_at = ended.ended_at;
    }

    fn judge(&mut self, analyzed: &CallAnalyzed) {
        self.sentiment = analyzed.sentiment.as_deref().and_then(Sentiment::of);
        self.voicemail = analyzed.voicemail == Some(true);
    }

    fn take_booking(&mut self, time: Timestamp, event: &DiaryEvent) {
        match event {
            DiaryEvent::SlotHeld(it) => self.held |= it.holder == Holder::Call(self.call.clone()),
            DiaryEvent::BookingRequested(it) if self.asked.contains(&it.booking) => {
                self.submitted_at.get_or_insert(time);
            }
            DiaryEvent::BookingFailed(it) if self.asked.contains(&it.booking) => self.refusal = Some(it.reason.clone()),
            DiaryEvent::BookingConfirmed(BookingConfirmed { booking, .. }) if self.asked.contains(booking) => {
                self.confirmed_at.get_or_insert(time);
            }
            _ => {}
        }
    }
}
