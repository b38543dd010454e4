//! HostMessage: what the screen shows, from the server to the client.

use super::addresses::Addresses;
use super::protobuf::{Fields, Value, put_bytes, put_varint};
use super::user::{emit_size, parse_size};
use super::{Malformed, WindowSize};

mod field {
    pub(super) const INSTRUCTION: u64 = 1;
    pub(super) const HOST_BYTES: u64 = 2;
    pub(super) const HOST_STRING: u64 = 4;
    pub(super) const RESIZE: u64 = 3;
    pub(super) const ECHO_ACK: u64 = 7;
    pub(super) const ECHO_ACK_NUM: u64 = 8;
    /// Ours; a stock client skips them.
    pub(super) const ANNOUNCE: u64 = 1000;
    pub(super) const ADDRESSES: u64 = 1001;
}

/// One change of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostInstruction<'a> {
    /// Bytes for the client's terminal emulator.
    HostBytes(&'a [u8]),
    /// The terminal has a new size.
    Resize(WindowSize),
    /// The screen shows the effect of the user's input up to this state.
    EchoAck(u64),
    /// Which extensions the server will use, one bit each. A stock server announces nothing.
    Announce(u64),
    /// Where the server can be reached too.
    Addresses(Addresses<'a>),
}

/// Appends an instruction to a message. Stock's order is echo acknowledgement, resize, bytes.
pub fn put(message: &mut Vec<u8>, instruction: HostInstruction<'_>) {
    let mut body = Vec::new();
    match instruction {
        HostInstruction::HostBytes(bytes) => {
            let mut host_bytes = Vec::with_capacity(bytes.len() + 6);
            put_bytes(&mut host_bytes, field::HOST_STRING, bytes);
            put_bytes(&mut body, field::HOST_BYTES, &host_bytes);
        }
        HostInstruction::Resize(size) => {
            put_bytes(&mut body, field::RESIZE, &emit_size(size));
        }
        HostInstruction::EchoAck(num) => {
            let mut echo_ack = Vec::new();
            put_varint(&mut echo_ack, field::ECHO_ACK_NUM, num);
            put_bytes(&mut body, field::ECHO_ACK, &echo_ack);
        }
        HostInstruction::Announce(extensions) => {
            put_varint(&mut body, field::ANNOUNCE, extensions);
        }
        HostInstruction::Addresses(Addresses(list)) => {
            put_bytes(&mut body, field::ADDRESSES, list);
        }
    }
    put_bytes(message, field::INSTRUCTION, &body);
}

/// The instructions of a message in order. The last item is the error, if there is one.
pub fn instructions(
    message: &[u8],
) -> impl Iterator<Item = Result<HostInstruction<'_>, Malformed>> {
    Fields::new(message).filter_map(|field| match field {
        Ok((field::INSTRUCTION, Value::Bytes(body))) => parse(body).transpose(),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    })
}

/// The one known extension of an instruction; unknown ones are skipped.
fn parse(body: &[u8]) -> Result<Option<HostInstruction<'_>>, Malformed> {
    for field in Fields::new(body) {
        match field? {
            (field::HOST_BYTES, Value::Bytes(host_bytes)) => {
                let bytes = parse_host_string(host_bytes)?;
                return Ok(Some(HostInstruction::HostBytes(bytes)));
            }
            (field::RESIZE, Value::Bytes(resize)) => {
                return Ok(Some(HostInstruction::Resize(parse_size(resize)?)));
            }
            (field::ECHO_ACK, Value::Bytes(echo_ack)) => {
                return Ok(Some(HostInstruction::EchoAck(parse_echo_ack(echo_ack)?)));
            }
            (field::ANNOUNCE, Value::Varint(extensions)) => {
                return Ok(Some(HostInstruction::Announce(extensions)));
            }
            (field::ADDRESSES, Value::Bytes(list)) => {
                return Ok(Some(HostInstruction::Addresses(Addresses(list))));
            }
            _ => {}
        }
    }
    Ok(None)
}

fn parse_host_string(host_bytes: &[u8]) -> Result<&[u8], Malformed> {
    let mut bytes = [].as_slice();
    for field in Fields::new(host_bytes) {
        if let (field::HOST_STRING, Value::Bytes(value)) = field? {
            bytes = value;
        }
    }
    Ok(bytes)
}

fn parse_echo_ack(echo_ack: &[u8]) -> Result<u64, Malformed> {
    let mut num = 0;
    for field in Fields::new(echo_ack) {
        if let (field::ECHO_ACK_NUM, Value::Varint(value)) = field? {
            num = value;
        }
    }
    Ok(num)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_is_that_of_host_buffers() {
        let expected = [
            HostInstruction::EchoAck(1),
            HostInstruction::Resize(WindowSize {
                columns: 80,
                rows: 24,
            }),
            HostInstruction::HostBytes(b"hello"),
            HostInstruction::Announce(3),
            HostInstruction::Addresses(Addresses::new(b"\x04\x7f\x00\x00\x01\x00\x07")),
        ];
        let bytes = b"\x0a\x04\x3a\x02\x40\x01\x0a\x06\x1a\x04\x28\x50\x30\x18\x0a\x09\x12\x07\x22\x05hello\x0a\x03\xc0\x3e\x03\x0a\x0a\xca\x3e\x07\x04\x7f\x00\x00\x01\x00\x07";
        let mut message = Vec::new();
        for instruction in expected {
            put(&mut message, instruction);
        }
        assert_eq!(message, bytes);
        let parsed: Result<Vec<_>, _> = instructions(bytes).collect();
        assert_eq!(parsed.as_deref(), Ok(expected.as_slice()));
    }

    #[test]
    fn unknown_extensions_are_skipped() {
        let message = b"\x0a\x03\xc8\x3e\x05\x0a\x04\x3a\x02\x40\x09";
        let parsed: Vec<_> = instructions(message).collect();
        assert_eq!(parsed, [Ok(HostInstruction::EchoAck(9))]);
    }

    #[test]
    fn a_truncated_message_is_an_error() {
        let parsed: Vec<_> = instructions(b"\x0a\x04\x3a\x02\x40").collect();
        assert_eq!(parsed, [Err(Malformed::Protobuf)]);
    }
}
