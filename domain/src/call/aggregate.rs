//! A call takes its facts in any order and any number of times, and ends the same. What it wanted booked is asked for
//! once; whatever another delivery says differently is flagged and changes nothing.

use super::event::{
    AppointmentWithheld, BookingAsked, BookingContradicted, BookingRefused, CallAnalyzed, CallClosed, CallEnded,
    CallErased, CallEvent, CallImported, CallReceived, CallbackDone, CallbackNote, CallerNumber, CustomerIdentified,
    Refusal, Said, Wish,
};
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
    /// What was asked for, whatever became of it: once by a delivery, or as often as it was done at the desk.
    pub(super) asked: Vec<BookingAsked>,
    /// What of it is known to have come to nothing.
    pub(super) refused: Vec<BookingId>,
    /// What other deliveries said differently, each kept once.
    contradictions: Vec<BookingContradicted>,
    pub callback: Option<Callback>,
    #[serde(skip)]
    pub(super) note: Option<Private<CallbackNote>>,
    /// How often the caller asked for an appointment without showing that it is theirs.
    pub withheld: u32,
    pub closed: bool,
    /// The system that was used before has dealt with its wish.
    #[serde(default)]
    pub imported: bool,
    /// Its person was forgotten; it takes nothing more.
    pub erased: bool,
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
    /// What another system had kept of it.
    Import(Box<Facts>),
    /// The caller takes a time while they are on the line.
    Ask(Box<AskedAtDesk>),
    /// The diary or the calendar said no to what the call had asked for.
    Refuse {
        booking: BookingId,
        reason: Refusal,
    },
    RequestCallback {
        reason: String,
        note: CallbackNote,
    },
    /// An appointment was not told to a caller who could not show that it is theirs.
    Withhold,
    CallbackDone {
        by: String,
    },
    /// It outlived its limit.
    Close {
        reason: String,
    },
    /// Its person is forgotten. A call that was never heard of is shut out as well.
    Erase {
        call: CallId,
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

/// A wish with the booking that it is to become.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedAtDesk {
    pub booking: BookingId,
    pub branch: BranchId,
    pub wished: Wished,
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
        if self.erased {
            return Ok(vec![]);
        }
        let command = match command {
            Command::Record(facts) => return self.record(*facts),
            Command::Import(facts) => return self.import(*facts),
            Command::Erase { call } => return Ok(vec![CallErased { call }.into()]),
            other => other,
        };
        let Some(CallReceived { call, .. }) = self.received.clone() else { return Err(Rejection::Unknown) };
        match command {
            Command::Record(_) | Command::Import(_) | Command::Erase { .. } => Ok(vec![]),
            Command::Ask(asked) => Ok(self.ask_at_desk(call, *asked)),
            Command::Refuse { booking, reason } => self.refuse(call, booking, reason),
            Command::RequestCallback { reason, note } => Ok(self.request_callback(call, reason, note)),
            Command::CallbackDone { .. } if !self.waits_for_callback() => Ok(vec![]),
            Command::CallbackDone { by } => Ok(vec![CallbackDone { call, by }.into()]),
            Command::Withhold => Ok(vec![AppointmentWithheld { call, guess: self.withheld + 1 }.into()]),
            Command::Close { .. } if self.closed || self.ended.is_some() => Ok(vec![]),
            Command::Close { reason } => Ok(vec![CallClosed { call, reason }.into()]),
        }
    }

    fn record(&self, facts: Facts) -> Events {
        if self.received.as_ref().is_some_and(|known| known.account != facts.received.account) {
            return Err(Rejection::BelongsElsewhere);
        }
        let mut events = self.first_word(&facts);
        // The first delivery names the person; a later one may come when the number is no longer told.
        let customer = self.customer.unwrap_or(facts.customer);
        if let Some(ended) = facts.ended.filter(|ended| self.is_news_of_the_end(ended)) {
            events.push(CallEnded { customer, ..ended }.into());
        }
        if let Some(analyzed) = facts.analyzed.filter(|analyzed| self.is_news_of_the_analysis(analyzed)) {
            events.push(CallAnalyzed { customer, ..analyzed }.into());
        }
        if let Some(wish) = facts.wish {
            let known = self.received.as_ref().unwrap_or(&facts.received);
            let (call, branch) = (known.call.clone(), known.branch.clone());
            let booking = Self::booking_id(&facts.company, &call);
            events.extend(self.hear(Heard { call, booking, customer, branch }, wish));
        }
        Ok(events)
    }

    /// A call that is known already was heard of here, and what was heard here counts.
    fn import(&self, facts: Facts) -> Events {
        if self.received.is_some() && !self.imported {
            return Ok(vec![]);
        }
        let call = facts.received.call.clone();
        let mark = (!self.imported).then(|| CallImported { call }.into());
        let mut events = self.record(Facts { wish: None, ..facts })?;
        events.extend(mark);
        Ok(events)
    }

    fn first_word(&self, facts: &Facts) -> Vec<CallEvent> {
        if self.received.is_some() {
            return vec![];
        }
        let Facts { received, customer, anonymous, caller, .. } = facts.clone();
        let private = Private::Known(CallerNumber { number: caller });
        let known = CustomerIdentified { call: received.call.clone(), customer, anonymous, private };
        vec![received.into(), known.into()]
    }

    /// A later kind of delivery tells all that an earlier one told, so the last word is that of the highest kind.
    fn is_news_of_the_end(&self, ended: &CallEnded) -> bool {
        let Some(known) = &self.ended else { return true };
        let same = CallEnded { rank: known.rank, customer: known.customer, ..ended.clone() } == *known;
        ended.rank > known.rank && !same
    }

    fn is_news_of_the_analysis(&self, analyzed: &CallAnalyzed) -> bool {
        self.analyzed.as_ref().is_none_or(|known| analyzed.rank > known.rank)
    }

    /// Nothing is asked for twice. A delivery that could not be read does not stand in the way of one that can: some
    /// values come with the analysis only, and which of the two comes first is chance.
    fn hear(&self, heard: Heard, wish: WishFact) -> Vec<CallEvent> {
        if self.imported {
            return vec![];
        }
        match (self.asked.last(), wish) {
            (Some(asked), wish) => self.contradiction(asked, &wish).into_iter().collect(),
            (None, WishFact::Asked(wished)) => self.ask(heard, *wished),
            (None, WishFact::Refused(reason, said)) if self.decision.is_none() => {
                let Heard { call, booking, customer, .. } = heard;
                vec![BookingRefused { call, booking, customer, reason, private: Private::Known(said) }.into()]
            }
            (None, WishFact::Refused(..) | WishFact::NotWanted) => vec![],
        }
    }

    fn ask(&self, heard: Heard, wished: Wished) -> Vec<CallEvent> {
        let Heard { call, booking, customer, branch } = heard;
        let Wished { event_type, staff, start, page, wish } = wished;
        let private = Private::Known(wish);
        let asked = BookingAsked { call, booking, customer, branch, event_type, start, page, staff, private };
        let flag = match &self.decision {
            Some(Decision::Refused(refused)) => unreadable(&asked, &refused.reason),
            _ => None,
        };
        std::iter::once(asked.into()).chain(flag.map(CallEvent::from)).collect()
    }

    fn contradiction(&self, asked: &BookingAsked, wish: &WishFact) -> Option<CallEvent> {
        let flag = match wish {
            WishFact::NotWanted => Some(contradicted(asked, vec!["withdrawn"], None)),
            WishFact::Refused(reason, _) => unreadable(asked, reason),
            WishFact::Asked(wished) if self.asked.iter().any(|asked| otherwise(asked, wished).is_none()) => None,
            WishFact::Asked(wished) => otherwise(asked, wished),
        };
        flag.filter(|flag| !self.contradictions.contains(flag)).map(CallEvent::from)
    }

    /// What remains is what belongs to nobody.
    fn forget(&mut self) {
        self.erased = true;
        if let Some(ended) = &mut self.ended {
            ended.private = Private::Erased;
        }
        if let Some(analyzed) = &mut self.analyzed {
            analyzed.private = Private::Erased;
        }
        self.asked.iter_mut().for_each(|asked| asked.private = Private::Erased);
        self.note = None;
        match &mut self.decision {
            Some(Decision::Asked(asked)) => asked.private = Private::Erased,
            Some(Decision::Refused(refused)) => refused.private = Private::Erased,
            None => {}
        }
    }

    fn refuse(&self, call: CallId, booking: BookingId, reason: Refusal) -> Events {
        if self.refused.contains(&booking) {
            return Ok(vec![]);
        }
        let asked = self.asked.iter().find(|asked| asked.booking == booking).ok_or(Rejection::NotAsked)?;
        let said = |wish: &Wish| wish.said.clone();
        let private = asked.private.known().map_or(Private::Erased, |wish| Private::Known(said(wish)));
        Ok(vec![BookingRefused { call, booking, customer: asked.customer, reason, private }.into()])
    }
}

/// Whose wish was heard.
struct Heard {
    call: CallId,
    booking: BookingId,
    customer: CustomerId,
    branch: BranchId,
}

/// What a delivery leaves out contradicts nothing; what it says and nobody can follow does.
fn unreadable(asked: &BookingAsked, reason: &Refusal) -> Option<BookingContradicted> {
    (!reason.is_silence()).then(|| contradicted(asked, vec!["unreadable"], None))
}

fn otherwise(asked: &BookingAsked, wished: &Wished) -> Option<BookingContradicted> {
    let named_service = wished.wish.said.service.is_some();
    let start = (wished.start != asked.start).then_some("start");
    let service = (named_service && wished.event_type != asked.event_type).then_some("event_type");
    let staff = (wished.staff.is_some() && wished.staff != asked.staff).then_some("staff");
    let differs: Vec<&str> = [start, service, staff].into_iter().flatten().collect();
    (!differs.is_empty()).then(|| contradicted(asked, differs, Some(wished.start)))
}

fn contradicted(asked: &BookingAsked, differs: Vec<&str>, start: Option<Timestamp>) -> BookingContradicted {
    let differs = differs.into_iter().map(str::to_owned).collect();
    BookingContradicted { call: asked.call.clone(), booking: asked.booking, differs, start }
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
            CallEvent::CallAnalyzed(analyzed) => {
                // Whoever told the analysis told the whole call, so what is known of its end is as good.
                if let Some(ended) = &mut self.ended {
                    ended.rank = ended.rank.max(analyzed.rank);
                }
                self.analyzed = Some(analyzed);
            }
            CallEvent::BookingAsked(asked) => {
                self.asked.push(asked.clone());
                self.decision = Some(Decision::Asked(asked));
            }
            CallEvent::BookingRefused(refused) => {
                self.refused.extend(self.asked_for(refused.booking).map(|asked| asked.booking));
                self.decision = Some(Decision::Refused(refused));
            }
            CallEvent::BookingContradicted(contradiction) => self.contradictions.push(contradiction),
            CallEvent::CallbackRequested(_) => self.callback = Some(Callback::Requested),
            CallEvent::CallbackNoteTaken(taken) => self.note = Some(taken.private),
            CallEvent::CallbackDone(_) => self.callback = Some(Callback::Done),
            CallEvent::AppointmentWithheld(withheld) => self.withheld = withheld.guess,
            CallEvent::CallClosed(_) => self.closed = true,
            CallEvent::CallImported(_) => self.imported = true,
            CallEvent::CallErased(_) => self.forget(),
            CallEvent::FunctionAnswered(_) => {}
        }
    }
}
