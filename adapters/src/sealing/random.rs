//! The one place that draws random bytes for keys, nonces and ids: the operating system's source, nothing else.

use rand::TryRng;
use rand::rngs::SysRng;

/// The operating system gave no random bytes; nothing may be sealed without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}
