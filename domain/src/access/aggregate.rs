//! Keys are issued once and can be revoked; the log says who did it.

use super::event::{AccessEvent, KeyIssued, KeyRevoked, PersonalDataViewed};
use crate::ids::KeyId;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Access {
    keys: BTreeMap<KeyId, bool>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    IssueKey(Box<KeyIssued>),
    RevokeKey(KeyRevoked),
    NoteView(PersonalDataViewed),
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error("the company has no key with this id")]
    KeyUnknown,
}

impl Access {
    pub fn decide(&self, command: Command) -> Result<Vec<AccessEvent>, Rejection> {
        match command {
            Command::IssueKey(issued) if self.keys.contains_key(&issued.key) => Ok(vec![]),
            Command::IssueKey(issued) => Ok(vec![(*issued).into()]),
            Command::RevokeKey(revoked) => match self.keys.get(&revoked.key) {
                None => Err(Rejection::KeyUnknown),
                Some(false) => Ok(vec![]),
                Some(true) => Ok(vec![revoked.into()]),
            },
            Command::NoteView(viewed) => Ok(vec![viewed.into()]),
        }
    }
}

impl cqrs_es::Aggregate for Access {
    const TYPE: &'static str = "access";
    type Command = Command;
    type Event = AccessEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: AccessEvent) {
        match event {
            AccessEvent::KeyIssued(issued) => {
                self.keys.insert(issued.key, true);
            }
            AccessEvent::KeyRevoked(revoked) => {
                self.keys.insert(revoked.key, false);
            }
            // Nothing is decided by them.
            AccessEvent::PersonalDataViewed(_) | AccessEvent::ToolCalled(_) | AccessEvent::ToolCallsEnded(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;
    use crate::ids::CompanyId;
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    #[test]
    fn a_key_is_revoked_once_and_only_if_it_was_issued() {
        let key = KeyId(Uuid::from_u128(1));
        let company = CompanyId::new("salon").expect("usable");
        let revoked = KeyRevoked { key, company: company.clone(), by: "cli".into() };
        let issued: AccessEvent = KeyIssued {
            key,
            company,
            name: "till".into(),
            role: Role::Viewer,
            hash: "00".into(),
            scopes: vec![],
            expires_at: None,
            by: "cli".into(),
        }
        .into();
        let case = TestFramework::<Access>::with(());
        case.given_no_previous_events()
            .when(Command::RevokeKey(revoked.clone()))
            .then_expect_error(Rejection::KeyUnknown);
        let given = |events| TestFramework::<Access>::with(()).given(events);
        given(vec![issued.clone()])
            .when(Command::RevokeKey(revoked.clone()))
            .then_expect_events(vec![revoked.clone().into()]);
        given(vec![issued, revoked.clone().into()]).when(Command::RevokeKey(revoked)).then_expect_events(vec![]);
    }
}
