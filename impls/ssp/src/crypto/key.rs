//! The session key and its text form.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

/// Length of the text form: 16 bytes in base64 without the two padding characters.
const TEXT_LEN: usize = 22;

/// An AES-128 session key. Zeroed when dropped.
///
/// Its text form, which `ssp-server` prints and `ssp-client` reads from `MOSH_KEY`, is standard base64 without padding:
/// exactly 22 characters.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Key([u8; 16]);

impl Key {
    /// A fresh key from the operating system's random source.
    ///
    /// # Errors
    ///
    /// When the random source fails.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut key = Self([0; 16]);
        getrandom::fill(&mut key.0)?;
        Ok(key)
    }

    /// The text form. Zeroed when dropped.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD_NO_PAD.encode(self.0))
    }

    pub(super) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<[u8; 16]> for Key {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl FromStr for Key {
    type Err = InvalidKey;

    /// Accepts canonical text only: two texts never mean the same key.
    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        if text.len() != TEXT_LEN {
            return Err(InvalidKey::Length(text.len()));
        }
        let mut key = Self([0; 16]);
        match STANDARD_NO_PAD.decode_slice(text, &mut key.0) {
            Ok(16) => Ok(key),
            _ => {
                key.0.zeroize();
                Err(InvalidKey::Encoding)
            }
        }
    }
}

/// Never shows the key.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// The text has this many bytes.
    #[error("a key is 22 letters long, not {0}")]
    Length(usize),
    /// A character is outside the base64 alphabet, or the last one carries bits of no byte.
    #[error("a key is written in canonical base64 without padding")]
    Encoding,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_is_base64_without_padding() {
        let key = Key::from(*b"0123456789abcdef");
        assert_eq!(key.to_text().as_str(), "MDEyMzQ1Njc4OWFiY2RlZg");
        assert_eq!("MDEyMzQ1Njc4OWFiY2RlZg".parse(), Ok(key));
    }

    #[test]
    fn generated_keys_survive_their_text_form() {
        for _ in 0..1000 {
            let key = Key::generate().expect("random bytes");
            assert_eq!(key.to_text().parse(), Ok(key));
        }
    }

    #[test]
    fn of_all_last_characters_only_the_canonical_four_are_accepted() {
        let accepted: String = (0..=127u8)
            .map(char::from)
            .filter(|last| {
                format!("AAAAAAAAAAAAAAAAAAAAA{last}")
                    .parse::<Key>()
                    .is_ok()
            })
            .collect();
        assert_eq!(accepted, "AQgw");
    }

    #[test]
    fn malformed_texts_are_refused() {
        for text in [
            "",
            "A",
            "MDEyMzQ1Njc4OWFiY2RlZ",
            "MDEyMzQ1Njc4OWFiY2RlZg=",
            "MDEyMzQ1Njc4OWFiY2RlZg==",
            "MDEyMzQ1Njc4OWFiY2RlZgA",
            "MDEyMzQ1Njc4OWFiY2Rl==",
            " MDEyMzQ1Njc4OWFiY2RlZ",
            "MDEyMzQ1Njc4OWFiY2RlZ\n",
            "MDEyMzQ1Njc4OWFiY2-_Zg",
            "MDEyMzQ1Njc4\u{e4}WFiY2RlZg",
            "MDEyMzQ1Njc4OWFi\0Y2RlZg",
        ] {
            assert!(text.parse::<Key>().is_err(), "accepted {text:?}");
        }
    }

    #[test]
    fn debug_output_hides_the_key() {
        assert_eq!(format!("{:?}", Key::from([7; 16])), "Key(..)");
    }
}
