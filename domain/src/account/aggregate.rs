//! An account is opened once; opening it again with the same details is no news.

use super::event::{AccountEvent, AccountOpened, AccountSecretSet};
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub opened: Option<AccountOpened>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Open(AccountOpened),
    NoteSecret { secret: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error("no account has this id; add it first")]
    Unknown,
    #[error("the account exists already with other details")]
    OpenedOtherwise,
}

impl Account {
    pub fn decide(&self, command: Command) -> Result<Vec<AccountEvent>, Rejection> {
        match (command, &self.opened) {
            (Command::Open(opened), None) => Ok(vec![opened.into()]),
            (Command::Open(opened), Some(known)) if opened == *known => Ok(vec![]),
            (Command::Open(_), Some(_)) => Err(Rejection::OpenedOtherwise),
            (Command::NoteSecret { .. }, None) => Err(Rejection::Unknown),
            (Command::NoteSecret { secret }, Some(known)) => {
                Ok(vec![AccountSecretSet { account: known.account.clone(), secret }.into()])
            }
        }
    }
}

impl cqrs_es::Aggregate for Account {
    const TYPE: &'static str = "account";
    type Command = Command;
    type Event = AccountEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::AccountOpened(opened) => self.opened = Some(opened),
            AccountEvent::AccountSecretSet(_) | AccountEvent::SyntheticHistoryBegun(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::SignatureForm;
    use crate::ids::AccountId;
    use cqrs_es::test::TestFramework;

    fn opened(signature: SignatureForm) -> AccountOpened {
        let account = AccountId::new("main").expect("usable");
        AccountOpened { account, name: "Retell".into(), signature, base_url: None }
    }

    #[test]
    fn an_account_keeps_its_details() {
        let given = || TestFramework::<Account>::with(()).given(vec![opened(SignatureForm::Combined).into()]);
        given().when(Command::Open(opened(SignatureForm::Combined))).then_expect_events(vec![]);
        given().when(Command::Open(opened(SignatureForm::TwoHeaders))).then_expect_error(Rejection::OpenedOtherwise);
    }

    #[test]
    fn a_secret_needs_an_account() {
        TestFramework::<Account>::with(())
            .given_no_previous_events()
            .when(Command::NoteSecret { secret: "retell_api_key".into() })
            .then_expect_error(Rejection::Unknown);
    }
}
