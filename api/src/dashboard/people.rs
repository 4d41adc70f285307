//! Who did something, by name: what is stored is `user:` with an id, which nobody knows by heart.

use super::visit::Visit;
use crate::http::auth::{Permission, Who};
use crate::problem::Problem;
use ringbuch_projections::users::{self, User};
use std::collections::HashMap;

/// Names of the company's users; whoever administers them sees the address of one that has no name.
pub struct People(HashMap<String, String>);

impl People {
    pub async fn of(visit: &Visit) -> Result<Self, Problem> {
        let all = users::list(visit.rows(), visit.scope()).await?;
        let administers = visit.caller.may(&Permission::ADMINISTER);
        let name = |it: User| it.name.or_else(|| it.email.filter(|_| administers));
        let named = all.into_iter().filter_map(|it| Some((Who::User(it.user_id).to_string(), name(it)?)));
        Ok(Self(named.collect()))
    }

    /// As it is stored where no name is known.
    pub fn named<'a>(&'a self, by: &'a str) -> &'a str {
        self.0.get(by).map_or(by, String::as_str)
    }
}
