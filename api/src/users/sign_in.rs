//! Signing in and out, and what a session is good for: seven days at most, and twelve hours without a request.

use super::{PASSWORD, UserError, Users, password};
use crate::http::auth::{KeysUnavailable, Principal, SessionLookup, Token, Who};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ringbuch_adapters::sealing::user_owner;
use ringbuch_adapters::tickets::TicketKind;
use ringbuch_domain::user::{Command, SignedIn};
use ringbuch_projections::Scope;
use ringbuch_projections::users::{self, User};
use secrecy::SecretString;
use std::net::IpAddr;
use thiserror::Error;

/// How long a session lasts however much it is used.
pub const SESSION: SignedDuration = SignedDuration::from_hours(7 * 24);
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// A session's last use is noted this often, so that not every request writes.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(5);

#[derive(Debug, Error)]
pub enum RefusedSignIn {
    /// Address or password is wrong; which one is not told.
    #[error("address or password is wrong")]
    Wrong,
    #[error("too many tries; wait {0} seconds")]
    TooMany(u32),
    #[error(transparent)]
    Failed(#[from] UserError),
}

impl Users {
    /// Opens a session for whoever knows the password of an address.
    pub async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        from: Option<IpAddr>,
    ) -> Result<(User, Token), RefusedSignIn> {
        let email: String = email.trim().to_lowercase().chars().take(254).collect();
        self.limits.try_once(from, &email, self.app.clock.now()).map_err(|wait| {
            self.app.tally.count("rejected:sign_in_limit", "");
            RefusedSignIn::TooMany(wait)
        })?;
        let user = self.knows(&email, password).await?.ok_or_else(|| {
            self.app.tally.count("rejected:sign_in", "");
            RefusedSignIn::Wrong
        })?;
        self.limits.succeeded(&email);
        Ok(self.opened(user).await?)
    }

    /// A session of somebody who has proven who they are.
    pub(super) async fn opened(&self, user: User) -> Result<(User, Token), UserError> {
        let signed_in = SignedIn { user: user.user_id };
        self.tell(user.user_id, &user.company, Command::SignIn(signed_in)).await?;
        let session = self.ticket(TicketKind::Session, user.user_id, SESSION).await?;
        Ok((user, session))
    }

    /// The user of an address, if the password is theirs.
    async fn knows(&self, email: &str, password: SecretString) -> Result<Option<User>, UserError> {
        let user = users::by_email(&*self.app.store.rows, email).await?;
        let kept = match &user {
            Some(user) => self.app.secrets.get(&user_owner(user.user_id), PASSWORD).await?.into_iter().next(),
            None => None,
        };
        let fits = password::fits(password, kept).await?;
        Ok(user.filter(|_| fits))
    }

    /// Ends a session on every node.
    pub async fn sign_out(&self, session: &Token) -> Result<(), UserError> {
        self.app.store.tickets.take(&session.hash()).await?;
        Ok(())
    }

    /// Whoever is signed in with a session, by its hash.
    pub async fn signed_in(&self, hash: &str, now: Timestamp) -> Result<Option<User>, UserError> {
        let found = self.app.store.tickets.find(TicketKind::Session, hash).await?;
        let lives = |seen: Timestamp| now.duration_since(seen) < IDLE;
        let Some(session) = found.filter(|it| now < it.expires_at && lives(it.seen_at)) else { return Ok(None) };
        let user = users::find(&*self.app.store.rows, Scope::All, session.user).await?;
        let user = user.filter(|user| user.deactivated_at.is_none());
        if user.is_some() && now.duration_since(session.seen_at) >= NOTED_EVERY {
            self.app.store.tickets.seen(hash, now).await?;
        }
        Ok(user)
    }
}

#[async_trait]
impl SessionLookup for Users {
    async fn by_session(&self, hash: &str, now: Timestamp) -> Result<Option<Principal>, KeysUnavailable> {
        let found = self.signed_in(hash, now).await.map_err(|error| {
            tracing::error!(%error, "sessions cannot be looked up");
            KeysUnavailable
        })?;
        let principal = |user: User| Principal {
            who: Who::User(user.user_id),
            company: user.company,
            role: user.role,
            scopes: vec![],
        };
        Ok(found.map(principal))
    }
}
