//! The server that the protocol's own conformance suite asks for, with the tools, resources and prompts that it names, on
//! the mounting code of the program. It listens on the port named and is part of no release.

mod content;
mod rounds;

use http::request::Parts;
use ringbuch_api::http::Front;
use ringbuch_api::mcp::Reach;
use ringbuch_api::mcp::mount::{Guard, Mount};
use ringbuch_api::metrics::Metrics;
use ringbuch_api::server::Server;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, CompleteRequestParams, CompleteResult,
    CompletionInfo, ContentBlock, GetPromptRequestParams, GetPromptResponse, GetPromptResult, Implementation,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProgressNotificationParam, ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, ResourceTemplate,
    ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use warp::reply::Response;

type Context = RequestContext<RoleServer>;

#[derive(Clone)]
struct Fixture;

/// The suite holds no key.
struct Open;

#[async_trait::async_trait]
impl Guard for Open {
    async fn admit(&self, _: &mut Parts) -> Result<(), Response> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let port: u16 = std::env::args().nth(1).unwrap_or_default().parse()?;
    let routes = Mount { reach: Reach::default() }.at("/mcp", Arc::new(Open), Fixture);
    let front = Front::new(routes, Metrics::new()?);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Server::default().run(listener, front, CancellationToken::new(), Duration::ZERO).await;
    Ok(())
}

impl ServerHandler for Fixture {
    fn get_info(&self) -> ServerConfig {
        let all = ServerCapabilities::builder().enable_tools().enable_resources().enable_prompts().enable_completions();
        ServerConfig::new(all.build()).with_server_info(Implementation::new("fixture", "1.0.0"))
    }

    async fn list_tools(&self, _: Option<PaginatedRequestParams>, _: Context) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(content::tools()))
    }

    async fn call_tool(&self, asked: CallToolRequestParams, context: Context) -> Result<CallToolResponse, ErrorData> {
        let name = asked.name.to_string();
        if name.starts_with("test_input_required") || name == "test_streaming_elicitation" {
            return rounds::tool(&name, asked.input_responses.as_ref(), asked.request_state.as_deref(), &context);
        }
        if name == "test_missing_capability" {
            return needs_sampling(&context);
        }
        if name == "test_tool_with_progress" {
            progress(&context).await;
        }
        let unknown = || ErrorData::invalid_params(format!("no tool {name}"), None);
        Ok(content::result(&name).ok_or_else(unknown)?.into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(content::resources()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let template =
            ResourceTemplate::new("test://template/{id}/data", "template").with_mime_type("application/json");
        Ok(ListResourceTemplatesResult::with_all_items(vec![template]))
    }

    async fn read_resource(
        &self,
        asked: ReadResourceRequestParams,
        _: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let place = serde_json::json!({ "uri": asked.uri });
        let unknown = || ErrorData::resource_not_found("no such resource", Some(place));
        Ok(ReadResourceResult::new(vec![content::read(&asked.uri).ok_or_else(unknown)?]).into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(content::prompts()))
    }

    async fn get_prompt(
        &self,
        asked: GetPromptRequestParams,
        context: Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        if asked.name == "test_input_required_result_prompt" {
            return rounds::prompt(asked.input_responses.as_ref(), &context);
        }
        let unknown = || ErrorData::invalid_params("no such prompt", None);
        let arguments = asked.arguments.unwrap_or_default();
        Ok(GetPromptResult::new(content::messages(&asked.name, &arguments).ok_or_else(unknown)?).into())
    }

    async fn complete(&self, _: CompleteRequestParams, _: Context) -> Result<CompleteResult, ErrorData> {
        Ok(CompleteResult::new(CompletionInfo::with_all_values(vec!["test".into()]).unwrap_or_default()))
    }
}

fn needs_sampling(context: &Context) -> Result<CallToolResponse, ErrorData> {
    if context.client_capabilities().is_some_and(|may| rounds::may(&may, "sampling")) {
        return Ok(CallToolResult::success(vec![ContentBlock::text("the client can be asked")]).into());
    }
    let needed = serde_json::json!({ "sampling": {} });
    let needed: ClientCapabilities = serde_json::from_value(needed).unwrap_or_default();
    Err(ErrorData::missing_required_client_capability(needed))
}

async fn progress(context: &Context) {
    let Some(token) = context.meta.get_progress_token() else { return };
    for done in [0.0, 50.0, 100.0] {
        let told = ProgressNotificationParam::new(token.clone(), done).with_total(100.0);
        let _ = context.peer.notify_progress(told).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
