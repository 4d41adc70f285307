//! A call that is ringing: what the agent knows before it says a word.

use super::Desk;
use super::answer::Stop;
use super::information::is_open;
use super::line::Line;
use super::request::Asked;
use crate::http::intake::IntakeAnswer;
use bytes::Bytes;
use http::HeaderMap;
use ringbuch_domain::desk::{Arguments, coming_days, day, hours};
use ringbuch_domain::spoken::{Language, say};
use ringbuch_projections::appointments::{self, Appointment, AppointmentFilter, AppointmentStatus};
use ringbuch_projections::customers::{self, Customer};
use ringbuch_projections::page::Span;
use ringbuch_projections::{Paging, Scope};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How far ahead the agent is told which day is which.
const DAYS_AHEAD: i32 = 13;
/// Of somebody's appointments that lie ahead, the next is looked for among so many.
const AHEAD_AT_MOST: u32 = 50;

impl Desk {
    /// The answer as Retell takes it. A number that is nobody's rings on with the agent that it has.
    pub async fn inbound(
        &self,
        company: Option<&str>,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Value, IntakeAnswer> {
        let proof = self.door.proven(company, headers, &body).await?;
        let asked = Asked { named: None, arguments: Arguments::default(), call: ringing(&body) };
        let answer = match self.line(proof, &asked).await {
            Ok(line) => self.answer_ringing(&line).await,
            Err(stop) => Err(stop),
        };
        Ok(answer.unwrap_or_else(|stop| {
            stop.told("inbound", Language::German);
            json!({ "call_inbound": {} })
        }))
    }

    async fn answer_ringing(&self, line: &Line) -> Result<Value, Stop> {
        let rules = &line.set_up().desk;
        if rules.reject_withheld && line.caller().is_none() {
            return Ok(json!({ "call_inbound": { "reject": true } }));
        }
        let mut answer = json!({ "call_inbound": { "dynamic_variables": self.variables(line).await? } });
        let closed = is_open(line, &line.branch) == Some(false);
        if let Some(agent) = rules.agent_when_closed.as_ref().filter(|_| closed)
            && let Some(inbound) = answer.get_mut("call_inbound").and_then(Value::as_object_mut)
        {
            inbound.insert("override_agent_id".into(), agent.as_str().into());
        }
        Ok(answer)
    }

    /// Text by name, in the words of the company's language.
    pub(super) async fn variables(&self, line: &Line) -> Result<BTreeMap<&'static str, String>, Stop> {
        let (set_up, language) = (line.set_up(), line.language);
        let now = line.now.to_zoned(line.zone.clone());
        let yes_or_no = |yes: bool| if yes { "true" } else { "false" }.to_owned();
        let open = set_up.open_at(&line.branch, line.today());
        let mut known = BTreeMap::from([
            ("company", set_up.profile.as_ref().map(|profile| profile.name.clone()).unwrap_or_default()),
            ("branch", set_up.branches.get(&line.branch).map(|branch| branch.name.clone()).unwrap_or_default()),
            ("today", day(now.date(), language)),
            ("year", now.year().to_string()),
            ("time_now", say::clock(now.time(), language)),
            ("coming_days", coming_days(now.date(), DAYS_AHEAD, language)),
            ("open_now", is_open(line, &line.branch).map_or_else(String::new, yes_or_no)),
            ("open_today", open.map(|spans| hours(&spans, &line.zone, language)).unwrap_or_default()),
        ]);
        let caller = self.known_caller(line).await?;
        known.insert("caller_known", yes_or_no(caller.is_some()));
        let name = caller.as_ref().and_then(|caller| caller.name.clone());
        known.insert("caller_name", name.unwrap_or_default());
        let next = match &caller {
            Some(caller) => self.next_appointment(line, caller).await?,
            None => None,
        };
        known.insert("next_appointment", next.map(|it| line.moment(it.start_at)).unwrap_or_default());
        Ok(known)
    }

    /// Whoever this company knows by the number; a number that several use says nobody.
    async fn known_caller(&self, line: &Line) -> Result<Option<Customer>, Stop> {
        let Some(number) = line.caller() else { return Ok(None) };
        let paging = Paging { after: None, limit: 2 };
        let scope = Scope::Company(&line.company);
        let mut found = customers::list(&*self.app.store.rows, scope, Some(&number), paging).await?.items;
        found.retain(|customer| !customer.erased && !customer.anonymous);
        Ok(found.pop().filter(|_| found.is_empty()))
    }

    async fn next_appointment(&self, line: &Line, caller: &Customer) -> Result<Option<Appointment>, Stop> {
        let filter = AppointmentFilter {
            customer: Some(caller.customer),
            status: Some(AppointmentStatus::Confirmed),
            span: Span { since: Some(line.now), until: None },
            ..AppointmentFilter::default()
        };
        let paging = Paging { after: None, limit: AHEAD_AT_MOST };
        let scope = Scope::Company(&line.company);
        let ahead = appointments::list(&*self.app.store.rows, scope, &filter, paging).await?;
        // The latest come first.
        Ok(ahead.items.into_iter().last())
    }
}

/// The call that rings, in the shape of one that goes on. Its id is new at Retell and may be absent.
fn ringing(body: &[u8]) -> Option<Map<String, Value>> {
    let Value::Object(mut root) = serde_json::from_slice(body).ok()? else { return None };
    let Some(Value::Object(mut call)) = root.remove("call_inbound") else { return None };
    call.entry("call_id").or_insert_with(|| "unknown".into());
    call.entry("direction").or_insert_with(|| "inbound".into());
    Some(call)
}
