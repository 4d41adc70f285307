//! GET /v2/list-phone-numbers, GET /get-phone-number/{number}, PATCH /update-phone-number/{number}.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    super::wire::{Answer, Request},
    numbers::{PhoneNumber, WeightedAgent},
    organization::Organization,
    paging::Page,
    patch::{self, Kind},
    problem::Problem,
};

pub(super) fn list(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let page = Page::of_query(request)?;
    let placed = organization.numbers.iter().map(|(place, number)| ((0, place), number));
    Ok(Answer::new(StatusCode::OK, Value::Object(page.of(placed, shape))))
}

pub(super) fn get(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let number = organization.numbers.get(request.segment(1)).ok_or_else(Problem::unknown)?;
    Ok(Answer::new(StatusCode::OK, shape(number)))
}

fn shape(number: &PhoneNumber) -> Value {
    let agents = |agents: &[WeightedAgent]| agents.iter().map(written).collect::<Vec<_>>();
    let mut shape = json!({
        "phone_number": number.number,
        "phone_number_pretty": number.number,
        "phone_number_type": "custom",
        "inbound_agents": agents(&number.inbound_agents),
        "outbound_agents": agents(&number.outbound_agents),
        "last_modification_timestamp": number.modified_ms,
    });
    if let Value::Object(fields) = &mut shape {
        let texts = [("nickname", &number.nickname), ("inbound_webhook_url", &number.inbound_webhook_url)];
        for (name, text) in texts {
            fields.extend(text.as_ref().map(|text| (name.to_owned(), text.as_str().into())));
        }
    }
    shape
}

fn written(bound: &WeightedAgent) -> Value {
    let mut shape = json!({"agent_id": bound.agent_id, "weight": bound.weight});
    if let (Value::Object(fields), Some(version)) = (&mut shape, &bound.version) {
        let version = version.parse::<u64>().map_or_else(|_| Value::from(version.as_str()), Value::from);
        fields.insert("agent_version".into(), version);
    }
    shape
}

/// What can be changed of a number here; what Retell has besides (messages, countries, trunks) the stand-in does not keep
/// and so does not take.
const CHANGEABLE: [&str; 4] = ["inbound_agents", "outbound_agents", "nickname", "inbound_webhook_url"];

/// A list is replaced as a whole; what is not named stays.
pub(super) fn update(organization: &mut Organization, request: &Request, now_ms: i64) -> Result<Answer, Problem> {
    let body = patch::of(request)?;
    patch::check(&body, &[("nickname", Kind::TextOrNothing), ("inbound_webhook_url", Kind::TextOrNothing)])?;
    if body.keys().any(|name| !CHANGEABLE.contains(&name.as_str())) {
        return Err(Problem::bad_request());
    }
    let inbound = bound(organization, &body, "inbound_agents")?;
    let outbound = bound(organization, &body, "outbound_agents")?;
    let number = organization.numbers.get_mut(request.segment(1)).ok_or_else(Problem::unknown)?;
    let texts = [("nickname", &mut number.nickname), ("inbound_webhook_url", &mut number.inbound_webhook_url)];
    for (name, kept) in texts {
        if let Some(text) = body.get(name) {
            *kept = text.as_str().map(str::to_owned);
        }
    }
    let lists = [(inbound, &mut number.inbound_agents), (outbound, &mut number.outbound_agents)];
    for (wanted, kept) in lists {
        if let Some(wanted) = wanted {
            *kept = wanted;
        }
    }
    number.modified_ms = now_ms;
    Ok(Answer::new(StatusCode::OK, shape(number)))
}

/// Nothing where the list is not named; nobody where it is null or empty.
fn bound(
    organization: &Organization,
    body: &Map<String, Value>,
    name: &str,
) -> Result<Option<Vec<WeightedAgent>>, Problem> {
    let wanted = match body.get(name) {
        None => return Ok(None),
        Some(Value::Null) => return Ok(Some(Vec::new())),
        Some(list) => list.as_array().ok_or_else(Problem::bad_request)?,
    };
    let agents: Vec<WeightedAgent> = wanted.iter().map(read).collect::<Option<_>>().ok_or_else(Problem::bad_request)?;
    // Added in order, as a program adds; what is beside 1 by more than rounding is refused.
    let sum = agents.iter().fold(0.0, |sum, agent| sum + agent.weight);
    if !agents.is_empty() && (sum - 1.0_f64).abs() > f64::EPSILON {
        return Err(Problem::bad_request());
    }
    for agent in &agents {
        organization.agent(&agent.agent_id)?.version(agent.version.as_deref()).ok_or_else(Problem::unknown)?;
    }
    Ok(Some(agents))
}

fn read(value: &Value) -> Option<WeightedAgent> {
    let weight = value.get("weight")?.as_f64().filter(|weight| *weight > 0.0 && *weight <= 1.0)?;
    let version = match value.get("agent_version") {
        None => None,
        Some(Value::String(tag)) => Some(tag.clone()),
        Some(number) => Some(number.as_u64()?.to_string()),
    };
    Some(WeightedAgent { agent_id: value.get("agent_id")?.as_str()?.to_owned(), version, weight })
}
