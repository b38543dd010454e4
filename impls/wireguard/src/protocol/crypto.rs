//! The primitives, by the names that the paper gives them (§5.4).

mod aead;
mod dh;
mod hash;

pub(crate) use aead::{AeadKey, xaead_open, xaead_seal};
pub(crate) use dh::{Secret, SharedSecret};
pub(crate) use hash::{Mac, hash, kdf1, kdf2, kdf3, keyed_mac};

/// Bytes of an authentication tag.
pub(crate) const TAG_LEN: usize = 16;
