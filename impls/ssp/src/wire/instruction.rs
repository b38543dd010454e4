//! Instructions: "if you hold the state numbered so, this difference makes it the state numbered so".

use super::Malformed;
use super::protobuf::{Fields, Value, put_bytes, put_varint};

/// The only version of the protocol on the wire since mosh 1.0.
pub const PROTOCOL_VERSION: u64 = 2;

/// The number of the state that ends the session.
pub const SHUTDOWN: u64 = u64::MAX;

/// The longest chaff that a stock peer sends, in bytes.
pub const MAX_CHAFF: usize = 16;

mod field {
    pub(super) const PROTOCOL_VERSION: u64 = 1;
    pub(super) const OLD_NUM: u64 = 2;
    pub(super) const NEW_NUM: u64 = 3;
    pub(super) const ACK_NUM: u64 = 4;
    pub(super) const THROWAWAY_NUM: u64 = 5;
    pub(super) const DIFF: u64 = 6;
    pub(super) const CHAFF: u64 = 7;
    /// Ours; a stock peer skips them.
    pub(super) const LOSS: u64 = 1000;
    pub(super) const LONGEST: u64 = 1001;
}

/// A transition between two states of the sender's object. State numbers count from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Instruction<'a> {
    /// The state that the difference is made against.
    pub old_num: u64,
    /// The state that it makes. [`SHUTDOWN`] if it is the last.
    pub new_num: u64,
    /// The newest state of the receiver's object that the sender holds.
    pub ack_num: u64,
    /// The receiver may forget the states before this one: no difference will be made against them.
    pub throwaway_num: u64,
    /// What changed; empty if nothing did.
    pub diff: &'a [u8],
    /// Random bytes that hide the length of the difference, or make a datagram as long as one wants to try.
    pub chaff: &'a [u8],
    /// How many of 256 datagrams the sender has missed lately. A stock peer doesn't say.
    pub loss: Option<u64>,
    /// The longest datagram that has reached the sender lately, in bytes of UDP payload, if it was a long one.
    pub longest: Option<u64>,
}

impl<'a> Instruction<'a> {
    /// Parses a message; unknown fields are skipped and absent numbers are 0.
    ///
    /// # Errors
    ///
    /// When it is no message, or of another protocol version.
    pub fn parse(message: &'a [u8]) -> Result<Self, Malformed> {
        let mut instruction = Self::default();
        let mut version = 0;
        for field in Fields::new(message) {
            match field? {
                (field::PROTOCOL_VERSION, Value::Varint(value)) => version = value,
                (field::OLD_NUM, Value::Varint(value)) => instruction.old_num = value,
                (field::NEW_NUM, Value::Varint(value)) => instruction.new_num = value,
                (field::ACK_NUM, Value::Varint(value)) => instruction.ack_num = value,
                (field::THROWAWAY_NUM, Value::Varint(value)) => instruction.throwaway_num = value,
                (field::DIFF, Value::Bytes(value)) => instruction.diff = value,
                (field::CHAFF, Value::Bytes(value)) => instruction.chaff = value,
                (field::LOSS, Value::Varint(value)) => instruction.loss = Some(value),
                (field::LONGEST, Value::Varint(value)) => instruction.longest = Some(value),
                _ => {}
            }
        }
        if version != PROTOCOL_VERSION {
            return Err(Malformed::Version(version));
        }
        Ok(instruction)
    }

    /// The message, with every field of stock's present, as stock peers send it.
    pub fn emit(&self) -> Vec<u8> {
        let mut message = Vec::with_capacity(56 + self.diff.len() + self.chaff.len());
        put_varint(&mut message, field::PROTOCOL_VERSION, PROTOCOL_VERSION);
        put_varint(&mut message, field::OLD_NUM, self.old_num);
        put_varint(&mut message, field::NEW_NUM, self.new_num);
        put_varint(&mut message, field::ACK_NUM, self.ack_num);
        put_varint(&mut message, field::THROWAWAY_NUM, self.throwaway_num);
        put_bytes(&mut message, field::DIFF, self.diff);
        put_bytes(&mut message, field::CHAFF, self.chaff);
        for (field, value) in [(field::LOSS, self.loss), (field::LONGEST, self.longest)] {
            if let Some(value) = value {
                put_varint(&mut message, field, value);
            }
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTRUCTION: Instruction<'_> = Instruction {
        old_num: 1,
        new_num: 300,
        ack_num: 3,
        throwaway_num: 0,
        diff: b"diff",
        chaff: b"??",
        loss: None,
        longest: None,
    };
    const MESSAGE: &[u8] = b"\x08\x02\x10\x01\x18\xac\x02\x20\x03\x28\x00\x32\x04diff\x3a\x02??";

    #[test]
    fn layout_is_that_of_transport_buffers() {
        assert_eq!(INSTRUCTION.emit(), MESSAGE);
        assert_eq!(Instruction::parse(MESSAGE), Ok(INSTRUCTION));
    }

    #[test]
    fn what_a_stock_peer_does_not_know_comes_last() {
        let instruction = Instruction {
            loss: Some(7),
            longest: Some(1252),
            ..INSTRUCTION
        };
        let message = [MESSAGE, b"\xc0\x3e\x07\xc8\x3e\xe4\x09"].concat();
        assert_eq!(instruction.emit(), message);
        assert_eq!(Instruction::parse(&message), Ok(instruction));
    }

    #[test]
    fn unknown_fields_are_skipped() {
        let extended = [MESSAGE, b"\xd0\x3e\x07\xda\x3e\x03new"].concat();
        assert_eq!(Instruction::parse(&extended), Ok(INSTRUCTION));
    }

    #[test]
    fn another_version_is_refused() {
        assert_eq!(
            Instruction::parse(b"\x08\x03\x10\x00"),
            Err(Malformed::Version(3))
        );
        assert_eq!(Instruction::parse(b""), Err(Malformed::Version(0)));
    }
}
