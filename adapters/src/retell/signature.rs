//! Proof that a request came from Retell: HMAC-SHA256 over the raw body followed by the decimal timestamp, keyed with an
//! API key of the account. Nothing in the header names the key, so every valid key is tried, always all of them.

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use jiff::Timestamp;
use ringbuch_domain::account::SignatureForm;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use thiserror::Error;

pub const SIGNATURE_HEADER: &str = "x-retell-signature";
pub const TIMESTAMP_HEADER: &str = "x-retell-timestamp";
/// Retell's own tolerance, in both directions, the ends included.
const TOLERANCE_MS: i64 = 300_000;
/// The largest whole number that Retell's own library takes for a timestamp.
const TIMESTAMP_MAX: i64 = 9_007_199_254_740_991;
const HASH_BYTES: usize = 32;
const BLOCK_BYTES: usize = 64;

/// Which of the valid keys signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichKey {
    Current,
    /// The key was replaced and its successor is not in use yet.
    Previous,
}

/// Why a request proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureFault {
    #[error("the request carries no signature")]
    Missing,
    #[error("the signature does not have the form of one")]
    Malformed,
    #[error("no valid key made this signature")]
    Wrong,
    #[error("the signature is right but older than five minutes")]
    Stale,
    #[error("the signature is right but more than five minutes in the future; compare the clocks")]
    Future,
}

impl SignatureFault {
    /// A stable word for counters.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Wrong => "wrong",
            Self::Stale => "stale",
            Self::Future => "future",
        }
    }
}

/// The header values that speak of the signature, as they came.
#[derive(Debug, Clone, Copy)]
struct Presented<'a> {
    signature: Option<&'a str>,
    timestamp: Option<&'a str>,
}

impl<'a> Presented<'a> {
    /// A header that comes twice, or is not ASCII, has no form that could be checked.
    fn of(headers: &'a HeaderMap) -> Result<Self, SignatureFault> {
        Ok(Self { signature: single(headers, SIGNATURE_HEADER)?, timestamp: single(headers, TIMESTAMP_HEADER)? })
    }
}

/// Whether one of the keys (newest first) signed exactly these bytes within five minutes of now. A fault about the time is
/// told only once the signature is known to be right, so that it always speaks of clocks or of a replay.
pub fn verify(
    raw_body: &[u8],
    headers: &HeaderMap,
    keys: &[SecretString],
    form: SignatureForm,
    now: Timestamp,
) -> Result<WhichKey, SignatureFault> {
    check(raw_body, Presented::of(headers)?, keys, form, now)
}

fn check(
    raw_body: &[u8],
    presented: Presented<'_>,
    keys: &[SecretString],
    form: SignatureForm,
    now: Timestamp,
) -> Result<WhichKey, SignatureFault> {
    let (timestamp, hash) = match form {
        SignatureForm::Combined => combined(presented)?,
        SignatureForm::TwoHeaders => two_headers(presented)?,
    };
    let key = matching_key(raw_body, timestamp, &hash, keys).ok_or(SignatureFault::Wrong)?;
    let age = now.as_millisecond().saturating_sub(timestamp);
    if age > TOLERANCE_MS {
        return Err(SignatureFault::Stale);
    }
    if age < -TOLERANCE_MS {
        return Err(SignatureFault::Future);
    }
    Ok(key)
}

/// The value of `X-Retell-Signature` as Retell would send it; what stands in for Retell signs with this.
pub fn sign(raw_body: &[u8], key: &SecretString, now: Timestamp) -> String {
    let timestamp = now.as_millisecond();
    format!("v={timestamp},d={}", hex::encode(hash(raw_body, timestamp, key)))
}

/// The two values, signature and timestamp, of the form with two headers.
pub fn sign_two_headers(raw_body: &[u8], key: &SecretString, now: Timestamp) -> (String, String) {
    let timestamp = now.as_millisecond();
    (hex::encode(hash(raw_body, timestamp, key)), timestamp.to_string())
}

fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, SignatureFault> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(SignatureFault::Malformed);
    }
    first.map(|value| value.to_str().map_err(|_| SignatureFault::Malformed)).transpose()
}

/// `v=<decimal>,d=<64 hex>` and nothing around it.
fn combined(presented: Presented<'_>) -> Result<(i64, [u8; HASH_BYTES]), SignatureFault> {
    let value = presented.signature.ok_or(SignatureFault::Missing)?;
    let parts = value.strip_prefix("v=").and_then(|rest| rest.split_once(",d="));
    let (timestamp, digest) = parts.ok_or(SignatureFault::Malformed)?;
    Ok((decimal(timestamp)?, unhex(digest)?))
}

fn two_headers(presented: Presented<'_>) -> Result<(i64, [u8; HASH_BYTES]), SignatureFault> {
    let digest = presented.signature.ok_or(SignatureFault::Missing)?;
    let timestamp = presented.timestamp.ok_or(SignatureFault::Missing)?;
    Ok((decimal(timestamp)?, unhex(digest)?))
}

/// Digits only; what is signed is the number, so leading zeros change nothing.
fn decimal(text: &str) -> Result<i64, SignatureFault> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SignatureFault::Malformed);
    }
    let number = text.parse().map_err(|_| SignatureFault::Malformed)?;
    if number > TIMESTAMP_MAX { Err(SignatureFault::Malformed) } else { Ok(number) }
}

/// Both cases of letters are hex.
fn unhex(text: &str) -> Result<[u8; HASH_BYTES], SignatureFault> {
    let mut bytes = [0; HASH_BYTES];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| SignatureFault::Malformed)?;
    Ok(bytes)
}

/// Takes as long whichever key matches, and if none does. An empty key proves nothing, since everybody has it.
fn matching_key(
    raw_body: &[u8],
    timestamp: i64,
    presented: &[u8; HASH_BYTES],
    keys: &[SecretString],
) -> Option<WhichKey> {
    let mut found = Choice::from(0);
    let mut place = 0_u64;
    for (key, at) in keys.iter().zip(0_u64..) {
        let usable = Choice::from(u8::from(!key.expose_secret().is_empty()));
        let same = hash(raw_body, timestamp, key).ct_eq(presented) & usable;
        place.conditional_assign(&at, same & !found);
        found |= same;
    }
    let which = if place == 0 { WhichKey::Current } else { WhichKey::Previous };
    bool::from(found).then_some(which)
}

fn hash(raw_body: &[u8], timestamp: i64, key: &SecretString) -> [u8; HASH_BYTES] {
    let mut mac = Hmac::<Sha256>::new(&block_of(key.expose_secret().as_bytes()).into());
    mac.update(raw_body);
    mac.update(timestamp.to_string().as_bytes());
    mac.finalize().into_bytes().into()
}

/// A key of any length as one block, in the way of RFC 2104: hashed if it is longer, zeros behind it if it is shorter.
fn block_of(key: &[u8]) -> [u8; BLOCK_BYTES] {
    let hashed = Sha256::digest(key);
    let bytes = if key.len() > BLOCK_BYTES { hashed.as_slice() } else { key };
    let mut block = [0; BLOCK_BYTES];
    block.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
    block
}

#[cfg(test)]
mod tests {
    use super::SignatureFault::{Future, Malformed, Missing, Stale, Wrong};
    use super::*;

    const KEY: &str = "key_test_0123456789abcdef";
    const NOW: i64 = 1_795_200_000_000;
    const A: (&str, i64, &str) = (
        r#"{"event":"call_ended","call":{"call_id":"call_demo_0001","agent_id":"agent_demo","call_status":"ended"}}"#,
        NOW,
        "v=1795200000000,d=72cd9e635a32283ed10ca984e7aebfc0eb9ff06fd8174ca3aafe9418501dcf82",
    );
    /// Made with Retell's own library.
    const VECTORS: &[(&str, i64, &str)] = &[
        A,
        (
            r#"{"event":"call_analyzed","call":{"call_id":"call_démo_0002","transcript":"Agent: Grüezi, 你好 👋"}}"#,
            1_795_200_123_456,
            "v=1795200123456,d=3d855ac4a7a4b6ac3dab61f1bec8c693a3a8bfe8366d3c2c9b358db53f96b34e",
        ),
        ("", NOW, "v=1795200000000,d=bc7850a2793f49976258872d90b001f040be349c4759801ffbbb2e734670ecda"),
    ];

    fn keys(keys: &[&str]) -> Vec<SecretString> {
        keys.iter().map(|key| SecretString::from(*key)).collect()
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    fn checked(header: &str, body: &str, now: i64) -> Result<WhichKey, SignatureFault> {
        let presented = Presented { signature: Some(header), timestamp: None };
        check(body.as_bytes(), presented, &keys(&[KEY]), SignatureForm::Combined, at(now))
    }

    #[test]
    fn the_vectors_of_retells_own_library_verify_and_come_out_of_sign() {
        for (body, timestamp, header) in VECTORS {
            assert_eq!(sign(body.as_bytes(), &SecretString::from(KEY), at(*timestamp)), *header);
            assert_eq!(checked(header, body, *timestamp), Ok(WhichKey::Current));
        }
        let own_test = sign(br#"{"event":"call_ended"}"#, &SecretString::from("test-api-key"), at(1_700_000_000_000));
        let digest = "07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e";
        assert_eq!(own_test, format!("v=1700000000000,d={digest}"));
    }

    #[test]
    fn five_minutes_are_allowed_both_ways_and_not_a_millisecond_more() {
        for (now, outcome) in [
            (NOW + 300_000, Ok(WhichKey::Current)),
            (NOW + 300_001, Err(Stale)),
            (NOW - 300_000, Ok(WhichKey::Current)),
            (NOW - 300_001, Err(Future)),
        ] {
            assert_eq!(checked(A.2, A.0, now), outcome, "{now}");
        }
    }

    #[test]
    fn only_the_exact_form_is_read() {
        let digest = A.2.split_once("d=").unwrap().1;
        let upper = format!("v={NOW},d={}", digest.to_uppercase());
        assert_eq!(checked(&upper, A.0, NOW), Ok(WhichKey::Current));
        assert_eq!(checked(&format!("v=0{NOW},d={digest}"), A.0, NOW), Ok(WhichKey::Current));
        for header in [
            String::new(),
            digest.to_owned(),
            format!(" {}", A.2),
            format!("{} ", A.2),
            format!("d={digest},v={NOW}"),
            format!("v={NOW}, d={digest}"),
            format!("V={NOW},d={digest}"),
            format!("v={NOW},d={digest}0"),
            format!("v={NOW},d={digest}00"),
            format!("v={NOW},d={}", &digest[2..]),
            format!("v={NOW},d={}zz", &digest[2..]),
            format!("v=+{NOW},d={digest}"),
            format!("v=-{NOW},d={digest}"),
            format!("v=,d={digest}"),
            format!("v={NOW}.0,d={digest}"),
            format!("v=9007199254740992,d={digest}"),
            format!("v={},d={digest}", "9".repeat(400)),
            format!("v={NOW},d={digest},d={digest}"),
        ] {
            assert_eq!(checked(&header, A.0, NOW), Err(Malformed), "{header}");
        }
    }

    #[test]
    fn what_was_not_signed_is_wrong() {
        let digest = A.2.split_once("d=").unwrap().1;
        let zeros = format!("v={NOW},d={}", "0".repeat(64));
        for (header, body) in [
            (A.2, "{}"),
            (A.2, &format!("{} ", A.0)),
            (&format!("v={},d={digest}", NOW + 1), A.0),
            (&zeros, A.0),
            // Digits may move neither from the body to the timestamp nor back without a change of the number.
            (&zeros, ""),
        ] {
            assert_eq!(checked(header, body, NOW), Err(Wrong), "{header} {body}");
        }
        assert_eq!(checked(A.2, "{}", NOW + 900_000), Err(Wrong), "a wrong one is never called stale");
    }

    #[test]
    fn two_keys_are_valid_while_one_replaces_the_other() {
        let with = |list: &[&str]| {
            let presented = Presented { signature: Some(A.2), timestamp: None };
            check(A.0.as_bytes(), presented, &keys(list), SignatureForm::Combined, at(NOW))
        };
        assert_eq!(with(&[KEY, "older"]), Ok(WhichKey::Current));
        assert_eq!(with(&["newer", KEY]), Ok(WhichKey::Previous));
        assert_eq!(with(&[KEY, KEY]), Ok(WhichKey::Current));
        assert_eq!(with(&["newer", "older"]), Err(Wrong));
        assert_eq!(with(&[]), Err(Wrong));
        let by_nobody = sign(b"{}", &SecretString::from(""), at(NOW));
        let presented = Presented { signature: Some(&by_nobody), timestamp: None };
        assert_eq!(check(b"{}", presented, &keys(&["", KEY]), SignatureForm::Combined, at(NOW)), Err(Wrong));
    }

    #[test]
    fn the_form_with_two_headers_holds_only_where_it_is_set() {
        let (digest, timestamp) = sign_two_headers(A.0.as_bytes(), &SecretString::from(KEY), at(NOW));
        assert_eq!(format!("v={timestamp},d={digest}"), A.2);
        let of = |signature: Option<&str>, timestamp: Option<&str>, form, now| {
            check(A.0.as_bytes(), Presented { signature, timestamp }, &keys(&[KEY]), form, at(now))
        };
        let (both, plain) = (SignatureForm::TwoHeaders, SignatureForm::Combined);
        let (digest, timestamp) = (digest.as_str(), timestamp.as_str());
        assert_eq!(of(Some(digest), Some(timestamp), both, NOW), Ok(WhichKey::Current));
        assert_eq!(of(Some(digest), Some(timestamp), both, NOW + 300_001), Err(Stale));
        assert_eq!(of(Some(digest), Some(timestamp), both, NOW - 300_001), Err(Future));
        assert_eq!(of(Some(digest), Some(timestamp), plain, NOW), Err(Malformed));
        assert_eq!(of(Some(A.2), None, both, NOW), Err(Missing));
        assert_eq!(of(Some(A.2), Some(timestamp), both, NOW), Err(Malformed));
        assert_eq!(of(None, Some(timestamp), both, NOW), Err(Missing));
        assert_eq!(of(None, None, plain, NOW), Err(Missing));
        assert_eq!(of(Some(digest), Some("now"), both, NOW), Err(Malformed));
    }

    #[test]
    fn a_key_of_any_length_is_taken_as_hmac_takes_it() {
        for length in [0, 1, 63, 64, 65, 200] {
            let key = "k".repeat(length);
            let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
            mac.update(b"{}1795200000000");
            let expected = hex::encode(mac.finalize().into_bytes());
            let signed = sign(b"{}", &SecretString::from(key), at(NOW));
            assert_eq!(signed, format!("v={NOW},d={expected}"), "{length}");
        }
    }

    #[test]
    fn headers_are_taken_once_or_not_at_all() {
        let outcome =
            |headers: &HeaderMap| verify(A.0.as_bytes(), headers, &keys(&[KEY]), SignatureForm::Combined, at(NOW));
        let mut headers = HeaderMap::new();
        assert_eq!(outcome(&headers), Err(Missing));
        headers.append("X-Retell-Signature", A.2.parse().unwrap());
        assert_eq!(outcome(&headers), Ok(WhichKey::Current));
        headers.append("X-Retell-Signature", A.2.parse().unwrap());
        assert_eq!(outcome(&headers), Err(Malformed));
        let mut odd = HeaderMap::new();
        odd.append(SIGNATURE_HEADER, http::HeaderValue::from_bytes(b"v=\xff").unwrap());
        assert_eq!(outcome(&odd), Err(Malformed));
    }
}
