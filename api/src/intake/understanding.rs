//! What a delivery says and whose it is, read from the log and from the set-up. Nothing is written here, so that a trial
//! run comes to the same as the errand.

use super::filing::bytes;
use crate::directory::LiveDirectory;
use crate::journal::{Journal, JournalError};
use ringbuch_domain::call::Direction;
use ringbuch_domain::company::Company;
use ringbuch_domain::customer::{self, Card};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, CustomerId, DeliveryId, derived};
use ringbuch_domain::intake::{Reading, Unreadable, Whose, facts, read};
use ringbuch_domain::number::Number;
use ringbuch_domain::ports::Caller;
use ringbuch_domain::recorded::{Recorded, StreamId};
use ringbuch_domain::webhook::{WebhookEvent, WebhookReceived};
use ringbuch_domain::{call, webhook};
use uuid::Uuid;

/// The reasons that say that an account has named what belongs to another.
pub(super) const OF_ANOTHER: [&str; 2] = ["number_of_another_account", "call_of_another_account"];

/// Why a delivery can never be understood as it is: a stable word, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    pub reason: &'static str,
    pub detail: String,
}

impl Quarantine {
    pub fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

impl From<Unreadable> for Quarantine {
    fn from(unreadable: Unreadable) -> Self {
        Self::new(unreadable.code(), unreadable.to_string())
    }
}

impl From<call::Rejection> for Quarantine {
    fn from(rejection: call::Rejection) -> Self {
        Self::new("call_of_another_account", rejection.to_string())
    }
}

impl From<Quarantine> for webhook::Command {
    fn from(Quarantine { reason, detail }: Quarantine) -> Self {
        Self::Quarantine { reason: reason.into(), detail }
    }
}

/// A delivery that was read, and where it belongs.
#[derive(Debug, Clone)]
pub struct Understood {
    pub reading: Reading,
    pub company: CompanyId,
    pub branch: BranchId,
    set_up: Company,
}

/// Either what a delivery says, or why it says nothing.
pub type Understanding = Result<Understood, Quarantine>;

impl Understood {
    /// What the person is to be told of themselves, and by whom they are known.
    pub fn meeting(&self, customer: CustomerId) -> customer::Command {
        let (phone, anonymous) = match self.reading.caller() {
            Caller::Number(number) => (Some(number), false),
            Caller::Anonymous(_) => (self.reading.said.phone.clone(), true),
        };
        let card = Card { name: self.reading.said.name.clone(), phone, email: self.reading.said.email.clone() };
        customer::Command::Meet { customer, anonymous, card }
    }

    /// What the call is to be told.
    pub fn recording(&self, received: &WebhookReceived, customer: CustomerId) -> call::Command {
        let whose = Whose {
            account: received.account.clone(),
            company: self.company.clone(),
            branch: self.branch.clone(),
            customer,
        };
        call::Command::Record(Box::new(facts(&self.reading, whose, &self.set_up, received.received_at)))
    }

    pub fn call_stream(&self) -> StreamId {
        StreamId::call(&self.company, &self.reading.call)
    }
}

/// The command by which a delivery tells its call, the same however often it is carried out.
pub fn recording_id(delivery: &DeliveryId) -> Uuid {
    derived(&["record", delivery.as_str()])
}

/// As `recording_id`, for the person.
pub fn meeting_id(delivery: &DeliveryId) -> Uuid {
    derived(&["meet", delivery.as_str()])
}

/// The first event of a delivery's stream.
pub fn received(events: &[Recorded<WebhookEvent>]) -> Option<Recorded<WebhookReceived>> {
    events.iter().find_map(|event| match &event.data {
        WebhookEvent::WebhookReceived(received) => Some(event.clone().map(|_| received.clone())),
        _ => None,
    })
}

/// Reads a delivery and finds whose it is. An error is one that may pass.
pub async fn understand(
    journal: &Journal,
    directory: &LiveDirectory,
    received: &WebhookReceived,
) -> Result<Understanding, JournalError> {
    let Some(delivered) = received.private.known() else {
        return Ok(Err(Quarantine::new("erased", "the delivery's content was erased")));
    };
    let reading = match read(&bytes(&delivered.body)) {
        Ok(reading) => reading,
        Err(unreadable) => return Ok(Err(unreadable.into())),
    };
    let (company, branch) = match place(journal, directory, &reading, &received.account).await? {
        Ok(place) => place,
        Err(quarantine) => return Ok(Err(quarantine)),
    };
    let set_up = journal.load::<Company>(&StreamId::company(&company)).await?.aggregate.clone();
    Ok(Ok(Understood { reading, company, branch, set_up }))
}

pub(crate) type Placed = Result<(CompanyId, BranchId), Quarantine>;

/// Whose call it is: by the business's number, on the web by the agent; within the account that signed, never by
/// default.
pub(crate) async fn place(
    journal: &Journal,
    directory: &LiveDirectory,
    reading: &Reading,
    account: &AccountId,
) -> Result<Placed, JournalError> {
    match reading.our_number() {
        Some(number) => place_of_number(journal, &number, account).await,
        None if reading.direction == Direction::Web => Ok(place_of_agent(directory, reading.agent.as_deref(), account)),
        None => {
            let detail = "the call names no number of the business that can be read";
            Ok(Err(Quarantine::new("unknown_number", detail)))
        }
    }
}

async fn place_of_number(journal: &Journal, number: &str, account: &AccountId) -> Result<Placed, JournalError> {
    let assigned = journal.load::<Number>(&StreamId::number(number)).await?;
    let Some(assigned) = assigned.aggregate.assigned.clone() else {
        let detail = "the called number is assigned to no company; assign it and replay";
        return Ok(Err(Quarantine::new("unknown_number", detail)));
    };
    let company = journal.load::<Company>(&StreamId::company(&assigned.company)).await?;
    if company.aggregate.account() != Some(account) {
        tracing::warn!(%account, "a delivery names a number of another account's company");
        let detail = "the called number belongs to a company of another account";
        return Ok(Err(Quarantine::new("number_of_another_account", detail)));
    }
    Ok(Ok((assigned.company, assigned.branch)))
}

fn place_of_agent(directory: &LiveDirectory, agent: Option<&str>, account: &AccountId) -> Placed {
    let mut places = agent.map(|agent| directory.places_of_agent(agent, account)).unwrap_or_default();
    match (places.pop(), places.pop()) {
        (Some(place), None) => Ok(place),
        (None, _) => {
            let detail =
                "a call without a number came through an agent that answers for no branch; assign it and replay";
            Err(Quarantine::new("unknown_agent", detail))
        }
        (Some(_), Some(_)) => {
            let detail = "a call without a number came through an agent that answers for several branches";
            Err(Quarantine::new("ambiguous_agent", detail))
        }
    }
}
