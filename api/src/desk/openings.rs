//! What can be had: the page's own rule, and the calendar's open times of the week.

use super::Desk;
use super::answer::{Answer, Stop};
use super::line::Line;
use super::subject::Subject;
use crate::journal::{JournalError, Loaded};
use futures_util::future::{join_all, try_join_all};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use ringbuch_domain::desk::{Arguments, Candidate, OFFERS_AT_MOST, Search, Sentence, Wanted, bookable, ranked};
use ringbuch_domain::diary::{Diary, Holder, Rejection, Terms};
use ringbuch_domain::ids::StaffId;
use ringbuch_domain::ports::{CalendarFailure, OpenSlot, OpenSlots, SlotQuery, Slots};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Weeks that are searched where the first has too little.
const WEEKS: i64 = 3;
/// Of a longer wish no more weeks are searched at once.
const WEEKS_AT_MOST: i64 = 5;

impl Desk {
    /// One answer for offering, holding and booking.
    pub(super) async fn free(
        &self,
        line: &Line,
        arguments: &Arguments,
        subject: &Subject<'_>,
        start: Timestamp,
        holder: Option<Holder>,
    ) -> Result<Result<Vec<StaffId>, Rejection>, Stop> {
        let day = line.day_of(start);
        let open = match self.open(line, subject, day).await {
            Ok(open) => open,
            Err(failure) => return Err(self.provider_down(line, arguments, &failure).await?.into()),
        };
        self.free_among(line, subject, start, Some(&open), holder.as_ref()).await
    }

    /// As `free`, with open times that are at hand, or without any.
    pub(super) async fn free_among(
        &self,
        line: &Line,
        subject: &Subject<'_>,
        start: Timestamp,
        open: Option<&OpenSlots>,
        holder: Option<&Holder>,
    ) -> Result<Result<Vec<StaffId>, Rejection>, Stop> {
        let day = line.day_of(start);
        let Some(terms) = terms(line, subject, day) else { return Ok(Err(Rejection::ServiceNotOffered)) };
        let page = self.page(line, day).await?;
        let slot = subject.service.slot_at(start);
        let open = open.map(|open| open.slots.as_slice());
        Ok(bookable(&page.aggregate, (&slot, &terms), subject.staff.as_ref(), open, holder, line.now))
    }

    /// The best of what can be had.
    pub(super) async fn found(
        &self,
        line: &Line,
        arguments: &Arguments,
        subject: &Subject<'_>,
        wanted: &Wanted,
    ) -> Result<Vec<Candidate>, Stop> {
        let search = Search {
            company: line.set_up(),
            service: subject.service,
            wanted: wanted.clone(),
            holder: line.holder(),
            now: line.now,
        };
        let first = line.day_of(wanted.begins().unwrap_or(line.now));
        let weeks = weeks_of(first, line.day_of(wanted.ends().unwrap_or(line.now)));
        let mut asked = join_all(weeks.iter().map(|week| self.open(line, subject, *week))).await.into_iter();
        let mut open = match asked.next() {
            Some(Ok(open)) => open.slots,
            Some(Err(failure)) => return Err(self.provider_down(line, arguments, &failure).await?.into()),
            None => Vec::new(),
        };
        // What cannot be seen of later weeks is not offered.
        open.extend(asked.filter_map(Result::ok).flat_map(|open| open.slots));
        let mut candidates = self.candidates(line, &search, &open).await?;
        for week in i64::try_from(weeks.len()).unwrap_or(WEEKS)..WEEKS {
            if candidates.len() >= OFFERS_AT_MOST {
                break;
            }
            let Ok(day) = first.checked_add((7 * week).days()) else { break };
            let Ok(open) = self.open(line, subject, day).await else { break };
            candidates.extend(self.candidates(line, &search, &open.slots).await?);
        }
        Ok(ranked(wanted, candidates))
    }

    /// What of some open times the pages would give away.
    async fn candidates(
        &self,
        line: &Line,
        search: &Search<'_>,
        open: &[OpenSlot],
    ) -> Result<Vec<Candidate>, JournalError> {
        let near = search.nearest(open);
        let days: BTreeSet<Date> = near.iter().map(|(day, _)| *day).collect();
        let loaded = try_join_all(days.iter().map(|day| self.page(line, *day))).await?;
        let pages: BTreeMap<Date, &Diary> = days.into_iter().zip(loaded.iter().map(|page| &page.aggregate)).collect();
        Ok(search.candidates(&near, &pages))
    }

    pub(super) async fn page(&self, line: &Line, day: Date) -> Result<Arc<Loaded<Diary>>, JournalError> {
        self.app.journal.load::<Diary>(&line.page(day)).await
    }

    /// The calendar's open times of the week that the day lies in: whoever asks about that week asks the same.
    pub(super) async fn open(
        &self,
        line: &Line,
        subject: &Subject<'_>,
        day: Date,
    ) -> Result<OpenSlots, CalendarFailure> {
        let since_monday = i64::from(day.weekday().to_monday_zero_offset());
        let from = day.checked_sub(since_monday.days()).unwrap_or(day);
        let query = SlotQuery {
            event_type: subject.service.event_type,
            team: subject.service.team,
            minutes: None,
            from,
            to: from.checked_add(6.days()).unwrap_or(day),
            zone: line.set_up().profile.as_ref().map(|profile| profile.zone.clone()).unwrap_or_default(),
        };
        self.app.slots.slots(&line.company, &query).await
    }

    pub(super) async fn provider_down(
        &self,
        line: &Line,
        arguments: &Arguments,
        failure: &CalendarFailure,
    ) -> Result<Answer, Stop> {
        tracing::warn!(company = %line.company, %failure, "the calendar's open times cannot be had");
        let rule = line.set_up().desk.provider_down;
        self.fall_back(line, arguments, rule, "provider_down", line.says(&Sentence::ProviderDown)).await
    }
}

/// A day of each week that a wish reaches into; at least the first.
fn weeks_of(first: Date, last: Date) -> Vec<Date> {
    let monday = |day: Date| day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day);
    let later = (1..WEEKS_AT_MOST).filter_map(|week| monday(first).checked_add((7 * week).days()).ok());
    std::iter::once(first).chain(later.take_while(|week| *week <= last)).collect()
}

pub fn terms(line: &Line, subject: &Subject<'_>, day: Date) -> Option<Terms> {
    line.set_up().terms(&subject.branch, subject.service.event_type, day).ok()
}
