//! Who asks: `Authorization: Bearer rb_…`, or a browser's session where it is taken, is hashed, looked up, and held against
//! what the endpoint asks for. A handler gets a `Caller`, which names the one company that the request is about.

mod key;
mod permission;
pub mod session;

pub use key::{ApiKey, hash};
pub use permission::Permission;
pub use session::{SessionLookup, Token};

use super::with;
use crate::metrics::{Crossing, Metrics};
use crate::problem::{Kind, Problem};
use async_trait::async_trait;
use http::{HeaderMap, Method, header};
use jiff::Timestamp;
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::{CompanyId, KeyId, UserId};
use ringbuch_domain::ports::Clock;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;
use warp::filters::BoxedFilter;
use warp::{Filter, Rejection};

/// Who acts, as the log names them: `key:…`, `user:…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Key(KeyId),
    User(UserId),
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "key:{key}"),
            Self::User(user) => write!(f, "user:{user}"),
        }
    }
}

/// Whoever holds a key or is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub who: Who,
    /// An owner's own company, too; an owner may name another one.
    pub company: CompanyId,
    pub role: Role,
    /// Empty: whatever the role may do.
    pub scopes: Vec<String>,
}

/// The principal, and the company that this request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub principal: Principal,
    pub company: CompanyId,
}

impl Caller {
    /// Whether the caller has a permission beyond the one that the endpoint asks for.
    pub fn may(&self, permission: &Permission) -> bool {
        permission.check(&self.principal).is_ok()
    }

    pub fn is_owner(&self) -> bool {
        self.principal.role == Role::Owner
    }

    /// How the log names whoever acts.
    pub fn name(&self) -> String {
        self.principal.who.to_string()
    }
}

/// A caller whom another part of this program has let in by rules of its own. It stands among a request's extensions,
/// where nothing that comes from outside can put it; the role is asked all the same, the scopes are not.
#[derive(Debug, Clone)]
pub struct Admitted(pub Caller);

/// Keys cannot be looked up at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("keys cannot be looked up at the moment")]
pub struct KeysUnavailable;

/// Where keys are known by the SHA-256 of their text, in hex.
#[async_trait]
pub trait KeyLookup: Send + Sync {
    /// Whoever holds the key; absent where it is unknown, revoked, or expired at that time.
    async fn by_hash(&self, hash: &str, now: Timestamp) -> Result<Option<Principal>, KeysUnavailable>;
}

/// Guards endpoints.
#[derive(Clone)]
pub struct Gate {
    keys: Arc<dyn KeyLookup>,
    sessions: Option<Arc<dyn SessionLookup>>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
}

impl Gate {
    pub fn new(keys: Arc<dyn KeyLookup>, clock: Arc<dyn Clock>, metrics: Metrics) -> Self {
        Self { keys, sessions: None, clock, metrics }
    }

    /// Takes a browser's session as well, where no key is shown.
    #[must_use]
    pub fn with_sessions(self, sessions: Arc<dyn SessionLookup>) -> Self {
        Self { sessions: Some(sessions), ..self }
    }

    /// Lets through who has the permission, and hands the caller to the handler. An owner may name another company as
    /// `?company=`.
    pub fn require(&self, permission: &'static Permission) -> BoxedFilter<(Caller,)> {
        warp::method()
            .and(warp::header::headers_cloned())
            .and(warp::query::<Vec<(String, String)>>())
            .and(warp::ext::optional::<Admitted>())
            .and(with(self))
            .and_then(
                move |method: Method,
                      headers: HeaderMap,
                      query: Vec<(String, String)>,
                      admitted: Option<Admitted>,
                      gate: Gate| async move {
                    if let Some(Admitted(caller)) = admitted {
                        return permission.check_role(&caller.principal).map(|()| caller).map_err(Rejection::from);
                    }
                    gate.admit(permission, &method, &headers, named_company(&query)).await.map_err(Rejection::from)
                },
            )
            .boxed()
    }

    async fn admit(
        &self,
        permission: &Permission,
        method: &Method,
        headers: &HeaderMap,
        company: Option<&str>,
    ) -> Result<Caller, Problem> {
        let authorization = headers.get(header::AUTHORIZATION);
        let principal = match (authorization, &self.sessions, Token::of(headers)) {
            (None, Some(sessions), Some(session)) => self.signed_in(&**sessions, &session, method, headers).await?,
            _ => self.holder(authorization.and_then(|value| value.to_str().ok())).await?,
        };
        permission.check(&principal)?;
        let company = self.company_of(&principal, company, Crossing::Api)?;
        Ok(Caller { principal, company })
    }

    /// Whoever holds the key of an `Authorization` header.
    pub async fn holder(&self, authorization: Option<&str>) -> Result<Principal, Problem> {
        let token = authorization.and_then(bearer).ok_or_else(|| sign_in_needed("Bearer realm=\"ringbuch\""))?;
        let found = self.keys.by_hash(&hash(token), self.clock.now()).await;
        let found = found.map_err(|KeysUnavailable| Problem::unavailable(5))?;
        found.ok_or_else(|| sign_in_needed("Bearer realm=\"ringbuch\", error=\"invalid_token\""))
    }

    /// A browser sends its cookie whoever made it ask, so a write must be shown to come from a page of ours.
    async fn signed_in(
        &self,
        sessions: &dyn SessionLookup,
        session: &Token,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Principal, Problem> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            session::check_origin(headers)?;
            session::check_csrf_header(headers, session)?;
        }
        let found = sessions.by_session(&session.hash(), self.clock.now()).await;
        let found = found.map_err(|KeysUnavailable| Problem::unavailable(5))?;
        found.ok_or_else(|| sign_in_needed("Bearer realm=\"ringbuch\""))
    }

    /// As the function of that name.
    pub fn company_of(&self, principal: &Principal, named: Option<&str>, at: Crossing) -> Result<CompanyId, Problem> {
        company_of(principal, named, at, &self.metrics)
    }
}

fn sign_in_needed(challenge: &str) -> Problem {
    Problem::new(Kind::SignInNeeded).header(header::WWW_AUTHENTICATE, challenge)
}

/// The token of `Bearer <token>`; the scheme's case does not matter.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn named_company(query: &[(String, String)]) -> Option<&str> {
    query.iter().find(|(name, value)| name == "company" && !value.is_empty()).map(|(_, value)| value.as_str())
}

/// The company that a request is about: the one that is named, if the principal may, otherwise their own. Whoever names
/// one that is not theirs is counted.
pub fn company_of(
    principal: &Principal,
    named: Option<&str>,
    at: Crossing,
    metrics: &Metrics,
) -> Result<CompanyId, Problem> {
    let Some(named) = named else { return Ok(principal.company.clone()) };
    let named = CompanyId::new(named).map_err(|unusable| Problem::query(format!("{unusable}.")))?;
    if named != principal.company && principal.role != Role::Owner {
        metrics.crossed_tenants(at);
        return Err(Problem::not_allowed("The key belongs to another company; only an owner may name one."));
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SteppedClock;
    use std::collections::HashMap;

    #[derive(Default)]
    struct Keys {
        known: HashMap<String, (Principal, Timestamp)>,
        down: bool,
    }

    #[async_trait]
    impl KeyLookup for Keys {
        async fn by_hash(&self, hash: &str, now: Timestamp) -> Result<Option<Principal>, KeysUnavailable> {
            if self.down {
                return Err(KeysUnavailable);
            }
            let found = self.known.get(hash).filter(|(_, expires)| now < *expires);
            Ok(found.map(|(principal, _)| principal.clone()))
        }
    }

    impl Keys {
        fn add(&mut self, role: Role, scopes: &[&str]) -> String {
            let key = ApiKey::generate().unwrap();
            let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
            let principal =
                Principal { who: Who::Key(KeyId(uuid::Uuid::nil())), company: company("salon"), role, scopes };
            self.known.insert(key.hash(), (principal, "2026-06-01T00:00:00Z".parse().unwrap()));
            format!("Bearer {}", key.reveal())
        }
    }

    fn company(id: &str) -> CompanyId {
        CompanyId::new(id).unwrap()
    }

    fn gate(keys: Keys, now: &str) -> Gate {
        let clock = Arc::new(SteppedClock::at(now.parse().unwrap()));
        Gate::new(Arc::new(keys), clock, Metrics::new().unwrap())
    }

    const NOW: &str = "2026-03-01T00:00:00Z";

    async fn admit(
        gate: &Gate,
        permission: &Permission,
        key: Option<&str>,
        company: Option<&str>,
    ) -> Result<Caller, Problem> {
        let headers = key.map(|key| (header::AUTHORIZATION, key.parse().unwrap())).into_iter().collect();
        gate.admit(permission, &Method::GET, &headers, company).await
    }

    async fn status(gate: &Gate, permission: &Permission, key: Option<&str>, company: Option<&str>) -> u16 {
        admit(gate, permission, key, company).await.map_or_else(|problem| problem.kind.status().as_u16(), |_| 200)
    }

    #[tokio::test]
    async fn roles_and_scopes_open_what_they_should() {
        let mut keys = Keys::default();
        let viewer = keys.add(Role::Viewer, &[]);
        let admin = keys.add(Role::Admin, &[]);
        let reader = keys.add(Role::Admin, &["read"]);
        let owner = keys.add(Role::Owner, &[]);
        let gate = gate(keys, NOW);
        for (key, permission, expected) in [
            (&viewer, &Permission::READ, 200),
            (&viewer, &Permission::OPERATE, 403),
            (&admin, &Permission::ADMINISTER, 200),
            (&admin, &Permission::OWN, 403),
            (&reader, &Permission::READ, 200),
            (&reader, &Permission::ADMINISTER, 403),
            (&owner, &Permission::OWN, 200),
        ] {
            assert_eq!(status(&gate, permission, Some(key), None).await, expected, "{permission:?}");
        }
    }

    #[tokio::test]
    async fn only_an_owner_reaches_another_company() {
        let mut keys = Keys::default();
        let (admin, owner) = (keys.add(Role::Admin, &[]), keys.add(Role::Owner, &[]));
        let gate = gate(keys, NOW);
        assert_eq!(status(&gate, &Permission::READ, Some(&admin), Some("salon")).await, 200);
        assert_eq!(status(&gate, &Permission::READ, Some(&admin), Some("other")).await, 403);
        assert_eq!(status(&gate, &Permission::READ, Some(&owner), Some("Not An Id")).await, 400);
        assert!(gate.metrics.render().contains(r#"ringbuch_cross_tenant_total{at="api"} 1"#));
        let caller = admit(&gate, &Permission::READ, Some(&owner), Some("other")).await.unwrap();
        assert_eq!(caller.company, company("other"));
    }

    #[tokio::test]
    async fn without_a_valid_key_the_answer_is_a_challenge() {
        let mut keys = Keys::default();
        let key = keys.add(Role::Viewer, &[]);
        let gate_now = gate(keys, NOW);
        for bad in [None, Some("Basic x"), Some("Bearer "), Some("Bearer rb_unknown"), Some("rb_x")] {
            let problem = admit(&gate_now, &Permission::READ, bad, None).await.unwrap_err();
            assert_eq!(problem.kind, Kind::SignInNeeded, "{bad:?}");
            assert!(warp::Reply::into_response(problem).headers().contains_key("www-authenticate"));
        }
        assert_eq!(status(&gate_now, &Permission::READ, Some(&key.replace("Bearer", "bearer")), None).await, 200);
    }

    #[tokio::test]
    async fn an_expired_key_is_no_key_and_a_store_that_is_down_is_not_a_refusal() {
        let mut keys = Keys::default();
        let key = keys.add(Role::Viewer, &[]);
        assert_eq!(status(&gate(keys, "2026-06-01T00:00:00Z"), &Permission::READ, Some(&key), None).await, 401);
        let down = gate(Keys { down: true, ..Keys::default() }, NOW);
        assert_eq!(status(&down, &Permission::READ, Some(&key), None).await, 503);
    }
}
