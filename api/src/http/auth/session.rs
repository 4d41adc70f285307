//! Sessions of browsers: a random text in a cookie, of which only the hash is kept, and what proves that a write comes from
//! a page of ours: the origin that the browser names, and a token that only our pages can read.

use super::key::hash;
use crate::problem::Problem;
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderName, header};
use jiff::Timestamp;
use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{KeysUnavailable, Principal};

/// The prefix has the browser refuse it from anything but this very host over a secure connection.
pub const COOKIE: &str = "__Host-ringbuch";
pub const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
const BYTES: usize = 32;

/// Where sessions are known by the hash of their text.
#[async_trait]
pub trait SessionLookup: Send + Sync {
    /// Whoever is signed in with it; absent where it has ended or its user may not come in any more.
    async fn by_session(&self, hash: &str, now: Timestamp) -> Result<Option<Principal>, KeysUnavailable>;
}

/// The text of a session or of a link; it goes to a browser and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// 256 random bits; fails only where the machine has none to give.
    pub fn generate() -> Result<Self, SysError> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random()?)))
    }

    /// A text that came back, whatever it is.
    pub fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The session that a request shows.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        cookie_of(headers, COOKIE).filter(|text| !text.is_empty()).map(Self)
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> String {
        hash(&self.0)
    }

    /// The cookie that keeps it in the browser until that is closed or the session ends.
    pub fn cookie(&self) -> String {
        cookie(&self.0).build().to_string()
    }

    /// What a page's forms carry. Each page shows it under another mask, so that the length of a compressed page tells
    /// nothing of it.
    pub fn csrf(&self) -> Result<String, SysError> {
        let mask = random()?;
        let masked: Vec<u8> = self.csrf_bytes().iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        Ok(URL_SAFE_NO_PAD.encode([&mask[..], &masked].concat()))
    }

    /// Whether a token that came back is this session's, whatever its mask.
    pub fn has_csrf(&self, token: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
        let Some((mask, masked)) = bytes.split_at_checked(BYTES) else { return false };
        let unmasked: Vec<u8> = masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        bool::from(unmasked.ct_eq(&self.csrf_bytes()))
    }

    fn csrf_bytes(&self) -> [u8; BYTES] {
        Sha256::new().chain_update("csrf").chain_update(&self.0).finalize().into()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

fn random() -> Result<[u8; BYTES], SysError> {
    let mut bits = [0_u8; BYTES];
    SysRng.try_fill_bytes(&mut bits)?;
    Ok(bits)
}

/// The cookie that makes the browser forget its session.
pub fn no_session() -> String {
    let mut gone = cookie("").build();
    gone.make_removal();
    gone.to_string()
}

fn cookie(value: &str) -> cookie::CookieBuilder<'_> {
    Cookie::build((COOKIE, value)).path("/").secure(true).http_only(true).same_site(SameSite::Lax)
}

/// The value of a cookie that the request carries.
pub fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// A write by cookie must come from a page of this host: the browser says so, and nothing else can make it say so.
pub fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let same = match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host)),
        (None, _) => text(HeaderName::from_static("sec-fetch-site")) == Some("same-origin"),
        (Some(_), None) => false,
    };
    same.then_some(()).ok_or_else(|| Problem::not_allowed("The request does not come from a page of this host."))
}

/// A write that a script of ours makes carries the page's token in a header.
pub fn check_csrf_header(headers: &HeaderMap, session: &Token) -> Result<(), Problem> {
    let token = headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    session.has_csrf(token).then_some(()).ok_or_else(|| {
        Problem::not_allowed("A write with a session takes the token of the page in the header X-CSRF-Token.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_session_comes_back_in_its_cookie() {
        let token = Token::generate().unwrap();
        let set = token.cookie();
        for part in ["__Host-ringbuch=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(set.contains(part), "{set}");
        }
        let shown = format!("theme=dark; {}", set.split(';').next().unwrap());
        assert_eq!(Token::of(&headers(&[(header::COOKIE, &shown)])), Some(token));
        assert_eq!(Token::of(&headers(&[(header::COOKIE, "__Host-ringbuch=")])), None);
        assert!(no_session().contains("Max-Age=0"));
    }

    #[test]
    fn a_pages_token_is_its_sessions_under_any_mask() {
        let (token, other) = (Token::generate().unwrap(), Token::generate().unwrap());
        let (one, two) = (token.csrf().unwrap(), token.csrf().unwrap());
        assert_ne!(one, two);
        assert!(token.has_csrf(&one) && token.has_csrf(&two) && !other.has_csrf(&one));
        for odd in ["", "x", "AAAA", &one[..40], &URL_SAFE_NO_PAD.encode([0; 64])] {
            assert!(!token.has_csrf(odd), "{odd}");
        }
    }

    #[test]
    fn only_this_hosts_pages_write() {
        let (origin, host) = (header::ORIGIN, header::HOST);
        let site = || HeaderName::from_static("sec-fetch-site");
        for (pairs, allowed) in [
            (vec![(origin.clone(), "https://book.example.com"), (host.clone(), "book.example.com")], true),
            (vec![(origin.clone(), "http://127.0.0.1:8080"), (host.clone(), "127.0.0.1:8080")], true),
            (vec![(origin.clone(), "https://evil.example.com"), (host.clone(), "book.example.com")], false),
            (vec![(origin.clone(), "null"), (host.clone(), "book.example.com")], false),
            (vec![(origin, "https://book.example.com")], false),
            (vec![(site(), "same-origin"), (host.clone(), "book.example.com")], true),
            (vec![(site(), "cross-site"), (host.clone(), "book.example.com")], false),
            (vec![(host, "book.example.com")], false),
        ] {
            assert_eq!(check_origin(&headers(&pairs)).is_ok(), allowed, "{pairs:?}");
        }
    }
}
