//! Passwords, hashed with argon2id at its recommended cost; away from the threads that answer requests, a few at a time,
//! since each takes 19 MiB and some ten milliseconds.

use super::UserError;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use std::sync::LazyLock;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// In characters. Length protects; rules about digits and signs do not.
pub const SHORTEST: usize = 12;
/// A password is read by whoever is not signed in yet, so it is bounded.
pub const LONGEST: usize = 200;

/// Hashes that are computed at the same time.
static TURNS: Semaphore = Semaphore::const_new(4);

/// Verified in the place of a hash that is not there, so that an unknown address takes as long as a known one.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| hash(b"nobody's").ok());

fn hash(password: &[u8]) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password)?.to_string())
}

/// The hash to keep of a password that somebody chose.
pub async fn hashed(password: SecretString) -> Result<SecretString, UserError> {
    let length = password.expose_secret().chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(UserError::PasswordLength);
    }
    let hashed = aside(move || hash(password.expose_secret().as_bytes())).await?;
    hashed.map(SecretString::from).map_err(|error| UserError::Machine(error.to_string()))
}

/// Whether it is the password behind a hash; takes the same time where there is none.
pub async fn fits(password: SecretString, kept: Option<SecretString>) -> Result<bool, UserError> {
    if password.expose_secret().len() > 4 * LONGEST {
        return Ok(false);
    }
    aside(move || {
        let known = kept.as_ref().map(ExposeSecret::expose_secret).filter(|kept| !kept.is_empty());
        let against = known.or(NOBODYS.as_deref()).unwrap_or_default();
        let Ok(against) = PasswordHash::new(against) else { return false };
        let fits = Argon2::default().verify_password(password.expose_secret().as_bytes(), &against).is_ok();
        fits && known.is_some()
    })
    .await
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, UserError> {
    let broken = |error: &dyn std::fmt::Display| UserError::Machine(error.to_string());
    let _turn = TURNS.acquire().await.map_err(|error| broken(&error))?;
    spawn_blocking(work).await.map_err(|error| broken(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_nothing_else() {
        let secret = |text: &str| SecretString::from(text);
        let kept = hashed(secret("correct horse battery")).await.unwrap();
        assert!(kept.expose_secret().starts_with("$argon2id$"));
        assert!(fits(secret("correct horse battery"), Some(kept.clone())).await.unwrap());
        assert!(!fits(secret("correct horse"), Some(kept)).await.unwrap());
        for none in [None, Some(SecretString::default()), Some(secret("no hash"))] {
            assert!(!fits(secret("nobody's"), none).await.unwrap());
        }
    }

    #[tokio::test]
    async fn what_is_too_short_or_too_long_is_no_password() {
        for (length, good) in [(11, false), (12, true), (200, true), (201, false)] {
            assert_eq!(hashed("ä".repeat(length).into()).await.is_ok(), good, "{length}");
        }
    }
}
