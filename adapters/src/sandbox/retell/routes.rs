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
    Settings, State, agents, calls, numbers,
    problem::Problem,
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
        (Method::GET, ["v2", "list-phone-numbers"]) => Operation::ListPhoneNumbers,
        (Method::GET, ["get-phone-number", _]) => Operation::GetPhoneNumber,
        (Method::GET, ["get-retell-llm", _]) => Operation::GetLlm,
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
        let key = request.bearer().unwrap_or_default();
        let (account, _) = state.of_key(key).ok_or_else(Problem::unauthorized)?;
        self.admit(&mut state, account, operation)?;
        if operation == Operation::DeleteCall {
            let organization = state.organizations.get_mut(&account).ok_or_else(Problem::unauthorized)?;
            return calls::delete(organization, request);
        }
        let (_, organization) = state.of_key(key).ok_or_else(Problem::unauthorized)?;
        match operation {
            Operation::ListCalls => calls::list(organization, request),
            Operation::GetCall => calls::get(organization, request),
            Operation::ListAgents => agents::list(organization, request),
            Operation::GetAgent => agents::get(organization, request),
            Operation::ListAgentVersions => agents::versions(organization, request),
            Operation::ListPhoneNumbers => numbers::list(organization, request),
            Operation::GetPhoneNumber => numbers::get(organization, request),
            Operation::GetLlm => agents::llm(organization, request),
            Operation::ListVoices => Ok(agents::voices()),
            _ => {
                let info = json!({"api_key_name": "sandbox", "org_name": organization.name});
                Ok(Answer::new(StatusCode::OK, info))
            }
        }
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
        let limit = if lists.contains(&operation) { settings.lists } else { settings.others };
        match state.limiter.admit(&format!("{account} {operation}"), limit, self.now()) {
            Verdict::Allowed { .. } => Ok(()),
            Verdict::Refused { .. } => Err(Problem::throttled()),
        }
    }
}
