//! The same functions for programs that act for a company by a key of their own: no signature says which call is on the
//! line, so it is looked up, in the log or at the provider, and must be the company's.

use super::answer::{Answer, Stop};
use super::line::Line;
use super::request::Asked;
use super::subject::Subject;
use super::{Desk, without_version};
use crate::intake::Proof;
use jiff::Timestamp;
use ringbuch_domain::call::{CallEvent, CallReceived, Direction};
use ringbuch_domain::desk::{Arguments, Sentence, Wanted, language_of};
use ringbuch_domain::ids::{AccountId, BranchId, CallId, CompanyId, StaffId};
use ringbuch_domain::recorded::StreamId;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Something else that is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alternative {
    pub start: Timestamp,
    pub branch: BranchId,
    pub staff: Option<StaffId>,
}

impl Desk {
    /// Answers a function for the call that is named, if it is one of the company's.
    pub async fn tool(&self, function: &str, company: &CompanyId, call: Option<&str>, arguments: &Value) -> Answer {
        let mut asked = Asked { named: None, arguments: Arguments::read(arguments), call: None };
        asked.arguments.call = call.map(str::to_owned);
        match self.for_company(without_version(function), company, asked).await {
            Ok(answer) => answer,
            Err(stop) => stop.told(function, language_of("de")),
        }
    }

    /// The best of what is free where a time is not.
    pub async fn alternatives(&self, company: &CompanyId, wish: &Value) -> Result<Vec<Alternative>, String> {
        match self.free_instead(company, wish).await {
            Ok(found) => Ok(found),
            Err(Stop::Said(answer)) => Err(answer.message),
            Err(broken) => Err(broken.told("check_availability", language_of("de")).message),
        }
    }

    async fn for_company(&self, function: &str, company: &CompanyId, mut asked: Asked) -> Result<Answer, Stop> {
        let account = self.account(company, &asked).await?;
        if let Some(call) = asked.arguments.call.as_deref().and_then(|id| CallId::new(id).ok()) {
            asked.call = self.known(company, &account, &call).await?;
        }
        let line = self.line(Proof { account, company: Some(company.clone()) }, &asked).await?;
        if line.company != *company {
            return Err(Answer::no("call_unknown", line.says(&Sentence::CallUnknown)).into());
        }
        match self.answer(function, &line, &asked.arguments).await {
            Ok(answer) => Ok(answer),
            Err(stop) => Ok(stop.told(function, line.language)),
        }
    }

    async fn account(&self, company: &CompanyId, asked: &Asked) -> Result<AccountId, Stop> {
        let found = self.app.directory.account_of(company).await;
        let sentence = || Sentence::NumberUnknown.spoken(language_of(asked.language("de")));
        found.map(|(account, _)| account).ok_or_else(|| Answer::no("company_unknown", sentence()).into())
    }

    /// The call as the provider would tell it in mid-call.
    async fn known(
        &self,
        company: &CompanyId,
        account: &AccountId,
        call: &CallId,
    ) -> Result<Option<Map<String, Value>>, Stop> {
        let events = self.app.journal.read_stream::<CallEvent>(&StreamId::call(company, call)).await?;
        let (mut received, mut caller) = (None, None);
        for event in events {
            match event.data {
                CallEvent::CallReceived(it) => received = Some(it),
                CallEvent::CustomerIdentified(it) => caller = it.private.known().and_then(|it| it.number.clone()),
                _ => {}
            }
        }
        if let Some(received) = received {
            return Ok(Some(as_told(&received, caller.as_deref())));
        }
        Ok(self.at_the_provider(account, call).await)
    }

    /// A call that has just begun may not have been announced yet. One that cannot be had is none.
    async fn at_the_provider(&self, account: &AccountId, call: &CallId) -> Option<Map<String, Value>> {
        match self.app.voice.get_call(account, call.as_str()).await {
            Ok(bytes) => serde_json::from_slice(&bytes).ok(),
            Err(error) => {
                tracing::warn!(%account, %error, "a call that a tool names cannot be looked up");
                None
            }
        }
    }

    async fn free_instead(&self, company: &CompanyId, wish: &Value) -> Result<Vec<Alternative>, Stop> {
        let asked = Asked { named: None, arguments: Arguments::read(wish), call: None };
        let account = self.account(company, &asked).await?;
        let line: Line = self.line(Proof { account, company: Some(company.clone()) }, &asked).await?;
        let subject: Subject<'_> = self.subject(&line, &asked.arguments).await?;
        let start = wish.get("start").and_then(Value::as_str).and_then(|start| start.parse().ok());
        let wanted = Wanted::at(start.unwrap_or(line.now), subject.branch.clone(), subject.staff.clone());
        let found = self.found(&line, &asked.arguments, &subject, &wanted).await?;
        Ok(found.into_iter().map(|it| Alternative { start: it.start, branch: it.branch, staff: it.staff }).collect())
    }
}

fn as_told(received: &CallReceived, caller: Option<&str>) -> Map<String, Value> {
    let (from, to) = match received.direction {
        Direction::Outbound => (received.our_number.as_deref(), caller),
        Direction::Inbound | Direction::Web => (caller, received.our_number.as_deref()),
    };
    let web = received.direction == Direction::Web;
    let told = json!({
        "call_id": received.call,
        "agent_id": received.agent,
        "agent_version": received.agent_version,
        "call_type": if web { "web_call" } else { "phone_call" },
        "direction": received.direction.as_str(),
        "from_number": from,
        "to_number": to,
        "start_timestamp": received.started_at.map(Timestamp::as_millisecond),
    });
    if let Value::Object(told) = told { told } else { Map::new() }
}
