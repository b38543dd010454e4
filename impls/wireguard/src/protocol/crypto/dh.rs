//! DH: X25519 (RFC 7748).
//!
//! AWS-LC's, which takes 18 µs where curve25519-dalek takes 39 (`benches/primitives.rs`).

use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use zeroize::Zeroizing;

use crate::protocol::key::PublicKey;

/// What two parties share after a key agreement; wiped when dropped.
pub(crate) type SharedSecret = Zeroizing<[u8; 32]>;

/// A private key ready for agreements, with its public key.
pub(crate) struct Secret {
    private: PrivateKey,
    public: PublicKey,
}

impl Secret {
    /// The secret of 32 bytes of key material, which are clamped by X25519 itself.
    pub(crate) fn new(bytes: &[u8; 32]) -> Secret {
        let private = PrivateKey::from_private_key(&X25519, bytes)
            .expect("X25519 takes any 32 bytes as a private key");
        let public = private
            .compute_public_key()
            .expect("every X25519 private key has a public key");
        let bytes = public
            .as_ref()
            .try_into()
            .expect("X25519 keys are 32 bytes");
        Secret {
            private,
            public: PublicKey::from_bytes(bytes),
        }
    }

    /// The public half.
    pub(crate) fn public(&self) -> &PublicKey {
        &self.public
    }

    /// DH(self, theirs), or none when the product is zero: then `theirs` is a point of small order.
    pub(crate) fn agree(&self, theirs: &PublicKey) -> Option<SharedSecret> {
        let theirs = UnparsedPublicKey::new(&X25519, theirs.as_bytes());
        agree(&self.private, theirs, (), |product| {
            product.try_into().map(Zeroizing::new).map_err(|_| ())
        })
        .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::hex;

    #[test]
    fn rfc_7748_section_6_1() {
        let key = |text| hex::decode(text).unwrap().try_into().unwrap();
        let alice = Secret::new(&key(
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
        ));
        let bob = Secret::new(&key(
            "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
        ));
        assert_eq!(
            hex::encode(alice.public().as_bytes()),
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
        );
        assert_eq!(
            hex::encode(&*alice.agree(bob.public()).unwrap()),
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        );
    }

    #[test]
    fn a_point_of_small_order_is_refused() {
        let secret = Secret::new(&[7; 32]);
        assert!(secret.agree(&PublicKey::from_bytes([0; 32])).is_none());
    }
}
