//! Is it free, and if not, what else: the page's own rule and the calendar's open times give one answer.

use super::Desk;
use super::answer::{Answer, Stop};
use super::line::Line;
use super::subject::{Subject, when_of};
use super::token::Tokens;
use crate::journal::{JournalError, Loaded};
use futures_util::future::try_join_all;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use ringbuch_domain::desk::{
    Arguments, Candidate, OFFERS_AT_MOST, Offer, Search, Sentence, Wanted, When, bookable, moment, ranked,
};
use ringbuch_domain::diary::{Diary, Holder, Rejection, Terms};
use ringbuch_domain::ids::{CallId, StaffId};
use ringbuch_domain::ports::{CalendarFailure, OpenSlots, SlotQuery};
use ringbuch_domain::spoken::Language;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Weeks that are searched where the first has too little.
const WEEKS: i64 = 3;

/// An offer as the agent gets it.
#[derive(Serialize)]
struct Shown<'a> {
    offer_id: String,
    start: Timestamp,
    /// The time as it is said.
    spoken: String,
    service: &'a str,
    branch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<&'a str>,
}

impl Desk {
    pub(super) async fn check_availability(&self, line: &Line, arguments: &Arguments) -> Result<Answer, Stop> {
        let call = line.known_call()?;
        let subject = self.subject(line, arguments).await?;
        let (branch, staff) = (subject.branch.clone(), subject.staff.clone());
        let (wanted, exact) = match when_of(line, arguments) {
            When::At(start) => (Wanted::at(start, branch, staff), Some(start)),
            When::Within(spans) => (Wanted { spans, branch, staff }, None),
            // The next time that there is.
            When::Unsaid => (Wanted::at(line.now, branch, staff), None),
            When::Ask { reason, sentence } => return Ok(Answer::no(reason, sentence).then("ask_time")),
        };
        if let Some(start) = exact {
            let offer = Offer {
                branch: subject.branch.clone(),
                event_type: subject.service.event_type,
                staff: subject.staff.clone(),
                start,
                round: self.round(line, call).await?,
            };
            return match self.free(line, arguments, &subject, offer.start, line.holder()).await? {
                Ok(_) => Ok(self.free_answer(line, call, &subject, &offer)),
                Err(why) => self.instead(line, arguments, &subject, &wanted, &why).await,
            };
        }
        let (round, found) = (self.round(line, call).await?, self.found(line, arguments, &subject, &wanted).await?);
        if found.is_empty() {
            return Ok(nothing_free(line));
        }
        let spoken: Vec<String> = found.iter().map(|it| self.spoken(line, &subject, it)).collect();
        let answer = Answer::yes(line.says(&Sentence::Offered { offers: &spoken }));
        Ok(self.with_offers(answer.with("available", true), line, (call, round), &subject, &found))
    }

    fn free_answer(&self, line: &Line, call: &CallId, subject: &Subject<'_>, offer: &Offer) -> Answer {
        let moment = line.moment(offer.start);
        let shown = self.shown(line, call, subject, offer);
        let answer = Answer::yes(line.says(&Sentence::Free { moment: &moment }));
        answer.with("available", true).with("offer", shown).then("hold_or_book")
    }

    /// Why it cannot be had, and what can.
    pub(super) async fn instead(
        &self,
        line: &Line,
        arguments: &Arguments,
        subject: &Subject<'_>,
        wanted: &Wanted,
        why: &Rejection,
    ) -> Result<Answer, Stop> {
        let call = line.known_call()?;
        let (round, found) = (self.round(line, call).await?, self.found(line, arguments, subject, wanted).await?);
        let offers: Vec<String> = found.iter().map(|it| self.spoken(line, subject, it)).collect();
        let why_spoken = line.says_no(why);
        if found.is_empty() {
            let message = format!("{why_spoken} {}", line.says(&Sentence::NothingFree));
            let none: [(); 0] = [];
            let answer = Answer::yes(message).because(why.code()).with("available", false);
            return Ok(answer.with("alternatives", none).then("ask_other_day"));
        }
        let message = line.says(&Sentence::Instead { why: &why_spoken, offers: &offers });
        let answer = Answer::yes(message).because(why.code()).with("available", false);
        Ok(self.with_offers(answer, line, (call, round), subject, &found))
    }

    fn with_offers(
        &self,
        answer: Answer,
        line: &Line,
        (call, round): (&CallId, u32),
        subject: &Subject<'_>,
        found: &[Candidate],
    ) -> Answer {
        let offer = |it: &Candidate| Offer {
            branch: it.branch.clone(),
            event_type: subject.service.event_type,
            staff: it.staff.clone(),
            start: it.start,
            round,
        };
        let shown: Vec<_> = found.iter().map(|it| self.shown(line, call, subject, &offer(it))).collect();
        answer.with("alternatives", shown).then("offer_alternatives")
    }

    fn shown<'a>(
        &self,
        line: &'a Line,
        call: &CallId,
        subject: &Subject<'a>,
        offer: &Offer,
    ) -> impl Serialize + use<'a> {
        let set_up = line.set_up();
        Shown {
            offer_id: Tokens::new(&self.app.index, line, call).of_offer(offer),
            start: offer.start,
            spoken: line.moment(offer.start),
            service: &subject.service.title,
            branch: set_up.branches.get(&offer.branch).map_or("", |branch| branch.name.as_str()),
            staff: offer.staff.as_ref().and_then(|staff| name_of(line, staff)),
        }
    }

    /// With whom and where, as far as that differs from what was asked for.
    fn spoken(&self, line: &Line, subject: &Subject<'_>, it: &Candidate) -> String {
        let german = line.language == Language::German;
        let mut said = moment(it.start, &line.zone, line.language);
        if let Some(name) =
            it.staff.as_ref().filter(|staff| Some(*staff) != subject.staff.as_ref()).and_then(|it| name_of(line, it))
        {
            said.push_str(&format!(" {} {name}", if german { "bei" } else { "with" }));
        }
        if let Some(branch) = line.set_up().branches.get(&it.branch).filter(|_| it.branch != subject.branch) {
            said.push_str(&format!(" {} {}", if german { "in der Filiale" } else { "at our branch" }, branch.name));
        }
        said
    }

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
    async fn found(
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
        let mut candidates = Vec::new();
        for week in 0..WEEKS {
            let Ok(day) = first.checked_add((7 * week).days()) else { break };
            let open = match self.open(line, subject, day).await {
                Ok(open) => open,
                Err(failure) if week == 0 => return Err(self.provider_down(line, arguments, &failure).await?.into()),
                Err(_) => break,
            };
            let near = search.nearest(&open.slots);
            let days: BTreeSet<Date> = near.iter().map(|(day, _)| *day).collect();
            let loaded = try_join_all(days.iter().map(|day| self.page(line, *day))).await?;
            let pages: BTreeMap<Date, &Diary> =
                days.into_iter().zip(loaded.iter().map(|page| &page.aggregate)).collect();
            candidates.extend(search.candidates(&near, &pages));
            if candidates.len() >= OFFERS_AT_MOST {
                break;
            }
        }
        Ok(ranked(wanted, candidates))
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

pub fn terms(line: &Line, subject: &Subject<'_>, day: Date) -> Option<Terms> {
    line.set_up().terms(&subject.branch, subject.service.event_type, day).ok()
}

pub fn name_of<'a>(line: &'a Line, staff: &StaffId) -> Option<&'a str> {
    line.set_up().staff.get(staff).map(|member| member.details.name.as_str())
}

fn nothing_free(line: &Line) -> Answer {
    let none: [(); 0] = [];
    let answer = Answer::yes(line.says(&Sentence::NothingFree)).because("nothing_free");
    answer.with("available", false).with("alternatives", none).then("ask_other_day")
}
