//! From a reading, and where its number leads, to the facts that the call is told.

use super::{Reading, interpret};
use crate::call::{Analysis, CallAnalyzed, CallEnded, CallReceived, Direction, Facts, Spoken};
use crate::company::Company;
use crate::ids::{AccountId, BranchId, CompanyId, CustomerId};
use crate::phone;
use crate::ports::Caller;
use crate::private::Private;
use jiff::Timestamp;

impl Reading {
    /// The business's own number: the one that was called, or the one that called out. A web call has none.
    pub fn our_number(&self) -> Option<String> {
        let number = match self.direction {
            Direction::Inbound => self.to.as_deref(),
            Direction::Outbound => self.from.as_deref(),
            Direction::Web => None,
        };
        number.and_then(phone::normalise)
    }

    /// The person at the other end.
    pub fn caller(&self) -> Caller {
        let number = match self.direction {
            Direction::Inbound => self.from.as_deref(),
            Direction::Outbound => self.to.as_deref(),
            Direction::Web => None,
        };
        number.and_then(phone::normalise).map_or_else(|| Caller::Anonymous(self.call.clone()), Caller::Number)
    }
}

/// Where a delivery belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    pub account: AccountId,
    pub company: CompanyId,
    pub branch: BranchId,
    pub customer: CustomerId,
}

/// All that one delivery tells about its call.
pub fn facts(reading: &Reading, whose: Whose, company: &Company, heard_at: Timestamp) -> Facts {
    let Whose { account, company: company_id, branch, customer } = whose;
    let caller = match reading.caller() {
        Caller::Number(number) => Some(number),
        Caller::Anonymous(_) => None,
    };
    Facts {
        wish: interpret(reading, company, &branch, heard_at),
        ended: ended(reading, customer),
        analyzed: analyzed(reading, customer),
        anonymous: caller.is_none(),
        received: CallReceived {
            call: reading.call.clone(),
            account,
            branch,
            direction: reading.direction,
            our_number: reading.our_number(),
            agent: reading.agent.clone(),
            agent_version: reading.agent_version,
            started_at: reading.started_at,
        },
        caller,
        company: company_id,
        customer,
    }
}

fn ended(reading: &Reading, customer: CustomerId) -> Option<CallEnded> {
    let private = Spoken { transcript: reading.transcript.clone(), recording_url: reading.recording_url.clone() };
    Some(CallEnded {
        call: reading.call.clone(),
        customer,
        rank: reading.over?,
        status: reading.status.clone(),
        disconnection: reading.disconnection.clone(),
        started_at: reading.started_at,
        ended_at: reading.ended_at,
        duration_ms: reading.duration_ms,
        cost: reading.cost,
        latency: reading.latency,
        private: Private::Known(private),
    })
}

fn analyzed(reading: &Reading, customer: CustomerId) -> Option<CallAnalyzed> {
    let rank = reading.over?;
    // Older payloads carry their analysis with the end already.
    let early = reading.summary.is_some() || reading.sentiment.is_some();
    (reading.analyzed || early).then(|| CallAnalyzed {
        call: reading.call.clone(),
        customer,
        rank,
        sentiment: reading.sentiment.clone(),
        successful: reading.successful,
        voicemail: reading.voicemail,
        appointment_requested: reading.appointment_requested,
        private: Private::Known(Analysis { summary: reading.summary.clone() }),
    })
}
