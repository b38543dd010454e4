//! AEAD: ChaCha20-Poly1305 (RFC 8439) by AWS-LC; XAEAD: XChaCha20-Poly1305, for cookies only.
//!
//! AWS-LC and ring do 15 Gbit/s a core at 1420 bytes, the chacha20poly1305 crate 4 (`benches/primitives.rs`).

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::TAG_LEN;

/// A key for sealing or opening, its nonces being counters.
pub(crate) struct AeadKey(LessSafeKey);

impl AeadKey {
    pub(crate) fn new(key: &[u8; 32]) -> AeadKey {
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).expect("ChaCha20 keys are 32 bytes");
        AeadKey(LessSafeKey::new(key))
    }

    /// Encrypt all but the last 16 bytes of `buffer` where they are, and put the tag in these 16.
    pub(crate) fn seal(&self, counter: u64, aad: &[u8], buffer: &mut [u8]) {
        let (plaintext, tag_space) = buffer.split_at_mut(buffer.len() - TAG_LEN);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce(counter), Aad::from(aad), plaintext)
            .expect("a datagram is shorter than ChaCha20's limit of 256 GiB");
        tag_space.copy_from_slice(tag.as_ref());
    }

    /// Decrypt `buffer`, ciphertext and tag, where it is; the plaintext is all but its last 16 bytes. None when forged.
    pub(crate) fn open<'a>(
        &self,
        counter: u64,
        aad: &[u8],
        buffer: &'a mut [u8],
    ) -> Option<&'a mut [u8]> {
        self.0
            .open_in_place(nonce(counter), Aad::from(aad), buffer)
            .ok()
    }
}

/// Four zero bytes and the counter, little endian (paper §5.4).
fn nonce(counter: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&counter.to_le_bytes());
    Nonce::assume_unique_for_key(nonce)
}

/// XAEAD: `plaintext` sealed, with its tag.
pub(crate) fn xaead_seal(
    key: &[u8; 32],
    nonce: &[u8; 24],
    plaintext: &[u8],
    aad: &[u8],
) -> Vec<u8> {
    let payload = Payload {
        msg: plaintext,
        aad,
    };
    XChaCha20Poly1305::new(key.into())
        .encrypt(<&XNonce>::from(nonce), payload)
        .expect("a cookie is shorter than ChaCha20's limit")
}

/// XAEAD: `ciphertext` opened, or none when forged.
pub(crate) fn xaead_open(
    key: &[u8; 32],
    nonce: &[u8; 24],
    ciphertext: &[u8],
    aad: &[u8],
) -> Option<Vec<u8>> {
    let payload = Payload {
        msg: ciphertext,
        aad,
    };
    XChaCha20Poly1305::new(key.into())
        .decrypt(<&XNonce>::from(nonce), payload)
        .ok()
}
