//! The two ends of one direction: who seals datagrams and who opens them.

use super::cipher::{Cipher, TAG_LEN};
use super::key::Key;
use super::nonce::{CLEAR_LEN, Direction, Nonce};

/// Blocks that one direction may encrypt under one key. RFC 7253 §5 allows 2^48 in all; the directions share them.
const BLOCK_BUDGET: u64 = 1 << 47;

/// Seals the datagrams of one direction, each under the next nonce.
///
/// It cannot be cloned: two sealers of one key and direction would repeat nonces, which breaks OCB3.
pub struct Sealer {
    cipher: Cipher,
    direction: Direction,
    next_sequence: u64,
    blocks_sealed: u64,
}

impl Sealer {
    /// A sealer whose first datagram has the sequence number 0.
    pub fn new(key: &Key, direction: Direction) -> Self {
        Self {
            cipher: Cipher::new(key),
            direction,
            next_sequence: 0,
            blocks_sealed: 0,
        }
    }

    /// Seals `plaintext`, below 4 KiB, into a datagram.
    ///
    /// # Errors
    ///
    /// When the key has encrypted as much as it may; the session must end then, for SSP has no rekeying.
    pub fn seal(&mut self, plaintext: &[u8]) -> Result<Vec<u8>, KeySpent> {
        let blocks = plaintext.len().div_ceil(16) as u64;
        if self.blocks_sealed + blocks > BLOCK_BUDGET {
            return Err(KeySpent);
        }
        let clear = Nonce {
            direction: self.direction,
            sequence: self.next_sequence,
        }
        .to_clear();
        self.next_sequence += 1;
        self.blocks_sealed += blocks;

        let mut datagram = Vec::with_capacity(super::OVERHEAD + plaintext.len());
        datagram.extend_from_slice(&clear);
        datagram.extend_from_slice(plaintext);
        let tag = self
            .cipher
            .encrypt(Nonce::expand(clear), &mut datagram[CLEAR_LEN..])
            .map_err(|_| KeySpent)?;
        datagram.extend_from_slice(&tag);
        Ok(datagram)
    }
}

/// The key must not be used any longer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the session key has encrypted as many blocks as it may")]
pub struct KeySpent;

/// Opens the datagrams of one direction.
pub struct Opener {
    cipher: Cipher,
    direction: Direction,
}

/// An authentic datagram.
#[derive(Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its sequence number. Not necessarily new: replays are authentic too.
    pub sequence: u64,
    /// What was sealed.
    pub plaintext: Vec<u8>,
}

impl Opener {
    /// An opener of the datagrams that go in `direction`.
    pub fn new(key: &Key, direction: Direction) -> Self {
        Self {
            cipher: Cipher::new(key),
            direction,
        }
    }

    /// Opens a datagram.
    ///
    /// # Errors
    ///
    /// When it is too short, not authentic, or goes the other way. None of these is reason to end the session.
    pub fn open(&self, datagram: &[u8]) -> Result<Opened, OpenError> {
        let (clear, sealed) = datagram.split_first_chunk().ok_or(OpenError::TooShort)?;
        let (ciphertext, tag) = sealed
            .split_last_chunk::<TAG_LEN>()
            .ok_or(OpenError::TooShort)?;
        let mut plaintext = ciphertext.to_vec();
        self.cipher
            .decrypt(Nonce::expand(*clear), &mut plaintext, *tag)
            .map_err(|_| OpenError::NotAuthentic)?;
        let nonce = Nonce::from_clear(*clear);
        if nonce.direction != self.direction {
            return Err(OpenError::WrongDirection);
        }
        Ok(Opened {
            sequence: nonce.sequence,
            plaintext,
        })
    }
}

/// Why a datagram was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It has fewer than 24 bytes.
    #[error("the datagram is too short to be authentic")]
    TooShort,
    /// The tag does not match: another key, or a changed datagram.
    #[error("the datagram is not authentic")]
    NotAuthentic,
    /// Our own datagram came back to us: a malicious playback.
    #[error("the datagram goes the wrong way")]
    WrongDirection,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Sealer, Opener) {
        let key = Key::from([42; 16]);
        (
            Sealer::new(&key, Direction::ToServer),
            Opener::new(&key, Direction::ToServer),
        )
    }

    #[test]
    fn datagrams_of_every_length_open_to_what_was_sealed() {
        let (mut sealer, opener) = pair();
        for len in 0..2048 {
            let plaintext: Vec<u8> = (0..len).map(|i| (i * 7 + len) as u8).collect();
            let datagram = sealer.seal(&plaintext).expect("budget");
            assert_eq!(datagram.len(), plaintext.len() + 24);
            let opened = opener.open(&datagram);
            let sequence = len as u64;
            assert_eq!(
                opened,
                Ok(Opened {
                    sequence,
                    plaintext
                })
            );
        }
    }

    #[test]
    fn equal_plaintexts_give_different_datagrams() {
        let (mut sealer, _) = pair();
        assert_ne!(
            sealer.seal(b"same").expect("budget")[8..],
            sealer.seal(b"same").expect("budget")[8..]
        );
    }

    #[test]
    fn a_datagram_played_back_to_its_sender_is_refused() {
        let key = Key::from([42; 16]);
        let datagram = Sealer::new(&key, Direction::ToClient)
            .seal(b"hello")
            .expect("budget");
        let opener = Opener::new(&key, Direction::ToServer);
        assert_eq!(opener.open(&datagram), Err(OpenError::WrongDirection));
    }

    #[test]
    fn garbage_is_an_error_and_nothing_else() {
        let (_, opener) = pair();
        for len in 0..24 {
            assert_eq!(opener.open(&vec![0; len]), Err(OpenError::TooShort));
        }
        for len in 24..100 {
            assert_eq!(opener.open(&vec![0; len]), Err(OpenError::NotAuthentic));
        }
    }

    #[test]
    fn a_spent_key_seals_nothing() {
        let (mut sealer, _) = pair();
        sealer.blocks_sealed = BLOCK_BUDGET - 2;
        assert!(sealer.seal(&[0; 33]).is_err());
        assert!(sealer.seal(&[0; 32]).is_ok());
        assert!(sealer.seal(&[0; 1]).is_err());
    }
}
