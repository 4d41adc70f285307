//! Keys and what hangs on them: the master keys, the data keys and secrets that they seal, the codec that seals private
//! parts of events, and the keyed hashes under which a person, a delivery or a stranger's booking is known without
//! naming it.

mod codec;
mod data_key;
mod fresh_keys;
mod index_key;
mod key_cache;
mod master_check;
mod master_keys;
mod people;
pub(crate) mod random;
mod rotation;
mod secrets;
mod xchacha;

pub use codec::SealingCodec;
pub use index_key::{IndexKey, IndexKeyFault};
pub use master_check::{CheckFault, check};
pub use master_keys::{MasterKeyFault, MasterKeys, OpenFault, SealFault};
pub use people::SealedPeople;
pub use rotation::{Rotated, RotationFault, rotate};
pub use secrets::{SecretFault, Secrets, account_owner, company_owner, user_owner};

#[cfg(test)]
pub(crate) mod memory_store;
