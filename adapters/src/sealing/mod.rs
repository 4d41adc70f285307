//! Keys and what hangs on them: the master keys, the secrets that they seal, and the keyed hashes under which a person, a
//! delivery or a stranger's booking is known without naming it.

mod index_key;
mod master_check;
mod master_keys;
mod people;
mod plain_codec;
pub(crate) mod random;
mod secrets;

pub use index_key::{IndexKey, IndexKeyFault};
pub use master_check::{CheckFault, check};
pub use master_keys::{MasterKeyFault, MasterKeys, OpenFault, SealFault};
pub use people::SealedPeople;
pub use plain_codec::PlainCodec;
pub use secrets::{SecretFault, Secrets, account_owner, company_owner};

#[cfg(test)]
pub(crate) mod memory_store;
