//! Users of the dashboard: inviting them, the link that lets them choose a password, and what becomes of their sessions.
//! Signing in is beside it, in `sign_in` and, by a provider of identities, in `vouched`.

mod limits;
mod password;
mod sign_in;
mod vouched;

pub use password::{LONGEST, SHORTEST};
pub use sign_in::{RefusedSignIn, SESSION};
pub use vouched::RefusedVouched;

use crate::app::App;
use crate::http::auth::Token;
use crate::journal::{ExecuteError, JournalError};
use crate::oidc::Oidc;
use crate::privacy;
use jiff::SignedDuration;
use limits::Limits;
use ringbuch_adapters::key_store::{Erasure, KeyStoreError};
use ringbuch_adapters::sealing::{SecretFault, user_owner};
use ringbuch_adapters::tickets::{Ticket, TicketKind};
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::{CompanyId, CustomerId, UserId};
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_domain::user::{
    Command, PasswordResetOffered, PasswordSet, Rejection, User as Aggregate, UserCard, UserDeactivated, UserInvited,
    UserRoleChanged,
};
use ringbuch_projections::Scope;
use ringbuch_projections::rows::RowsError;
use ringbuch_projections::users::{self, User};
use secrecy::SecretString;
use std::sync::Arc;
use thiserror::Error;
use uuid::Uuid;

/// How long a link is good.
pub const LINK: SignedDuration = SignedDuration::from_hours(24);
/// How the key store names the hash of a password.
const PASSWORD: &str = "password_hash";

#[derive(Debug, Error)]
pub enum UserError {
    #[error("'{0}' is no e-mail address")]
    NoAddress(String),
    #[error("a user signs in with this address already")]
    AddressTaken,
    #[error("there is no company '{0}'; add it first")]
    CompanyUnknown(CompanyId),
    #[error("{0}")]
    Refused(#[from] Rejection),
    #[error("a password has {SHORTEST} to {LONGEST} characters")]
    PasswordLength,
    #[error("this link has been used, or is older than a day")]
    LinkGone,
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Rows(#[from] RowsError),
    #[error(transparent)]
    Store(#[from] KeyStoreError),
    #[error(transparent)]
    Secret(#[from] SecretFault),
    #[error("this machine cannot do it: {0}")]
    Machine(String),
}

impl From<ExecuteError<Rejection>> for UserError {
    fn from(error: ExecuteError<Rejection>) -> Self {
        match error {
            ExecuteError::Rejected(rejection) => Self::Refused(rejection),
            ExecuteError::Failed(error) => Self::Journal(error),
        }
    }
}

/// Whom to invite, and who does.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub company: CompanyId,
    pub role: Role,
    pub email: String,
    pub name: Option<String>,
    pub by: String,
}

/// Cheap to clone; clones share what they count.
#[derive(Clone)]
pub struct Users {
    app: App,
    limits: Arc<Limits>,
    oidc: Option<Arc<Oidc>>,
}

impl Users {
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), limits: Arc::default(), oidc: None }
    }

    /// Lets in as well whoever that provider vouches for.
    #[must_use]
    pub fn with_oidc(self, oidc: Option<Arc<Oidc>>) -> Self {
        Self { oidc, ..self }
    }

    pub fn oidc(&self) -> Option<&Oidc> {
        self.oidc.as_deref()
    }

    /// Invites somebody; the link lets them choose a password. Two who invite the same address at the same moment may
    /// both succeed; the one who was first is let in.
    pub async fn invite(&self, invitation: Invitation) -> Result<(UserId, Token), UserError> {
        let user = self.register(invitation).await?;
        Ok((user, self.link(user).await?))
    }

    async fn register(&self, invitation: Invitation) -> Result<UserId, UserError> {
        let email = address(&invitation.email).ok_or(UserError::NoAddress(invitation.email))?;
        if self.app.directory.known().company(&invitation.company).is_none() {
            return Err(UserError::CompanyUnknown(invitation.company));
        }
        if users::by_email(&*self.app.store.rows, &email).await?.is_some() {
            return Err(UserError::AddressTaken);
        }
        let user = UserId(Uuid::new_v4());
        let card = UserCard { email, name: invitation.name };
        let Invitation { company, role, by, .. } = invitation;
        let invited = UserInvited { user, company: company.clone(), role, by, private: Private::Known(card) };
        self.tell(user, &company, Command::Invite(invited)).await?;
        Ok(user)
    }

    /// A new link; the old password is good until it is used, older links are not.
    pub async fn offer_reset(&self, user: &User, by: &str) -> Result<Token, UserError> {
        let offered = PasswordResetOffered { user: user.user_id, by: by.to_owned() };
        self.tell(user.user_id, &user.company, Command::OfferReset(offered)).await?;
        self.link(user.user_id).await
    }

    /// Whoever may choose a password with a link, without using it up.
    pub async fn by_link(&self, link: &Token) -> Result<User, UserError> {
        let found = self.app.store.tickets.find(TicketKind::Link, &link.hash()).await?;
        let good = found.filter(|ticket| self.app.clock.now() < ticket.expires_at).ok_or(UserError::LinkGone)?;
        let user = users::find(&*self.app.store.rows, Scope::All, good.user).await?;
        user.filter(|user| user.deactivated_at.is_none()).ok_or(UserError::LinkGone)
    }

    /// Uses a link up: the password is theirs from now on, and every session that the old one opened ends.
    pub async fn choose_password(&self, link: &Token, password: SecretString) -> Result<User, UserError> {
        let user = self.by_link(link).await?;
        let hash = password::hashed(password).await?;
        if !self.app.store.tickets.take(&link.hash()).await? {
            return Err(UserError::LinkGone);
        }
        self.app.secrets.replace(&user_owner(user.user_id), PASSWORD, hash).await?;
        self.app.store.tickets.take_all(TicketKind::Session, user.user_id).await?;
        let set = PasswordSet { user: user.user_id };
        self.tell(user.user_id, &user.company, Command::SetPassword(set)).await?;
        Ok(user)
    }

    /// False where they have that role already.
    pub async fn change_role(&self, user: &User, role: Role, by: &str) -> Result<bool, UserError> {
        let changed = UserRoleChanged { user: user.user_id, role, by: by.to_owned() };
        self.tell(user.user_id, &user.company, Command::ChangeRole(changed)).await
    }

    /// Shuts somebody out at once and for good, and destroys their password.
    pub async fn deactivate(&self, user: &User, by: &str) -> Result<bool, UserError> {
        let deactivated = UserDeactivated { user: user.user_id, by: by.to_owned() };
        let done = self.tell(user.user_id, &user.company, Command::Deactivate(deactivated)).await?;
        for kind in [TicketKind::Session, TicketKind::Link] {
            self.app.store.tickets.take_all(kind, user.user_id).await?;
        }
        self.app.secrets.replace(&user_owner(user.user_id), PASSWORD, SecretString::default()).await?;
        Ok(done)
    }

    /// Shuts somebody out and forgets who they were: the key of their name and address is destroyed in the log. What they
    /// did stays, under an id that says nothing. It is recorded as every erasure is, so that a restore repeats it.
    pub async fn erase(&self, user: &User, by: &str) -> Result<(), UserError> {
        self.deactivate(user, by).await?;
        let erasure = Erasure {
            company: user.company.clone(),
            customer: CustomerId(user.user_id.0),
            calls: vec![],
            keys: vec![],
            erased_at: self.app.clock.now(),
            by: by.to_owned(),
        };
        self.app.store.keys.erase(erasure.clone()).await?;
        self.app.journal.forget();
        Ok(privacy::apply(&self.app, &erasure).await?)
    }

    async fn link(&self, user: UserId) -> Result<Token, UserError> {
        self.app.store.tickets.take_all(TicketKind::Link, user).await?;
        self.ticket(TicketKind::Link, user, LINK).await
    }

    async fn ticket(&self, kind: TicketKind, user: UserId, lasts: SignedDuration) -> Result<Token, UserError> {
        let token = Token::generate().map_err(|error| UserError::Machine(error.to_string()))?;
        let now = self.app.clock.now();
        let expires_at = now.saturating_add(lasts).unwrap_or(now);
        let ticket = Ticket { hash: token.hash(), kind, user, made_at: now, seen_at: now, expires_at };
        self.app.store.tickets.put(ticket).await?;
        Ok(token)
    }

    async fn tell(&self, user: UserId, company: &CompanyId, command: Command) -> Result<bool, UserError> {
        let cause = Cause::joining(Uuid::now_v7(), Uuid::now_v7());
        let stream = StreamId::user(user);
        let executed = self.app.journal.execute::<Aggregate>(&stream, Some(company), cause, command).await?;
        Ok(!executed.events.is_empty())
    }
}

/// An address as it is kept: one `@` with something on both sides, in small letters. Whether it exists only mail can tell.
fn address(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (name, domain) = text.split_once('@')?;
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    (text.len() <= 254 && plain(name) && plain(domain) && !domain.contains('@') && domain.contains('.')).then_some(text)
}

#[cfg(test)]
mod tests;
