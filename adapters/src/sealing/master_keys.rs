//! The master keys: a list of id and key, of which the first seals and all open, so that a key can be replaced while
//! what the old one sealed is still there.

use super::random;
use super::xchacha::{KEY_BYTES, NONCE_BYTES, XChaCha};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret, SecretBox, SecretSlice, SecretString};
use std::fmt;
use thiserror::Error;

/// Short enough that no key can be mistaken for an id: 32 bytes are at least 43 characters of base64.
const ID_MAX: usize = 16;
/// First byte of everything sealed here, so that another form can be told apart later.
const FORM: u8 = 1;
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a list of master keys cannot be used. Says where, never what stood there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MasterKeyFault {
    #[error("no master key is given; it is written as 'id:base64 of 32 bytes', several separated by commas")]
    Empty,
    #[error("master key number {position} has no ':' between its id and its key")]
    NoColon { position: usize },
    #[error("the id of master key number {position} must be 1 to 16 of A-Z, a-z, 0-9, _ and -")]
    BadId { position: usize },
    #[error("master key number {position} is not base64 after its ':'")]
    NotBase64 { position: usize },
    #[error("master key number {position} holds {bytes} bytes; it must hold 32")]
    WrongLength { position: usize, bytes: usize },
    #[error("the master key id '{id}' is given twice")]
    Twice { id: String },
}

/// Nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealFault {
    #[error(transparent)]
    NoRandomness(#[from] random::NoRandomness),
    #[error("the text is too long to be sealed at once")]
    TooLong,
}

/// Why sealed bytes do not open.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpenFault {
    #[error("this is not something that was sealed here")]
    NotSealed,
    #[error("it was sealed with the master key '{id}', which is not in the list of master keys")]
    KeyMissing { id: String },
    #[error("the master key '{id}' is not the one that sealed it, or it was changed or moved since")]
    NotAuthentic { id: String },
}

struct MasterKey {
    id: String,
    cipher: XChaCha,
}

/// At least one key; the first seals, all open.
pub struct MasterKeys {
    first: MasterKey,
    others: Vec<MasterKey>,
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

impl MasterKeys {
    /// Reads `id:base64 of 32 bytes, id2:…`; white space around the parts does not matter.
    pub fn parse(text: &SecretString) -> Result<Self, MasterKeyFault> {
        let mut keys: Vec<MasterKey> = Vec::new();
        let parts = text.expose_secret().split(',').map(str::trim).filter(|part| !part.is_empty());
        for (part, position) in parts.zip(1..) {
            let key = one(part, position)?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(MasterKeyFault::Twice { id: key.id });
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let first = keys.next().ok_or(MasterKeyFault::Empty)?;
        Ok(Self { first, others: keys.collect() })
    }

    /// The text form of one fresh key under a fresh id.
    pub fn generate() -> Result<SecretString, SealFault> {
        let id = hex::encode(random::bytes::<4>()?);
        let key = SecretBox::new(Box::new(random::bytes::<KEY_BYTES>()?));
        Ok(SecretString::from(format!("m{id}:{}", BASE64.encode(key.expose_secret()))))
    }

    /// The ids in the order given.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.all().map(|key| key.id.as_str())
    }

    /// The id of the key that seals.
    pub fn sealing_id(&self) -> &str {
        &self.first.id
    }

    /// Seals with the first key. What is sealed opens only under the same context.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealFault> {
        self.first.seal(context, plain)
    }

    /// Seals with the key of that id; nothing if the list does not hold it.
    pub(super) fn seal_with(&self, id: &str, context: &[u8], plain: &[u8]) -> Option<Result<Vec<u8>, SealFault>> {
        self.all().find(|key| key.id == id).map(|key| key.seal(context, plain))
    }

    /// Whether it was the first key that sealed this.
    pub(super) fn is_sealed_by_first(&self, sealed: &[u8]) -> bool {
        Sealed::read(sealed).is_some_and(|sealed| sealed.id == self.first.id)
    }

    /// Opens with whichever key sealed it.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, OpenFault> {
        let sealed = Sealed::read(sealed).ok_or(OpenFault::NotSealed)?;
        let key = self.all().find(|key| key.id == sealed.id);
        let key = key.ok_or_else(|| OpenFault::KeyMissing { id: sealed.id.to_owned() })?;
        key.open(context, &sealed)
    }

    fn all(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl MasterKey {
    fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealFault> {
        let nonce = random::bytes::<NONCE_BYTES>()?;
        let mut sealed = self.header();
        let aad = bound_to(&sealed, context);
        self.cipher.seal_into(&mut sealed, nonce, &aad, plain).map_err(|_| SealFault::TooLong)?;
        Ok(sealed)
    }

    fn open(&self, context: &[u8], sealed: &Sealed<'_>) -> Result<Vec<u8>, OpenFault> {
        let aad = bound_to(&self.header(), context);
        let opened = self.cipher.open(sealed.nonce, &aad, sealed.cipher);
        opened.map_err(|_| OpenFault::NotAuthentic { id: self.id.clone() })
    }

    /// Form, length of the id, id.
    fn header(&self) -> Vec<u8> {
        let length = u8::try_from(self.id.len()).unwrap_or(u8::MAX);
        let mut header = vec![FORM, length];
        header.extend_from_slice(self.id.as_bytes());
        header
    }
}

/// Sealed bytes taken apart: header, nonce, cipher text with its tag.
struct Sealed<'a> {
    id: &'a str,
    nonce: [u8; NONCE_BYTES],
    cipher: &'a [u8],
}

impl<'a> Sealed<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (&[form, length], rest) = bytes.split_first_chunk()?;
        if form != FORM {
            return None;
        }
        let (id, rest) = rest.split_at_checked(usize::from(length))?;
        let (nonce, cipher) = rest.split_first_chunk()?;
        Some(Self { id: std::str::from_utf8(id).ok()?, nonce: *nonce, cipher })
    }
}

/// The header says its own length, so header and context cannot run into each other.
fn bound_to(header: &[u8], context: &[u8]) -> Vec<u8> {
    [header, context].concat()
}

fn one(part: &str, position: usize) -> Result<MasterKey, MasterKeyFault> {
    let (id, key) = part.split_once(':').ok_or(MasterKeyFault::NoColon { position })?;
    let id = id.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if id.is_empty() || id.len() > ID_MAX || !id.chars().all(fits) {
        return Err(MasterKeyFault::BadId { position });
    }
    let bytes = BASE64.decode(key.trim()).map_err(|_| MasterKeyFault::NotBase64 { position })?;
    let bytes = SecretSlice::from(bytes);
    let key = <&[u8; KEY_BYTES]>::try_from(bytes.expose_secret())
        .map_err(|_| MasterKeyFault::WrongLength { position, bytes: bytes.expose_secret().len() })?;
    Ok(MasterKey { id: id.to_owned(), cipher: XChaCha::new(key) })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::sealing) const OLD: &str = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    pub(in crate::sealing) const NEW: &str = "new:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    pub(in crate::sealing) fn keys(text: &str) -> MasterKeys {
        MasterKeys::parse(&SecretString::from(text)).unwrap()
    }

    #[test]
    fn a_list_reads_back_in_its_order() {
        let both = keys(&format!(" {NEW} , {OLD} ,"));
        assert_eq!(both.ids().collect::<Vec<_>>(), ["new", "old"]);
        assert_eq!(both.sealing_id(), "new");
        assert_eq!(keys(OLD.trim_end_matches('=')).sealing_id(), "old");
    }

    #[test]
    fn a_wrong_list_is_told_by_its_place_and_never_by_its_text() {
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let cases = [
            (String::new(), MasterKeyFault::Empty),
            (" , ".into(), MasterKeyFault::Empty),
            (key.into(), MasterKeyFault::NoColon { position: 1 }),
            (format!("{OLD},{key}"), MasterKeyFault::NoColon { position: 2 }),
            (format!("{key}:old"), MasterKeyFault::BadId { position: 1 }),
            (format!("{}:old", key.trim_end_matches('=')), MasterKeyFault::BadId { position: 1 }),
            (format!(":{key}"), MasterKeyFault::BadId { position: 1 }),
            ("old:***".into(), MasterKeyFault::NotBase64 { position: 1 }),
            ("old:AAEC".into(), MasterKeyFault::WrongLength { position: 1, bytes: 3 }),
            (format!("{OLD},{OLD}"), MasterKeyFault::Twice { id: "old".into() }),
        ];
        for (text, fault) in cases {
            let found = MasterKeys::parse(&SecretString::from(text.clone())).unwrap_err();
            assert_eq!(found, fault, "{text}");
            assert!(!found.to_string().contains("AAEC"), "{found}");
        }
    }

    #[test]
    fn debug_shows_ids_only() {
        assert_eq!(format!("{:?}", keys(OLD)), r#"["old"]"#);
    }

    #[test]
    fn a_generated_key_is_usable_and_never_the_same() {
        let (one, two) = (MasterKeys::generate().unwrap(), MasterKeys::generate().unwrap());
        assert_ne!(one.expose_secret(), two.expose_secret());
        assert_eq!(MasterKeys::parse(&one).unwrap().ids().count(), 1);
    }

    #[test]
    fn what_is_sealed_opens_and_looks_different_each_time() {
        let old = keys(OLD);
        let (one, two) = (old.seal(b"here", b"plain").unwrap(), old.seal(b"here", b"plain").unwrap());
        assert_ne!(one, two);
        assert!(!one.windows(5).any(|part| part == b"plain"));
        assert_eq!(old.open(b"here", &one).unwrap(), b"plain");
        assert_eq!(old.open(b"here", &old.seal(b"here", b"").unwrap()).unwrap(), b"");
    }

    #[test]
    fn after_a_rotation_the_new_key_seals_and_the_old_one_still_opens() {
        let before = keys(OLD).seal(b"here", b"plain").unwrap();
        let both = keys(&format!("{NEW},{OLD}"));
        assert_eq!(both.open(b"here", &before).unwrap(), b"plain");
        let after = both.seal(b"here", b"plain").unwrap();
        assert_eq!(keys(OLD).open(b"here", &after), Err(OpenFault::KeyMissing { id: "new".into() }));
    }

    #[test]
    fn it_opens_in_its_own_place_and_unchanged_only() {
        let old = keys(OLD);
        let sealed = old.seal(b"here", b"plain").unwrap();
        let not_authentic = Err(OpenFault::NotAuthentic { id: "old".into() });
        assert_eq!(old.open(b"there", &sealed), not_authentic);
        let other_key = keys(&NEW.replace("new", "old"));
        assert_eq!(other_key.open(b"here", &sealed), not_authentic);
        for at in 5..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(old.open(b"here", &changed), not_authentic, "byte {at}");
        }
        for end in 0..sealed.len() {
            assert!(old.open(b"here", &sealed[..end]).is_err(), "cut after {end}");
        }
        assert_eq!(old.open(b"here", b"something else"), Err(OpenFault::NotSealed));
    }
}
