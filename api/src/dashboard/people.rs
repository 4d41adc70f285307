//! Who did something, by name: what is stored is `user:` with an id, which nobody knows by heart.

use super::visit::Visit;
use crate::http::auth::Who;
use crate::problem::Problem;
use ringbuch_projections::users;
use std::collections::HashMap;

/// Names of the company's users.
pub struct People(HashMap<String, String>);

impl People {
    pub async fn of(visit: &Visit) -> Result<Self, Problem> {
        let all = users::list(visit.rows(), visit.scope()).await?;
        let named = all.into_iter().filter_map(|it| Some((Who::User(it.user_id).to_string(), it.name?)));
        Ok(Self(named.collect()))
    }

    /// As it is stored where no name is known.
    pub fn named<'a>(&'a self, by: &'a str) -> &'a str {
        self.0.get(by).map_or(by, String::as_str)
    }
}
