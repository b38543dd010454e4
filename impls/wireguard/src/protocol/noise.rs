//! The handshake: `Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s` (paper §5.4), both roles.
//!
//! Pure functions over keys and messages; randomness, time and tables are the caller's.

mod initiator;
mod responder;
mod symmetric;

pub(crate) use initiator::SentInitiation;
pub(crate) use responder::{OpenedInitiation, VerifiedInitiation};

use zeroize::Zeroizing;

use super::crypto::{Secret, hash};
use super::key::{PrivateKey, PublicKey};
use symmetric::SymmetricState;

const CONSTRUCTION: &[u8] = b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s";
const IDENTIFIER: &[u8] = b"WireGuard v1 zx2c4 Jason@zx2c4.com";

/// Who we are: the static key pair.
pub(crate) struct Identity {
    pub(crate) private: PrivateKey,
    pub(crate) secret: Secret,
}

impl Identity {
    pub(crate) fn new(private: PrivateKey) -> Identity {
        let secret = Secret::new(private.as_bytes());
        Identity { private, secret }
    }
}

/// The keys that a handshake ends with, seen from one side.
#[derive(Debug, PartialEq)]
pub(crate) struct SessionSecrets {
    pub(crate) send: Zeroizing<[u8; 32]>,
    pub(crate) receive: Zeroizing<[u8; 32]>,
    /// The index by which the other side knows the session.
    pub(crate) remote_index: u32,
}

/// The state of a handshake with `responder` before its first message.
fn start(responder: &PublicKey) -> SymmetricState {
    let chaining_key = hash(&[CONSTRUCTION]);
    let mut state = SymmetricState {
        hash: hash(&[&chaining_key, IDENTIFIER]),
        chaining_key: Zeroizing::new(chaining_key),
    };
    state.mix_hash(responder.as_bytes());
    state
}

#[cfg(test)]
mod tests;
