//! Fragments: slices of a compressed instruction that each fit a datagram.

use super::Malformed;

/// Length of a fragment without its slice.
pub const HEADER_LEN: usize = 10;

/// An instruction has at most this many fragments; their numbers have 15 bits.
pub const MAX_FRAGMENTS: usize = 1 << 15;

const FINAL_BIT: u16 = 1 << 15;

/// One fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// Which instruction it belongs to; the first has the id 1.
    pub instruction_id: u64,
    /// Its place among the instruction's fragments, from 0; below [`MAX_FRAGMENTS`].
    pub number: u16,
    /// Whether it is the last.
    pub is_final: bool,
    /// Its part of the compressed instruction.
    pub slice: &'a [u8],
}

impl<'a> Fragment<'a> {
    /// Parses a datagram's payload.
    ///
    /// # Errors
    ///
    /// When it is shorter than a fragment's header.
    pub fn parse(payload: &'a [u8]) -> Result<Self, Malformed> {
        let (id, rest) = payload.split_first_chunk().ok_or(Malformed::Truncated)?;
        let (place, slice) = rest.split_first_chunk().ok_or(Malformed::Truncated)?;
        let place = u16::from_be_bytes(*place);
        Ok(Self {
            instruction_id: u64::from_be_bytes(*id),
            number: place & !FINAL_BIT,
            is_final: place & FINAL_BIT != 0,
            slice,
        })
    }

    /// The datagram's payload.
    pub fn emit(&self) -> Vec<u8> {
        let place = self.number | if self.is_final { FINAL_BIT } else { 0 };
        let mut payload = Vec::with_capacity(HEADER_LEN + self.slice.len());
        payload.extend_from_slice(&self.instruction_id.to_be_bytes());
        payload.extend_from_slice(&place.to_be_bytes());
        payload.extend_from_slice(self.slice);
        payload
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_final_bit_stands_above_the_number() {
        let fragment = Fragment {
            instruction_id: 0x0102_0304_0506_0708,
            number: 0x0203,
            is_final: true,
            slice: b"slice",
        };
        let bytes = b"\x01\x02\x03\x04\x05\x06\x07\x08\x82\x03slice";
        assert_eq!(fragment.emit(), bytes);
        assert_eq!(Fragment::parse(bytes), Ok(fragment));

        let not_final = Fragment {
            is_final: false,
            ..fragment
        };
        assert_eq!(not_final.emit()[8..10], [0x02, 0x03]);
    }

    #[test]
    fn nine_bytes_are_too_few() {
        assert_eq!(Fragment::parse(&[0; 9]), Err(Malformed::Truncated));
        assert!(Fragment::parse(&[0; 10]).is_ok());
    }
}
