//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): a long random nonce, so that no two ever meet. Its first part and the key
//! give a key of its own for `ring`'s ChaCha20-Poly1305, which seals the rest at several times the speed of one in Rust
//! alone: every event that is read back passes here, twice where its key was wrapped.

use chacha20::R20;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use secrecy::{ExposeSecret, SecretBox};

pub(super) const KEY_BYTES: usize = 32;
pub(super) const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// It is not what was sealed with this key, nonce and associated data; or it is too long to be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused;

pub(super) struct XChaCha(SecretBox<[u8; KEY_BYTES]>);

impl XChaCha {
    pub fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self(SecretBox::new(Box::new(*key)))
    }

    /// Appends nonce, cipher text and tag.
    pub fn seal_into(
        &self,
        sealed: &mut Vec<u8>,
        nonce: [u8; NONCE_BYTES],
        bound: &[u8],
        plain: &[u8],
    ) -> Result<(), Refused> {
        let (key, short) = self.key_for(nonce)?;
        sealed.reserve(NONCE_BYTES + plain.len() + TAG_BYTES);
        sealed.extend_from_slice(&nonce);
        let begin = sealed.len();
        sealed.extend_from_slice(plain);
        let text = sealed.get_mut(begin..).unwrap_or_default();
        let tag = key.seal_in_place_separate_tag(short, Aad::from(bound), text).map_err(|_| Refused)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(())
    }

    pub fn open(&self, nonce: [u8; NONCE_BYTES], bound: &[u8], cipher: &[u8]) -> Result<Vec<u8>, Refused> {
        let (key, short) = self.key_for(nonce)?;
        let mut text = cipher.to_vec();
        let length = key.open_in_place(short, Aad::from(bound), &mut text).map_err(|_| Refused)?.len();
        text.truncate(length);
        Ok(text)
    }

    fn key_for(&self, nonce: [u8; NONCE_BYTES]) -> Result<(LessSafeKey, Nonce), Refused> {
        let (of_key, of_text) = nonce.split_first_chunk::<16>().ok_or(Refused)?;
        let subkey = chacha20::hchacha::<R20>(self.0.expose_secret().into(), of_key.into());
        let key = UnboundKey::new(&CHACHA20_POLY1305, &subkey).map_err(|_| Refused)?;
        let mut short = [0; 12];
        short.iter_mut().skip(4).zip(of_text).for_each(|(to, from)| *to = *from);
        Ok((LessSafeKey::new(key), Nonce::assume_unique_for_key(short)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chacha20poly1305::aead::{Aead, KeyInit, Payload};
    use chacha20poly1305::{XChaCha20Poly1305, XNonce};

    #[test]
    fn it_is_the_same_as_everybody_elses() {
        let (key, nonce) = ([7; KEY_BYTES], std::array::from_fn(|nth| u8::try_from(nth).unwrap()));
        let (ours, theirs) = (XChaCha::new(&key), XChaCha20Poly1305::new(&key.into()));
        for length in [0, 1, 63, 64, 65, 1_000, 5_000] {
            let plain: Vec<u8> = (0..length).map(|nth| u8::try_from(nth % 251).unwrap()).collect();
            let mut sealed = vec![];
            ours.seal_into(&mut sealed, nonce, b"bound", &plain).unwrap();
            let expected = theirs.encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: b"bound" }).unwrap();
            assert_eq!(sealed, [&nonce[..], &expected].concat());
            assert_eq!(ours.open(nonce, b"bound", &expected), Ok(plain));
            assert_eq!(ours.open(nonce, b"other", &expected), Err(Refused));
        }
        assert_eq!(ours.open(nonce, b"bound", b"short"), Err(Refused));
    }
}
