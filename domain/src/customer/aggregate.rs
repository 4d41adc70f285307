//! A person is registered when first heard of; what is learned later fills the card; erased is for ever.

use super::event::{Card, CustomerChanged, CustomerErased, CustomerEvent, CustomerRegistered};
use crate::ids::CustomerId;
use crate::private::Private;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    pub id: Option<CustomerId>,
    pub anonymous: bool,
    pub erased: bool,
    #[serde(skip)]
    pub card: Private<Card>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Somebody was heard of; registers them, or fills in what the card lacks or says otherwise.
    Meet {
        customer: CustomerId,
        anonymous: bool,
        card: Card,
    },
    Erase {
        by: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error("the person was erased")]
    Erased,
    #[error("no customer has this id")]
    Unknown,
}

impl Customer {
    pub fn decide(&self, command: Command) -> Result<Vec<CustomerEvent>, Rejection> {
        match command {
            Command::Meet { .. } if self.erased => Err(Rejection::Erased),
            Command::Meet { customer, anonymous, card } if self.id.is_none() => {
                Ok(vec![CustomerRegistered { customer, anonymous, private: Private::Known(card) }.into()])
            }
            Command::Meet { customer, card, .. } => Ok(self.learn(customer, card)),
            Command::Erase { .. } if self.erased => Ok(vec![]),
            Command::Erase { by } => {
                let customer = self.id.ok_or(Rejection::Unknown)?;
                Ok(vec![CustomerErased { customer, by }.into()])
            }
        }
    }

    /// What is newly said wins; what is not said stays.
    fn learn(&self, customer: CustomerId, heard: Card) -> Vec<CustomerEvent> {
        let Some(known) = self.card.known() else { return vec![] };
        let card = Card {
            name: heard.name.or_else(|| known.name.clone()),
            phone: heard.phone.or_else(|| known.phone.clone()),
            email: heard.email.or_else(|| known.email.clone()),
        };
        if card == *known { vec![] } else { vec![CustomerChanged { customer, private: Private::Known(card) }.into()] }
    }
}

impl cqrs_es::Aggregate for Customer {
    const TYPE: &'static str = "customer";
    type Command = Command;
    type Event = CustomerEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: CustomerEvent) {
        match event {
            CustomerEvent::CustomerRegistered(it) => {
                self.id = Some(it.customer);
                self.anonymous = it.anonymous;
                self.card = it.private;
            }
            CustomerEvent::CustomerChanged(it) => self.card = it.private,
            CustomerEvent::CustomerErased(_) => {
                self.erased = true;
                self.card = Private::Erased;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    type Case = TestFramework<Customer>;
    const ID: CustomerId = CustomerId(Uuid::from_u128(7));

    fn card(name: Option<&str>, email: Option<&str>) -> Card {
        let phone = Some("+491713920042".to_owned());
        Card { name: name.map(Into::into), phone, email: email.map(Into::into) }
    }
    fn meet(card: Card) -> Command {
        Command::Meet { customer: ID, anonymous: false, card }
    }
    fn registered(card: Card) -> CustomerEvent {
        CustomerRegistered { customer: ID, anonymous: false, private: Private::Known(card) }.into()
    }

    #[test]
    fn met_again_without_news_nothing_happens() {
        let max = card(Some("Max Mustermann"), None);
        Case::with(())
            .given_no_previous_events()
            .when(meet(max.clone()))
            .then_expect_events(vec![registered(max.clone())]);
        Case::with(()).given(vec![registered(max)]).when(meet(card(None, None))).then_expect_events(vec![]);
    }

    #[test]
    fn the_card_is_filled_in() {
        let changed = CustomerChanged {
            customer: ID,
            private: Private::Known(card(Some("Max Mustermann"), Some("max@example.com"))),
        };
        Case::with(())
            .given(vec![registered(card(Some("Max Mustermann"), None))])
            .when(meet(card(None, Some("max@example.com"))))
            .then_expect_events(vec![changed.into()]);
    }

    #[test]
    fn the_erased_are_not_met_again_under_the_same_id() {
        let erased: CustomerEvent = CustomerErased { customer: ID, by: "cli".into() }.into();
        Case::with(())
            .given(vec![registered(card(None, None)), erased])
            .when(meet(card(Some("Max Mustermann"), None)))
            .then_expect_error(Rejection::Erased);
    }
}
