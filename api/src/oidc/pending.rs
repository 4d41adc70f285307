//! A sign-in that has begun and waits for the provider. The browser carries it in a cookie, sealed under the master key, so
//! that any node takes it up and nobody else reads or makes one; it is good for ten minutes.

use super::OidcError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use jiff::{SignedDuration, Timestamp};
use ringbuch_adapters::sealing::MasterKeys;
use serde::{Deserialize, Serialize};

/// The prefix has the browser refuse it from anything but this very host over a secure connection.
pub const COOKIE: &str = "__Host-ringbuch-oidc";
const CONTEXT: &[u8] = b"ringbuch oidc sign-in";
pub const LASTS: SignedDuration = SignedDuration::from_mins(10);

#[derive(Debug, Serialize, Deserialize)]
pub struct Pending {
    /// What the provider sends back, so that an answer is to a question of this browser's.
    pub state: String,
    /// What the ID token repeats, so that it was made for this sign-in.
    pub nonce: String,
    /// What proves to the provider that whoever asks for the token has begun (PKCE).
    pub verifier: String,
    /// Where the provider sends the browser back to.
    pub redirect: String,
    /// Where to go afterwards; empty for the overview.
    pub next: String,
    pub until: Timestamp,
}

impl Pending {
    /// The cookie that keeps it in the browser.
    pub fn cookie(&self, master: &MasterKeys) -> Result<String, OidcError> {
        let broken = |error: &dyn std::fmt::Display| OidcError::Machine(error.to_string());
        let plain = serde_json::to_vec(self).map_err(|error| broken(&error))?;
        let sealed = master.seal(CONTEXT, &plain).map_err(|error| broken(&error))?;
        Ok(cookie(URL_SAFE_NO_PAD.encode(sealed), Duration::seconds(LASTS.as_secs())))
    }

    /// What a cookie holds, if it was made here and is not too old.
    pub fn open(cookie: &str, master: &MasterKeys, now: Timestamp) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let plain = master.open(CONTEXT, &sealed).ok()?;
        serde_json::from_slice::<Self>(&plain).ok().filter(|it| now < it.until)
    }
}

/// The cookie that makes the browser forget it.
pub fn gone() -> String {
    cookie(String::new(), Duration::ZERO)
}

/// The provider sends the browser back by a link, with which `Lax` lets it go along.
fn cookie(value: String, lasts: Duration) -> String {
    let built = Cookie::build((COOKIE, value)).path("/").secure(true).http_only(true);
    built.same_site(SameSite::Lax).max_age(lasts).build().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_opened_where_it_was_sealed_and_for_ten_minutes() {
        let master = || MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap();
        let (ours, other) = (master(), master());
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let text = |text: &str| text.to_owned();
        let pending = Pending {
            state: text("s"),
            nonce: text("n"),
            verifier: text("v"),
            redirect: text("https://ringbuch.example.com/login/oidc/callback"),
            next: text("/c/salon"),
            until: now + LASTS,
        };
        let set = pending.cookie(&ours).unwrap();
        for part in ["__Host-ringbuch-oidc=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"] {
            assert!(set.contains(part), "{set}");
        }
        let value = set.split(';').next().unwrap().split_once('=').unwrap().1;
        assert_eq!(Pending::open(value, &ours, now).unwrap().next, "/c/salon");
        assert!(Pending::open(value, &ours, now + LASTS).is_none(), "too old");
        assert!(Pending::open(value, &other, now).is_none(), "another installation's");
        for odd in ["", "AAAA", &value[..value.len() - 4]] {
            assert!(Pending::open(odd, &ours, now).is_none(), "{odd}");
        }
        assert!(gone().contains("Max-Age=0"));
    }
}
