//! The page: what stands on it, and what may be written on it.

use super::Rejection;
use super::booking::{Booking, Doubt, Errand, Phase, Standing, Target};
use super::command::*;
use super::event::*;
use super::fit::{self, Item};
use super::rules::{Asked, RULES};
use super::slot::Terms;
use crate::ids::{BookingId, StaffId};
use crate::private::Private;
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One day of one company.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Diary {
    bookings: BTreeMap<BookingId, Booking>,
    holds: Vec<SlotHeld>,
    foreign: BTreeMap<String, ForeignBookingSeen>,
}

type Decision = Result<Vec<DiaryEvent>, Rejection>;

impl Diary {
    pub fn booking(&self, booking: BookingId) -> Option<&Booking> {
        self.bookings.get(&booking)
    }
    pub fn bookings(&self) -> impl Iterator<Item = &Booking> {
        self.bookings.values()
    }
    pub fn holds(&self) -> &[SlotHeld] {
        &self.holds
    }

    /// The one answer to "is it free?" and to "book it": who could serve the slot, or why it cannot be had. What the
    /// holder already keeps, and the booking's own place, do not stand in the way.
    pub fn free(
        &self,
        slot: &Slot,
        terms: &Terms,
        wanted: Option<&StaffId>,
        holder: Option<&Holder>,
        now: Timestamp,
    ) -> Result<Vec<StaffId>, Rejection> {
        let asked = Asked { slot, terms, now };
        for rule in RULES {
            rule(&asked)?;
        }
        let mut staff = terms.at_work(slot);
        staff.retain(|person| wanted.is_none_or(|wanted| wanted == person));
        if staff.is_empty() {
            return Err(Rejection::Closed);
        }
        let booking = holder.and_then(|holder| match holder {
            Holder::Move(booking) => Some(*booking),
            Holder::Call(_) => None,
        });
        let new = Item { from: slot.from(), to: slot.to(), staff: &staff, fixed: false, booking };
        let others: Vec<Item<'_>> = self.items(holder, now).collect();
        if fit::fits(&new, &others) { Ok(staff) } else { Err(Rejection::SlotTaken) }
    }

    fn items<'a>(&'a self, holder: Option<&'a Holder>, now: Timestamp) -> impl Iterator<Item = Item<'a>> {
        let held =
            self.holds.iter().filter(move |hold| hold.until > now && Some(&hold.holder) != holder).map(hold_item);
        self.bookings.values().filter_map(Booking::item).chain(self.foreign.values().map(foreign_item)).chain(held)
    }

    /// Decides what a command leads to. Nothing is written where this says no, and asking again for what already holds
    /// leads to nothing.
    pub fn decide(&self, command: Command) -> Decision {
        match command {
            Command::Hold(hold) => self.hold(hold),
            Command::ReleaseHold { holder } => Ok(self.release(&holder)),
            Command::ExpireHolds { now } => Ok(self.expire(now)),
            Command::RequestBooking(request) => self.request(*request),
            Command::StartAttempt { booking, act, deadline, now, looked_up } => {
                self.start_attempt(booking, act, deadline, now, looked_up)
            }
            Command::Postpone { booking, attempt, reason, next_attempt_at } => {
                let Some(act) = self.attempting(booking, attempt)? else { return Ok(vec![]) };
                Ok(vec![BookingPostponed { booking, act, attempt, reason, next_attempt_at }.into()])
            }
            Command::OutcomeUnknown { booking, attempt, reason, look_up_at } => {
                let Some(act) = self.attempting(booking, attempt)? else { return Ok(vec![]) };
                Ok(vec![BookingOutcomeUnknown { booking, act, attempt, reason, look_up_at }.into()])
            }
            Command::Confirm(confirmation) => self.confirm(confirmation),
            Command::Fail { booking, attempt, reason } => self.fail(booking, attempt, reason),
            Command::TwinCancelled { booking, attempt } => {
                self.known(booking)?;
                Ok(vec![BookingTwinCancelled { booking, attempt }.into()])
            }
            Command::Settle { booking } => self.settle(booking),
            Command::RequestCancel { booking, by, reason } => self.request_cancel(booking, by, reason),
            Command::Cancelled { booking, by } => self.cancelled(booking, by),
            Command::RequestMove { booking, to, page, staff, by } => self.request_move(booking, to, page, staff, by),
            Command::Arrive(arrival) => Ok(self.arrive(*arrival)),
            Command::Leave { booking, to, page } => self.leave(booking, to, page),
            Command::MoveFailed { booking, attempt, reason } => self.move_failed(booking, attempt, reason),
            Command::Complete { booking } => self.close(booking, "completed", BookingCompleted { booking }.into()),
            Command::NoShow { booking } => self.close(booking, "marked absent", CustomerDidNotShow { booking }.into()),
            Command::SeeForeign { foreign, slot, staff } => Ok(self.see_foreign(foreign, slot, staff)),
            Command::ForgetForeign { foreign } if !self.foreign.contains_key(&foreign) => Ok(vec![]),
            Command::ForgetForeign { foreign } => Ok(vec![ForeignBookingGone { foreign }.into()]),
        }
    }

    fn hold(&self, hold: Hold) -> Decision {
        let staff = self.free(&hold.slot, &hold.terms, hold.wanted.as_ref(), Some(&hold.holder), hold.now)?;
        let Hold { holder, branch, event_type, slot, until, .. } = hold;
        let held = SlotHeld { holder, branch, event_type, slot, staff, until };
        if self.holds.contains(&held) {
            return Ok(vec![]);
        }
        Ok(vec![held.into()])
    }

    fn release(&self, holder: &Holder) -> Vec<DiaryEvent> {
        let held = self.holds.iter().find(|hold| hold.holder == *holder);
        held.map(|hold| HoldReleased { holder: hold.holder.clone() }.into()).into_iter().collect()
    }

    fn expire(&self, now: Timestamp) -> Vec<DiaryEvent> {
        let over = self.holds.iter().filter(|hold| hold.until <= now);
        over.map(|hold| HoldExpired { holder: hold.holder.clone() }.into()).collect()
    }

    fn request(&self, request: RequestBooking) -> Decision {
        if self.bookings.contains_key(&request.booking) {
            return Ok(vec![]);
        }
        let holder = request.call.clone().map(Holder::Call);
        let staff = self.free(&request.slot, &request.terms, request.wanted.as_ref(), holder.as_ref(), request.now)?;
        let mut events = holder.map(|holder| self.release(&holder)).unwrap_or_default();
        let RequestBooking {
            booking,
            customer,
            call,
            source,
            branch,
            event_type,
            team,
            slot,
            zone,
            language,
            contact,
            now: requested_at,
            ..
        } = request;
        let private = Private::Known(contact);
        let requested = BookingRequested {
            booking,
            customer,
            call,
            source,
            branch,
            event_type,
            team,
            slot,
            staff,
            zone,
            language,
            requested_at,
            private,
        };
        events.push(requested.into());
        Ok(events)
    }

    fn start_attempt(
        &self,
        id: BookingId,
        act: Act,
        deadline: Timestamp,
        now: Timestamp,
        looked_up: Option<Timestamp>,
    ) -> Decision {
        let booking = self.known(id)?;
        let Some(errand) = booking.errand.as_ref().filter(|errand| errand.act == act) else {
            return Err(wrong_state(booking, "asked of the provider"));
        };
        let free = match errand.phase {
            Phase::Due { at } => at <= now,
            Phase::Attempting { deadline, .. } | Phase::Unknown { deadline, .. } => {
                looked_up.is_some_and(|looked_up| looked_up > deadline)
            }
        };
        if !free || (act != Act::Cancel && self.blocked_until(id, now).is_some()) {
            return Err(Rejection::AttemptUnderWay);
        }
        Ok(vec![BookingAttemptStarted { booking: id, act, attempt: booking.attempts + 1, deadline }.into()])
    }

    /// The act of the attempt that is under way, or nothing where that attempt is over.
    fn attempting(&self, booking: BookingId, number: u32) -> Result<Option<Act>, Rejection> {
        let errand = self.known(booking)?.errand.as_ref();
        Ok(errand.and_then(|errand| match errand.phase {
            Phase::Attempting { attempt, .. } | Phase::Unknown { attempt, .. } if attempt == number => Some(errand.act),
            _ => None,
        }))
    }

    fn confirm(&self, word: Confirmation) -> Decision {
        let booking = self.known(word.booking)?;
        let before = booking.standing;
        let same = booking.provider.known() == Some(&word.provider);
        match before {
            Standing::Confirmed if same => return Ok(vec![]),
            Standing::Pending if same && word.pending => return Ok(vec![]),
            Standing::Requested | Standing::Pending | Standing::Confirmed => {}
            _ => return Err(wrong_state(booking, "confirmed")),
        }
        let doubtful = booking.doubts.iter().any(|doubt| Some(doubt.attempt) != word.attempt);
        let cancel_wanted = booking.cancel_wanted_by.is_some();
        let (id, start, end) = (word.booking, word.start, word.end);
        let overlap = self.would_clash(booking, &word);
        let mut events = vec![stands(&booking.request, word, None)];
        if overlap {
            events.push(OverlapSeen { booking: Some(id), start, end }.into());
        }
        if !doubtful && !cancel_wanted {
            events.push(BookingSettled { booking: id }.into());
        }
        Ok(events)
    }

    fn would_clash(&self, booking: &Booking, word: &Confirmation) -> bool {
        let Some(staff) = &word.staff else { return false };
        let slot = Slot { start: word.start, end: word.end, ..booking.slot };
        let staff = std::slice::from_ref(staff);
        let new = Item { from: slot.from(), to: slot.to(), staff, fixed: true, booking: Some(word.booking) };
        let bookings = self.bookings.values().filter(|other| other.id() != word.booking).filter_map(Booking::item);
        let fixed = bookings.chain(self.foreign.values().map(foreign_item)).filter(|item| item.fixed);
        fixed.into_iter().any(|other| fit::clashes(&[new.clone(), other]) > 0)
    }

    fn fail(&self, id: BookingId, attempt: Option<u32>, reason: String) -> Decision {
        let booking = self.known(id)?;
        match booking.standing {
            Standing::Failed => return Ok(vec![]),
            Standing::Requested | Standing::Pending => {}
            _ => return Err(wrong_state(booking, "given up")),
        }
        let BookingRequested { customer, call, .. } = &booking.request;
        Ok(vec![BookingFailed { booking: id, customer: *customer, call: call.clone(), attempt, reason }.into()])
    }

    fn settle(&self, id: BookingId) -> Decision {
        let booking = self.known(id)?;
        if booking.settled {
            return Ok(vec![]);
        }
        if booking.errand.is_some() {
            return Err(Rejection::AttemptUnderWay);
        }
        Ok(vec![BookingSettled { booking: id }.into()])
    }

    fn request_cancel(&self, id: BookingId, by: String, reason: Option<String>) -> Decision {
        let booking = self.known(id)?;
        let on_its_way = booking.errand.as_ref().is_some_and(|errand| errand.act == Act::Cancel);
        if booking.standing == Standing::Cancelled || on_its_way || booking.cancel_wanted_by.is_some() {
            return Ok(vec![]);
        }
        if !matches!(booking.standing, Standing::Requested | Standing::Pending | Standing::Confirmed) {
            return Err(wrong_state(booking, "cancelled"));
        }
        if booking.errand.as_ref().is_some_and(|errand| errand.act == Act::Move) {
            return Err(Rejection::AttemptUnderWay);
        }
        let mut events = vec![BookingCancelRequested { booking: id, by: by.clone(), reason }.into()];
        if booking.standing == Standing::Requested && booking.doubts.is_empty() {
            events.push(BookingCancelled { booking: id, by }.into());
        }
        Ok(events)
    }

    fn cancelled(&self, id: BookingId, by: String) -> Decision {
        let booking = self.known(id)?;
        match booking.standing {
            Standing::Cancelled => Ok(vec![]),
            standing if standing.is_live() => Ok(vec![BookingCancelled { booking: id, by }.into()]),
            _ => Err(wrong_state(booking, "cancelled")),
        }
    }

    fn request_move(
        &self,
        id: BookingId,
        to: Slot,
        page: jiff::civil::Date,
        staff: Vec<StaffId>,
        by: String,
    ) -> Decision {
        let booking = self.known(id)?;
        let same = |errand: &Errand| errand.target.as_ref().is_some_and(|target| target.slot == to);
        match &booking.errand {
            Some(errand) if same(errand) => return Ok(vec![]),
            Some(_) => return Err(Rejection::AttemptUnderWay),
            None if booking.standing != Standing::Confirmed => return Err(wrong_state(booking, "moved")),
            None if booking.slot == to => return Ok(vec![]),
            None => {}
        }
        Ok(vec![BookingMoveRequested { booking: id, to, page, staff, by }.into()])
    }

    fn arrive(&self, arrival: Arrival) -> Vec<DiaryEvent> {
        let Arrival { request, from, from_page, page, confirmation } = arrival;
        let id = request.booking;
        let here = self.booking(id).filter(|booking| booking.standing != Standing::Moved);
        if here.is_some_and(|booking| booking.provider.known() == Some(&confirmation.provider)) {
            return vec![];
        }
        let to = confirmation.start;
        let mut events = self.release(&Holder::Move(id));
        let stands = stands(&request, confirmation, Some(from_page));
        if here.is_none() {
            events.push(BookingRequested { source: "move".into(), ..request }.into());
        } else {
            events.push(BookingMoved { booking: id, from, to, page, stays: true }.into());
        }
        events.push(stands);
        if here.is_some() {
            events.push(BookingSettled { booking: id }.into());
        }
        events
    }

    fn leave(&self, id: BookingId, to: Timestamp, page: jiff::civil::Date) -> Decision {
        let booking = self.known(id)?;
        if booking.standing == Standing::Moved {
            return Ok(vec![]);
        }
        let moved = BookingMoved { booking: id, from: booking.slot.start, to, page, stays: false };
        Ok(vec![moved.into(), BookingSettled { booking: id }.into()])
    }

    fn move_failed(&self, id: BookingId, attempt: Option<u32>, reason: String) -> Decision {
        let booking = self.known(id)?;
        if booking.errand.as_ref().is_none_or(|errand| errand.act != Act::Move) {
            return Ok(vec![]);
        }
        Ok(vec![BookingMoveFailed { booking: id, attempt, reason }.into()])
    }

    fn close(&self, id: BookingId, act: &str, event: DiaryEvent) -> Decision {
        let booking = self.known(id)?;
        match booking.standing {
            Standing::Completed | Standing::NoShow => Ok(vec![]),
            Standing::Confirmed if booking.errand.is_none() => Ok(vec![event]),
            _ => Err(wrong_state(booking, act)),
        }
    }

    fn see_foreign(&self, foreign: String, slot: Slot, staff: Vec<StaffId>) -> Vec<DiaryEvent> {
        let seen = ForeignBookingSeen { foreign, slot, staff };
        if self.foreign.get(&seen.foreign) == Some(&seen) {
            return vec![];
        }
        let bookings = self.bookings.values().filter_map(Booking::item);
        let foreign = self.foreign.values().filter(|other| other.foreign != seen.foreign).map(foreign_item);
        let new = foreign_item(&seen);
        let clash = bookings.chain(foreign).any(|other| fit::clashes(&[new.clone(), other]) > 0);
        let overlap = OverlapSeen { booking: None, start: slot.start, end: slot.end };
        let mut events: Vec<DiaryEvent> = vec![seen.into()];
        if clash {
            events.push(overlap.into());
        }
        events
    }

    fn known(&self, booking: BookingId) -> Result<&Booking, Rejection> {
        self.bookings.get(&booking).ok_or(Rejection::BookingUnknown)
    }

    fn change(&mut self, booking: BookingId, change: impl FnOnce(&mut Booking)) {
        if let Some(booking) = self.bookings.get_mut(&booking) {
            change(booking);
        }
    }
}

fn stands(request: &BookingRequested, word: Confirmation, moved_from: Option<jiff::civil::Date>) -> DiaryEvent {
    let Confirmation { booking, attempt, pending, provider, staff, host, start, end } = word;
    let (customer, private) = (request.customer, Private::Known(provider));
    if pending {
        return BookingPending { booking, customer, start, end, staff, attempt, private }.into();
    }
    let BookingRequested { call, branch, event_type, .. } = request.clone();
    BookingConfirmed {
        booking,
        customer,
        call,
        branch,
        event_type,
        start,
        end,
        staff,
        host,
        attempt,
        moved_from,
        private,
    }
    .into()
}

fn hold_item(hold: &SlotHeld) -> Item<'_> {
    let booking = match hold.holder {
        Holder::Move(booking) => Some(booking),
        Holder::Call(_) => None,
    };
    Item { from: hold.slot.from(), to: hold.slot.to(), staff: &hold.staff, fixed: false, booking }
}

fn foreign_item(foreign: &ForeignBookingSeen) -> Item<'_> {
    Item { from: foreign.slot.from(), to: foreign.slot.to(), staff: &foreign.staff, fixed: true, booking: None }
}

fn wrong_state(booking: &Booking, act: &str) -> Rejection {
    Rejection::WrongState { act: act.to_owned(), state: booking.standing.as_str().to_owned() }
}

impl cqrs_es::Aggregate for Diary {
    const TYPE: &'static str = "diary";
    type Command = Command;
    type Event = DiaryEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: DiaryEvent) {
        match event {
            DiaryEvent::SlotHeld(held) => {
                self.holds.retain(|hold| hold.holder != held.holder);
                self.holds.push(held);
            }
            DiaryEvent::HoldReleased(HoldReleased { holder }) | DiaryEvent::HoldExpired(HoldExpired { holder }) => {
                self.holds.retain(|hold| hold.holder != holder);
            }
            DiaryEvent::BookingRequested(request) => {
                let at = request.requested_at;
                self.bookings.insert(request.booking, Booking::requested(request, at));
            }
            DiaryEvent::BookingAttemptStarted(event) => {
                self.change(event.booking, |booking| booking.attempt_started(&event))
            }
            DiaryEvent::BookingPostponed(event) => self.change(event.booking, |booking| booking.postponed(&event)),
            DiaryEvent::BookingOutcomeUnknown(event) => {
                self.change(event.booking, |booking| booking.outcome_unknown(&event))
            }
            DiaryEvent::BookingPending(event) => self.change(event.booking, |booking| {
                booking.resolve(event.attempt);
                booking.made(Standing::Pending, event.staff, event.start, event.end);
                booking.provider = event.private;
            }),
            DiaryEvent::BookingConfirmed(event) => self.change(event.booking, |booking| {
                booking.resolve(event.attempt);
                booking.made(Standing::Confirmed, event.staff, event.start, event.end);
                booking.provider = event.private;
            }),
            DiaryEvent::BookingFailed(event) => self.change(event.booking, |booking| {
                booking.resolve(event.attempt);
                booking.standing = Standing::Failed;
                booking.errand = None;
                booking.failure = Some(event.reason);
            }),
            DiaryEvent::BookingTwinCancelled(event) => {
                self.change(event.booking, |booking| booking.resolve(event.attempt))
            }
            DiaryEvent::BookingSettled(event) => self.change(event.booking, |booking| {
                booking.settled = true;
                booking.doubts.clear();
            }),
            DiaryEvent::BookingMoveRequested(event) => self.change(event.booking, |booking| {
                let target = Some(Target { slot: event.to, page: event.page, staff: event.staff });
                let phase = Phase::Due { at: booking.requested_at };
                booking.errand = Some(Errand { act: Act::Move, phase, target, by: event.by });
                booking.settled = false;
            }),
            DiaryEvent::BookingMoved(event) => self.change(event.booking, |booking| {
                booking.errand = None;
                if !event.stays {
                    booking.standing = Standing::Moved;
                }
            }),
            DiaryEvent::BookingMoveFailed(event) => self.change(event.booking, |booking| {
                booking.resolve(event.attempt);
                booking.errand = None;
            }),
            DiaryEvent::BookingCancelRequested(event) => self.change(event.booking, |booking| {
                booking.settled = false;
                if booking.standing == Standing::Requested {
                    booking.cancel_wanted_by = Some(event.by);
                    return;
                }
                let phase = Phase::Due { at: booking.requested_at };
                booking.errand = Some(Errand { act: Act::Cancel, phase, target: None, by: event.by });
            }),
            DiaryEvent::BookingCancelled(event) => self.change(event.booking, |booking| {
                booking.standing = Standing::Cancelled;
                booking.errand = None;
                booking.cancel_wanted_by = None;
                booking.doubts.retain(|doubt: &Doubt| doubt.act == Act::Book);
            }),
            DiaryEvent::BookingCompleted(event) => {
                self.change(event.booking, |booking| booking.standing = Standing::Completed);
            }
            DiaryEvent::CustomerDidNotShow(event) => {
                self.change(event.booking, |booking| booking.standing = Standing::NoShow);
            }
            DiaryEvent::ForeignBookingSeen(event) => {
                self.foreign.insert(event.foreign.clone(), event);
            }
            DiaryEvent::ForeignBookingGone(event) => {
                self.foreign.remove(&event.foreign);
            }
            DiaryEvent::OverlapSeen(_) => {}
        }
    }
}
