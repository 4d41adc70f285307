//! The state of any aggregate, for those who look at a stream without knowing what it is.

use crate::AnyEvent;
use crate::access::Access;
use crate::account::Account;
use crate::alerts::Alerts;
use crate::call::Call;
use crate::company::Company;
use crate::comparison::Comparison;
use crate::customer::Customer;
use crate::diary::Diary;
use crate::mail::{Correspondence, Mailing};
use crate::number::Number;
use crate::user::User;
use crate::webhook::Webhook;
use cqrs_es::Aggregate;
use serde::Serialize;

/// One aggregate as its events have left it. Its JSON holds nothing private.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum AnyState {
    Webhook(Webhook),
    Call(Box<Call>),
    Customer(Customer),
    Diary(Diary),
    Company(Box<Company>),
    Account(Account),
    Number(Number),
    Access(Access),
    User(User),
    Comparison(Comparison),
    Alerts(Alerts),
    Mailing(Mailing),
    Correspondence(Correspondence),
}

impl AnyState {
    /// What a stream with such an event is about, before anything has happened.
    pub fn before(event: &AnyEvent) -> Self {
        match event {
            AnyEvent::Webhook(_) => Self::Webhook(Webhook::default()),
            AnyEvent::Call(_) => Self::Call(Box::default()),
            AnyEvent::Customer(_) => Self::Customer(Customer::default()),
            AnyEvent::Diary(_) => Self::Diary(Diary::default()),
            AnyEvent::Company(_) => Self::Company(Box::default()),
            AnyEvent::Account(_) => Self::Account(Account::default()),
            AnyEvent::Number(_) => Self::Number(Number::default()),
            AnyEvent::Access(_) => Self::Access(Access::default()),
            AnyEvent::User(_) => Self::User(User::default()),
            AnyEvent::Comparison(_) => Self::Comparison(Comparison::default()),
            AnyEvent::Alert(_) => Self::Alerts(Alerts::default()),
            AnyEvent::Mailing(_) => Self::Mailing(Mailing::default()),
            AnyEvent::Mail(_) => Self::Correspondence(Correspondence::default()),
        }
    }

    /// Takes the next event in; false where it is none of this aggregate's.
    pub fn apply(&mut self, event: AnyEvent) -> bool {
        match (self, event) {
            (Self::Webhook(state), AnyEvent::Webhook(event)) => state.apply(event),
            (Self::Call(state), AnyEvent::Call(event)) => state.apply(event),
            (Self::Customer(state), AnyEvent::Customer(event)) => state.apply(event),
            (Self::Diary(state), AnyEvent::Diary(event)) => state.apply(event),
            (Self::Company(state), AnyEvent::Company(event)) => state.apply(event),
            (Self::Account(state), AnyEvent::Account(event)) => state.apply(event),
            (Self::Number(state), AnyEvent::Number(event)) => state.apply(event),
            (Self::Access(state), AnyEvent::Access(event)) => state.apply(event),
            (Self::User(state), AnyEvent::User(event)) => state.apply(event),
            (Self::Comparison(state), AnyEvent::Comparison(event)) => state.apply(event),
            (Self::Alerts(state), AnyEvent::Alert(event)) => state.apply(event),
            (Self::Mailing(state), AnyEvent::Mailing(event)) => state.apply(event),
            (Self::Correspondence(state), AnyEvent::Mail(event)) => state.apply(event),
            _ => return false,
        }
        true
    }

    /// `call`, `diary`, ….
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Webhook(_) => Webhook::TYPE,
            Self::Call(_) => Call::TYPE,
            Self::Customer(_) => Customer::TYPE,
            Self::Diary(_) => Diary::TYPE,
            Self::Company(_) => Company::TYPE,
            Self::Account(_) => Account::TYPE,
            Self::Number(_) => Number::TYPE,
            Self::Access(_) => Access::TYPE,
            Self::User(_) => User::TYPE,
            Self::Comparison(_) => Comparison::TYPE,
            Self::Alerts(_) => Alerts::TYPE,
            Self::Mailing(_) => Mailing::TYPE,
            Self::Correspondence(_) => Correspondence::TYPE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Sample, samples};
    use serde_json::Value;

    /// Whatever the samples' private parts say, letter for letter.
    fn private_words(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) if text.len() > 4 => found.push(text.clone()),
            Value::Array(all) => all.iter().for_each(|it| private_words(it, found)),
            Value::Object(map) => map.values().for_each(|it| private_words(it, found)),
            _ => {}
        }
    }

    #[test]
    fn a_state_takes_events_of_its_own_and_shows_nothing_private() {
        let mut states: Vec<AnyState> = Vec::new();
        let mut private = Vec::new();
        for sample in samples() {
            sample.private().iter().for_each(|part| private_words(part, &mut private));
            let event = sample.decoded().expect("it can be read");
            let fresh = AnyState::before(&event);
            if states.iter().all(|state| state.kind() != fresh.kind()) {
                states.push(fresh.clone());
            }
            for state in &mut states {
                let own = state.kind() == fresh.kind();
                assert_eq!(state.apply(event.clone()), own, "{} in a {}", sample.kind, state.kind());
            }
        }
        // What is said in public too, such as the name of a service, tells nothing.
        let public: String = samples().iter().map(Sample::public).collect();
        private.retain(|word| !public.contains(word));
        assert!(private.iter().any(|word| word == "Max Mustermann"));
        let told: String = states.iter().map(|state| serde_json::to_string(state).expect("JSON")).collect();
        for word in private {
            assert!(!told.contains(&word), "'{word}' belongs to a person");
        }
    }
}
