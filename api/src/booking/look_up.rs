//! Asking the calendar what it holds: after an attempt whose outcome nobody knows, and once more when nothing can come
//! late any more.

use super::errand::BookingErrands;
use super::file::File;
use jiff::Timestamp;
use ringbuch_domain::booking::{Step, next_if_absent};
use ringbuch_domain::diary::{Act, Booking, Command, Standing};
use ringbuch_domain::ports::{CalendarFailure, ProviderBooking};

/// Nobody waits for a file to be closed: it is tried again as after the third round of a booking.
const VERIFY_ROUND: u32 = 3;

impl BookingErrands {
    /// The live bookings at the calendar that carry our id, the oldest first.
    pub(super) async fn find_ours(
        &self,
        file: &File,
        booking: &Booking,
    ) -> Result<Vec<ProviderBooking>, CalendarFailure> {
        let mut found = self.calendar.find(&file.company, &File::look_up(booking)).await?;
        found.retain(|found| found.status.is_live() && found.booking == Some(file.booking));
        found.sort_by_key(|found| (found.created_at, found.attempt, found.number));
        Ok(found)
    }

    /// What was found is ours. Which of several is the one to keep, the page says: the oldest, unless it knows of
    /// another by now.
    pub(super) async fn adopt(&self, file: &File, found: Vec<ProviderBooking>) -> anyhow::Result<()> {
        let Some(oldest) = found.first().cloned() else { return Ok(()) };
        let attempt = oldest.attempt;
        self.confirm(file, oldest, attempt).await?;
        self.cancel_all_but_ours(file, found).await.map(|_| ())
    }

    /// A look-up whose time has come.
    pub(super) async fn look_up(
        &self,
        file: &File,
        booking: &Booking,
        act: Act,
        attempt: u32,
        may_repeat: bool,
    ) -> anyhow::Result<Option<Timestamp>> {
        let looked_up = file.now();
        let settled = match act {
            // Cancelling twice is harmless.
            Act::Cancel => Ok(()),
            Act::Book => match self.find_ours(file, booking).await {
                Ok(found) if !found.is_empty() => return self.adopt(file, found).await.map(|()| None),
                other => other.map(|_| ()),
            },
            Act::Move => match self.moved(file, booking).await {
                Ok(Some(moved)) => return self.arrive(file, booking, moved, attempt).await.map(|()| None),
                other => other.map(|_| ()),
            },
        };
        let not_yet = || CalendarFailure::Unknown { reason: "not at the calendar yet".into() };
        match settled {
            Ok(()) if may_repeat => match next_if_absent(booking, looked_up, &self.patience) {
                Step::Attempt(act) => self.attempt(file, booking, act, Some(looked_up)).await,
                Step::GiveUp(reason) => self.give_up(file, booking, reason).await,
                Step::Wait(until) => self.unknown(file, booking, attempt, until, &not_yet()).await.map(|()| None),
                _ => Ok(None),
            },
            Ok(()) => self.unknown(file, booking, attempt, looked_up, &not_yet()).await.map(|()| None),
            Err(failure) => self.unknown(file, booking, attempt, looked_up, &failure).await.map(|()| None),
        }
    }

    /// Where a move that nobody knows the outcome of has led: a live booking of ours that is not the one we knew.
    pub(super) async fn moved(
        &self,
        file: &File,
        booking: &Booking,
    ) -> Result<Option<ProviderBooking>, CalendarFailure> {
        let Some(target) = booking.target() else { return Ok(None) };
        let mut look_up = File::look_up(booking);
        (look_up.start, look_up.end) = (target.slot.start, target.slot.end);
        let known = booking.provider.known().map(|provider| provider.uid.as_str());
        let found = self.calendar.find(&file.company, &look_up).await?;
        let ours = |found: &ProviderBooking| {
            found.status.is_live() && found.booking == Some(file.booking) && Some(found.uid.as_str()) != known
        };
        Ok(found.into_iter().find(ours))
    }

    /// Right after a booking stands, while earlier attempts are in doubt: what they left behind goes at once.
    pub(super) async fn cancel_twins(&self, file: &File, before: &Booking) -> anyhow::Result<()> {
        if before.doubts.iter().all(|doubt| doubt.act != Act::Book) {
            return Ok(());
        }
        // What cannot be seen now will be seen when the file is closed.
        let Ok(live) = self.find_ours(file, before).await else { return Ok(()) };
        self.cancel_all_but_ours(file, live).await.map(|_| ())
    }

    /// Nothing can come late any more: whatever of ours lives at the calendar beside what we know of is cancelled, and the
    /// file is closed. A time means that the calendar could not be asked, and when to come back.
    pub(super) async fn verify(&self, file: &File, booking: &Booking) -> anyhow::Result<Option<Timestamp>> {
        let again = |wait| Some(self.patience.again_after(file.now(), file.booking, VERIFY_ROUND, wait));
        let live = match self.find_ours(file, booking).await {
            Ok(live) => live,
            Err(failure) => return Ok(again(failure.retry_after())),
        };
        if !self.cancel_all_but_ours(file, live).await? {
            return Ok(again(None));
        }
        self.settle(file, booking).await.map(|()| None)
    }

    /// Cancels what of ours was seen alive beside what the page knows of. The page is read after the calendar was: a name
    /// that it has got meanwhile cannot be among those that are too many. False where a twin may live on.
    async fn cancel_all_but_ours(&self, file: &File, live: Vec<ProviderBooking>) -> anyhow::Result<bool> {
        let Some(booking) = file.read().await? else { return Ok(true) };
        // What moves, or has moved, lives on under a name that this page does not know.
        let moves = booking.act() == Some(Act::Move) || booking.standing == Standing::Moved;
        if moves || booking.standing == Standing::Requested {
            return Ok(true);
        }
        let stands = booking.standing.is_at_the_calendar();
        let ours = booking.provider.known().filter(|_| stands).map(|provider| provider.uid.clone());
        // Without the name of ours it cannot be told from a twin, and must not be cancelled for one.
        if stands && ours.is_none() {
            return Ok(true);
        }
        let mut all_gone = true;
        for twin in live.iter().filter(|found| Some(&found.uid) != ours.as_ref()) {
            all_gone &= self.cancel_twin(file, twin).await?;
        }
        Ok(all_gone)
    }

    async fn cancel_twin(&self, file: &File, twin: &ProviderBooking) -> anyhow::Result<bool> {
        match self.calendar.cancel(&file.company, &twin.name(), "Doppelt angekommen").await {
            Ok(()) => {}
            Err(CalendarFailure::Refused { reason }) if reason == "gone" => {}
            // What refuses for another reason, such as having begun, will not go however often it is asked.
            Err(CalendarFailure::Refused { reason }) => {
                tracing::error!(
                    company = %file.company, booking = %file.booking, attempt = ?twin.attempt, reason,
                    "the calendar holds this booking twice and does not let go of the second; cancel it there by hand"
                );
                return Ok(true);
            }
            Err(_) => return Ok(false),
        }
        file.tell(Command::TwinCancelled { booking: file.booking, attempt: twin.attempt }).await?;
        Ok(true)
    }
}
