//! Noise's SymmetricState: what both sides know of the handshake so far (Noise §5.2).

use zeroize::Zeroizing;

use crate::protocol::crypto::{AeadKey, TAG_LEN, hash, kdf1, kdf2, kdf3};

/// The chaining key, which is secret, and the hash of the transcript.
#[derive(Clone)]
pub(super) struct SymmetricState {
    pub(super) chaining_key: Zeroizing<[u8; 32]>,
    pub(super) hash: [u8; 32],
}

impl SymmetricState {
    pub(super) fn mix_hash(&mut self, bytes: &[u8]) {
        self.hash = hash(&[&self.hash, bytes]);
    }

    /// Absorb an ephemeral public key, which Noise's PSK modifiers mix into both.
    pub(super) fn mix_ephemeral(&mut self, ephemeral: &[u8; 32]) {
        self.mix_hash(ephemeral);
        self.mix_key(ephemeral);
    }

    pub(super) fn mix_key(&mut self, input: &[u8; 32]) {
        self.chaining_key = kdf1(&self.chaining_key, input);
    }

    /// Absorb `input` and come to a key for the next field.
    pub(super) fn mix_key_for_field(&mut self, input: &[u8; 32]) -> AeadKey {
        let [chaining_key, key] = kdf2(&self.chaining_key, input);
        self.chaining_key = chaining_key;
        AeadKey::new(&key)
    }

    /// Absorb the pre-shared key and come to a key for the next field.
    pub(super) fn mix_psk(&mut self, psk: &[u8; 32]) -> AeadKey {
        let [chaining_key, tau, key] = kdf3(&self.chaining_key, psk);
        self.chaining_key = chaining_key;
        self.mix_hash(&*tau);
        AeadKey::new(&key)
    }

    /// Write `plaintext` into `field`, sealed, and absorb it; `field` is longer by a tag.
    pub(super) fn seal(&mut self, key: &AeadKey, plaintext: &[u8], field: &mut [u8]) {
        field[..plaintext.len()].copy_from_slice(plaintext);
        key.seal(0, &self.hash, field);
        self.mix_hash(field);
    }

    /// Open `field`, which is longer by a tag than the plaintext, and absorb it; none when forged.
    pub(super) fn open<const N: usize>(
        &mut self,
        key: &AeadKey,
        field: &[u8],
    ) -> Option<Zeroizing<[u8; N]>> {
        debug_assert_eq!(field.len(), N + TAG_LEN);
        let mut buffer = Zeroizing::new(field.to_vec());
        let plaintext = key.open(0, &self.hash, &mut buffer)?;
        let plaintext = Zeroizing::new((&*plaintext).try_into().ok()?);
        self.mix_hash(field);
        Some(plaintext)
    }

    /// The two transport keys: the initiator's sending key first.
    pub(super) fn split(&self) -> [Zeroizing<[u8; 32]>; 2] {
        kdf2(&self.chaining_key, &[])
    }
}
