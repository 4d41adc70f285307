//! A provider of identities on this machine, as the specifications have it: it describes itself, shows its keys, binds each
//! code to one client, address, nonce and PKCE challenge, takes it once, and signs with a key that it draws. Tests order
//! what it does wrong.

use crate::clock::SteppedClock;
use crate::http::{Front, Routes};
use crate::metrics::Metrics;
use crate::oidc::OidcSettings;
use crate::server::Server;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use ringbuch_domain::ports::Clock;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use warp::Filter;
use warp::reply::{Reply, Response};

pub const CLIENT: &str = "ringbuch";
pub const SECRET: &str = "made-up-client-secret";
/// The one address that is registered for the client.
const REDIRECT: &str = "https://ringbuch.example.com/login/oidc/callback";

/// What the provider does otherwise than it should, or than most do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Twist {
    #[default]
    None,
    Nonce,
    Audience,
    /// Another client's beside ours.
    FurtherAudience,
    Expired,
    Issuer,
    /// `alg: none`.
    Unsigned,
    /// HS256 under the client's secret, which is no secret between the two alone.
    SharedSecret,
    /// By a key that is not the one under its name.
    Forged,
    AccessToken,
    Unverified,
    NotSaidWhetherVerified,
    NoAddress,
    /// The address is told to whoever asks with the access token, as some do.
    AddressApart,
    AnothersAddressApart,
    /// A code is taken as often as it is shown.
    CodesForEver,
    Declines,
    AnswersAsAnother,
}

struct Grant {
    nonce: String,
    challenge: String,
    redirect: String,
    used: bool,
}

struct State {
    twist: Twist,
    email: String,
    key: EcdsaKeyPair,
    key_id: u32,
    grants: HashMap<String, Grant>,
    discovered: u32,
}

pub struct Provider {
    pub issuer: String,
    state: Arc<Mutex<State>>,
    _shutdown: DropGuard,
}

fn drawn() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap()
}

/// Names and values of a query or a form.
type Pairs = HashMap<String, String>;

impl Provider {
    pub async fn start(clock: &Arc<SteppedClock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let state = State {
            twist: Twist::None,
            email: "Max@Example.com".into(),
            key: drawn(),
            key_id: 1,
            grants: HashMap::new(),
            discovered: 0,
        };
        let state = Arc::new(Mutex::new(state));
        let at = Desk { issuer: issuer.clone(), state: Arc::clone(&state), clock: Arc::clone(clock) };
        let front = Front::new(at.routes(), Metrics::new().unwrap());
        let stop = CancellationToken::new();
        tokio::spawn(Server::default().run(listener, front, stop.clone(), std::time::Duration::ZERO));
        Self { issuer, state, _shutdown: stop.drop_guard() }
    }

    pub fn settings(&self) -> OidcSettings {
        OidcSettings {
            issuer: self.issuer.clone(),
            client_id: CLIENT.into(),
            client_secret: SECRET.into(),
            name: "Morgenrot ID".into(),
            new_users: None,
        }
    }

    pub fn does(&self, twist: Twist) {
        self.state.lock().unwrap().twist = twist;
    }

    /// Who sits at the browser.
    pub fn knows(&self, email: &str) {
        self.state.lock().unwrap().email = email.into();
    }

    pub fn replaces_its_key(&self) {
        let mut state = self.state.lock().unwrap();
        (state.key, state.key_id) = (drawn(), state.key_id + 1);
    }

    /// How often it was asked what it is.
    pub fn discovered(&self) -> u32 {
        self.state.lock().unwrap().discovered
    }

    /// Where a browser is sent back to that goes to this address and signs in.
    pub async fn signs_in(&self, address: &str) -> String {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let sent = client.build().unwrap().get(address).send().await.unwrap();
        assert_eq!(sent.status(), 303, "{}", sent.text().await.unwrap());
        let back = sent.headers()["location"].to_str().unwrap();
        back.strip_prefix("https://ringbuch.example.com").unwrap().to_owned()
    }
}

/// What answers.
#[derive(Clone)]
struct Desk {
    issuer: String,
    state: Arc<Mutex<State>>,
    clock: Arc<SteppedClock>,
}

impl Desk {
    fn routes(&self) -> Routes {
        let (one, two, three, four, five) = (self.clone(), self.clone(), self.clone(), self.clone(), self.clone());
        let authorize = warp::query::<Pairs>().map(move |asked: Pairs| three.authorize(&asked));
        let form = warp::body::bytes().map(|bytes: Bytes| pairs(&bytes));
        let token = warp::header::headers_cloned().and(form);
        let token = token.map(move |headers: HeaderMap, form: Pairs| four.token(&headers, &form));
        let userinfo = warp::header::headers_cloned().map(move |headers: HeaderMap| five.userinfo(&headers));
        Routes::new()
            .add(Method::GET, "/.well-known/openid-configuration", warp::any().map(move || one.description()))
            .add(Method::GET, "/jwks", warp::any().map(move || two.keys()))
            .add(Method::GET, "/authorize", authorize)
            .add(Method::POST, "/token", token)
            .add(Method::GET, "/userinfo", userinfo)
    }

    fn description(&self) -> Response {
        self.state.lock().unwrap().discovered += 1;
        let at = |path: &str| format!("{}{path}", self.issuer);
        answer(&json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "userinfo_endpoint": at("/userinfo"),
            "jwks_uri": at("/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
        }))
    }

    fn keys(&self) -> Response {
        let state = self.state.lock().unwrap();
        let point = state.key.public_key().as_ref();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        answer(&json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": state.key_id.to_string(),
            "x": part(&point[1..33]), "y": part(&point[33..]),
        }] }))
    }

    fn authorize(&self, asked: &Pairs) -> Response {
        let mut state = self.state.lock().unwrap();
        for (name, value) in [("response_type", "code"), ("client_id", CLIENT), ("code_challenge_method", "S256")] {
            assert_eq!(asked[name], value);
        }
        assert_eq!(asked["redirect_uri"], REDIRECT, "the address that was registered");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let code = format!("made-up-code-{}", state.grants.len());
        let of = |name: &str| asked[name].clone();
        let grant =
            Grant { nonce: of("nonce"), challenge: of("code_challenge"), redirect: of("redirect_uri"), used: false };
        state.grants.insert(code.clone(), grant);
        let result = if state.twist == Twist::Declines { "error=access_denied".into() } else { format!("code={code}") };
        let issuer = if state.twist == Twist::AnswersAsAnother { "https://evil.example.com" } else { &self.issuer };
        let back = format!("{REDIRECT}?{result}&state={}&iss={issuer}", asked["state"]);
        warp::reply::with_header(StatusCode::SEE_OTHER, header::LOCATION, back).into_response()
    }

    fn token(&self, headers: &HeaderMap, form: &Pairs) -> Response {
        let client = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
        if headers.get("authorization").is_none_or(|shown| shown != client.as_str()) {
            return refusal("invalid_client");
        }
        let mut state = self.state.lock().unwrap();
        let twist = state.twist;
        let Some(grant) = state.grants.get_mut(&form["code"]) else { return refusal("invalid_grant") };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
        let begun_by_them = grant.challenge == challenge && grant.redirect == form["redirect_uri"];
        if !begun_by_them || (grant.used && twist != Twist::CodesForEver) || form["grant_type"] != "authorization_code"
        {
            return refusal("invalid_grant");
        }
        grant.used = true;
        let nonce = grant.nonce.clone();
        let token = self.id_token(&state, &nonce);
        answer(&json!({ "access_token": "at-1", "token_type": "Bearer", "expires_in": 300, "id_token": token }))
    }

    fn id_token(&self, state: &State, nonce: &str) -> String {
        let (twist, now) = (state.twist, self.clock.now().as_second());
        let hash = Sha256::digest(if twist == Twist::AccessToken { "at-2" } else { "at-1" });
        let mut claims = json!({
            "iss": if twist == Twist::Issuer { "https://evil.example.com" } else { &self.issuer },
            "aud": match twist {
                Twist::Audience => json!("another"),
                Twist::FurtherAudience => json!([CLIENT, "another"]),
                _ => json!(CLIENT),
            },
            "sub": "248289761001",
            "iat": now - 5,
            "exp": if twist == Twist::Expired { now } else { now + 300 },
            "nonce": if twist == Twist::Nonce { "another" } else { nonce },
            "at_hash": URL_SAFE_NO_PAD.encode(&hash[..16]),
        });
        let apart = [Twist::NoAddress, Twist::AddressApart, Twist::AnothersAddressApart];
        if !apart.contains(&twist) {
            claims["email"] = json!(state.email);
            claims["name"] = json!("Max Mustermann");
            claims["email_verified"] = json!(twist != Twist::Unverified);
        }
        if twist == Twist::NotSaidWhetherVerified {
            claims.as_object_mut().unwrap().remove("email_verified");
        }
        signed(state, &claims)
    }

    fn userinfo(&self, headers: &HeaderMap) -> Response {
        assert_eq!(headers["authorization"], "Bearer at-1");
        let state = self.state.lock().unwrap();
        let subject = if state.twist == Twist::AnothersAddressApart { "1" } else { "248289761001" };
        let mut told = json!({ "sub": subject });
        if state.twist != Twist::NoAddress {
            (told["email"], told["email_verified"]) = (json!(state.email), json!(true));
        }
        answer(&told)
    }
}

fn signed(state: &State, claims: &Value) -> String {
    let algorithm = match state.twist {
        Twist::Unsigned => "none",
        Twist::SharedSecret => "HS256",
        _ => "ES256",
    };
    let head = json!({ "alg": algorithm, "kid": state.key_id.to_string(), "typ": "JWT" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let said = format!("{}.{}", part(&head), part(claims));
    let ecdsa = |key: &EcdsaKeyPair| key.sign(&SystemRandom::new(), said.as_bytes()).unwrap().as_ref().to_vec();
    let signature = match state.twist {
        Twist::Unsigned => vec![],
        Twist::SharedSecret => {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
            ring::hmac::sign(&key, said.as_bytes()).as_ref().to_vec()
        }
        Twist::Forged => ecdsa(&drawn()),
        _ => ecdsa(&state.key),
    };
    format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn pairs(form: &[u8]) -> Pairs {
    reqwest::Url::parse(&format!("http://form/?{}", std::str::from_utf8(form).unwrap()))
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

fn answer(value: &Value) -> Response {
    warp::reply::json(value).into_response()
}

fn refusal(error: &str) -> Response {
    let told = warp::reply::json(&json!({ "error": error, "error_description": "no" }));
    warp::reply::with_status(told, StatusCode::BAD_REQUEST).into_response()
}
