//! AES-128-OCB3 over buffers in place.

use aes::Aes128;
use ocb3::aead::AeadInOut as _;
use ocb3::consts::{U12, U16};
use ocb3::{KeyInit as _, Ocb3};

use super::key::Key;

/// Length of the authentication tag.
pub(super) const TAG_LEN: usize = 16;

/// Offsets precomputed for 2^8 blocks, which is more than a peer's receive buffer holds.
type Aes128Ocb3 = Ocb3<Aes128, U12, U16, 8>;

/// Buffers must be shorter than those blocks: `ocb3` 0.2 panics when it decrypts exactly as many.
const BUFFER_LIMIT: usize = 16 << 8;

/// A tag did not match, or a buffer exceeds what the cipher takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failed;

/// The cipher under one key.
#[derive(Clone)]
pub(super) struct Cipher(Aes128Ocb3);

impl Cipher {
    pub(super) fn new(key: &Key) -> Self {
        Self(Aes128Ocb3::new(key.as_bytes().into()))
    }

    /// Encrypts `buffer` and returns its tag.
    pub(super) fn encrypt(
        &self,
        nonce: [u8; 12],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG_LEN], Failed> {
        if buffer.len() >= BUFFER_LIMIT {
            return Err(Failed);
        }
        self.0
            .encrypt_inout_detached(&nonce.into(), &[], buffer.into())
            .map(Into::into)
            .map_err(|_| Failed)
    }

    /// Decrypts `buffer` if `tag` is the one that its encryption gave. The comparison takes constant time.
    pub(super) fn decrypt(
        &self,
        nonce: [u8; 12],
        buffer: &mut [u8],
        tag: [u8; TAG_LEN],
    ) -> Result<(), Failed> {
        if buffer.len() >= BUFFER_LIMIT {
            return Err(Failed);
        }
        self.0
            .decrypt_inout_detached(&nonce.into(), &[], buffer.into(), &tag.into())
            .map_err(|_| Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits"))
            .collect()
    }

    fn array<const N: usize>(text: &str) -> [u8; N] {
        hex(text).try_into().expect("the right length")
    }

    /// The vectors of RFC 7253, appendix A, that have no associated data: nonce, plaintext, ciphertext and tag.
    const RFC_7253_WITHOUT_ASSOCIATED_DATA: [(&str, &str, &str); 6] = [
        (
            "BBAA99887766554433221100",
            "",
            "785407BFFFC8AD9EDCC5520AC9111EE6",
        ),
        (
            "BBAA99887766554433221103",
            "0001020304050607",
            "45DD69F8F5AAE72414054CD1F35D82760B2CD00D2F99BFA9",
        ),
        (
            "BBAA99887766554433221106",
            "000102030405060708090A0B0C0D0E0F",
            "5CE88EC2E0692706A915C00AEB8B2396F40E1C743F52436BDF06D8FA1ECA343D",
        ),
        (
            "BBAA99887766554433221109",
            "000102030405060708090A0B0C0D0E0F1011121314151617",
            "221BD0DE7FA6FE993ECCD769460A0AF2D6CDED0C395B1C3CE725F32494B9F914D85C0B1EB38357FF",
        ),
        (
            "BBAA9988776655443322110C",
            "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
            "2942BFC773BDA23CABC6ACFD9BFD5835BD300F0973792EF46040C53F1432BCDFB5E1DDE3BC18A5F840B52E653444D5DF",
        ),
        (
            "BBAA9988776655443322110F",
            "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F2021222324252627",
            "4412923493C57D5DE0D700F753CCE0D1D2D95060122E9F15A5DDBFC5787E50B5CC55EE507BCB084E479AD363AC366B95A98CA5F3000B1479",
        ),
    ];

    #[test]
    fn encrypts_and_decrypts_the_vectors_of_rfc_7253() {
        let cipher = Cipher::new(&Key::from(array("000102030405060708090A0B0C0D0E0F")));
        for (nonce, plaintext, sealed) in RFC_7253_WITHOUT_ASSOCIATED_DATA {
            let (nonce, plaintext, sealed) = (array(nonce), hex(plaintext), hex(sealed));
            let mut buffer = plaintext.clone();
            let tag = cipher.encrypt(nonce, &mut buffer).expect("short enough");
            assert_eq!([&buffer, tag.as_slice()].concat(), sealed);
            cipher.decrypt(nonce, &mut buffer, tag).expect("authentic");
            assert_eq!(buffer, plaintext);
        }
    }

    #[test]
    fn buffers_of_any_length_are_handled_or_refused() {
        let cipher = Cipher::new(&Key::from([1; 16]));
        for len in [BUFFER_LIMIT - 1, BUFFER_LIMIT, BUFFER_LIMIT + 1, 70_000] {
            let mut buffer = vec![0; len];
            let encrypted = cipher.encrypt([0; 12], &mut buffer);
            assert_eq!(encrypted.is_ok(), len < BUFFER_LIMIT);
            let decrypted = cipher.decrypt([0; 12], &mut buffer, encrypted.unwrap_or_default());
            assert_eq!(decrypted.is_ok(), len < BUFFER_LIMIT);
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let cipher = Cipher::new(&Key::from([1; 16]));
        let mut sealed = *b"attack at dawn, attack at dawn";
        let tag = cipher.encrypt([0; 12], &mut sealed).expect("short enough");
        for bit in 0..(sealed.len() + TAG_LEN) * 8 {
            let (mut buffer, mut tag) = (sealed, tag);
            match bit.checked_sub(sealed.len() * 8) {
                None => buffer[bit / 8] ^= 1 << (bit % 8),
                Some(bit) => tag[bit / 8] ^= 1 << (bit % 8),
            }
            assert_eq!(cipher.decrypt([0; 12], &mut buffer, tag), Err(Failed));
        }
    }
}
