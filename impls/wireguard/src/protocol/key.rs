//! Keys: public, private and pre-shared.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::crypto::Secret;
use super::hex;

/// A Curve25519 public key: who a peer is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

/// A Curve25519 private key, clamped; wiped when dropped.
#[derive(Clone)]
pub struct PrivateKey(Zeroizing<[u8; 32]>);

/// A symmetric key mixed into the handshake with one peer (paper §5.2); wiped when dropped. All zeros is none.
#[derive(Clone, Default)]
pub struct PresharedKey(Zeroizing<[u8; 32]>);

/// The text is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidKey;

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key is 64 hexadecimal digits")
    }
}

impl std::error::Error for InvalidKey {}

impl PublicKey {
    /// The key of these bytes, in Curve25519's encoding.
    pub const fn from_bytes(bytes: [u8; 32]) -> PublicKey {
        PublicKey(bytes)
    }

    /// The key's bytes, in Curve25519's encoding.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PrivateKey {
    /// The key of these bytes, clamped as X25519 asks (RFC 7748 §5).
    pub fn from_bytes(bytes: [u8; 32]) -> PrivateKey {
        let mut key = Zeroizing::new(bytes);
        key[0] &= 0b1111_1000;
        key[31] = key[31] & 0b0111_1111 | 0b0100_0000;
        PrivateKey(key)
    }

    /// The clamped key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public key that belongs to it.
    pub fn public_key(&self) -> PublicKey {
        *Secret::new(&self.0).public()
    }
}

impl PresharedKey {
    /// The key of these bytes; all zeros is none.
    pub fn from_bytes(bytes: [u8; 32]) -> PresharedKey {
        PresharedKey(Zeroizing::new(bytes))
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for PrivateKey {
    fn eq(&self, other: &PrivateKey) -> bool {
        self.0.ct_eq(&*other.0).into()
    }
}

impl PartialEq for PresharedKey {
    fn eq(&self, other: &PresharedKey) -> bool {
        self.0.ct_eq(&*other.0).into()
    }
}

fn parse(text: &str) -> Result<[u8; 32], InvalidKey> {
    let bytes = Zeroizing::new(hex::decode(text).ok_or(InvalidKey)?);
    bytes.as_slice().try_into().map_err(|_| InvalidKey)
}

impl FromStr for PublicKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<PublicKey, InvalidKey> {
        parse(text).map(PublicKey)
    }
}

impl FromStr for PrivateKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<PrivateKey, InvalidKey> {
        parse(text).map(PrivateKey::from_bytes)
    }
}

impl FromStr for PresharedKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<PresharedKey, InvalidKey> {
        parse(text).map(PresharedKey::from_bytes)
    }
}

impl fmt::Display for PublicKey {
    /// 64 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}

impl fmt::Debug for PresharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresharedKey(..)")
    }
}
