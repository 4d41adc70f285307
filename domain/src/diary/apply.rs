//! How events change the page. Nothing is decided here, and nothing can fail.

use super::Rejection;
use super::aggregate::Diary;
use super::booking::{Booking, Standing, Target};
use super::command::Command;
use super::event::{
    BookingCancelRequested, BookingMoveRequested, DiaryEvent, HoldExpired, HoldReleased, Holder, SlotHeld,
};
use crate::ids::BookingId;
use cqrs_es::event_sink::EventSink;

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
            DiaryEvent::SlotHeld(held) => self.keep(held),
            DiaryEvent::HoldReleased(HoldReleased { holder }) | DiaryEvent::HoldExpired(HoldExpired { holder }) => {
                self.let_go(&holder);
            }
            DiaryEvent::BookingRequested(it) => {
                let at = it.requested_at;
                self.bookings.insert(it.booking, Booking::requested(it, at));
            }
            DiaryEvent::BookingImported(it) => {
                self.bookings.insert(it.booking, Booking::imported(it));
            }
            DiaryEvent::BookingArrived(it) => {
                let id = it.booking;
                let arrived = Booking::arrived(it, self.bookings.remove(&id));
                self.bookings.insert(id, arrived);
            }
            DiaryEvent::BookingAttemptStarted(it) => self.change(it.booking, |booking| booking.attempt_started(&it)),
            DiaryEvent::BookingPostponed(it) => self.change(it.booking, |booking| booking.postponed(&it)),
            DiaryEvent::BookingOutcomeUnknown(it) => self.change(it.booking, |booking| booking.outcome_unknown(&it)),
            DiaryEvent::BookingPending(it) => self.change(it.booking, |booking| {
                booking.resolve(it.attempt);
                booking.made(Standing::Pending, it.staff, it.start, it.end);
                booking.named(it.private);
            }),
            DiaryEvent::BookingConfirmed(it) => self.change(it.booking, |booking| {
                booking.resolve(it.attempt);
                booking.made(Standing::Confirmed, it.staff, it.start, it.end);
                booking.named(it.private);
            }),
            DiaryEvent::BookingFailed(it) => self.change(it.booking, |booking| booking.failed(it.attempt, it.reason)),
            DiaryEvent::BookingTwinCancelled(it) => self.change(it.booking, |booking| booking.resolve(it.attempt)),
            DiaryEvent::BookingSettled(it) => self.change(it.booking, Booking::settle),
            DiaryEvent::BookingMoveRequested(BookingMoveRequested { booking, to, page, staff, by }) => {
                let target = Target { slot: to, page, staff };
                self.change(booking, |booking| booking.move_requested(target, by));
            }
            DiaryEvent::BookingMoved(it) => self.change(it.booking, |booking| booking.moved(it.stays)),
            DiaryEvent::BookingMoveFailed(it) => self.change(it.booking, |booking| booking.stays(it.attempt)),
            DiaryEvent::BookingCancelFailed(it) => self.change(it.booking, |booking| booking.stays(it.attempt)),
            DiaryEvent::BookingCancelRequested(BookingCancelRequested { booking, by, .. }) => {
                self.change(booking, |booking| booking.cancel_requested(by));
            }
            DiaryEvent::BookingCancelled(it) => self.change(it.booking, Booking::cancelled),
            DiaryEvent::BookingCompleted(it) => self.stand(it.booking, Standing::Completed),
            DiaryEvent::CustomerDidNotShow(it) => self.stand(it.booking, Standing::NoShow),
            DiaryEvent::ForeignBookingSeen(it) => {
                self.foreign.insert(it.foreign.clone(), it);
            }
            DiaryEvent::ForeignBookingGone(it) => {
                self.foreign.remove(&it.foreign);
            }
            DiaryEvent::OverlapSeen(_) => {}
        }
    }
}

impl Diary {
    fn change(&mut self, booking: BookingId, change: impl FnOnce(&mut Booking)) {
        if let Some(booking) = self.bookings.get_mut(&booking) {
            change(booking);
        }
    }

    fn stand(&mut self, booking: BookingId, standing: Standing) {
        self.change(booking, |booking| booking.standing = standing);
    }

    /// One hold for each holder: the newest.
    fn keep(&mut self, held: SlotHeld) {
        self.let_go(&held.holder);
        self.holds.push(held);
    }

    fn let_go(&mut self, holder: &Holder) {
        self.holds.retain(|hold| hold.holder != *holder);
    }
}
