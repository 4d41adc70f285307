//! Whoever works off the to-do list: reads the next step, claims, asks, and writes down what came of it.

use super::calendar::{Answer, Effect, Entry};
use super::{Happening, World};
use crate::booking::{Step, later, moves_in_doubt_until, next_if_absent};
use crate::diary::{
    Act, Arrival, Booking, BookingRequested, Command, Confirmation, DiaryEvent, Holder, Standing, Target, shifted,
};
use jiff::{SignedDuration, Timestamp};

/// A worker in the middle of an attempt.
#[derive(Debug, Clone)]
pub struct Errand {
    booking: Booking,
    page: jiff::civil::Date,
    act: Act,
    attempt: u32,
    deadline: Timestamp,
    heard: Heard,
}

#[derive(Debug, Clone)]
enum Heard {
    Answer(Answer),
    /// A time-out, a cut connection, a 500.
    Nothing,
    /// No connection, or asked to come back later.
    NotSent,
}

impl World {
    pub(super) fn look(&mut self) {
        let (booking, page) = (self.booking(), self.page);
        match self.next() {
            Step::Done => return,
            Step::Wait(until) => return self.at(until, Happening::Look),
            Step::Attempt(act) => return self.attempt(&booking, page, act, None),
            Step::LookUp { act, attempt, may_repeat } => return self.look_up(&booking, page, act, attempt, may_repeat),
            Step::Verify => self.verify(&booking, page),
            Step::Settle => self.told(page, Command::Settle { booking: Self::id() }),
            Step::GiveUp(_) => self.give_up(&booking, page),
        }
        self.later(SignedDuration::from_secs(1), Happening::Look);
    }

    /// Most of the time what is asked for is done and told at once. Otherwise the answer comes late, or never; the
    /// request takes effect late, or never; the worker crashes; or the request was never sent.
    fn attempt(&mut self, booking: &Booking, page: jiff::civil::Date, act: Act, looked_up: Option<Timestamp>) {
        self.later(SignedDuration::from_secs(61), Happening::Look);
        if act == Act::Move && !self.keeps_target(booking, page) {
            return;
        }
        let deadline = later(self.now, self.patience.attempt);
        let claim = Command::StartAttempt { booking: Self::id(), act, deadline, now: self.now, looked_up };
        let events = self.tell(page, claim).unwrap_or_default();
        let Some(DiaryEvent::BookingAttemptStarted(started)) = events.first() else { return };
        let attempt = started.attempt;
        let effect = effect(booking, act, attempt);
        let late = SignedDuration::from_secs(i64::from(self.dice.roll(134)));
        let (heard, after) = match self.dice.roll(10) {
            0..=2 => (Heard::Answer(self.calendar.answer(&effect)), SignedDuration::ZERO),
            3 => (Heard::Answer(self.calendar.answer(&effect)), late * 9),
            4 => {
                self.later(late, Happening::Effect(effect));
                (Heard::Nothing, self.dice.seconds(14))
            }
            5 => {
                self.calendar.take(&effect);
                (Heard::Nothing, self.dice.seconds(14))
            }
            6 => (Heard::Nothing, self.dice.seconds(14)),
            7 => (Heard::NotSent, self.dice.seconds(14)),
            8 => return self.later(late, Happening::Effect(effect)),
            _ => return,
        };
        let errand = Errand { booking: booking.clone(), page, act, attempt, deadline, heard };
        self.later(after, Happening::GoOn(Box::new(errand)));
    }

    pub(super) fn go_on(&mut self, errand: Errand) {
        let Errand { booking, page, act, attempt, deadline, heard } = errand;
        match (act, heard) {
            (_, Heard::NotSent) => self.postpone(page, attempt, self.now + SignedDuration::from_secs(30)),
            (Act::Book, Heard::Answer(Answer::Done(made))) => {
                self.confirm(page, &made, attempt);
                self.cancel_twins(page);
            }
            (Act::Book, Heard::Answer(_)) => self.taken(page, attempt, deadline),
            (Act::Book, Heard::Nothing) => self.doubtful(page, attempt, deadline),
            (Act::Cancel, Heard::Answer(_)) => {
                self.told(page, Command::Cancelled { booking: Self::id(), by: "api".into() });
            }
            (Act::Move, Heard::Answer(Answer::Done(moved))) => self.arrive(&booking, page, &moved, attempt),
            (Act::Move, Heard::Answer(_)) => self.move_refused(&booking, page, attempt, deadline),
            (Act::Cancel | Act::Move, Heard::Nothing) => self.unknown(page, attempt, deadline),
        }
        self.later(SignedDuration::from_secs(1), Happening::Look);
    }

    fn look_up(&mut self, booking: &Booking, page: jiff::civil::Date, act: Act, attempt: u32, may_repeat: bool) {
        let looked_up = self.now;
        let found = match act {
            Act::Cancel => Ok(None),
            Act::Book => self.list().map(|live| live.into_iter().next()),
            Act::Move => self.moved(booking),
        };
        match found {
            Ok(Some(found)) if act == Act::Move => self.arrive(booking, page, &found, attempt),
            Ok(Some(found)) => self.adopt(page, &found),
            Ok(None) if may_repeat => match next_if_absent(booking, looked_up, &self.patience) {
                Step::Attempt(act) => return self.attempt(booking, page, act, Some(looked_up)),
                Step::Wait(until) => self.unknown(page, attempt, until),
                _ => self.give_up(booking, page),
            },
            Ok(None) | Err(()) => self.unknown(page, attempt, looked_up),
        }
        self.later(SignedDuration::from_secs(1), Happening::Look);
    }

    /// The live bookings that the calendar shows, unless it cannot be asked.
    fn list(&mut self) -> Result<Vec<Entry>, ()> {
        if self.dice.roll(5) == 1 {
            return Err(());
        }
        Ok(self.calendar.live().cloned().collect())
    }

    /// Where a move has led: a live booking that is not the one we knew.
    fn moved(&mut self, booking: &Booking) -> Result<Option<Entry>, ()> {
        let known = booking.provider.known().cloned();
        Ok(self.list()?.into_iter().find(|entry| Some(&entry.name) != known.as_ref()))
    }

    fn told(&mut self, page: jiff::civil::Date, command: Command) {
        self.tell(page, command);
    }

    fn postpone(&mut self, page: jiff::civil::Date, attempt: u32, next_attempt_at: Timestamp) {
        let reason = "not_sent".into();
        self.told(page, Command::Postpone { booking: Self::id(), attempt, reason, next_attempt_at });
    }

    fn unknown(&mut self, page: jiff::civil::Date, attempt: u32, since: Timestamp) {
        let look_up_at = self.patience.certain_at(since).max(self.now + SignedDuration::from_secs(2));
        let reason = "unknown".into();
        self.told(page, Command::OutcomeUnknown { booking: Self::id(), attempt, reason, look_up_at });
    }

    fn confirm(&mut self, page: jiff::civil::Date, made: &Entry, attempt: u32) {
        let confirmation = confirmation(made, attempt);
        self.told(page, Command::Confirm(confirmation));
    }

    /// What was found is ours; which of several is the one to keep, the page says.
    fn adopt(&mut self, page: jiff::civil::Date, found: &Entry) {
        self.confirm(page, found, found.attempt);
        self.cancel_twins(page);
    }

    fn taken(&mut self, page: jiff::civil::Date, attempt: u32, deadline: Timestamp) {
        match self.list().map(|live| live.into_iter().next()) {
            Ok(Some(found)) => self.adopt(page, &found),
            Ok(None) => self.fail(page, Some(attempt)),
            Err(()) => self.unknown(page, attempt, deadline),
        }
    }

    fn doubtful(&mut self, page: jiff::civil::Date, attempt: u32, deadline: Timestamp) {
        match self.list().map(|live| live.into_iter().next()) {
            Ok(Some(found)) => self.adopt(page, &found),
            _ => self.unknown(page, attempt, deadline),
        }
    }

    fn fail(&mut self, page: jiff::civil::Date, attempt: Option<u32>) {
        self.told(page, Command::Fail { booking: Self::id(), attempt, reason: "taken".into() });
    }

    /// Cancels whatever of ours lives beside what the page, as it reads now, knows; false where that was not possible.
    fn cancel_twins(&mut self, page: jiff::civil::Date) -> bool {
        let Ok(live) = self.list() else { return false };
        let Some(booking) = self.pages[&page].booking(Self::id()).cloned() else { return true };
        // What moves, or has moved, lives on under a name that this page does not know.
        let moves = booking.act() == Some(Act::Move) || booking.standing == Standing::Moved;
        if moves || booking.standing == Standing::Requested {
            return true;
        }
        let stands = booking.standing.is_at_the_calendar();
        let ours = booking.provider.known().filter(|_| stands);
        for twin in live.iter().filter(|entry| Some(&entry.name) != ours) {
            self.calendar.take(&Effect::Cancel { uid: twin.name.uid.clone() });
            self.told(page, Command::TwinCancelled { booking: Self::id(), attempt: Some(twin.attempt) });
        }
        true
    }

    fn verify(&mut self, _booking: &Booking, page: jiff::civil::Date) {
        if self.cancel_twins(page) {
            self.told(page, Command::Settle { booking: Self::id() });
        }
    }

    fn give_up(&mut self, booking: &Booking, page: jiff::civil::Date) {
        if booking.act() != Some(Act::Move) {
            return self.fail(page, None);
        }
        match self.moved(booking) {
            Ok(Some(moved)) => self.arrive(booking, page, &moved, booking.attempts),
            Ok(None) => self.move_failed(booking, page, None),
            Err(()) => {}
        }
    }

    /// "Taken" and "gone" may be an earlier attempt's success; and while one may still come, the move has not failed.
    fn move_refused(&mut self, booking: &Booking, page: jiff::civil::Date, attempt: u32, deadline: Timestamp) {
        match self.moved(booking) {
            Ok(Some(moved)) => self.arrive(booking, page, &moved, attempt),
            Ok(None) => match moves_in_doubt_until(booking, &self.patience).filter(|until| *until > self.now) {
                Some(until) => self.postpone(page, attempt, until),
                None => self.move_failed(booking, page, Some(attempt)),
            },
            Err(()) => self.unknown(page, attempt, deadline),
        }
    }

    fn move_failed(&mut self, booking: &Booking, page: jiff::civil::Date, attempt: Option<u32>) {
        let failed = Command::MoveFailed { booking: Self::id(), attempt, reason: "taken".into() };
        let events = self.tell(page, failed).unwrap_or_default();
        if let Some(target) = target(booking).filter(|_| !events.is_empty()) {
            self.told(target.page, Command::ReleaseHold { holder: Holder::Move(Self::id()) });
        }
    }

    fn keeps_target(&mut self, booking: &Booking, page: jiff::civil::Date) -> bool {
        let Some(target) = target(booking) else { return true };
        let (hold, there) = (self.hold(target.page, target.slot), target.page);
        if self.tell(there, Command::Hold(hold)).is_some() {
            return true;
        }
        if moves_in_doubt_until(booking, &self.patience).is_none_or(|until| until <= self.now) {
            self.give_up(booking, page);
        }
        false
    }

    fn arrive(&mut self, booking: &Booking, page: jiff::civil::Date, moved: &Entry, attempt: u32) {
        let Some(target) = target(booking) else { return };
        let request = BookingRequested { slot: target.slot, staff: target.staff.clone(), ..booking.request.clone() };
        let (from, confirmation) = (booking.slot.start, confirmation(moved, attempt));
        let arrival = Arrival { request, from, from_page: page, page: target.page, confirmation };
        self.told(target.page, Command::Arrive(Box::new(arrival)));
        // Half of the time it breaks off half way.
        if target.page != page && self.dice.roll(2) == 0 {
            self.told(page, Command::Leave { booking: Self::id(), to: moved.start, page: target.page });
        }
    }
}

fn target(booking: &Booking) -> Option<&Target> {
    booking.errand.as_ref().and_then(|errand| errand.target.as_ref())
}

fn effect(booking: &Booking, act: Act, attempt: u32) -> Effect {
    let uid = || booking.provider.known().map(|name| name.uid.clone()).expect("the provider knows it");
    match act {
        Act::Book => Effect::Book { start: booking.slot.start, attempt },
        Act::Cancel => Effect::Cancel { uid: uid() },
        Act::Move => Effect::Move { uid: uid(), start: target(booking).expect("a target").slot.start },
    }
}

fn confirmation(made: &Entry, attempt: u32) -> Confirmation {
    Confirmation {
        booking: World::id(),
        attempt: Some(attempt),
        pending: false,
        provider: made.name.clone(),
        staff: None,
        host: None,
        start: made.start,
        end: shifted(made.start, 30),
    }
}
