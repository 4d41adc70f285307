//! Every event that a log of ours can hold, for those who follow all of it.

use crate::access::AccessEvent;
use crate::account::AccountEvent;
use crate::alerts::AlertEvent;
use crate::call::CallEvent;
use crate::company::CompanyEvent;
use crate::comparison::ComparisonEvent;
use crate::customer::CustomerEvent;
use crate::diary::DiaryEvent;
use crate::event::{DecodeError, Encoded, EventFamily, Opened};
use crate::mail::{MailEvent, MailingEvent};
use crate::number::NumberEvent;
use crate::user::UserEvent;
use crate::webhook::WebhookEvent;
use uuid::Uuid;

/// One event of any aggregate.
#[derive(Debug, Clone, PartialEq)]
pub enum AnyEvent {
    Webhook(WebhookEvent),
    Call(CallEvent),
    Customer(CustomerEvent),
    Diary(DiaryEvent),
    Company(CompanyEvent),
    Account(AccountEvent),
    Number(NumberEvent),
    Access(AccessEvent),
    User(UserEvent),
    Comparison(ComparisonEvent),
    Alert(AlertEvent),
    Mailing(MailingEvent),
    Mail(MailEvent),
}

impl AnyEvent {
    /// Reads a stored event by its name.
    pub fn decode(kind: &str, version: u16, public: &[u8], private: Opened<'_>) -> Result<Self, DecodeError> {
        macro_rules! families {
            ($($family:ident => $variant:ident),+ $(,)?) => {
                $( if $family::KINDS.iter().any(|(known, _)| *known == kind) {
                    return $family::decode(kind, version, public, private).map(Self::$variant);
                } )+
            };
        }
        families! {
            WebhookEvent => Webhook, CallEvent => Call, DiaryEvent => Diary, CustomerEvent => Customer,
            CompanyEvent => Company, AccountEvent => Account, NumberEvent => Number, AccessEvent => Access,
            UserEvent => User, ComparisonEvent => Comparison, AlertEvent => Alert, MailingEvent => Mailing, MailEvent => Mail,
        }
        Err(DecodeError::UnknownKind { kind: kind.to_owned(), version })
    }

    /// The stored parts.
    pub fn encode(&self) -> Result<Encoded, serde_json::Error> {
        match self {
            Self::Webhook(event) => event.encode(),
            Self::Call(event) => event.encode(),
            Self::Customer(event) => event.encode(),
            Self::Diary(event) => event.encode(),
            Self::Company(event) => event.encode(),
            Self::Account(event) => event.encode(),
            Self::Number(event) => event.encode(),
            Self::Access(event) => event.encode(),
            Self::User(event) => event.encode(),
            Self::Comparison(event) => event.encode(),
            Self::Alert(event) => event.encode(),
            Self::Mailing(event) => event.encode(),
            Self::Mail(event) => event.encode(),
        }
    }

    /// The one thing of its stream that it is about, where a stream holds the histories of several.
    pub fn about(&self) -> Option<Uuid> {
        match self {
            Self::Webhook(event) => event.about(),
            Self::Call(event) => event.about(),
            Self::Customer(event) => event.about(),
            Self::Diary(event) => event.about(),
            Self::Company(event) => event.about(),
            Self::Account(event) => event.about(),
            Self::Number(event) => event.about(),
            Self::Access(event) => event.about(),
            Self::User(event) => event.about(),
            Self::Comparison(event) => event.about(),
            Self::Alert(event) => event.about(),
            Self::Mailing(event) => event.about(),
            Self::Mail(event) => event.about(),
        }
    }

    /// Every stored name with its newest version.
    pub fn kinds() -> Vec<(&'static str, u16)> {
        [
            WebhookEvent::KINDS,
            CallEvent::KINDS,
            DiaryEvent::KINDS,
            CustomerEvent::KINDS,
            CompanyEvent::KINDS,
            AccountEvent::KINDS,
            NumberEvent::KINDS,
            AccessEvent::KINDS,
            UserEvent::KINDS,
            ComparisonEvent::KINDS,
            AlertEvent::KINDS,
            MailingEvent::KINDS,
            MailEvent::KINDS,
        ]
        .concat()
    }

    /// The JSON Schema of every version that was ever stored, by name and version.
    pub fn schemas() -> Vec<(&'static str, u16, &'static str)> {
        [
            WebhookEvent::SCHEMAS,
            CallEvent::SCHEMAS,
            DiaryEvent::SCHEMAS,
            CustomerEvent::SCHEMAS,
            CompanyEvent::SCHEMAS,
            AccountEvent::SCHEMAS,
            NumberEvent::SCHEMAS,
            AccessEvent::SCHEMAS,
            UserEvent::SCHEMAS,
            ComparisonEvent::SCHEMAS,
            AlertEvent::SCHEMAS,
            MailingEvent::SCHEMAS,
            MailEvent::SCHEMAS,
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_events_share_a_stored_name() {
        let kinds = AnyEvent::kinds();
        let names: HashSet<_> = kinds.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), kinds.len());
    }
}
