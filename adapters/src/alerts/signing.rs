//! Signatures as Standard Webhooks 1 define them: `v1,` and the base64 of an HMAC-SHA256 over id, time and body.

use crate::sealing::random;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use thiserror::Error;

/// `whsec_` and the base64 of 24 to 64 bytes, which both sides know.
#[derive(Debug, Clone)]
pub struct SigningSecret(SecretString);

#[derive(Debug, Error)]
pub enum SigningSecretUnusable {
    #[error("a signing secret is whsec_ and the base64 of 24 to 64 bytes")]
    Form,
    #[error("this machine gives no randomness for a signing secret")]
    NoRandomness,
}

const PREFIX: &str = "whsec_";

impl SigningSecret {
    pub fn generate() -> Result<Self, SigningSecretUnusable> {
        let bytes: [u8; 32] = random::bytes().map_err(|_| SigningSecretUnusable::NoRandomness)?;
        Ok(Self(format!("{PREFIX}{}", STANDARD.encode(bytes)).into()))
    }

    pub fn parse(text: &str) -> Result<Self, SigningSecretUnusable> {
        let key = decoded(text).ok_or(SigningSecretUnusable::Form)?;
        if (24..=64).contains(&key.len()) { Ok(Self(text.into())) } else { Err(SigningSecretUnusable::Form) }
    }

    /// The text, to be handed to the receiver once.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// `time` in seconds since 1970.
    pub(super) fn sign(&self, id: &str, time: i64, body: &[u8]) -> String {
        let key = decoded(self.reveal()).unwrap_or_default();
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
        mac.update(format!("{id}.{time}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.strip_prefix(PREFIX)?).ok()
}
