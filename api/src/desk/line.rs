//! Who is on the line: whose call it is by the number that was called, and what is set up there.

use super::Desk;
use super::answer::{Answer, Stop};
use super::request::Asked;
use crate::intake::{Proof, correlation_of_call, place};
use crate::journal::{Chain, JournalError, Loaded};
use futures_util::try_join;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ringbuch_domain::call::{Call, Direction};
use ringbuch_domain::company::{Closing, Company};
use ringbuch_domain::desk::{Sentence, day as spoken_day, is_placeholder, language_of, moment};
use ringbuch_domain::diary::{Holder, Rejection};
use ringbuch_domain::ids::{AccountId, BranchId, CallId, CompanyId};
use ringbuch_domain::intake::{Reading, read_call};
use ringbuch_domain::ports::Caller;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::spoken::{Language, say};
use serde_json::{Map, Value};
use std::sync::Arc;

pub struct Line {
    pub account: AccountId,
    pub company: CompanyId,
    pub branch: BranchId,
    set_up: Arc<Loaded<Company>>,
    /// Absent where none came that could be real.
    pub call: Option<CallId>,
    /// What the log knew of the call when the request came.
    heard: Option<Arc<Loaded<Call>>>,
    /// The call as Retell tells it; absent where only arguments came.
    pub reading: Option<Reading>,
    pub language: Language,
    pub zone: TimeZone,
    pub now: Timestamp,
}

impl Desk {
    /// The company is that of the called number, within the account that signed, and never a default.
    pub(super) async fn line(&self, proof: Proof, asked: &Asked) -> Result<Line, Stop> {
        let reading = asked.call.as_ref().and_then(read);
        let unknown =
            || Answer::no("number_unknown", Sentence::NumberUnknown.spoken(language_of(asked.language("de"))));
        let id = match &reading {
            Some(reading) => Some(reading.call.clone()),
            None => asked.arguments.call.as_deref().and_then(|id| CallId::new(id).ok()),
        };
        let call = id.filter(|id| !is_placeholder(id.as_str()));
        let place = match &reading {
            Some(reading) if names_a_place(reading) => Some(self.place(reading, &proof).await?.ok_or_else(unknown)?),
            _ => None,
        };
        let company = place.as_ref().map(|(company, _)| company.clone()).or(proof.company).ok_or_else(unknown)?;
        let of_company = StreamId::company(&company);
        let (set_up, heard) =
            try_join!(self.app.journal.load::<Company>(&of_company), self.heard(&company, call.as_ref()))?;
        let spoken = set_up.aggregate.profile.as_ref().map_or("de", |profile| profile.language.as_str());
        let language = language_of(asked.language(spoken));
        let branch = match place {
            Some((_, branch)) => branch,
            None => branch_without_number(&set_up.aggregate, heard.as_deref(), asked, language)?,
        };
        let (zone, now) = (set_up.aggregate.zone(), self.app.clock.now());
        Ok(Line { account: proof.account, company, branch, set_up, call, heard, reading, language, zone, now })
    }

    async fn place(&self, reading: &Reading, proof: &Proof) -> Result<Option<(CompanyId, BranchId)>, Stop> {
        let known = self.app.directory.known();
        let route = reading.our_number().and_then(|number| known.by_number(&number));
        if let Some(route) = route.filter(|route| route.account == proof.account) {
            return Ok(Some((route.company, route.branch)));
        }
        let placed = place(&self.app.journal, &self.app.directory, reading, &proof.account).await?;
        Ok(placed.ok())
    }

    async fn heard(
        &self,
        company: &CompanyId,
        call: Option<&CallId>,
    ) -> Result<Option<Arc<Loaded<Call>>>, JournalError> {
        match call {
            Some(call) => self.app.journal.load::<Call>(&StreamId::call(company, call)).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Only arguments came: what is known of the call says where it is, or the company has but one branch.
fn branch_without_number(
    set_up: &Company,
    heard: Option<&Loaded<Call>>,
    asked: &Asked,
    language: Language,
) -> Result<BranchId, Stop> {
    if let Some(received) = heard.and_then(|known| known.aggregate.received.as_ref()) {
        return Ok(received.branch.clone());
    }
    let said = asked.arguments.branch.as_deref().and_then(|said| set_up.branch_named(said));
    let mut active = set_up.branches.iter().filter(|(_, branch)| branch.active).map(|(id, _)| id);
    let only = active.next().filter(|_| active.next().is_none());
    said.or(only).cloned().ok_or_else(|| {
        let branches: Vec<String> = set_up.branches.values().map(|branch| branch.name.clone()).collect();
        Answer::no("branch_missing", Sentence::AskBranch { branches: &branches }.spoken(language))
            .then("ask_branch")
            .into()
    })
}

/// A call whose id is no id still says whose it is.
fn read(call: &Map<String, Value>) -> Option<Reading> {
    let nameless = || {
        let mut call = call.clone();
        call.insert("call_id".into(), "unknown".into());
        read_call(&call)
    };
    read_call(call).or_else(|_| nameless()).ok()
}

/// A number was called, or an agent answers on the web.
fn names_a_place(reading: &Reading) -> bool {
    let numbers = reading.to.is_some() || reading.from.is_some();
    numbers || (reading.direction == Direction::Web && reading.agent.is_some())
}

/// How many bookings a call has asked for.
pub fn rounds(call: &Call) -> u32 {
    u32::try_from(call.asked().len()).unwrap_or(u32::MAX)
}

impl Line {
    pub fn set_up(&self) -> &Company {
        &self.set_up.aggregate
    }

    pub fn says(&self, sentence: &Sentence<'_>) -> String {
        sentence.spoken(self.language)
    }

    /// Why something cannot be had, as it is said.
    pub fn says_no(&self, why: &Rejection) -> String {
        why.spoken(match self.language {
            Language::German => "de",
            Language::English => "en",
        })
    }

    /// As `says_no`; where the branch is closed at that time on a holiday, on which one.
    pub fn says_why(&self, why: &Rejection, branch: &BranchId, start: Option<Timestamp>) -> String {
        let closed = start.filter(|_| *why == Rejection::Closed);
        let on_holiday = closed.and_then(|start| self.says_closed(branch, self.day_of(start)));
        on_holiday.unwrap_or_else(|| self.says_no(why))
    }

    /// That the branch is closed on that day whatever anybody's week says, and why.
    pub fn says_closed(&self, branch: &BranchId, day: Date) -> Option<String> {
        Some(match self.set_up().closing(branch, day)? {
            Closing::Feast(feast) => self.says(&Sentence::ClosedFor { occasion: say::on_feast(feast, self.language) }),
            Closing::Day => self.says(&Sentence::Closed { day: &spoken_day(day, self.language) }),
        })
    }

    /// A time as it is said.
    pub fn moment(&self, start: Timestamp) -> String {
        moment(start, &self.zone, self.language)
    }

    pub fn day_of(&self, start: Timestamp) -> Date {
        start.to_zoned(self.zone.clone()).date()
    }

    pub fn today(&self) -> Date {
        self.day_of(self.now)
    }

    /// The number that calls, E.164.
    pub fn caller(&self) -> Option<String> {
        match self.reading.as_ref()?.caller() {
            Caller::Number(number) => Some(number),
            Caller::Anonymous(_) => None,
        }
    }

    /// The call, without which nothing is kept, booked or told.
    pub fn known_call(&self) -> Result<&CallId, Stop> {
        self.call.as_ref().ok_or_else(|| self.call_unknown().into())
    }

    /// The call, if it is more than an id that came with the arguments: an agent may have made that up.
    pub fn real_call(&self) -> Option<&CallId> {
        let heard = || self.heard.as_ref().is_some_and(|heard| heard.aggregate.received.is_some());
        self.call.as_ref().filter(|_| self.reading.is_some() || heard())
    }

    fn call_unknown(&self) -> Answer {
        Answer::no("call_unknown", self.says(&Sentence::CallUnknown))
    }

    /// What the log knew of a call that goes on. Nothing is kept for a caller who has hung up, since nobody would let it go.
    pub fn goes_on(&self) -> Result<&Arc<Loaded<Call>>, Stop> {
        let heard = self.heard.as_ref().ok_or_else(|| self.call_unknown())?;
        let Call { ended, closed, erased, .. } = &heard.aggregate;
        if ended.is_some() || *closed || *erased {
            return Err(Answer::no("call_over", self.says(&Sentence::CallOver)).into());
        }
        Ok(heard)
    }

    /// How many bookings the call had asked for.
    pub fn round(&self) -> u32 {
        self.heard.as_ref().map_or(0, |heard| rounds(&heard.aggregate))
    }

    pub fn holder(&self) -> Option<Holder> {
        self.call.clone().map(Holder::Call)
    }

    /// What the desk writes belongs to the call's chain.
    pub fn chain(&self, call: &CallId) -> Chain {
        Chain::from_outside(correlation_of_call(&self.account, call.as_str()))
    }

    pub fn call_stream(&self, call: &CallId) -> StreamId {
        StreamId::call(&self.company, call)
    }

    pub fn page(&self, day: Date) -> StreamId {
        StreamId::diary(&self.company, day)
    }
}
