//! What each command leads to. Nothing is written where this says no, and asking again for what already holds leads to
//! nothing.

mod attempts;
mod cancelling;
mod foreign;
mod holds;
mod importing;
mod moving;
mod outcomes;
mod request;
mod restored;

use super::Rejection;
use super::aggregate::Diary;
use super::booking::Booking;
use super::command::Command;
use super::event::DiaryEvent;

type Decision = Result<Vec<DiaryEvent>, Rejection>;

impl Diary {
    pub fn decide(&self, command: Command) -> Decision {
        match command {
            Command::Hold(hold) => self.hold(hold),
            Command::ReleaseHold { holder } => Ok(self.release(&holder)),
            Command::ReleaseOldHold { holder, until } => Ok(self.release_old(&holder, until)),
            Command::ExpireHolds { now } => Ok(self.expire(now)),
            Command::RequestBooking(request) => self.request(*request),
            Command::Import(booking) => Ok(self.import(*booking)),
            Command::StartAttempt { booking, act, deadline, now, looked_up } => {
                self.start_attempt(booking, act, deadline, now, looked_up)
            }
            Command::Postpone { booking, attempt, reason, next_attempt_at } => {
                self.postpone(booking, attempt, reason, next_attempt_at)
            }
            Command::OutcomeUnknown { booking, attempt, reason, look_up_at } => {
                self.outcome_unknown(booking, attempt, reason, look_up_at)
            }
            Command::DoubtAll { now } => Ok(self.doubt_all(now)),
            Command::Confirm(word) => self.confirm(word),
            Command::Fail { booking, attempt, reason } => self.fail(booking, attempt, reason),
            Command::TwinCancelled { booking, attempt } => self.twin_cancelled(booking, attempt),
            Command::Settle { booking } => self.settle(booking),
            Command::RequestCancel { booking, by, reason } => self.request_cancel(booking, by, reason),
            Command::Cancelled { booking, by } => self.cancelled(booking, by),
            Command::CancelFailed { booking, attempt, reason } => self.cancel_failed(booking, attempt, reason),
            Command::RequestMove { booking, to, page, staff, by } => self.request_move(booking, to, page, staff, by),
            Command::Arrive(arrival) => Ok(self.arrive(*arrival)),
            Command::Leave { booking, to, page } => self.leave(booking, to, page),
            Command::MovedAway { booking, to, page, name } => self.moved_away(booking, to, page, &name),
            Command::MoveFailed { booking, attempt, reason } => self.move_failed(booking, attempt, reason),
            Command::Complete { booking } => self.complete(booking),
            Command::NoShow { booking } => self.no_show(booking),
            Command::Showed { booking } => self.showed(booking),
            Command::SeeForeign { foreign, slot, staff } => Ok(self.see_foreign(foreign, slot, staff)),
            Command::ForgetForeign { foreign } => Ok(self.forget_foreign(foreign)),
        }
    }
}

fn wrong_state(booking: &Booking, act: &str) -> Rejection {
    Rejection::WrongState { act: act.to_owned(), state: booking.standing.as_str().to_owned() }
}
