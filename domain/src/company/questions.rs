//! What booking asks of a company's set-up: which service and whom a caller means, and on what terms time is given away.

use super::aggregate::{Company, Member, Rejection};
use super::event::{EventTypeSynced, Window};
use super::holidays::Closing;
use super::hours::span_of;
use crate::diary::{Slot, Span, StaffDay, Terms, shifted};
use crate::ids::{AccountId, BranchId, EventTypeId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

impl Company {
    /// The company's zone; UTC only for a company that was never registered.
    pub fn zone(&self) -> TimeZone {
        let named = self.profile.as_ref().and_then(|profile| TimeZone::get(&profile.zone).ok());
        named.unwrap_or(TimeZone::UTC)
    }

    pub fn account(&self) -> Option<&AccountId> {
        self.profile.as_ref().map(|profile| &profile.account)
    }

    /// The service that a caller means: by title, alias or number, whatever its case. Only one that is offered at the
    /// branch counts, and a name that two services share means neither.
    pub fn service_named(&self, branch: &BranchId, said: &str) -> Option<&EventTypeSynced> {
        let said = said.trim().to_lowercase();
        let means = |service: &&EventTypeSynced| {
            let names = std::iter::once(&service.title).chain(&service.aliases);
            self.offers(service, branch)
                && (names.into_iter().any(|name| name.to_lowercase() == said) || service.event_type.to_string() == said)
        };
        let mut found = self.event_types.values().filter(means);
        found.next().filter(|_| found.next().is_none())
    }

    /// The one person that a caller asks for by name, whatever its case; a first name will do where it is unique.
    pub fn staff_named(&self, branch: &BranchId, said: &str) -> Option<&StaffId> {
        let said = said.trim().to_lowercase();
        let said = FORMS_OF_ADDRESS.iter().find_map(|form| said.strip_prefix(form)).unwrap_or(&said);
        let here = || self.staff.values().filter(|member| member.works_at(branch) && self.employs(member));
        let unique = |means: &dyn Fn(&str) -> bool| {
            let mut found = here().filter(|member| means(&member.details.name.to_lowercase()));
            found.next().filter(|_| found.next().is_none())
        };
        let whole = unique(&|name| name == said);
        let part = || unique(&|name| name.split_whitespace().any(|part| part == said));
        whole.or_else(part).map(|member| &member.details.staff)
    }

    /// The calendar has it still, makes bookings of it, and it is offered there.
    pub fn offers(&self, service: &EventTypeSynced, branch: &BranchId) -> bool {
        let bookable = self.rules.get(&service.event_type).is_none_or(|rules| rules.bookable);
        service.is_offered_at(branch) && bookable && !self.gone_event_types.contains(&service.event_type)
    }

    /// The services that can be booked at the branch.
    pub fn offered_at<'c>(&'c self, branch: &'c BranchId) -> impl Iterator<Item = &'c EventTypeSynced> {
        self.event_types.values().filter(move |service| self.offers(service, branch))
    }

    /// Whoever works at the branch and serves something that can be booked there.
    pub fn serving_at<'c>(&'c self, branch: &'c BranchId) -> impl Iterator<Item = &'c Member> {
        let serves = move |member: &Member| self.offered_at(branch).any(|it| it.staff.contains(&member.details.staff));
        let here = self.staff.values().filter(move |member| member.works_at(branch) && self.employs(member));
        here.filter(move |member| serves(member))
    }

    fn employs(&self, member: &Member) -> bool {
        !self.gone_staff.contains(&member.details.staff)
    }

    /// Who stands behind a host of the calendar.
    pub fn staff_of_host(&self, host: i64) -> Option<&StaffId> {
        let member = self.staff.values().find(|member| member.details.host == Some(host));
        member.map(|member| &member.details.staff)
    }

    /// The facts by which the page of a local day judges a wish for a service at a branch.
    pub fn terms(&self, branch: &BranchId, event_type: EventTypeId, day: Date) -> Result<Terms, Rejection> {
        let zone = self.zone();
        let known = self.branch(branch)?;
        let service = self.event_type(event_type)?;
        let span = span_of(day, &zone);
        let serves = |member: &&Member| {
            service.staff.contains(&member.details.staff) && member.works_at(branch) && self.employs(member)
        };
        let hours = |member: &Member| self.hours_of(member, branch, day);
        let day_of = |member: &Member| StaffDay { staff: member.details.staff.clone(), windows: hours(member) };
        Ok(Terms {
            branch_name: known.name.clone(),
            branch_active: known.active,
            offered: self.offers(service, branch),
            notice_minutes: service.notice_minutes,
            horizon_days: service.horizon_days,
            day_starts: span.from,
            day_ends: span.to,
            staff: self.staff.values().filter(serves).map(day_of).collect(),
        })
    }

    /// When somebody works at the branch on a local day, in order and without gaps between what touches; nothing where
    /// nobody's hours are known. On a day on which the branch is closed nobody does.
    pub fn open_at(&self, branch: &BranchId, day: Date) -> Option<Vec<Span>> {
        if self.closing(branch, day).is_some() {
            return Some(vec![]);
        }
        let here = self.staff.values().filter(|member| member.works_at(branch));
        let mut known = here.filter_map(|member| self.hours_of(member, branch, day)).peekable();
        known.peek()?;
        Some(joined(known.flatten().collect()))
    }

    /// Why nobody works at the branch on that day, whatever anybody's week says.
    pub fn closing(&self, branch: &BranchId, day: Date) -> Option<Closing> {
        self.branches.get(branch)?.holidays.closing(day)
    }

    /// The one answer to when somebody works there: for what is told of opening hours, and for the page's rule.
    fn hours_of(&self, member: &Member, branch: &BranchId, day: Date) -> Option<Vec<Span>> {
        if self.closing(branch, day).is_some() { Some(vec![]) } else { member.on(day, &self.zone()) }
    }

    /// The one branch that a caller means by its id or its name, whatever its case.
    pub fn branch_named(&self, said: &str) -> Option<&BranchId> {
        let said = said.trim().to_lowercase();
        let mut found =
            self.branches.iter().filter(|(id, known)| id.as_str() == said || known.name.to_lowercase() == said);
        found.next().filter(|_| found.next().is_none()).map(|(id, _)| id)
    }
}

/// Spans that touch or overlap become one.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.from, span.to));
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => joined.push(span),
        }
    }
    joined
}

impl EventTypeSynced {
    /// The time that an appointment takes that begins then.
    pub fn slot_at(&self, start: Timestamp) -> Slot {
        Slot {
            start,
            end: shifted(start, self.minutes.into()),
            buffer_before_minutes: self.buffer_before,
            buffer_after_minutes: self.buffer_after,
        }
    }

    pub fn is_offered_at(&self, branch: &BranchId) -> bool {
        self.branches.is_empty() || self.branches.contains(branch)
    }
}

impl Member {
    fn works_at(&self, branch: &BranchId) -> bool {
        self.details.branches.is_empty() || self.details.branches.contains(branch)
    }

    /// The hours of a local day as instants; an override replaces the week's.
    fn on(&self, day: Date, zone: &TimeZone) -> Option<Vec<Span>> {
        let hours = self.hours.as_ref()?;
        let own = hours.zone.as_ref().and_then(|zone| TimeZone::get(zone).ok());
        let zone = own.as_ref().unwrap_or(zone);
        let special = hours.overrides.iter().find(|special| special.date == day);
        let weekly = || hours.weekly.iter().filter(|weekly| weekly.is_on(day.weekday())).map(|weekly| weekly.window);
        let windows: Vec<Window> = special.map_or_else(|| weekly().collect(), |special| special.windows.clone());
        Some(windows.iter().map(|window| window.on(day, zone)).collect())
    }
}

/// What callers put before a name.
const FORMS_OF_ADDRESS: [&str; 3] = ["frau ", "herr ", "herrn "];
