//! What tools do.

mod bookings;
mod deliver;
mod lists;
mod prompts;
mod queue;
mod records;
mod search;

pub use records::refused;

use super::answer::Told;
use super::arguments;
use super::rest::{Ask, at};
use super::tool::{Act, Method, Place};
use super::turn::Turn;
use crate::http::auth::Permission;
use crate::problem::Problem;
use ringbuch_domain::desk::is_placeholder;
use rmcp::model::JsonObject;
use serde_json::{Map, Value};

pub async fn act(turn: &Turn) -> Result<Told, Problem> {
    match turn.tool.act {
        Act::Rest { method, path, always, only } => rest(turn, Template { method, path, always }, only).await,
        Act::Queue(which) => queue::list(turn, which).await,
        Act::Deliver => deliver::deliver(turn).await.map(Told::from),
        Act::Availability => bookings::availability(turn).await.map(Told::from),
        Act::Book => bookings::book(turn).await.map(Told::from),
        Act::Cancel => bookings::cancel(turn).await.map(Told::from),
        Act::Move => bookings::reschedule(turn).await.map(Told::from),
        Act::DraftPrompt => prompts::draft(turn).await.map(Told::from),
        Act::Publish => prompts::publish(turn).await.map(Told::from),
        Act::Search => search::search(turn).await.map(Told::from),
        Act::Numbers => search::numbers(turn).await.map(Told::from),
        Act::Query => records::query(turn).await.map(Told::from),
        Act::Schema => records::schema(turn).await.map(Told::from),
        Act::Desk => desk(turn).await.map(Told::from),
    }
}

async fn rest(turn: &Turn, request: Template, only: &[&str]) -> Result<Told, Problem> {
    if only.is_empty() {
        return lists::fitting(turn, |turn, limit| turn.ask_whole(request.filled(turn, limit))).await;
    }
    Ok(picked(turn.ask(request.filled(turn, None)).await?, only).into())
}

/// A request as a tool describes it.
#[derive(Clone, Copy)]
struct Template {
    method: Method,
    path: &'static str,
    always: &'static [(&'static str, &'static str)],
}

impl Template {
    /// With the arguments in their places, and another limit where one is given.
    fn filled(self, turn: &Turn, limit: Option<usize>) -> Ask {
        let mut body = self.unchanging();
        let path = turn.text("id").map_or_else(|| self.path.to_owned(), |id| at(self.path, id));
        let mut ask = Ask::new(self.method.http(), path);
        for field in turn.tool.input {
            let value = match (turn.arguments.get(field.name), field.name) {
                (_, "limit") if limit.is_some() => limit.map(Value::from),
                (_, "dry_run") => Some(turn.truth("dry_run").into()),
                (value, _) => value.cloned(),
            };
            match (value, field.place) {
                (Some(value), Place::Query) => ask = ask.with(field.name, &arguments::plain(&value)),
                (Some(value), Place::Body) => drop(body.insert(field.name.to_owned(), value)),
                _ => {}
            }
        }
        match self.method {
            Method::Get => self.always.iter().fold(ask, |ask, (name, value)| ask.with(name, value)),
            Method::Post => ask.json(&body),
        }
    }

    /// What goes into a body whatever is asked.
    fn unchanging(self) -> JsonObject {
        let value = |word: &str| serde_json::from_str(word).unwrap_or_else(|_| Value::from(word));
        self.always.iter().map(|(name, word)| ((*name).to_owned(), value(word))).collect()
    }
}

impl Method {
    fn http(self) -> http::Method {
        match self {
            Self::Get => http::Method::GET,
            Self::Post => http::Method::POST,
        }
    }
}

/// The members named.
fn picked(told: Value, only: &[&str]) -> Value {
    match told {
        Value::Object(members) => {
            let kept: Map<_, _> = members.into_iter().filter(|(name, _)| only.contains(&name.as_str())).collect();
            kept.into()
        }
        other => other,
    }
}

/// A function for the caller on the line: the call is the client's word, so whoever names one must be somebody who may see
/// all of the company's calls.
async fn desk(turn: &Turn) -> Result<Value, Problem> {
    turn.needs(&Permission::OPERATE)?;
    let call = turn.call.as_deref().filter(|call| !is_placeholder(call));
    let arguments = Value::Object(turn.arguments.clone());
    let told = turn.mcp.desk.tool(turn.tool.name, &turn.caller.company, call, &arguments).await;
    serde_json::from_str(&told.text()).map_err(|_| Problem::internal())
}
