//! Proof that a delivery came from Cal.com: HMAC-SHA256 over the raw body, keyed with a secret that the company has given
//! it. It says neither which secret nor when, so every valid one is tried, always all of them, and a repeat is as right as
//! the first.

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use ringbuch_domain::webhook::Verdict;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use thiserror::Error;

pub const SIGNATURE_HEADER: &str = "x-cal-signature-256";
/// What Cal.com writes in place of a signature where it was given no secret.
const NO_SECRET: &str = "no-secret-provided";
const HASH_BYTES: usize = 32;

/// Why a delivery proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureFault {
    #[error("the request carries no signature")]
    Missing,
    #[error("Cal.com has no secret for this webhook and signs nothing; give it one there")]
    NoSecretThere,
    #[error("the signature does not have the form of one")]
    Malformed,
    #[error("no valid secret made this signature")]
    Wrong,
}

/// Whether one of the secrets (newest first) signed exactly these bytes.
pub fn verify(raw_body: &[u8], headers: &HeaderMap, secrets: &[SecretString]) -> Result<Verdict, SignatureFault> {
    let presented = presented(headers)?;
    // Every secret is tried, so that the time it takes does not tell which one is right.
    let right: Vec<bool> = secrets.iter().map(|secret| signed_with(secret, raw_body, &presented)).collect();
    match right.iter().position(|right| *right) {
        Some(0) => Ok(Verdict::CurrentKey),
        Some(_) => Ok(Verdict::PreviousKey),
        None => Err(SignatureFault::Wrong),
    }
}

/// The header's value as Cal.com would send it; what stands in for Cal.com signs with this.
pub fn sign(raw_body: &[u8], secret: &SecretString) -> String {
    keyed(secret, raw_body).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default()
}

/// A header that comes twice, or is not ASCII, has no form that could be checked.
fn presented(headers: &HeaderMap) -> Result<[u8; HASH_BYTES], SignatureFault> {
    let mut values = headers.get_all(SIGNATURE_HEADER).iter();
    let value = values.next().ok_or(SignatureFault::Missing)?.to_str().map_err(|_| SignatureFault::Malformed)?;
    if values.next().is_some() {
        return Err(SignatureFault::Malformed);
    }
    if value == NO_SECRET {
        return Err(SignatureFault::NoSecretThere);
    }
    let mut digest = [0; HASH_BYTES];
    hex::decode_to_slice(value, &mut digest).map_err(|_| SignatureFault::Malformed)?;
    Ok(digest)
}

/// An empty secret proves nothing, since everybody has it.
fn signed_with(secret: &SecretString, raw_body: &[u8], presented: &[u8]) -> bool {
    let same = keyed(secret, raw_body).is_some_and(|mac| mac.verify_slice(presented).is_ok());
    same && !secret.expose_secret().is_empty()
}

fn keyed(secret: &SecretString, raw_body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(raw_body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const BODY: &[u8] = br#"{"triggerEvent":"BOOKING_CREATED"}"#;

    fn secrets(secrets: &[&str]) -> Vec<SecretString> {
        secrets.iter().map(|secret| SecretString::from(*secret)).collect()
    }

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(SIGNATURE_HEADER, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn signed(secret: &str) -> String {
        sign(BODY, &SecretString::from(secret))
    }

    /// The second test case of RFC 4231.
    #[test]
    fn the_published_vector_comes_out() {
        let signature = sign(b"what do ya want for nothing?", &SecretString::from("Jefe"));
        assert_eq!(signature, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn while_a_secret_is_replaced_both_are_valid() {
        let both = secrets(&["new", "old"]);
        assert_eq!(verify(BODY, &headers(&[&signed("new")]), &both), Ok(Verdict::CurrentKey));
        assert_eq!(verify(BODY, &headers(&[&signed("old")]), &both), Ok(Verdict::PreviousKey));
        assert_eq!(verify(BODY, &headers(&[&signed("new").to_uppercase()]), &both), Ok(Verdict::CurrentKey));
        assert_eq!(verify(BODY, &headers(&[&signed("other")]), &both), Err(SignatureFault::Wrong));
    }

    #[test]
    fn lesson_18_what_proves_nothing_is_told_apart() {
        let right = signed("new");
        let cases: [(&[&str], SignatureFault); 7] = [
            (&[], SignatureFault::Missing),
            (&["no-secret-provided"], SignatureFault::NoSecretThere),
            (&[""], SignatureFault::Malformed),
            (&["sha256=00"], SignatureFault::Malformed),
            (&[&right[1..]], SignatureFault::Malformed),
            (&[&right, &right], SignatureFault::Malformed),
            (&[&"0".repeat(64)], SignatureFault::Wrong),
        ];
        for (values, fault) in cases {
            assert_eq!(verify(BODY, &headers(values), &secrets(&["new"])), Err(fault), "{values:?}");
        }
        assert_eq!(verify(b"{}", &headers(&[&right]), &secrets(&["new"])), Err(SignatureFault::Wrong));
        assert_eq!(verify(BODY, &headers(&[&right]), &[]), Err(SignatureFault::Wrong));
        assert_eq!(verify(BODY, &headers(&[&signed("")]), &secrets(&[""])), Err(SignatureFault::Wrong), "no secret");
    }
}
