//! One server as the protocol sees it.

use super::guard::text;
use super::outlet::Outlet;
use super::parts::Part;
use super::tool::Tool;
use super::turn::Turn;
use super::{Mcp, arguments, prompts, resources, schema, scope};
use crate::http::auth::Caller;
use http::request::Parts;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CompletionInfo,
    GetPromptRequestParams, GetPromptResponse, Implementation, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse,
    Reference, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use std::sync::Arc;

/// By this a voice agent says which call is on the line.
const CALL: &str = "x-call-id";

#[derive(Clone)]
pub struct Server {
    pub part: &'static Part,
    pub mcp: Arc<Mcp>,
    /// Every tool as the protocol describes it, made once.
    described: Arc<[rmcp::model::Tool]>,
}

impl Server {
    pub fn new(part: &'static Part, mcp: Arc<Mcp>) -> Self {
        Self { part, mcp, described: part.every_tool().map(described).collect() }
    }

    /// Two tools may have one name, so a tool is told by its place.
    fn described_as(&self, tool: &Tool) -> Option<rmcp::model::Tool> {
        let place = self.part.every_tool().position(|known| std::ptr::eq(known, tool))?;
        self.described.get(place).cloned()
    }
}

/// Whoever asks, as the guard has let them in.
pub struct Asking {
    pub caller: Caller,
    pub call: Option<String>,
    pub outlet: Outlet,
}

type Context = RequestContext<RoleServer>;

impl Asking {
    fn of(context: &Context) -> Result<Self, ErrorData> {
        let parts = context.extensions.get::<Parts>();
        let caller = parts.and_then(|parts| parts.extensions.get::<Caller>()).cloned();
        let caller = caller.ok_or_else(|| ErrorData::internal_error("the request has passed no guard", None))?;
        let call = parts.and_then(|parts| text(&parts.headers, CALL)).map(str::to_owned);
        let outlet = parts.and_then(|parts| parts.extensions.get::<Outlet>()).cloned();
        let outlet = outlet.ok_or_else(|| ErrorData::internal_error("the request leads nowhere", None))?;
        Ok(Self { caller, call, outlet })
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_prompts()
            .enable_completions()
            .build();
        let named = Implementation::new(format!("ringbuch-{}", self.part.name), env!("CARGO_PKG_VERSION"));
        ServerConfig::new(capabilities)
            .with_server_info(named.with_title(self.part.title))
            .with_instructions(self.part.about)
    }

    fn get_tool(&self, name: &str) -> Option<rmcp::model::Tool> {
        self.described.iter().find(|tool| tool.name == name).cloned()
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        let asking = Asking::of(&context)?;
        let may = |tool: &&Tool| scope::opens_tool(&asking.caller.principal, self.part.name, tool.name);
        let tools = self.part.tools_for(asking.call.is_some()).iter().filter(may);
        Ok(ListToolsResult::with_all_items(tools.filter_map(|tool| self.described_as(tool)).collect()))
    }

    async fn call_tool(&self, asked: CallToolRequestParams, context: Context) -> Result<CallToolResponse, ErrorData> {
        let Asking { caller, call, outlet } = Asking::of(&context)?;
        let name = &asked.name;
        let unknown = || ErrorData::invalid_params(format!("There is no tool '{}' here.", cut(name)), None);
        let tool = self.part.tool(name, call.is_some()).ok_or_else(unknown)?;
        let arguments = asked.arguments.unwrap_or_default();
        let turn = Turn { mcp: Arc::clone(&self.mcp), part: self.part, tool, caller, arguments, call, outlet };
        Ok(turn.take().await.into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::documents(self.part)))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates(self.part)))
    }

    async fn read_resource(
        &self,
        asked: ReadResourceRequestParams,
        context: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let asking = Asking::of(&context)?;
        Ok(resources::read(self, &asking, &asked.uri).await?.into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::list(self.part)))
    }

    async fn get_prompt(
        &self,
        asked: GetPromptRequestParams,
        context: Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        let asking = Asking::of(&context)?;
        Ok(prompts::told(self, &asking, &asked)?.into())
    }

    async fn complete(&self, asked: CompleteRequestParams, context: Context) -> Result<CompleteResult, ErrorData> {
        let asking = Asking::of(&context)?;
        let values = match &asked.r#ref {
            Reference::Resource(it) => resources::completed(self, &asking, &it.uri, &asked.argument).await?,
            Reference::Prompt(it) => prompts::completed(self, &asking, &it.name, &asked.argument).await?,
            _ => return Err(ErrorData::invalid_params("Only templates and prompts are completed here.", None)),
        };
        let completion = CompletionInfo::with_all_values(values);
        Ok(CompleteResult::new(completion.map_err(|why| ErrorData::internal_error(why, None))?))
    }
}

fn described(tool: &Tool) -> rmcp::model::Tool {
    let fields: Vec<_> = arguments::fields(tool).copied().collect();
    let described = rmcp::model::Tool::new(tool.name, tool.about, schema::of_input(&fields));
    described
        .with_title(tool.title)
        .with_raw_output_schema(schema::of_output(tool.output))
        .with_annotations(tool.nature.annotations(tool.title))
}

/// What comes back in an answer is bounded.
pub fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}
