//! What the caller talks about: which service, by whom, at which branch.

use super::Desk;
use super::answer::{Answer, Stop};
use super::line::Line;
use ringbuch_domain::company::EventTypeSynced;
use ringbuch_domain::desk::{Arguments, Offer, Sentence, When, when};
use ringbuch_domain::diary::Rejection;
use ringbuch_domain::ids::{BranchId, StaffId};

pub struct Subject<'a> {
    pub branch: BranchId,
    pub service: &'a EventTypeSynced,
    /// Only this one is wanted.
    pub staff: Option<StaffId>,
}

/// More names nobody wants to hear.
const NAMES_AT_MOST: usize = 8;

impl Desk {
    /// Nothing is guessed: what cannot be followed is asked for, and a branch that takes nothing is said to be closed.
    pub(super) async fn subject<'a>(&self, line: &'a Line, arguments: &Arguments) -> Result<Subject<'a>, Stop> {
        let branch = branch(line, arguments)?;
        let set_up = line.set_up();
        let open = set_up.branches.get(&branch).is_some_and(|branch| branch.active);
        if !open {
            let name = set_up.branches.get(&branch).map(|branch| branch.name.clone()).unwrap_or_default();
            let why = line.says_no(&Rejection::BranchInactive { branch: name });
            let rule = set_up.desk.branch_closed;
            return Err(self.fall_back(line, arguments, rule, "branch_inactive", why).await?.into());
        }
        let service = match service(line, &branch, arguments) {
            Ok(service) => service,
            Err(answer) if answer.reason.as_deref() == Some("service_unknown") => {
                let rule = set_up.desk.service_unknown;
                return Err(self.fall_back(line, arguments, rule, "service_unknown", answer.message).await?.into());
            }
            Err(answer) => return Err(answer.into()),
        };
        Ok(Subject { staff: staff(line, &branch, arguments)?, branch, service })
    }
}

impl<'a> Subject<'a> {
    /// What an offer is about.
    pub fn of(line: &'a Line, offer: &Offer) -> Result<Self, Stop> {
        let service = line.set_up().event_types.get(&offer.event_type).ok_or_else(|| offer_unknown(line))?;
        Ok(Self { branch: offer.branch.clone(), service, staff: offer.staff.clone() })
    }
}

pub fn offer_unknown(line: &Line) -> Answer {
    Answer::no("offer_unknown", line.says(&Sentence::OfferUnknown)).then("check_availability")
}

/// Day and time as the arguments say them.
pub fn when_of(line: &Line, arguments: &Arguments) -> When {
    when(arguments.date.as_deref(), arguments.time.as_deref(), line.now, &line.zone, line.language)
}

fn branch(line: &Line, arguments: &Arguments) -> Result<BranchId, Stop> {
    let Some(said) = &arguments.branch else { return Ok(line.branch.clone()) };
    line.set_up().branch_named(said).cloned().ok_or_else(|| {
        let branches: Vec<String> = line.set_up().branches.values().map(|branch| branch.name.clone()).collect();
        let sentence = line.says(&Sentence::BranchUnknown { branches: &branches });
        Answer::no("branch_unknown", sentence).with("branches", &branches).then("ask_branch").into()
    })
}

fn service<'a>(line: &'a Line, branch: &BranchId, arguments: &Arguments) -> Result<&'a EventTypeSynced, Answer> {
    let set_up = line.set_up();
    let offered = services_at(line, branch);
    let names: Vec<String> = offered.iter().take(NAMES_AT_MOST).map(|service| service.title.clone()).collect();
    if let Some(said) = &arguments.service {
        return set_up.service_named(branch, said).ok_or_else(|| {
            let sentence = line.says(&Sentence::ServiceUnknown { services: &names });
            Answer::no("service_unknown", sentence).with("services", &names).then("ask_service")
        });
    }
    let default = set_up.branches.get(branch).and_then(|branch| branch.default_event_type);
    let default = default.and_then(|default| set_up.event_types.get(&default));
    let only = if let [only] = offered.as_slice() { Some(*only) } else { None };
    default.or(only).ok_or_else(|| {
        let sentence = line.says(&Sentence::AskService { services: &names });
        Answer::no("service_missing", sentence).with("services", &names).then("ask_service")
    })
}

/// What a branch offers, by name.
pub fn services_at<'a>(line: &'a Line, branch: &BranchId) -> Vec<&'a EventTypeSynced> {
    let mut offered: Vec<_> =
        line.set_up().event_types.values().filter(|it| line.set_up().offers(it, branch)).collect();
    offered.sort_by(|a, b| a.title.cmp(&b.title));
    offered
}

fn staff(line: &Line, branch: &BranchId, arguments: &Arguments) -> Result<Option<StaffId>, Stop> {
    let set_up = line.set_up();
    let Some(said) = arguments.staff.as_ref().filter(|_| set_up.desk.staff_wishes) else { return Ok(None) };
    match set_up.staff_named(branch, said) {
        Some(staff) => Ok(Some(staff.clone())),
        None => Err(Answer::no("staff_unknown", line.says(&Sentence::StaffUnknown)).then("ask_staff").into()),
    }
}
