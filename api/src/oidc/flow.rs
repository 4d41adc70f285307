//! The two halves of a sign-in: off to the provider, and back with its answer.

use super::pending::{LASTS, Pending};
use super::proof::{Unproven, proven};
use super::provider::{Client, NotSent, Provider};
use super::{OidcError, OidcSettings};
use crate::app::App;
use crate::mcp::Reach;
use http::HeaderMap;
use moka::future::Cache;
use openidconnect::core::{CoreAuthenticationFlow, CoreIdToken, CoreTokenResponse, CoreUserInfoClaims};
use openidconnect::{
    AccessToken, AuthorizationCode, CsrfToken, EndUserName, LocalizedClaim, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SubjectIdentifier, TokenResponse,
    UserInfoError,
};
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_domain::ports::Clock;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Where the provider sends the browser back to; it has to be told of it.
pub const CALLBACK: &str = "/login/oidc/callback";
/// Sign-ins that are remembered as used; the provider takes no code twice either.
const USED_AT_MOST: u64 = 100_000;

/// This installation as a client of one provider.
pub struct Oidc {
    settings: OidcSettings,
    provider: Provider,
    reach: Reach,
    master: Arc<MasterKeys>,
    clock: Arc<dyn Clock>,
    used: Cache<String, ()>,
}

/// A sign-in that has begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub address: String,
    /// What it keeps meanwhile.
    pub cookie: String,
}

/// What the provider sent the browser back with.
#[derive(Debug, Default)]
pub struct Answered {
    pub state: String,
    pub code: Option<String>,
    /// Who answers, where the provider says so (RFC 9207).
    pub issuer: Option<String>,
    pub error: Option<String>,
}

/// Whom the provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// As the provider writes it.
    pub email: String,
    pub name: Option<String>,
    /// Where they wanted to go; empty for the overview.
    pub next: String,
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Oidc {
    pub fn new(app: &App, settings: OidcSettings, reach: Reach) -> Result<Self, OidcError> {
        let lasts = Duration::from_secs(LASTS.as_secs().unsigned_abs());
        Ok(Self {
            provider: Provider::new(&settings)?,
            settings,
            reach,
            master: Arc::clone(&app.master),
            clock: Arc::clone(&app.clock),
            used: Cache::builder().max_capacity(USED_AT_MOST).time_to_live(lasts).build(),
        })
    }

    pub fn settings(&self) -> &OidcSettings {
        &self.settings
    }

    /// Sends the browser of those headers to the provider, which sends it back; `next` is where it wants to go in the end.
    pub async fn begin(&self, headers: &HeaderMap, next: &str) -> Result<Begun, OidcError> {
        let (now, redirect) = (self.clock.now(), format!("{}{CALLBACK}", self.reach.base(headers)));
        let client = self.provider.client(&self.settings, now).await?;
        let back = RedirectUrl::new(redirect.clone()).map_err(|error| OidcError::Machine(error.to_string()))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let request =
            client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random);
        let scopes = ["email", "profile"].map(|scope| Scope::new(scope.to_owned()));
        let request = request.add_scopes(scopes).set_pkce_challenge(challenge).set_redirect_uri(Cow::Owned(back));
        let (address, state, nonce) = request.url();
        let pending = Pending {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            redirect,
            next: next.to_owned(),
            until: now.saturating_add(LASTS).unwrap_or(now),
        };
        Ok(Begun { address: address.into(), cookie: pending.cookie(&self.master)? })
    }

    /// Whom the provider's answer proves, to the browser that carries the cookie. It is good for one time.
    pub async fn finish(&self, answered: Answered, cookie: Option<&str>) -> Result<Vouched, OidcError> {
        let now = self.clock.now();
        let pending = cookie.and_then(|cookie| Pending::open(cookie, &self.master, now)).ok_or(OidcError::Stale)?;
        if !bool::from(pending.state.as_bytes().ct_eq(answered.state.as_bytes())) || !self.first_use(&pending).await {
            return Err(OidcError::Stale);
        }
        if answered.issuer.is_some_and(|issuer| issuer != self.settings.issuer) {
            return Err(OidcError::Unproven(Unproven::Issuer));
        }
        if let Some(error) = answered.error {
            return Err(OidcError::Declined(plain(&error)));
        }
        let code = answered.code.ok_or(OidcError::Unproven(Unproven::Answer))?;
        let client = self.provider.client(&self.settings, now).await?;
        let tokens = self.tokens(&client, code, &pending).await?;
        self.vouched(&client, &tokens, pending).await
    }

    /// A node remembers which ones it has seen; beyond that no provider takes a code twice.
    async fn first_use(&self, pending: &Pending) -> bool {
        self.used.entry(pending.state.clone()).or_insert(()).await.is_fresh()
    }

    async fn tokens(&self, client: &Client, code: String, pending: &Pending) -> Result<CoreTokenResponse, OidcError> {
        let back = RedirectUrl::new(pending.redirect.clone()).map_err(|error| OidcError::Machine(error.to_string()))?;
        let exchange = client.exchange_code(AuthorizationCode::new(code));
        let exchange = exchange.map_err(|_| OidcError::Away("it names no address for tokens".into()))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()));
        let answer = exchange.set_redirect_uri(Cow::Owned(back)).request_async(&self.provider.way).await;
        answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(told) => OidcError::Declined(plain(told.error().as_ref())),
            RequestTokenError::Request(error) => unsent(&error),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => OidcError::Unproven(Unproven::Answer),
        })
    }

    async fn vouched(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        pending: Pending,
    ) -> Result<Vouched, OidcError> {
        let (now, access) = (self.clock.now(), tokens.access_token());
        let token: &CoreIdToken = tokens.id_token().ok_or(OidcError::Unproven(Unproven::Answer))?;
        let renewed;
        let claims = match proven(client, token, &pending.nonce, access, now) {
            Err(Unproven::Key) => {
                renewed = self.provider.client_with_new_keys(&self.settings, now).await?;
                proven(&renewed, token, &pending.nonce, access, now)
            }
            other => other,
        };
        let claims = claims.map_err(OidcError::Unproven)?;
        let (email, verified, name) = match claims.email() {
            Some(email) => (Some(email.to_string()), claims.email_verified(), first(claims.name())),
            None => self.told_apart(client, access, claims.subject()).await?,
        };
        let email = email.ok_or(OidcError::NoAddress)?;
        if verified != Some(true) {
            return Err(OidcError::Unverified);
        }
        Ok(Vouched { email, name, next: pending.next })
    }

    /// Some providers tell the address only to those who ask for it with the access token.
    async fn told_apart(
        &self,
        client: &Client,
        access: &AccessToken,
        subject: &SubjectIdentifier,
    ) -> Result<(Option<String>, Option<bool>, Option<String>), OidcError> {
        if !access.secret().chars().all(|letter| letter.is_ascii_graphic()) {
            return Err(OidcError::Unproven(Unproven::Answer));
        }
        let Ok(asked) = client.user_info(access.clone(), Some(subject.clone())) else {
            return Err(OidcError::NoAddress);
        };
        let told: Result<CoreUserInfoClaims, _> = asked.request_async(&self.provider.way).await;
        let told = told.map_err(|error| match error {
            UserInfoError::Request(error) => unsent(&error),
            UserInfoError::ClaimsVerification(_) => OidcError::Unproven(Unproven::Subject),
            _ => OidcError::Unproven(Unproven::Answer),
        })?;
        Ok((told.email().map(|email| email.to_string()), told.email_verified(), first(told.name())))
    }
}

fn unsent(error: &NotSent) -> OidcError {
    OidcError::Away(error.to_string())
}

/// A word of the provider's as far as it can stand in a log.
fn plain(word: &str) -> String {
    word.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').take(40).collect()
}

/// The name in whichever language comes first.
fn first(name: Option<&LocalizedClaim<EndUserName>>) -> Option<String> {
    let name = name?.iter().next()?.1.trim().to_owned();
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(100).collect();
    (!name.is_empty()).then_some(name)
}
