//! The envelope around an event: as it is handed to a log, as a log gives it back, and as it reads once decoded.

use crate::comparison::List;
use crate::ids::{AccountId, BookingId, BranchId, CallId, CompanyId, CustomerId, DeliveryId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// The name of a stream. Made only here, so that no two kinds of stream can meet in one name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct StreamId(String);

impl StreamId {
    pub fn webhook(delivery: &DeliveryId) -> Self {
        Self(format!("webhook-{delivery}"))
    }
    pub fn call(company: &CompanyId, call: &CallId) -> Self {
        Self(format!("call-{company}-{call}"))
    }
    /// What the agent of a call asked for and was answered. It stands apart, so that a note does not come between a
    /// command and the call that it is about.
    pub fn functions(company: &CompanyId, call: &CallId) -> Self {
        Self(format!("functions-{company}-{call}"))
    }
    pub fn customer(customer: CustomerId) -> Self {
        Self(format!("customer-{customer}"))
    }
    pub fn diary(company: &CompanyId, page: Date) -> Self {
        Self(format!("diary-{company}-{page}"))
    }
    pub fn company(company: &CompanyId) -> Self {
        Self(format!("company-{company}"))
    }
    pub fn account(account: &AccountId) -> Self {
        Self(format!("account-{account}"))
    }
    /// A telephone number of a business: its own stream, so that it belongs to one company in the whole installation.
    pub fn number(e164: &str) -> Self {
        Self(format!("number-{}", e164.trim_start_matches('+')))
    }
    pub fn access(company: &CompanyId) -> Self {
        Self(format!("access-{company}"))
    }
    pub fn user(user: UserId) -> Self {
        Self(format!("user-{user}"))
    }
    /// Which tools programs have called on a day (UTC). There may be thousands, so they stand apart from what decides who
    /// may do what.
    pub fn tool_calls(company: &CompanyId, day: Date) -> Self {
        Self(format!("access-{company}-{day}"))
    }
    /// A company's alert rules, channels and firings.
    pub fn alerts(company: &CompanyId) -> Self {
        Self(format!("alerts-{company}"))
    }
    /// How a company writes to its customers.
    pub fn mailing(company: &CompanyId) -> Self {
        Self(format!("mail-{company}"))
    }
    /// What was written about one booking; the company's own stream has no second hyphen.
    pub fn correspondence(company: &CompanyId, booking: BookingId) -> Self {
        Self(format!("mail-{company}-{booking}"))
    }
    pub fn comparison(list: &List) -> Self {
        match list {
            List::Calls(account) => Self(format!("comparison-calls-{account}")),
            List::Calendar(company) => Self(format!("comparison-calendar-{company}")),
        }
    }
    /// A name as a user typed it or as a log returned it.
    pub fn from_stored(name: impl Into<String>) -> Self {
        Self(name.into())
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose an event's private part is: the key that seals it hangs on this.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Subject {
    /// A person of a company.
    Person(CustomerId),
    /// A delivery, until it is known whom it is about.
    Delivery(DeliveryId),
}

/// An event as whoever answers it names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub event: Uuid,
    pub correlation: Uuid,
}

/// Why something was written: the command that made it, the chain it belongs to, and the event that led to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause {
    pub command: Uuid,
    /// The same for everything that one phone call or one request set off.
    pub correlation: Uuid,
    /// The id of the event that this answers, if it answers one.
    pub causation: Option<Uuid>,
}

impl Cause {
    /// A command that stands at the start of its chain.
    pub fn first(command: Uuid) -> Self {
        Self { command, correlation: command, causation: None }
    }

    /// A command that an event has led to; it belongs to that event's chain.
    pub fn answering(event: Link, command: Uuid) -> Self {
        Self { command, correlation: event.correlation, causation: Some(event.event) }
    }

    /// A command from outside about something that has its chain already.
    pub fn joining(correlation: Uuid, command: Uuid) -> Self {
        Self { command, correlation, causation: None }
    }
}

/// A private part as the log keeps it: sealed bytes, and whose they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub subject: Subject,
    pub bytes: Vec<u8>,
}

/// An event on its way into a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    pub id: Uuid,
    /// The stored name of its type, for ever.
    pub kind: &'static str,
    pub version: u16,
    /// JSON of the public part.
    pub public: Vec<u8>,
    pub private: Option<Sealed>,
}

/// Ties an event to everything before it: a hash over its predecessor's and its own envelope.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventHash(pub [u8; 32]);

impl fmt::Display for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An event as a log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Place in the whole log; dense from 1 on the SQL stores.
    pub position: u64,
    pub stream: StreamId,
    /// Place in the stream, from 1.
    pub revision: u64,
    pub id: Uuid,
    pub cause: Cause,
    /// Whom it belongs to; absent only where no company is concerned (an account, a delivery for an unknown number).
    pub company: Option<CompanyId>,
    pub time: Timestamp,
    pub kind: String,
    pub version: u16,
    pub public: Vec<u8>,
    pub private: Option<Sealed>,
    pub hash: EventHash,
}

/// An event as it reads once decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded<E> {
    pub position: u64,
    pub stream: StreamId,
    pub revision: u64,
    pub id: Uuid,
    pub cause: Cause,
    pub company: Option<CompanyId>,
    pub time: Timestamp,
    pub data: E,
}

impl<E> Recorded<E> {
    pub fn link(&self) -> Link {
        Link { event: self.id, correlation: self.cause.correlation }
    }

    /// The same envelope around something else.
    pub fn map<F>(self, data: impl FnOnce(E) -> F) -> Recorded<F> {
        let Self { position, stream, revision, id, cause, company, time, data: event } = self;
        Recorded { position, stream, revision, id, cause, company, time, data: data(event) }
    }
}

impl<E, F> Recorded<Result<E, F>> {
    /// The event, or why it is none.
    pub fn transpose(self) -> Result<Recorded<E>, F> {
        let Self { position, stream, revision, id, cause, company, time, data } = self;
        data.map(|data| Recorded { position, stream, revision, id, cause, company, time, data })
    }
}

/// Where at a company something happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub company: CompanyId,
    pub branch: BranchId,
}
