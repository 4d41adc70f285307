//! From what was said to what can be asked of the diary: a service, a person, an instant; or the fact that is missing.
//! Nothing is guessed.

use super::reading::{Reading, Said};
use crate::call::{Refusal, Said as SaidWords, Wish, WishFact, Wished};
use crate::company::{Company, EventTypeSynced};
use crate::ids::{BranchId, EventTypeId, StaffId};
use crate::spoken::{Unreadable, instant, read_date, read_time};
use jiff::Timestamp;
use jiff::civil::Date;

/// What a call that is over says about a booking; nothing where it says nothing.
pub fn interpret(reading: &Reading, company: &Company, branch: &BranchId, heard_at: Timestamp) -> Option<WishFact> {
    reading.over?;
    let said = &reading.said;
    if !said.confirmed? {
        return Some(WishFact::NotWanted);
    }
    let said_at = reading.started_at.or(reading.ended_at).unwrap_or(heard_at);
    Some(match asked(said, company, branch, said_at) {
        Ok((event_type, staff, start, page)) => {
            WishFact::Asked(Box::new(Wished { event_type, staff, start, page, wish: wish(reading) }))
        }
        Err(reason) => WishFact::Refused(reason, words(said)),
    })
}

type Asked = (EventTypeId, Option<StaffId>, Timestamp, Date);

fn asked(said: &Said, company: &Company, branch: &BranchId, said_at: Timestamp) -> Result<Asked, Refusal> {
    let service = service(said, company, branch)?;
    let staff = staff(said, company, branch)?;
    let zone = company.zone();
    let today = said_at.to_zoned(zone.clone()).date();
    let date = said.date.as_deref().ok_or(Refusal::DateMissing)?;
    let date = read_date(date, today).map_err(refusal)?;
    let time = said.time.as_deref().ok_or(Refusal::TimeMissing)?;
    let time = read_time(time).map_err(refusal)?;
    let start = instant(date, time, &zone).map_err(refusal)?;
    if start < said_at {
        return Err(Refusal::InThePast);
    }
    Ok((service.event_type, staff, start, date))
}

fn service<'a>(said: &Said, company: &'a Company, branch: &BranchId) -> Result<&'a EventTypeSynced, Refusal> {
    if let Some(name) = &said.service {
        return company.service_named(branch, name).ok_or(Refusal::ServiceUnknown);
    }
    let default = company.branches.get(branch).and_then(|branch| branch.default_event_type);
    default.and_then(|default| company.event_types.get(&default)).ok_or(Refusal::ServiceMissing)
}

fn staff(said: &Said, company: &Company, branch: &BranchId) -> Result<Option<StaffId>, Refusal> {
    let Some(name) = &said.staff else { return Ok(None) };
    company.staff_named(branch, name).cloned().map(Some).ok_or(Refusal::StaffUnknown)
}

fn refusal(unreadable: Unreadable) -> Refusal {
    match unreadable {
        Unreadable::Date => Refusal::DateUnreadable,
        Unreadable::Time => Refusal::TimeUnreadable,
        Unreadable::Skipped => Refusal::TimeDoesNotExist,
        Unreadable::Twice => Refusal::TimeExistsTwice,
    }
}

fn wish(reading: &Reading) -> Wish {
    let said = &reading.said;
    Wish {
        name: said.name.clone(),
        email: said.email.clone(),
        phone: said.phone.clone(),
        notes: said.notes.clone(),
        said: words(said),
    }
}

fn words(said: &Said) -> SaidWords {
    SaidWords {
        date: said.date.clone(),
        time: said.time.clone(),
        service: said.service.clone(),
        name: said.name.clone(),
    }
}
