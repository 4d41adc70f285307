//! GET and POST of /v2/webhooks: kept, not delivered. Whoever plays Cal.com's part reads where to deliver from
//! [`Calcom::webhooks`].

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::wire::Answer,
    Calcom,
    access::Call,
    fields::{Wrong, given},
    problem::Problem,
    shapes::success,
    state::State,
};

#[derive(Clone, Debug)]
pub struct Webhook {
    pub id: u64,
    pub user: u64,
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

pub(super) fn list(state: &State, call: &Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    let own: Vec<Value> = state.webhooks.iter().filter(|webhook| webhook.user == user).map(shape).collect();
    Ok(Answer::new(StatusCode::OK, success(json!(own))))
}

pub(super) fn create(state: &mut State, call: &Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    let fields = call.body()?;
    let mut wrong = Wrong::default();
    wrong.unknown(&fields, &["payloadTemplate", "active", "subscriberUrl", "triggers", "secret", "version"]);
    let url = wrong.text(&fields, "subscriberUrl").filter(|url| url.starts_with("http"));
    if url.is_none() {
        wrong.add("subscriberUrl", "subscriberUrl must be a URL address");
    }
    let triggers = given(&fields, "triggers").and_then(Value::as_array);
    let triggers: Option<Vec<String>> =
        triggers.and_then(|list| list.iter().map(|word| word.as_str().map(str::to_owned)).collect());
    if triggers.is_none() {
        wrong.add("triggers", "triggers must be an array");
    }
    let active = wrong.flag(&fields, "active");
    let secret = wrong.text(&fields, "secret");
    wrong.finish()?;
    let (Some(subscriber_url), Some(triggers)) = (url, triggers) else { return Err(Problem::internal()) };
    let known = |webhook: &Webhook| webhook.user == user && webhook.subscriber_url == subscriber_url;
    if state.webhooks.iter().any(known) {
        return Err(Problem::conflict("Webhook with this subscriber url already exists for this user"));
    }
    let webhook = Webhook { id: state.dice.id(), user, subscriber_url, triggers, active, secret };
    let shape = shape(&webhook);
    state.webhooks.push(webhook);
    Ok(Answer::new(StatusCode::CREATED, success(shape)))
}

fn shape(webhook: &Webhook) -> Value {
    let mut shape = json!({
        "id": webhook.id,
        "userId": webhook.user,
        "subscriberUrl": webhook.subscriber_url,
        "triggers": webhook.triggers,
        "active": webhook.active,
        "payloadTemplate": "",
    });
    if let (Value::Object(fields), Some(secret)) = (&mut shape, &webhook.secret) {
        fields.insert("secret".into(), secret.as_str().into());
    }
    shape
}
