//! One call of a tool: its arguments are checked, its act is done, and what came of it is measured and noted. It runs to
//! its end even if the client hangs up, so that what was begun is noted.

use super::answer::Told;
use super::audit::Called;
use super::outlet::Outlet;
use super::parts::Part;
use super::rest::Ask;
use super::tool::Tool;
use super::{Mcp, acts, answer, arguments, scope};
use crate::http::auth::{Caller, Permission, company_of};
use crate::journal::JournalError;
use crate::metrics::{Crossing, McpOutcome};
use crate::problem::Problem;
use ringbuch_domain::access::ToolOutcome;
use rmcp::model::{CallToolResult, JsonObject};
use serde_json::Value;
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

pub struct Turn {
    pub mcp: Arc<Mcp>,
    pub part: &'static Part,
    pub tool: &'static Tool,
    pub caller: Caller,
    pub arguments: JsonObject,
    /// The call on the line, as the client names it.
    pub call: Option<String>,
    /// Where the answer goes.
    pub outlet: Outlet,
}

impl Turn {
    /// Does it, and tells what came of it.
    pub async fn take(self) -> CallToolResult {
        let outlet = self.outlet.clone();
        let told = tokio::spawn(self.taken().in_current_span()).await;
        answer::of(told.unwrap_or_else(|_panicked| Err(Problem::internal())), &outlet)
    }

    async fn taken(mut self) -> Result<Told, Problem> {
        let began = Instant::now();
        let told = self.done().await;
        let outcome = answer::outcome(&told);
        self.mcp.app.metrics.mcp_request(self.part.name, self.tool.name, outcome, began.elapsed());
        match self.noted(outcome).await {
            Ok(()) => told,
            Err(error) => {
                tracing::error!(%error, "a tool call could not be noted");
                Err(Problem::unavailable(2))
            }
        }
    }

    async fn done(&mut self) -> Result<Told, Problem> {
        if !scope::opens_tool(&self.caller.principal, self.part.name, self.tool.name) {
            let scope = format!("{}:{}", scope::of_server(self.part.name), self.tool.name);
            return Err(Problem::not_allowed(format!("The key is limited to other scopes than '{scope}'.")));
        }
        self.arguments = arguments::checked(self.tool, std::mem::take(&mut self.arguments))?;
        if let Some(company) = self.arguments.remove("company") {
            let (principal, metrics) = (&self.caller.principal, &self.mcp.app.metrics);
            self.caller.company = company_of(principal, company.as_str(), Crossing::Tool, metrics)?;
        }
        acts::act(self).await
    }

    /// Whoever has changed something reads of it in the log once they are told so.
    async fn noted(&self, outcome: McpOutcome) -> Result<(), JournalError> {
        let outcome = match outcome {
            McpOutcome::Ok => ToolOutcome::Ok,
            McpOutcome::Rejected => ToolOutcome::Rejected,
            McpOutcome::Failed => ToolOutcome::Failed,
        };
        let (company, by) = (self.caller.company.clone(), self.caller.name());
        let (server, tool) = (self.part.name, self.tool.name);
        let called = Called { company, by, server, tool, outcome };
        if self.tool.nature.changes() {
            self.mcp.audit.note_now(called).await
        } else {
            self.mcp.audit.note(called).await
        }
    }

    /// For what no request of the REST interface asks about.
    pub fn needs(&self, permission: &Permission) -> Result<(), Problem> {
        permission.check_role(&self.caller.principal)
    }

    pub async fn ask(&self, ask: Ask) -> Result<Value, Problem> {
        ask.answered(&self.mcp.routes, &self.caller).await
    }

    /// The answer as it came.
    pub async fn ask_whole(&self, ask: Ask) -> Result<Told, Problem> {
        ask.told(&self.mcp.routes, &self.caller).await
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        arguments::text(&self.arguments, name)
    }

    /// An argument that the tool asks for, so it is there.
    pub fn given(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    pub fn truth(&self, name: &str) -> bool {
        arguments::truth(self.tool, &self.arguments, name)
    }
}
