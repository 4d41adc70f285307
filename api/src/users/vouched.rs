//! Whoever a provider of identities vouches for: they come in as somebody who is known by that address, and where the
//! operator has said so, somebody new becomes a user first.

use super::{Invitation, UserError, Users, address};
use crate::http::auth::Token;
use crate::oidc::NewUsers;
use ringbuch_domain::ids::UserId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::user::UserEvent;
use ringbuch_projections::Scope;
use ringbuch_projections::users::{self, User};
use std::net::IpAddr;
use thiserror::Error;

/// How the log names whoever lets new users in.
const BY: &str = "oidc";

#[derive(Debug, Error)]
pub enum RefusedVouched {
    #[error("nobody with this address was invited")]
    Unknown,
    /// Somebody here has shut them out, which the provider does not know.
    #[error("whoever has this address was shut out")]
    ShutOut,
    #[error(transparent)]
    Failed(#[from] UserError),
}

impl Users {
    /// Counts one answer of the provider's that an address brings; the seconds to wait where there have been too many.
    pub fn vouched_again(&self, from: Option<IpAddr>) -> Result<(), u32> {
        self.limits.address_once(from, self.app.clock.now()).inspect_err(|_| {
            self.app.tally.count("rejected:sign_in_limit", "");
        })
    }

    /// Opens a session for whoever the provider has proven to have that address.
    pub async fn sign_in_vouched(&self, email: &str, name: Option<String>) -> Result<(User, Token), RefusedVouched> {
        let email = address(email).ok_or(RefusedVouched::Unknown)?;
        let known = users::by_email(&*self.app.store.rows, &email).await.map_err(UserError::from)?;
        let user = match known {
            Some(user) => user,
            None => self.newcomer(email, name).await?,
        };
        Ok(self.opened(user).await?)
    }

    async fn newcomer(&self, email: String, name: Option<String>) -> Result<User, RefusedVouched> {
        let new_users = self.oidc.as_ref().and_then(|oidc| oidc.settings().new_users.clone());
        let NewUsers { company, role } = new_users.ok_or(RefusedVouched::Unknown)?;
        if self.was_shut_out(&email).await? {
            return Err(RefusedVouched::ShutOut);
        }
        let user = self.register(Invitation { company, role, email, name, by: BY.to_owned() }).await?;
        self.app.shown().await;
        self.found(user).await?.ok_or(RefusedVouched::Unknown)
    }

    async fn found(&self, user: UserId) -> Result<Option<User>, UserError> {
        Ok(users::find(&*self.app.store.rows, Scope::All, user).await?)
    }

    /// Their row does not say any more what they signed in with; the log does, as long as they are not forgotten.
    async fn was_shut_out(&self, email: &str) -> Result<bool, UserError> {
        let all = users::list(&*self.app.store.rows, Scope::All).await?;
        for user in all.into_iter().filter(|user| user.deactivated_at.is_some()) {
            let events = self.app.journal.read_stream::<UserEvent>(&StreamId::user(user.user_id)).await?;
            let named = events.iter().any(|event| match &event.data {
                UserEvent::UserInvited(it) => it.private.known().is_some_and(|card| card.email == email),
                _ => false,
            });
            if named {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
