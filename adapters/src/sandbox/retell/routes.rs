//! Which request goes where; what Retell has removed is not found.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::json;

use super::{
    super::{
        Clock, Faults, Operation,
        wire::{Answer, Provider, Request, Tally, Verdict},
    },
    Settings, State,
    agent::Engine,
    agents, calls, drafts, number_routes,
    organization::Organization,
    problem::Problem,
    voices, words,
};

pub(in super::super) struct Front {
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) tally: Tally,
    pub(super) state: Mutex<State>,
    pub(super) settings: Mutex<Settings>,
}

fn operation(request: &Request) -> Operation {
    match (request.method.clone(), request.segments().as_slice()) {
        (Method::POST, ["v3", "list-calls"]) => Operation::ListCalls,
        (Method::GET, ["v2", "get-call", _]) => Operation::GetCall,
        (Method::DELETE, ["v2", "delete-call", _]) => Operation::DeleteCall,
        (Method::POST, ["v2", "list-agents"]) => Operation::ListAgents,
        (Method::GET, ["get-agent", _]) => Operation::GetAgent,
        (Method::GET, ["list-agent-versions", _]) => Operation::ListAgentVersions,
        (Method::PATCH, ["update-agent", _]) => Operation::UpdateAgent,
        (Method::POST, ["create-agent-version", _]) => Operation::CreateAgentVersion,
        (Method::POST, ["publish-agent-version", _]) => Operation::PublishAgentVersion,
        (Method::GET, ["get-retell-llm", _]) => Operation::GetLlm,
        (Method::PATCH, ["update-retell-llm", _]) => Operation::UpdateLlm,
        (Method::GET, ["get-conversation-flow", _]) => Operation::GetFlow,
        (Method::PATCH, ["update-conversation-flow", _]) => Operation::UpdateFlow,
        (Method::GET, ["v2", "list-phone-numbers"]) => Operation::ListPhoneNumbers,
        (Method::GET, ["get-phone-number", _]) => Operation::GetPhoneNumber,
        (Method::PATCH, ["update-phone-number", _]) => Operation::UpdatePhoneNumber,
        (Method::GET, ["get-api-key-info"]) => Operation::GetKeyInfo,
        (Method::GET, ["list-voices"]) => Operation::ListVoices,
        _ => Operation::Unknown,
    }
}

#[async_trait]
impl Provider for Front {
    fn faults(&self) -> &Faults {
        &self.faults
    }

    fn tally(&self) -> &Tally {
        &self.tally
    }

    fn operation(&self, request: &Request) -> Operation {
        operation(request)
    }

    async fn answer(self: Arc<Self>, request: Request) -> Answer {
        self.route(&request).unwrap_or_else(Problem::answer)
    }

    fn broken(&self) -> Answer {
        Problem::internal().answer()
    }

    fn throttled(&self, _: &Request) -> Answer {
        Problem::throttled().answer()
    }
}

impl Front {
    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn route(&self, request: &Request) -> Result<Answer, Problem> {
        let operation = operation(request);
        if operation == Operation::Unknown {
            return Err(Problem::no_route(&request.method, &request.target));
        }
        let mut state = self.state();
        let account = request.bearer().and_then(|key| state.keys.get(key)).copied();
        let account = account.ok_or_else(Problem::unauthorized)?;
        self.admit(&mut state, account, operation)?;
        let organization = state.organizations.get_mut(&account).ok_or_else(Problem::unauthorized)?;
        carry_out(operation, organization, request, self.now().as_millisecond())
    }

    fn admit(&self, state: &mut State, account: u64, operation: Operation) -> Result<(), Problem> {
        let lists = [
            Operation::ListCalls,
            Operation::ListAgents,
            Operation::ListAgentVersions,
            Operation::ListPhoneNumbers,
            Operation::ListVoices,
        ];
        let settings = *self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        let (class, limit) =
            if lists.contains(&operation) { ("lists", settings.lists) } else { ("others", settings.others) };
        match state.limiter.admit(&format!("{account} {class}"), limit, self.now()) {
            Verdict::Allowed { .. } => Ok(()),
            Verdict::Refused { .. } => Err(Problem::throttled()),
        }
    }
}

fn carry_out(
    operation: Operation,
    organization: &mut Organization,
    request: &Request,
    now_ms: i64,
) -> Result<Answer, Problem> {
    match operation {
        Operation::ListCalls => calls::list(organization, request),
        Operation::GetCall => calls::get(organization, request),
        Operation::DeleteCall => calls::delete(organization, request),
        Operation::ListAgents => agents::list(organization, request),
        Operation::GetAgent => agents::get(organization, request),
        Operation::ListAgentVersions => agents::versions(organization, request),
        Operation::UpdateAgent => drafts::update(organization, request, now_ms),
        Operation::CreateAgentVersion => drafts::create(organization, request, now_ms),
        Operation::PublishAgentVersion => drafts::publish(organization, request, now_ms),
        Operation::GetLlm => words::get(organization, request, &Engine::Llm),
        Operation::UpdateLlm => words::update(organization, request, &Engine::Llm, now_ms),
        Operation::GetFlow => words::get(organization, request, &Engine::Flow),
        Operation::UpdateFlow => words::update(organization, request, &Engine::Flow, now_ms),
        Operation::ListPhoneNumbers => number_routes::list(organization, request),
        Operation::GetPhoneNumber => number_routes::get(organization, request),
        Operation::UpdatePhoneNumber => number_routes::update(organization, request, now_ms),
        Operation::ListVoices => Ok(voices::list()),
        _ => {
            let info = json!({"api_key_name": "sandbox", "org_name": organization.name});
            Ok(Answer::new(StatusCode::OK, info))
        }
    }
}
