//! Bookings that did not come through us: they take their hosts' time on every page that they touch, and give it back when
//! they are gone. In the book they are known by a keyed hash alone.

use super::CalendarIntake;
use super::book::Book;
use super::held::Held;
use super::inquiry::Inquiry;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use ringbuch_domain::diary::{Command, Slot};
use ringbuch_domain::ids::StaffId;
use ringbuch_domain::intake::Notice;
use ringbuch_domain::ports::ProviderBooking;
use ringbuch_domain::recorded::StreamId;

/// Cal.com books a day at most, and a page more on either side for buffers.
const PAGES: usize = 4;

impl CalendarIntake {
    pub(super) async fn follow_foreign(
        &self,
        book: &Book<'_>,
        notice: &Notice,
        inquiry: &mut Inquiry<'_>,
    ) -> Result<(), Held> {
        let _turn = self.turns.take(&StreamId::from_stored(self.foreign(book, &notice.name.uid))).await;
        let mut seen = Vec::new();
        for name in notice.former.iter().chain([&notice.name]) {
            seen.extend(inquiry.follow(name).await?.uids);
        }
        seen.dedup();
        for uid in seen {
            match inquiry.answered(&uid).filter(|there| there.status.is_live()) {
                Some(there) => self.see(book, notice, there).await?,
                None => self.forget(book, notice, &uid, inquiry.answered(&uid)).await?,
            }
        }
        Ok(())
    }

    /// What is over takes nobody's time any more.
    async fn see(&self, book: &Book<'_>, notice: &Notice, there: &ProviderBooking) -> Result<(), Held> {
        if there.end <= book.now() {
            return Ok(());
        }
        let slot = slot(book, notice, there);
        let last = slot.to().checked_sub(1.nanosecond()).unwrap_or(slot.to());
        for day in days(book.day_of(slot.from()), book.day_of(last)) {
            let command =
                Command::SeeForeign { foreign: self.foreign(book, &there.uid), slot, staff: staff(book, there) };
            book.tell(day, command).await?;
        }
        Ok(())
    }

    /// Its pages are those of its time and their neighbours, since buffers may have been others when it was seen.
    async fn forget(
        &self,
        book: &Book<'_>,
        notice: &Notice,
        uid: &str,
        there: Option<&ProviderBooking>,
    ) -> Result<(), Held> {
        let told = (uid == notice.name.uid).then_some((notice.start, notice.end));
        let (start, end) = there.map(|there| (Some(there.start), Some(there.end))).or(told).unwrap_or_default();
        let Some(start) = start else { return Ok(()) };
        let day = |time: Timestamp, days: i32| book.day_of(time).saturating_add(days.days());
        for day in days(day(start, -1), day(end.unwrap_or(start), 1)) {
            book.tell(day, Command::ForgetForeign { foreign: self.foreign(book, uid) }).await?;
        }
        Ok(())
    }

    fn foreign(&self, book: &Book<'_>, uid: &str) -> String {
        self.index.foreign(&book.company, uid)
    }

    /// Whether a page holds a booking that is none of ours as the calendar has it.
    pub async fn agrees_on_foreign(
        &self,
        book: &Book<'_>,
        notice: &Notice,
        there: &ProviderBooking,
    ) -> Result<bool, Held> {
        let foreign = self.foreign(book, &there.uid);
        let slot = slot(book, notice, there);
        let page = book.page(book.day_of(slot.from())).await?;
        let known = page.foreign(&foreign);
        Ok(match known {
            Some(known) => there.status.is_live() && known.slot == slot && known.staff == staff(book, there),
            None => !there.status.is_live() || there.end <= book.now(),
        })
    }
}

fn slot(book: &Book<'_>, notice: &Notice, there: &ProviderBooking) -> Slot {
    let service = notice.event_type.and_then(|event_type| book.set_up.event_types.get(&event_type));
    Slot {
        start: there.start,
        end: there.end,
        buffer_before_minutes: service.map_or(0, |service| service.buffer_before),
        buffer_after_minutes: service.map_or(0, |service| service.buffer_after),
    }
}

/// Those of the hosts who work here.
fn staff(book: &Book<'_>, there: &ProviderBooking) -> Vec<StaffId> {
    let hosts = there.host.iter().chain(&there.co_hosts);
    let mut staff: Vec<StaffId> = hosts.filter_map(|host| book.staff_of(Some(*host))).collect();
    staff.sort();
    staff.dedup();
    staff
}

fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.series(1.day()).take_while(move |day| *day <= last).take(PAGES)
}
