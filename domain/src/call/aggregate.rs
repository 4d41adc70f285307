//! A call takes its facts in any order and any number of times, and ends the same. What it wanted booked is decided
//! once; whatever a later delivery says differently is flagged and changes nothing.

use super::event::*;
use crate::ids::{BookingId, BranchId, CallId, CustomerId, EventTypeId, StaffId, derived};
use crate::private::Private;
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub received: Option<CallReceived>,
    pub customer: Option<CustomerId>,
    pub ended: Option<CallEnded>,
    pub analyzed: Option<CallAnalyzed>,
    pub decision: Option<Decision>,
    /// What later deliveries said differently, each kept once.
    contradictions: Vec<BookingContradicted>,
    pub callback: Option<Callback>,
    pub closed: bool,
}

/// What became of the call's wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    Asked(BookingAsked),
    Refused(BookingRefused),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Callback {
    Requested,
    Done,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// What one delivery tells.
    Record(Box<Facts>),
    /// The diary or the calendar said no to what the call had asked for.
    Refuse {
        booking: BookingId,
        reason: Refusal,
    },
    RequestCallback {
        reason: String,
    },
    CallbackDone {
        by: String,
    },
    /// It outlived its limit.
    Close {
        reason: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    pub received: CallReceived,
    pub company: crate::ids::CompanyId,
    pub customer: CustomerId,
    pub anonymous: bool,
    /// E.164.
    pub caller: Option<String>,
    pub ended: Option<CallEnded>,
    pub analyzed: Option<CallAnalyzed>,
    pub wish: Option<WishFact>,
}

/// What a delivery says about a booking.
#[derive(Debug, Clone, PartialEq)]
pub enum WishFact {
    Asked(Box<Wished>),
    Refused(Refusal, Said),
    NotWanted,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Wished {
    pub event_type: EventTypeId,
    pub staff: Option<StaffId>,
    pub start: Timestamp,
    pub page: Date,
    pub wish: Wish,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error("no call has this id")]
    Unknown,
    #[error("the call belongs to another account")]
    BelongsElsewhere,
    #[error("the call asked for no such booking")]
    NotAsked,
}

type Events = Result<Vec<CallEvent>, Rejection>;

impl Call {
    /// The booking of a call, the same whenever it is asked for.
    pub fn booking_id(company: &crate::ids::CompanyId, call: &CallId) -> BookingId {
        BookingId(derived(&["booking", company.as_str(), call.as_str()]))
    }

    pub fn decide(&self, command: Command) -> Events {
        if let Command::Record(facts) = command {
            return self.record(*facts);
        }
        let Some(CallReceived { call, .. }) = self.received.clone() else { return Err(Rejection::Unknown) };
        match command {
            Command::Record(_) => Ok(vec![]),
            Command::Refuse { booking, reason } => self.refuse(call, booking, reason),
            Command::RequestCallback { .. } if self.callback.is_some() => Ok(vec![]),
            Command::RequestCallback { reason } => Ok(vec![CallbackRequested { call, reason }.into()]),
            Command::CallbackDone { .. } if self.callback != Some(Callback::Requested) => Ok(vec![]),
            Command::CallbackDone { by } => Ok(vec![CallbackDone { call, by }.into()]),
            Command::Close { .. } if self.closed || self.ended.is_some() => Ok(vec![]),
            Command::Close { reason } => Ok(vec![CallClosed { call, reason }.into()]),
        }
    }

    fn record(&self, facts: Facts) -> Events {
        if self.received.as_ref().is_some_and(|known| known.account != facts.received.account) {
            return Err(Rejection::BelongsElsewhere);
        }
        let call = facts.received.call.clone();
        // The first delivery names the person; a later one may come when the number is no longer told.
        let customer = self.customer.unwrap_or(facts.customer);
        let branch = self.received.as_ref().map_or(&facts.received.branch, |known| &known.branch).clone();
        let mut events = Vec::new();
        if let Some(ended) = facts.ended.filter(|ended| self.is_news_of_the_end(ended)) {
            events.push(CallEnded { customer, ..ended }.into());
        }
        if let Some(analyzed) = facts.analyzed.filter(|analyzed| self.is_news_of_the_analysis(analyzed)) {
            events.push(CallAnalyzed { customer, ..analyzed }.into());
        }
        let booking = Self::booking_id(&facts.company, &call);
        events.extend(facts.wish.and_then(|wish| self.hear(call.clone(), booking, customer, branch, wish)));
        if self.received.is_none() {
            let private = Private::Known(CallerNumber { number: facts.caller });
            let known = CustomerIdentified { call, customer, anonymous: facts.anonymous, private };
            events.splice(0..0, [facts.received.into(), known.into()]);
        }
        Ok(events)
    }

    /// A later kind of delivery tells all that an earlier one told, so the last word is that of the highest kind.
    fn is_news_of_the_end(&self, ended: &CallEnded) -> bool {
        let Some(known) = &self.ended else { return true };
        let same = CallEnded { rank: known.rank, customer: known.customer, ..ended.clone() } == *known;
        ended.rank > known.rank && !same
    }

    fn is_news_of_the_analysis(&self, analyzed: &CallAnalyzed) -> bool {
        let Some(known) = &self.analyzed else { return true };
        let same = CallAnalyzed { rank: known.rank, customer: known.customer, ..analyzed.clone() } == *known;
        analyzed.rank > known.rank && !same
    }

    fn hear(
        &self,
        call: CallId,
        booking: BookingId,
        customer: CustomerId,
        branch: BranchId,
        wish: WishFact,
    ) -> Option<CallEvent> {
        match (&self.decision, wish) {
            (None, WishFact::Asked(wished)) => {
                let Wished { event_type, staff, start, page, wish } = *wished;
                let private = Private::Known(wish);
                Some(BookingAsked { call, booking, customer, branch, event_type, start, page, staff, private }.into())
            }
            (None, WishFact::Refused(reason, said)) => {
                Some(BookingRefused { call, booking, customer, reason, private: Private::Known(said) }.into())
            }
            (Some(Decision::Asked(asked)), wish) => self.contradiction(call, asked, &wish),
            (Some(Decision::Refused(refused)), WishFact::Asked(wished)) => {
                let differs = vec!["readable".to_owned()];
                self.flag(BookingContradicted { call, booking: refused.booking, differs, start: Some(wished.start) })
            }
            (None, WishFact::NotWanted) | (Some(Decision::Refused(_)), _) => None,
        }
    }

    fn contradiction(&self, call: CallId, asked: &BookingAsked, wish: &WishFact) -> Option<CallEvent> {
        let (differs, start) = match wish {
            WishFact::NotWanted => (vec!["withdrawn"], None),
            WishFact::Refused(..) => (vec!["unreadable"], None),
            WishFact::Asked(wished) => {
                let start = (wished.start != asked.start).then_some("start");
                let service = (wished.event_type != asked.event_type).then_some("event_type");
                (start.into_iter().chain(service).collect(), Some(wished.start))
            }
        };
        if differs.is_empty() {
            return None;
        }
        let differs = differs.into_iter().map(str::to_owned).collect();
        self.flag(BookingContradicted { call, booking: asked.booking, differs, start })
    }

    fn flag(&self, contradiction: BookingContradicted) -> Option<CallEvent> {
        (!self.contradictions.contains(&contradiction)).then(|| contradiction.into())
    }

    fn refuse(&self, call: CallId, booking: BookingId, reason: Refusal) -> Events {
        match &self.decision {
            Some(Decision::Asked(asked)) if asked.booking == booking => {
                let said = |wish: &Wish| wish.said.clone();
                let private = asked.private.known().map_or(Private::Erased, |wish| Private::Known(said(wish)));
                Ok(vec![BookingRefused { call, booking, customer: asked.customer, reason, private }.into()])
            }
            Some(Decision::Refused(refused)) if refused.booking == booking => Ok(vec![]),
            _ => Err(Rejection::NotAsked),
        }
    }
}

impl cqrs_es::Aggregate for Call {
    const TYPE: &'static str = "call";
    type Command = Command;
    type Event = CallEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: CallEvent) {
        match event {
            CallEvent::CallReceived(received) => self.received = Some(received),
            CallEvent::CustomerIdentified(known) => self.customer = Some(known.customer),
            CallEvent::CallEnded(ended) => self.ended = Some(ended),
            CallEvent::CallAnalyzed(analyzed) => self.analyzed = Some(analyzed),
            CallEvent::BookingAsked(asked) => self.decision = Some(Decision::Asked(asked)),
            CallEvent::BookingRefused(refused) => self.decision = Some(Decision::Refused(refused)),
            CallEvent::BookingContradicted(contradiction) => self.contradictions.push(contradiction),
            CallEvent::CallbackRequested(_) => self.callback = Some(Callback::Requested),
            CallEvent::CallbackDone(_) => self.callback = Some(Callback::Done),
            CallEvent::CallClosed(_) => self.closed = true,
        }
    }
}
