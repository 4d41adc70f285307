//! What events do to a company.

use super::aggregate::{Branch, Command, Company, Member, Rejection};
use super::event::{
    AgentAssigned, BranchActivated, BranchDeactivated, BranchDefaultChanged, BranchHolidaysSet, BranchOpened,
    CompanyEvent, EventTypeSynced, StaffSynced, WorkingHoursSynced,
};
use super::holidays::Holidays;
use crate::ids::BranchId;
use cqrs_es::event_sink::EventSink;

impl cqrs_es::Aggregate for Company {
    const TYPE: &'static str = "company";
    type Command = Command;
    type Event = CompanyEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: CompanyEvent) {
        match event {
            CompanyEvent::CompanyRegistered(profile) => self.profile = Some(profile),
            CompanyEvent::CalendarConnected(calendar) => self.calendar = Some(calendar),
            CompanyEvent::BranchOpened(BranchOpened { branch, name, default_event_type }) => {
                let holidays = Holidays::default();
                self.branches.insert(branch, Branch { name, active: true, default_event_type, holidays });
            }
            CompanyEvent::BranchActivated(BranchActivated { branch }) => self.set_active(&branch, true),
            CompanyEvent::BranchDeactivated(BranchDeactivated { branch }) => self.set_active(&branch, false),
            CompanyEvent::BranchDefaultChanged(BranchDefaultChanged { branch, event_type }) => {
                if let Some(branch) = self.branches.get_mut(&branch) {
                    branch.default_event_type = Some(event_type);
                }
            }
            CompanyEvent::AgentAssigned(AgentAssigned { agent, branch }) => {
                self.agents.insert(agent, branch);
            }
            CompanyEvent::EventTypeSynced(event_type) => self.take(event_type),
            CompanyEvent::EventTypeRulesSynced(rules) => {
                self.rules.insert(rules.event_type, rules);
            }
            CompanyEvent::EventTypeGone(gone) => {
                self.gone_event_types.insert(gone.event_type);
            }
            CompanyEvent::StaffSynced(details) => self.employ(details),
            CompanyEvent::StaffGone(gone) => {
                self.gone_staff.insert(gone.staff);
            }
            CompanyEvent::WorkingHoursSynced(hours) => self.set_hours(hours),
            CompanyEvent::AgentSynced(agent) => {
                self.agents_there.insert(agent.agent.clone(), agent);
            }
            CompanyEvent::AgentGone(gone) => {
                self.agents_there.remove(&gone.agent);
            }
            CompanyEvent::PhoneNumberSynced(number) => {
                self.numbers_there.insert(number.number.clone(), number);
            }
            CompanyEvent::PhoneNumberGone(gone) => {
                self.numbers_there.remove(&gone.number);
            }
            CompanyEvent::NumberBound(bound) => {
                if let Some(number) = self.numbers_there.get_mut(&bound.number) {
                    number.inbound = bound.inbound;
                }
            }
            CompanyEvent::BreakerOpened(opened) => {
                self.breakers_open.insert(opened.provider);
            }
            CompanyEvent::BreakerClosed(closed) => {
                self.breakers_open.remove(&closed.provider);
            }
            CompanyEvent::BranchHolidaysSet(BranchHolidaysSet { branch, holidays }) => {
                if let Some(branch) = self.branches.get_mut(&branch) {
                    branch.holidays = holidays;
                }
            }
            CompanyEvent::DeskRulesSet(set) => self.desk = set.rules,
            CompanyEvent::CompanySecretSet(_)
            | CompanyEvent::SyncFinished(_)
            | CompanyEvent::SyncUndone(_)
            | CompanyEvent::PromptDrafted(_)
            | CompanyEvent::PromptPublished(_)
            | CompanyEvent::OutboundBound(_)
            | CompanyEvent::SetUpImported(_)
            | CompanyEvent::HoursPushed(_) => {}
        }
    }
}

impl Company {
    fn set_active(&mut self, branch: &BranchId, active: bool) {
        if let Some(branch) = self.branches.get_mut(branch) {
            branch.active = active;
        }
    }

    fn take(&mut self, event_type: EventTypeSynced) {
        self.gone_event_types.remove(&event_type.event_type);
        self.event_types.insert(event_type.event_type, event_type);
    }

    fn employ(&mut self, details: StaffSynced) {
        self.gone_staff.remove(&details.staff);
        let hours = self.staff.get(&details.staff).and_then(|known| known.hours.clone());
        self.staff.insert(details.staff.clone(), Member { details, hours });
    }

    fn set_hours(&mut self, hours: WorkingHoursSynced) {
        if let Some(member) = self.staff.get_mut(&hours.staff) {
            member.hours = Some(hours);
        }
    }
}
