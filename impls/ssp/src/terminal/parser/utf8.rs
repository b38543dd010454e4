//! Incremental decoding of UTF-8.

/// A decoder of UTF-8 that takes one byte at a time.
///
/// Each maximal ill-formed part becomes one U+FFFD, as Unicode §3.9 recommends: the part ends
/// before the first byte that could not have continued it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Utf8Decoder {
    code: u32,
    /// Continuation bytes still to come.
    missing: u8,
    /// What the next continuation byte may be: tighter than 80–BF after a first byte that could
    /// begin an overlong form, a surrogate or something beyond U+10FFFF.
    next: (u8, u8),
}

/// What a byte completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decoded {
    Nothing,
    Char(char),
    /// An ill-formed part ended *before* this byte: U+FFFD stands for it, and the byte is to be pushed again.
    ReplacementThenRetry,
}

impl Utf8Decoder {
    /// Whether the decoder is between characters.
    pub(super) fn is_idle(&self) -> bool {
        self.missing == 0
    }

    pub(super) fn push(&mut self, byte: u8) -> Decoded {
        if self.missing == 0 {
            return self.begin(byte);
        }
        let (lowest, highest) = self.next;
        if !(lowest..=highest).contains(&byte) {
            self.missing = 0;
            return Decoded::ReplacementThenRetry;
        }
        self.code = self.code << 6 | u32::from(byte & 0x3f);
        self.missing -= 1;
        self.next = CONTINUATION;
        match self.missing {
            0 => Decoded::Char(char::from_u32(self.code).unwrap_or(char::REPLACEMENT_CHARACTER)),
            _ => Decoded::Nothing,
        }
    }

    fn begin(&mut self, byte: u8) -> Decoded {
        let (missing, next) = match byte {
            0x00..=0x7f => return Decoded::Char(byte.into()),
            0xc2..=0xdf => (1, CONTINUATION),
            0xe0 => (2, (0xa0, 0xbf)),
            0xed => (2, (0x80, 0x9f)),
            0xe1..=0xef => (2, CONTINUATION),
            0xf0 => (3, (0x90, 0xbf)),
            0xf1..=0xf3 => (3, CONTINUATION),
            0xf4 => (3, (0x80, 0x8f)),
            _ => return Decoded::Char(char::REPLACEMENT_CHARACTER),
        };
        // The first byte keeps as many bits as its marker leaves: 5, 4 or 3.
        self.code = u32::from(byte) & (0x3f >> missing);
        self.missing = missing;
        self.next = next;
        Decoded::Nothing
    }
}

const CONTINUATION: (u8, u8) = (0x80, 0xbf);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(bytes: &[u8]) -> String {
        let mut decoder = Utf8Decoder::default();
        let mut text = String::new();
        for &byte in bytes {
            loop {
                match decoder.push(byte) {
                    Decoded::Nothing => {}
                    Decoded::Char(ch) => text.push(ch),
                    Decoded::ReplacementThenRetry => {
                        text.push(char::REPLACEMENT_CHARACTER);
                        continue;
                    }
                }
                break;
            }
        }
        if !decoder.is_idle() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        text
    }

    #[test]
    fn characters_of_every_length_are_decoded() {
        let text = "a\u{7f}\u{80}é\u{7ff}\u{800}漢\u{ffff}\u{10000}🦀\u{10ffff}";
        assert_eq!(decode(text.as_bytes()), text);
    }

    proptest! {
        /// The standard library replaces by maximal subparts too.
        #[test]
        fn ill_formed_parts_are_replaced_as_unicode_recommends(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0x80..=0xbfu8, 0xe0..=0xf5u8], 0..64)
        ) {
            prop_assert_eq!(decode(&bytes), String::from_utf8_lossy(&bytes));
        }
    }
}
