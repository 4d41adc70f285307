//! What can be read by its address: a few documents, and things by their ids. Each is what the REST interface shows under
//! another address, to the same keys.

use super::json;
use super::parts::Part;
use super::rest::{Ask, at};
use super::scope;
use super::server::{Asking, Server, cut};
use crate::problem::{Kind, Problem};
use rmcp::ErrorData;
use rmcp::model::{ArgumentInfo, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};

/// One that is always there.
pub struct Document {
    pub uri: &'static str,
    pub name: &'static str,
    pub title: &'static str,
    pub path: &'static str,
}

/// Things of one kind.
pub struct Template {
    /// With `{id}` at its end.
    pub uri: &'static str,
    pub name: &'static str,
    pub title: &'static str,
    pub path: &'static str,
    /// The list that its ids come from, and their name there.
    pub list: &'static str,
    pub key: &'static str,
}

const JSON: &str = "application/json";

/// Ids that are looked through for a completion, and told.
const LOOKED_THROUGH: &str = "200";
const TOLD: usize = 50;

pub fn documents(part: &Part) -> Vec<Resource> {
    let shown = |it: &Document| Resource::new(it.uri, it.name).with_title(it.title).with_mime_type(JSON);
    part.documents.iter().map(shown).collect()
}

pub fn templates(part: &Part) -> Vec<ResourceTemplate> {
    let shown = |it: &Template| ResourceTemplate::new(it.uri, it.name).with_title(it.title).with_mime_type(JSON);
    part.templates.iter().map(shown).collect()
}

/// What stands at an address.
pub async fn read(server: &Server, asking: &Asking, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let unknown = || {
        let place = uri.chars().take(200).collect::<String>();
        ErrorData::resource_not_found(
            format!("There is nothing at '{}'.", cut(uri)),
            Some(serde_json::json!({ "uri": place })),
        )
    };
    opened(server.part.name, asking)?;
    let path = path(server.part, uri).ok_or_else(unknown)?;
    let told = Ask::get(path).answered(&server.mcp.routes, &asking.caller).await;
    let told = told.map_err(|problem| if problem.kind == Kind::NotFound { unknown() } else { refused(&problem) })?;
    let text = ResourceContents::text(told.to_string(), uri).with_mime_type(JSON);
    Ok(ReadResourceResult::new(vec![text]))
}

fn path(part: &Part, uri: &str) -> Option<String> {
    if let Some(document) = part.documents.iter().find(|it| it.uri == uri) {
        return Some(document.path.to_owned());
    }
    let id = |it: &Template| uri.strip_prefix(it.uri.trim_end_matches("{id}")).filter(|id| !id.is_empty());
    part.templates.iter().find_map(|it| Some(at(it.path, id(it)?)))
}

/// Ids of things that begin as somebody has begun to write them.
pub async fn completed(
    server: &Server,
    asking: &Asking,
    uri: &str,
    argument: &ArgumentInfo,
) -> Result<Vec<String>, ErrorData> {
    let template = server.part.templates.iter().find(|it| it.uri == uri);
    let unknown = || ErrorData::invalid_params(format!("There is no template '{}' here.", cut(uri)), None);
    let template = template.filter(|_| argument.name == "id").ok_or_else(unknown)?;
    opened(server.part.name, asking)?;
    ids(server, asking, template, &argument.value).await
}

/// The newest ids that begin so.
pub async fn ids(server: &Server, asking: &Asking, template: &Template, begun: &str) -> Result<Vec<String>, ErrorData> {
    let list = Ask::get(template.list).with("limit", LOOKED_THROUGH);
    let told = list.answered(&server.mcp.routes, &asking.caller).await.map_err(|problem| refused(&problem))?;
    let ids = json::items(&told).iter().filter_map(|item| item[template.key].as_str());
    Ok(ids.filter(|id| id.starts_with(begun)).take(TOLD).map(str::to_owned).collect())
}

/// Keys for single tools read nothing by its address.
fn opened(server: &str, asking: &Asking) -> Result<(), ErrorData> {
    if scope::opens_whole(&asking.caller.principal, server) {
        return Ok(());
    }
    let scope = scope::of_server(server);
    Err(ErrorData::invalid_params(format!("The key is limited to other scopes than '{scope}'."), None))
}

/// A problem as an error of the protocol.
pub fn refused(problem: &Problem) -> ErrorData {
    let told = problem.detail.clone().unwrap_or_else(|| problem.kind.meaning().to_owned());
    if problem.kind.status().is_server_error() {
        return ErrorData::internal_error(told, None);
    }
    ErrorData::invalid_params(told, None)
}
