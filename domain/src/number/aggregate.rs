//! A number belongs to nobody or to one company; within it, it may change its branch.

use super::event::{NumberAssigned, NumberEvent, NumberReleased};
use crate::ids::{BranchId, CompanyId};
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Number {
    pub assigned: Option<NumberAssigned>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Assign { number: String, company: CompanyId, branch: BranchId },
    Release { company: CompanyId },
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    /// Whose it is stays unsaid: that is another tenant's business.
    #[error("the number belongs to another company")]
    BelongsElsewhere,
}

impl Number {
    pub fn decide(&self, command: Command) -> Result<Vec<NumberEvent>, Rejection> {
        match (command, &self.assigned) {
            (Command::Assign { company, .. } | Command::Release { company }, Some(known))
                if known.company != company =>
            {
                Err(Rejection::BelongsElsewhere)
            }
            (Command::Assign { branch, .. }, Some(known)) if known.branch == branch => Ok(vec![]),
            (Command::Assign { number, company, branch }, _) => {
                Ok(vec![NumberAssigned { number, company, branch }.into()])
            }
            (Command::Release { .. }, None) => Ok(vec![]),
            (Command::Release { company }, Some(known)) => {
                Ok(vec![NumberReleased { number: known.number.clone(), company }.into()])
            }
        }
    }
}

impl cqrs_es::Aggregate for Number {
    const TYPE: &'static str = "number";
    type Command = Command;
    type Event = NumberEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: NumberEvent) {
        match event {
            NumberEvent::NumberAssigned(assigned) => self.assigned = Some(assigned),
            NumberEvent::NumberReleased(_) => self.assigned = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cqrs_es::test::TestFramework;

    fn assign(company: &str, branch: &str) -> Command {
        Command::Assign {
            number: "+493023125100".into(),
            company: CompanyId::new(company).expect("usable"),
            branch: BranchId::new(branch).expect("usable"),
        }
    }
    fn assigned(company: &str, branch: &str) -> NumberEvent {
        let Command::Assign { number, company, branch } = assign(company, branch) else { unreachable!() };
        NumberAssigned { number, company, branch }.into()
    }

    #[test]
    fn a_number_belongs_to_one_company() {
        let given = || TestFramework::<Number>::with(()).given(vec![assigned("salon", "mitte")]);
        given().when(assign("salon", "mitte")).then_expect_events(vec![]);
        given().when(assign("salon", "nord")).then_expect_events(vec![assigned("salon", "nord")]);
        given().when(assign("praxis", "mitte")).then_expect_error(Rejection::BelongsElsewhere);
    }
}
