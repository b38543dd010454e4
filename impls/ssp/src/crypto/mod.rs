//! Sealing and opening of datagrams: AES-128 in OCB3 mode (RFC 7253), no associated data.
//!
//! ```text
//! datagram = direction and sequence (8, clear) || ciphertext || tag (16)
//! nonce    = zeros (4) || direction and sequence (8)
//! ```
//!
//! Both directions use one key; the direction bit keeps their nonces apart. A [`Sealer`] owns its counter, so that no
//! nonce can be used twice.

mod cipher;
mod key;
mod nonce;
mod session;

pub use key::{InvalidKey, Key};
pub use nonce::{Direction, Nonce};
pub use session::{KeySpent, OpenError, Opened, Opener, Sealer};

/// Bytes that sealing adds to a plaintext: the clear half of the nonce and the tag.
pub const OVERHEAD: usize = nonce::CLEAR_LEN + cipher::TAG_LEN;
