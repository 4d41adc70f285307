//! One request on its way through: when it came, who asks, under which version.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    super::{Operation, wire::Request},
    directory::{Directory, Team},
    problem::Problem,
};

pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) operation: Operation,
    pub(super) version: &'static str,
    pub(super) now: Timestamp,
    /// The user whose key was sent; some routes ask for none.
    pub(super) caller: Option<u64>,
}

const NO_KEY: &str = "ApiAuthStrategy - No authentication method provided. Either pass an API key as 'Bearer' header \
                      or OAuth client credentials as 'x-cal-secret-key' and 'x-cal-client-id' headers";

impl Call<'_> {
    /// The user, on routes that need one.
    pub(super) fn user(&self) -> Result<u64, Problem> {
        self.caller.ok_or_else(|| Problem::unauthorized(NO_KEY))
    }

    pub(super) fn body(&self) -> Result<Map<String, Value>, Problem> {
        let body = self.request.json().map_err(|_| Problem::bad_request("Unexpected token in JSON"))?;
        match body {
            Value::Object(fields) => Ok(fields),
            _ => Err(Problem::bad_request("Unexpected token in JSON")),
        }
    }

    /// How many to show (at most 250) and how many to leave out before.
    pub(super) fn page(&self) -> (usize, usize) {
        let number = |name, default| self.request.query(name).and_then(|word| word.parse().ok()).unwrap_or(default);
        (number("take", 250).min(250), number("skip", 0))
    }

    /// The team that the path names, for those who run it.
    pub(super) fn team<'d>(&self, directory: &'d Directory) -> Result<&'d Team, Problem> {
        let user = self.user()?;
        let team = self.request.segment(2).parse().ok().and_then(|id: u64| directory.teams.get(&id));
        match team {
            Some(team) if team.is_run_by(user) => Ok(team),
            Some(_) => Err(Problem::forbidden("RolesGuard - User is not an admin or owner of the team.")),
            None => Err(Problem::not_found(format!("Team with id {} not found.", self.request.segment(2)))),
        }
    }
}

/// A key that was sent must be a good one, also where none is needed.
pub(super) fn caller(request: &Request, directory: &Directory) -> Result<Option<u64>, Problem> {
    let Some(key) = request.bearer() else { return Ok(None) };
    let user = directory.keys.get(key).copied();
    user.map(Some).ok_or_else(|| Problem::unauthorized("ApiAuthStrategy - api key - Your api key is not valid"))
}
