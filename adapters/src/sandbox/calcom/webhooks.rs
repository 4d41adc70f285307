//! Subscriptions of a user, and of a team's event type: list, create, change. They are served by [`super::delivery`].

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    super::wire::Answer,
    Calcom,
    access::Call,
    directory::Directory,
    fields::{Wrong, given},
    problem::Problem,
    shapes::success,
    state::State,
    trigger::Trigger,
};

#[derive(Clone, Debug)]
pub struct Webhook {
    pub id: u64,
    /// Who made it.
    pub user: u64,
    /// The team's event type that it is for; without one it is for the user's own.
    pub event_type: Option<u64>,
    pub subscriber_url: String,
    pub triggers: Vec<String>,
    pub active: bool,
    pub secret: Option<String>,
}

impl Calcom {
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.0.state().webhooks.clone()
    }
}

/// Whose subscriptions a path speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    User(u64),
    EventType(u64),
}

impl Owner {
    fn of(directory: &Directory, call: &Call<'_>) -> Result<Self, Problem> {
        let user = call.user()?;
        if call.request.segment(1) == "webhooks" {
            return Ok(Self::User(user));
        }
        let (team, id) = (call.team(directory)?.id, call.request.segment(4));
        let kind = id.parse().ok().and_then(|id: u64| directory.event_types.get(&id));
        let kind = kind.filter(|kind| kind.team() == Some(team));
        kind.map(|kind| Self::EventType(kind.id)).ok_or_else(|| Problem::not_found("Event type not found"))
    }

    fn has(self, webhook: &Webhook) -> bool {
        match self {
            Self::User(user) => webhook.event_type.is_none() && webhook.user == user,
            Self::EventType(id) => webhook.event_type == Some(id),
        }
    }
}

/// `take` (at most 250) and `skip` narrow the list.
pub(super) fn list(state: &State, call: &Call<'_>) -> Result<Answer, Problem> {
    let owner = Owner::of(&state.directory, call)?;
    let own = state.webhooks.iter().filter(|webhook| owner.has(webhook)).map(shape);
    let (take, skip) = call.page();
    let page: Vec<Value> = own.skip(skip).take(take).collect();
    Ok(Answer::new(StatusCode::OK, success(json!(page))))
}

pub(super) fn create(state: &mut State, call: &Call<'_>) -> Result<Answer, Problem> {
    let (user, owner) = (call.user()?, Owner::of(&state.directory, call)?);
    let input = Input::read(&call.body()?)?;
    let (Some(subscriber_url), Some(triggers), Some(active)) = (input.url, input.triggers, input.active) else {
        return Err(Problem::bad_request("active, subscriberUrl and triggers should not be null or undefined"));
    };
    if state.webhooks.iter().any(|known| owner.has(known) && known.subscriber_url == subscriber_url) {
        return Err(Problem::conflict("Webhook with this subscriber url already exists for this user"));
    }
    let event_type = if let Owner::EventType(id) = owner { Some(id) } else { None };
    let id = state.dice.id();
    let webhook = Webhook { id, user, event_type, subscriber_url, triggers, active, secret: input.secret };
    let shape = shape(&webhook);
    state.webhooks.push(webhook);
    Ok(Answer::new(StatusCode::CREATED, success(shape)))
}

/// What is sent takes the place of what was.
pub(super) fn update(state: &mut State, call: &Call<'_>) -> Result<Answer, Problem> {
    let owner = Owner::of(&state.directory, call)?;
    let input = Input::read(&call.body()?)?;
    let id = call.request.segments().last().copied().unwrap_or_default().to_owned();
    let known = state.webhooks.iter_mut().find(|known| owner.has(known) && known.id.to_string() == id);
    let known = known.ok_or_else(|| Problem::not_found(format!("Webhook with id {id} not found")))?;
    known.subscriber_url = input.url.unwrap_or_else(|| known.subscriber_url.clone());
    known.triggers = input.triggers.unwrap_or_else(|| known.triggers.clone());
    known.active = input.active.unwrap_or(known.active);
    known.secret = input.secret.or_else(|| known.secret.clone());
    Ok(Answer::new(StatusCode::OK, success(shape(known))))
}

struct Input {
    url: Option<String>,
    triggers: Option<Vec<String>>,
    active: Option<bool>,
    secret: Option<String>,
}

impl Input {
    fn read(fields: &Map<String, Value>) -> Result<Self, Problem> {
        let mut wrong = Wrong::default();
        wrong.unknown(fields, &["payloadTemplate", "active", "subscriberUrl", "triggers", "secret", "version"]);
        let url = wrong.text(fields, "subscriberUrl");
        if url.as_ref().is_some_and(|url| !url.starts_with("http")) {
            wrong.add("subscriberUrl", "subscriberUrl must be a URL address");
        }
        let triggers = given(fields, "triggers").map(triggers);
        if triggers == Some(None) {
            wrong.add("triggers", "each value in triggers must be one of the known triggers");
        }
        let active = given(fields, "active").map(|_| wrong.flag(fields, "active"));
        let secret = wrong.text(fields, "secret");
        wrong.finish()?;
        Ok(Self { url, triggers: triggers.flatten(), active, secret })
    }
}

fn triggers(list: &Value) -> Option<Vec<String>> {
    let known = |word: &Value| word.as_str().filter(|word| Trigger::is_known(word)).map(str::to_owned);
    list.as_array()?.iter().map(known).collect()
}

fn shape(webhook: &Webhook) -> Value {
    let mut shape = json!({
        "id": webhook.id,
        "subscriberUrl": webhook.subscriber_url,
        "triggers": webhook.triggers,
        "active": webhook.active,
        "payloadTemplate": "",
    });
    if let Value::Object(fields) = &mut shape {
        let (name, owner) = webhook.event_type.map_or(("userId", webhook.user), |id| ("eventTypeId", id));
        fields.insert(name.into(), owner.into());
        if let Some(secret) = &webhook.secret {
            fields.insert("secret".into(), secret.as_str().into());
        }
    }
    shape
}
