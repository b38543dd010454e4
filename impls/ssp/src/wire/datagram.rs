//! The plaintext of a datagram: timestamps and a fragment.
//!
//! Timestamps count milliseconds modulo 2^16 on the sender's own clock.

use super::Malformed;

/// Length of the two timestamps.
pub const HEADER_LEN: usize = 4;

/// Stands for an absent timestamp reply; no timestamp has this value.
const NO_REPLY: u16 = u16::MAX;

/// The plaintext of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// When it was sent. Never 65535.
    pub timestamp: u16,
    /// The peer's newest timestamp plus the time for which it was held here.
    pub timestamp_reply: Option<u16>,
    /// See [`fragment`](super::fragment).
    pub payload: &'a [u8],
}

impl<'a> Datagram<'a> {
    /// Parses a plaintext.
    ///
    /// # Errors
    ///
    /// When it is shorter than its header.
    pub fn parse(plaintext: &'a [u8]) -> Result<Self, Malformed> {
        let (header, payload) = plaintext
            .split_first_chunk::<HEADER_LEN>()
            .ok_or(Malformed::Truncated)?;
        let [t0, t1, r0, r1] = *header;
        let reply = u16::from_be_bytes([r0, r1]);
        Ok(Self {
            timestamp: u16::from_be_bytes([t0, t1]),
            timestamp_reply: (reply != NO_REPLY).then_some(reply),
            payload,
        })
    }

    /// The plaintext.
    pub fn emit(&self) -> Vec<u8> {
        let mut plaintext = Vec::with_capacity(HEADER_LEN + self.payload.len());
        plaintext.extend_from_slice(&self.timestamp.to_be_bytes());
        plaintext.extend_from_slice(&self.timestamp_reply.unwrap_or(NO_REPLY).to_be_bytes());
        plaintext.extend_from_slice(self.payload);
        plaintext
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_is_two_timestamps_and_a_payload() {
        let datagram = Datagram {
            timestamp: 0x0102,
            timestamp_reply: Some(0x0304),
            payload: b"rest",
        };
        assert_eq!(datagram.emit(), b"\x01\x02\x03\x04rest");
        assert_eq!(Datagram::parse(b"\x01\x02\x03\x04rest"), Ok(datagram));
    }

    #[test]
    fn an_absent_reply_is_all_ones() {
        let datagram = Datagram::parse(b"\x00\x00\xff\xff").expect("well-formed");
        assert_eq!(datagram.timestamp_reply, None);
        assert_eq!(datagram.emit(), b"\x00\x00\xff\xff");
    }

    #[test]
    fn three_bytes_are_too_few() {
        assert_eq!(Datagram::parse(b"\x00\x00\x00"), Err(Malformed::Truncated));
    }
}
