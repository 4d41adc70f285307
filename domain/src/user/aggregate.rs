//! A user is invited once, changes roles, and is deactivated for good; whoever is erased is deactivated as well.

use super::event::{
    PasswordResetOffered, PasswordSet, SignedIn, UserDeactivated, UserErased, UserEvent, UserInvited, UserRoleChanged,
};
use crate::access::Role;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum User {
    #[default]
    Unknown,
    Active {
        role: Role,
    },
    Deactivated,
    Erased,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Invite(UserInvited),
    SetPassword(PasswordSet),
    OfferReset(PasswordResetOffered),
    ChangeRole(UserRoleChanged),
    Deactivate(UserDeactivated),
    Erase(UserErased),
    SignIn(SignedIn),
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error("there is no user with this id")]
    UserUnknown,
    #[error("the user is deactivated; invite them anew")]
    UserDeactivated,
}

impl User {
    pub fn decide(&self, command: Command) -> Result<Vec<UserEvent>, Rejection> {
        match (self, command) {
            (Self::Unknown, Command::Invite(invited)) => Ok(vec![invited.into()]),
            (Self::Unknown, _) => Err(Rejection::UserUnknown),
            (_, Command::Invite(_))
            | (Self::Deactivated | Self::Erased, Command::Deactivate(_))
            | (Self::Erased, Command::Erase(_)) => Ok(vec![]),
            (_, Command::Erase(erased)) => Ok(vec![erased.into()]),
            (Self::Deactivated | Self::Erased, _) => Err(Rejection::UserDeactivated),
            (Self::Active { role }, Command::ChangeRole(changed)) if *role == changed.role => Ok(vec![]),
            (Self::Active { .. }, Command::ChangeRole(changed)) => Ok(vec![changed.into()]),
            (Self::Active { .. }, Command::SetPassword(set)) => Ok(vec![set.into()]),
            (Self::Active { .. }, Command::OfferReset(offered)) => Ok(vec![offered.into()]),
            (Self::Active { .. }, Command::Deactivate(deactivated)) => Ok(vec![deactivated.into()]),
            (Self::Active { .. }, Command::SignIn(signed_in)) => Ok(vec![signed_in.into()]),
        }
    }
}

impl cqrs_es::Aggregate for User {
    const TYPE: &'static str = "user";
    type Command = Command;
    type Event = UserEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: UserEvent) {
        match event {
            UserEvent::UserInvited(UserInvited { role, .. })
            | UserEvent::UserRoleChanged(UserRoleChanged { role, .. }) => {
                *self = Self::Active { role };
            }
            UserEvent::UserDeactivated(_) => *self = Self::Deactivated,
            UserEvent::UserErased(_) => *self = Self::Erased,
            UserEvent::PasswordSet(_) | UserEvent::PasswordResetOffered(_) | UserEvent::SignedIn(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{CompanyId, UserId};
    use crate::private::Private;
    use crate::user::UserCard;
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    const USER: UserId = UserId(Uuid::from_u128(7));

    fn invited() -> UserEvent {
        let company = CompanyId::new("salon").expect("usable");
        let card = UserCard { email: "max@example.com".into(), name: None };
        UserInvited { user: USER, company, role: Role::Viewer, by: "cli".into(), private: Private::Known(card) }.into()
    }

    fn role(role: Role) -> UserRoleChanged {
        UserRoleChanged { user: USER, role, by: "cli".into() }
    }

    fn gone() -> UserDeactivated {
        UserDeactivated { user: USER, by: "cli".into() }
    }

    fn given(events: Vec<UserEvent>) -> cqrs_es::test::AggregateTestExecutor<User> {
        TestFramework::<User>::with(()).given(events)
    }

    #[test]
    fn what_stands_already_is_not_said_again() {
        given(vec![invited()]).when(Command::ChangeRole(role(Role::Viewer))).then_expect_events(vec![]);
        given(vec![invited()])
            .when(Command::ChangeRole(role(Role::Admin)))
            .then_expect_events(vec![role(Role::Admin).into()]);
        given(vec![invited(), gone().into()]).when(Command::Deactivate(gone())).then_expect_events(vec![]);
    }

    #[test]
    fn whoever_is_erased_is_shut_out_as_well() {
        let erased = || UserErased { user: USER, by: "cli".into() };
        for before in [vec![invited()], vec![invited(), gone().into()]] {
            given(before).when(Command::Erase(erased())).then_expect_events(vec![erased().into()]);
        }
        given(vec![]).when(Command::Erase(erased())).then_expect_error(Rejection::UserUnknown);
        let after = || given(vec![invited(), erased().into()]);
        after().when(Command::Erase(erased())).then_expect_events(vec![]);
        after().when(Command::Deactivate(gone())).then_expect_events(vec![]);
        after().when(Command::SetPassword(PasswordSet { user: USER })).then_expect_error(Rejection::UserDeactivated);
    }

    #[test]
    fn nobody_comes_in_who_was_not_invited_or_has_been_shut_out() {
        let sign_in = || Command::SignIn(SignedIn { user: USER });
        given(vec![]).when(sign_in()).then_expect_error(Rejection::UserUnknown);
        given(vec![invited()]).when(sign_in()).then_expect_events(vec![SignedIn { user: USER }.into()]);
        given(vec![invited(), gone().into()]).when(sign_in()).then_expect_error(Rejection::UserDeactivated);
    }
}
