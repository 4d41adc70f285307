//! GET /v2/list-phone-numbers and GET /get-phone-number/{number}.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::wire::{Answer, Request},
    organization::{Organization, PhoneNumber, WeightedAgent},
    paging::Page,
    problem::Problem,
};

pub(super) fn list(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let page = Page::of_query(request)?;
    let numbered: Vec<_> = (0_u64..).zip(&organization.numbers).map(|(place, number)| ((0, place), number)).collect();
    Ok(Answer::new(StatusCode::OK, Value::Object(page.of(numbered.into_iter(), shape))))
}

pub(super) fn get(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let number = organization.numbers.iter().find(|number| number.number == request.segment(1));
    Ok(Answer::new(StatusCode::OK, shape(number.ok_or_else(Problem::unknown)?)))
}

fn shape(number: &PhoneNumber) -> Value {
    let agents: Vec<Value> = number.inbound_agents.iter().map(agent).collect();
    let mut shape = json!({
        "phone_number": number.number,
        "phone_number_pretty": number.number,
        "phone_number_type": "custom",
        "nickname": number.nickname,
        "inbound_agents": agents,
        "outbound_agents": agents,
        "last_modification_timestamp": number.modified_ms,
    });
    if let (Value::Object(fields), Some(url)) = (&mut shape, &number.inbound_webhook_url) {
        fields.insert("inbound_webhook_url".into(), url.as_str().into());
    }
    shape
}

fn agent(bound: &WeightedAgent) -> Value {
    let mut shape = json!({"agent_id": bound.agent_id, "weight": bound.weight});
    if let (Value::Object(fields), Some(version)) = (&mut shape, bound.version) {
        fields.insert("agent_version".into(), version.into());
    }
    shape
}
