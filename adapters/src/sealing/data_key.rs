//! A data key: seals the private parts of one person, or of one delivery. Destroying it is how they are forgotten.

use super::master_keys::{MasterKeys, OpenFault, SealFault};
use super::random;
use super::xchacha::{KEY_BYTES, NONCE_BYTES, XChaCha};
use crate::store::subject_text;
use ringbuch_domain::ports::SealContext;
use ringbuch_domain::recorded::Subject;
use secrecy::{ExposeSecret, SecretBox};
use thiserror::Error;
use uuid::Uuid;

/// First byte of a private part. The next byte string is the key's id (16), a nonce (24), and the cipher text with its
/// tag (16 more than the plain text).
const SEALED: u8 = 1;
/// The only byte of a private part that came for a person who was erased already.
const ERASED: u8 = 0;

/// Why a private part does not open, although its key is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum PartFault {
    #[error("it is not in the form of a sealed part")]
    Form,
    #[error("it was changed, or moved from another event")]
    NotAuthentic,
}

/// A sealed part taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    Erased,
    Sealed { key: Uuid, nonce: [u8; NONCE_BYTES], cipher: &'a [u8] },
}

impl<'a> Part<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, PartFault> {
        let (&form, rest) = bytes.split_first().ok_or(PartFault::Form)?;
        match form {
            ERASED if rest.is_empty() => Ok(Self::Erased),
            SEALED => {
                let (key, rest) = rest.split_first_chunk().ok_or(PartFault::Form)?;
                let (nonce, cipher) = rest.split_first_chunk().ok_or(PartFault::Form)?;
                Ok(Self::Sealed { key: Uuid::from_bytes(*key), nonce: *nonce, cipher })
            }
            _ => Err(PartFault::Form),
        }
    }

    pub fn key(&self) -> Option<Uuid> {
        match self {
            Self::Erased => None,
            Self::Sealed { key, .. } => Some(*key),
        }
    }
}

/// What stands in the log for a person who was erased before it was written.
pub(super) fn erased() -> Vec<u8> {
    vec![ERASED]
}

pub(super) struct DataKey {
    pub id: Uuid,
    cipher: XChaCha,
}

impl DataKey {
    /// A random key under that id, and its bytes as the key store may have them.
    pub fn draw(id: Uuid, master: &MasterKeys) -> Result<(Self, Vec<u8>), SealFault> {
        let key = SecretBox::new(Box::new(random::bytes::<KEY_BYTES>()?));
        let wrapped = master.seal(&context(id), key.expose_secret())?;
        Ok((Self::of(id, key.expose_secret()), wrapped))
    }

    pub fn unwrap(id: Uuid, wrapped: &[u8], master: &MasterKeys) -> Result<Self, OpenFault> {
        let key = secrecy::SecretSlice::from(master.open(&context(id), wrapped)?);
        let key = <&[u8; KEY_BYTES]>::try_from(key.expose_secret()).map_err(|_| OpenFault::NotSealed)?;
        Ok(Self::of(id, key))
    }

    pub fn seal(&self, bound: SealContext<'_>, subject: &Subject, plain: &[u8]) -> Result<Vec<u8>, SealFault> {
        let nonce = random::bytes::<NONCE_BYTES>()?;
        let mut sealed = Vec::with_capacity(1 + 16 + NONCE_BYTES + plain.len() + 16);
        sealed.push(SEALED);
        sealed.extend_from_slice(self.id.as_bytes());
        let bound = bound_to(bound, subject);
        self.cipher.seal_into(&mut sealed, nonce, &bound, plain).map_err(|_| SealFault::TooLong)?;
        Ok(sealed)
    }

    pub fn open(
        &self,
        bound: SealContext<'_>,
        subject: &Subject,
        nonce: [u8; NONCE_BYTES],
        cipher: &[u8],
    ) -> Result<Vec<u8>, PartFault> {
        self.cipher.open(nonce, &bound_to(bound, subject), cipher).map_err(|_| PartFault::NotAuthentic)
    }

    fn of(id: Uuid, key: &[u8; KEY_BYTES]) -> Self {
        Self { id, cipher: XChaCha::new(key) }
    }
}

/// A wrapped key opens under its own id only.
pub(super) fn context(id: Uuid) -> Vec<u8> {
    [b"ringbuch data key ".as_slice(), id.as_bytes()].concat()
}

/// Every field of fixed length, or behind its length.
fn bound_to(context: SealContext<'_>, subject: &Subject) -> Vec<u8> {
    let company = context.company.map_or("", |company| company.as_str());
    let subject = subject_text(subject);
    let fields = ["ringbuch.private.v1", company, &subject, context.stream.as_str(), context.kind];
    let mut bound = Vec::with_capacity(16 + fields.iter().map(|field| field.len() + 8).sum::<usize>());
    bound.extend_from_slice(context.event.as_bytes());
    for field in fields {
        bound.extend_from_slice(&(field.len() as u64).to_be_bytes());
        bound.extend_from_slice(field.as_bytes());
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::super::master_keys::tests::{NEW, OLD, keys};
    use super::*;
    use ringbuch_domain::ids::{CompanyId, CustomerId};
    use ringbuch_domain::recorded::StreamId;

    fn person(id: u128) -> Subject {
        Subject::Person(CustomerId(Uuid::from_u128(id)))
    }

    #[test]
    fn a_part_opens_in_its_own_place_only() {
        let (key, _) = DataKey::draw(Uuid::from_u128(1), &keys(OLD)).unwrap();
        let (stream, other_stream) = (StreamId::from_stored("a"), StreamId::from_stored("b"));
        let company = CompanyId::new("salon").unwrap();
        let here = SealContext { company: Some(&company), stream: &stream, event: Uuid::from_u128(2), kind: "K" };
        let sealed = key.seal(here, &person(3), b"Max Mustermann").unwrap();
        let Ok(Part::Sealed { key: id, nonce, cipher }) = Part::read(&sealed) else { panic!("not sealed") };
        assert_eq!(id, key.id);
        assert_eq!(key.open(here, &person(3), nonce, cipher).unwrap(), b"Max Mustermann");
        assert!(!sealed.windows(3).any(|part| part == b"Max"));

        let elsewhere = [
            (SealContext { company: None, ..here }, person(3)),
            (SealContext { stream: &other_stream, ..here }, person(3)),
            (SealContext { event: Uuid::from_u128(9), ..here }, person(3)),
            (SealContext { kind: "L", ..here }, person(3)),
            (here, person(4)),
        ];
        for (context, subject) in elsewhere {
            assert_eq!(key.open(context, &subject, nonce, cipher), Err(PartFault::NotAuthentic));
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_to_the_same_bytes() {
        let (key, _) = DataKey::draw(Uuid::from_u128(1), &keys(OLD)).unwrap();
        let stream = StreamId::from_stored("a");
        let here = SealContext { company: None, stream: &stream, event: Uuid::nil(), kind: "K" };
        assert_ne!(key.seal(here, &person(1), b"x").unwrap(), key.seal(here, &person(1), b"x").unwrap());
    }

    #[test]
    fn a_wrapped_key_opens_under_its_id_and_master_key_only() {
        let (id, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (_, wrapped) = DataKey::draw(id, &keys(OLD)).unwrap();
        assert!(DataKey::unwrap(id, &wrapped, &keys(OLD)).is_ok());
        assert!(matches!(DataKey::unwrap(other, &wrapped, &keys(OLD)), Err(OpenFault::NotAuthentic { .. })));
        assert!(matches!(DataKey::unwrap(id, &wrapped, &keys(NEW)), Err(OpenFault::KeyMissing { .. })));
    }

    #[test]
    fn other_forms_are_refused() {
        let unreadable: [&[u8]; 5] = [b"", b"\x00x", b"\x01short", b"{\"name\":\"x\"}", &[2; 60]];
        for bytes in unreadable {
            assert!(matches!(Part::read(bytes), Err(PartFault::Form)), "{bytes:?}");
        }
        assert!(matches!(Part::read(&erased()), Ok(Part::Erased)));
    }
}
