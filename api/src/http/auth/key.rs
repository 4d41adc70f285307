//! API keys: `rb_` and 43 characters out of 256 random bits. The text is shown once; what is kept is its hash, which needs
//! no salt and no slowness, since there is nothing to guess.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A key that was just made.
#[derive(Debug)]
pub struct ApiKey(SecretString);

impl ApiKey {
    /// Draws a key; fails only where the machine has no randomness to give.
    pub fn generate() -> Result<Self, SysError> {
        let mut bits = [0_u8; 32];
        SysRng.try_fill_bytes(&mut bits)?;
        Ok(Self(format!("rb_{}", URL_SAFE_NO_PAD.encode(bits)).into()))
    }

    /// The text, to be shown once.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    pub fn hash(&self) -> String {
        hash(self.reveal())
    }
}

/// SHA-256 of a whole key in hex.
pub fn hash(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_form_and_never_repeat() {
        let (one, other) = (ApiKey::generate().unwrap(), ApiKey::generate().unwrap());
        assert_eq!(one.reveal().len(), 46);
        assert!(one.reveal().starts_with("rb_"));
        assert_ne!(one.reveal(), other.reveal());
        assert!(!format!("{one:?}").contains(one.reveal()));
    }

    #[test]
    fn a_hash_is_the_hex_of_sha_256() {
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
