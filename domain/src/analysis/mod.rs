//! What came of a call, from the log and its transcript: what the caller wanted, how far they came on the way to a
//! booking, why it was lost, and whether the agent promised what did not happen. The log beats words; what neither tells
//! stays unknown.

mod claim;
mod consent;
mod facts;
mod hearing;
mod intent;
mod loss;
mod sentiment;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;
mod transcript;
mod words;

pub use facts::{Facts, Marks};
pub use hearing::{Heard, listen};
pub use intent::Intent;
pub use loss::Loss;
pub use sentiment::Sentiment;

use crate::call::VoiceLatency;
use crate::money::Money;
use schemars::JsonSchema;
use serde::Serialize;

/// The way to a booking, step by step; whoever reached one has passed those before it, or needed none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "FunnelStep")]
pub enum Step {
    Connected,
    /// The caller wants an appointment, or another time for theirs.
    Asked,
    /// The agent named a time that is free.
    Offered,
    /// The time was kept for the caller.
    Held,
    /// The caller took it.
    Agreed,
    /// The appointment book has taken the request.
    Submitted,
    Confirmed,
    /// The agent said so, and the caller was still on the line.
    Told,
}

impl Step {
    /// In their order.
    pub const ALL: [Self; 8] = [
        Self::Connected,
        Self::Asked,
        Self::Offered,
        Self::Held,
        Self::Agreed,
        Self::Submitted,
        Self::Confirmed,
        Self::Told,
    ];
}

/// What became of the agent's word that an appointment is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// The agent promised nothing.
    NotMade,
    /// The calendar had it before the call was over.
    Kept,
    /// The calendar has it, but only since after the call: it was said too early.
    Early,
    /// Said, and no confirmation stands in the log.
    Broken,
}

/// An absent value is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "CallAnalysis")]
pub struct Analysis {
    pub agent: Option<String>,
    pub agent_version: Option<i64>,
    pub intent: Option<Intent>,
    /// Absent as well where nobody was on the line.
    pub reached: Option<Step>,
    pub agreed: Option<bool>,
    pub said_booked: Option<bool>,
    pub promise: Option<Promise>,
    /// Absent where nothing was lost.
    pub loss: Option<Loss>,
    /// The stable word of a refusal or a failure, where one stands in the log.
    pub loss_code: Option<String>,
    pub sentiment: Option<Sentiment>,
    pub duration_ms: Option<i64>,
    /// How long the agent took to answer, as the provider measures it.
    pub latency: Option<VoiceLatency>,
    /// From the wish for the booking to its confirmation, by the log's clock.
    pub confirmed_after_ms: Option<i64>,
    /// What the provider bills.
    pub cost: Option<Money>,
}

/// Weighs what the log says against what was heard.
pub fn analyse(facts: &Facts) -> Analysis {
    let heard = &facts.heard;
    let intent = facts.intent().or(heard.intent);
    let loss = loss(facts, intent);
    Analysis {
        agent: facts.agent.clone(),
        agent_version: facts.agent_version,
        intent,
        reached: reached(facts, intent),
        agreed: if facts.has(Marks::ASKED) { Some(true) } else { heard.agreed },
        said_booked: heard.said_booked,
        promise: promise(facts, intent),
        loss,
        loss_code: facts.refusal.clone().filter(|_| loss.is_some()),
        sentiment: facts.sentiment,
        duration_ms: facts.duration_ms,
        latency: facts.latency,
        confirmed_after_ms: facts.confirmed_after_ms,
        cost: facts.cost,
    }
}

fn reached(facts: &Facts, intent: Option<Intent>) -> Option<Step> {
    let heard = &facts.heard;
    let told = heard.said_booked == Some(true) && heard.listened == Some(true) && facts.has(Marks::IN_THE_CALL);
    let wants = matches!(intent, Some(Intent::Book | Intent::Move));
    let steps = [
        (told, Step::Told),
        (facts.has(Marks::CONFIRMED), Step::Confirmed),
        (facts.has(Marks::SUBMITTED), Step::Submitted),
        (facts.has(Marks::ASKED) || wants && heard.agreed == Some(true), Step::Agreed),
        (facts.has(Marks::HELD), Step::Held),
        (wants && heard.offered, Step::Offered),
        (wants, Step::Asked),
        (facts.has(Marks::RECEIVED) && intent != Some(Intent::Nobody), Step::Connected),
    ];
    steps.into_iter().find_map(|(holds, step)| holds.then_some(step))
}

/// A word on a moved appointment is judged by nothing, since the log keeps moves with the call that booked it.
fn promise(facts: &Facts, intent: Option<Intent>) -> Option<Promise> {
    match facts.heard.said_booked? {
        false => Some(Promise::NotMade),
        true if facts.has(Marks::IN_THE_CALL) => Some(Promise::Kept),
        true if facts.has(Marks::CONFIRMED) => Some(Promise::Early),
        true if intent == Some(Intent::Move) => None,
        true => Some(Promise::Broken),
    }
}

fn loss(facts: &Facts, intent: Option<Intent>) -> Option<Loss> {
    match intent {
        Some(Intent::Book) if facts.has(Marks::CONFIRMED) => None,
        Some(Intent::Book) if facts.refusal.is_some() => Some(Loss::Refused),
        // It may still be on its way to the calendar.
        Some(Intent::Book) if facts.has(Marks::ASKED) => None,
        Some(Intent::Book) => facts.heard.loss,
        _ => None,
    }
}
