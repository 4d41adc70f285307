//! Asking the calendar what it holds: after an attempt whose outcome nobody knows, and once more when nothing can come
//! late any more.

use super::errand::BookingErrands;
use super::file::File;
use jiff::Timestamp;
use ringbuch_domain::diary::{Act, Booking, Command, Standing};
use ringbuch_domain::ports::{CalendarFailure, ProviderBooking};

/// Nobody waits for a file to be closed: it is tried again as after the third round of a booking.
const VERIFY_ROUND: u32 = 3;

/// What the calendar holds of ours: the one to keep, and those that are too many.
pub(super) struct Found {
    keep: ProviderBooking,
    twins: Vec<ProviderBooking>,
}

impl BookingErrands {
    /// The live bookings that carry our id; the oldest stays.
    pub(super) async fn find_ours(&self, file: &File, booking: &Booking) -> Result<Option<Found>, CalendarFailure> {
        let mut live = self.live(file, booking).await?;
        live.sort_by_key(|found| (found.created_at, found.attempt, found.number));
        let mut live = live.into_iter();
        Ok(live.next().map(|keep| Found { keep, twins: live.collect() }))
    }

    async fn live(&self, file: &File, booking: &Booking) -> Result<Vec<ProviderBooking>, CalendarFailure> {
        let mut found = self.calendar.find(&file.company, &File::look_up(booking)).await?;
        found.retain(|found| found.status.is_live() && found.booking == Some(file.booking));
        Ok(found)
    }

    /// What was found is ours: it is confirmed, and what is too many goes.
    pub(super) async fn adopt(&self, file: &File, _booking: &Booking, found: Found) -> anyhow::Result<()> {
        let attempt = found.keep.attempt;
        self.confirm(file, found.keep, attempt).await?;
        for twin in found.twins {
            self.cancel_twin(file, &twin).await?;
        }
        Ok(())
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
                Ok(Some(found)) => return self.adopt(file, booking, found).await.map(|()| None),
                other => other.map(|_| ()),
            },
            Act::Move => match self.moved(file, booking).await {
                Ok(Some(moved)) => return self.arrive(file, booking, moved, attempt).await.map(|()| None),
                other => other.map(|_| ()),
            },
        };
        match settled {
            Ok(()) if may_repeat && act != Act::Cancel && booking.slot.start <= looked_up => {
                self.give_up(file, booking, "too_late").await?;
            }
            Ok(()) if may_repeat => return self.attempt(file, booking, act, Some(looked_up)).await,
            Ok(()) => {
                let not_yet = CalendarFailure::Unknown { reason: "not at the calendar yet".into() };
                self.unknown(file, booking, attempt, looked_up, &not_yet).await?;
            }
            Err(failure) => self.unknown(file, booking, attempt, looked_up, &failure).await?,
        }
        Ok(None)
    }

    /// Where a move that nobody knows the outcome of has led: a live booking of ours that is not the one we knew.
    async fn moved(&self, file: &File, booking: &Booking) -> Result<Option<ProviderBooking>, CalendarFailure> {
        let Some(target) = booking.errand.as_ref().and_then(|errand| errand.target.as_ref()) else { return Ok(None) };
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
        let Some(booking) = file.read().await? else { return Ok(()) };
        // What cannot be seen now will be seen when the file is closed.
        let Ok(live) = self.live(file, &booking).await else { return Ok(()) };
        self.cancel_all_but_ours(file, &booking, live).await.map(|_| ())
    }

    /// Nothing can come late any more: whatever of ours lives at the calendar beside what we know of is cancelled, and the
    /// file is closed. A time means that the calendar could not be asked, and when to come back.
    pub(super) async fn verify(&self, file: &File, booking: &Booking) -> anyhow::Result<Option<Timestamp>> {
        let again = |wait| Some(self.patience.again_after(file.now(), file.booking, VERIFY_ROUND, wait));
        let live = match self.live(file, booking).await {
            Ok(live) => live,
            Err(CalendarFailure::NotSent { retry_after, .. }) => return Ok(again(retry_after)),
            Err(_) => return Ok(again(None)),
        };
        if !self.cancel_all_but_ours(file, booking, live).await? {
            return Ok(again(None));
        }
        self.settle(file, booking).await.map(|()| None)
    }

    async fn cancel_all_but_ours(
        &self,
        file: &File,
        booking: &Booking,
        live: Vec<ProviderBooking>,
    ) -> anyhow::Result<bool> {
        let stands = matches!(booking.standing, Standing::Confirmed | Standing::Pending | Standing::Completed);
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
        match self.calendar.cancel(&file.company, &twin.uid, "Doppelt angekommen").await {
            // What refuses for another reason than being gone, such as having begun, will not go any more.
            Ok(()) | Err(CalendarFailure::Refused { .. }) => {
                file.tell(Command::TwinCancelled { booking: file.booking, attempt: twin.attempt }).await?;
                Ok(true)
            }
            Err(_) => Ok(false),
        }
    }
}
