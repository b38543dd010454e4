//! UserMessage: what the user did, from the client to the server.

use super::protobuf::{Fields, Value, put_bytes, put_varint};
use super::{Malformed, WindowSize};

mod field {
    pub(super) const INSTRUCTION: u64 = 1;
    pub(super) const KEYSTROKE: u64 = 2;
    pub(super) const KEYS: u64 = 4;
    pub(super) const RESIZE: u64 = 3;
    pub(super) const WIDTH: u64 = 5;
    pub(super) const HEIGHT: u64 = 6;
    /// Ours; a stock server skips it.
    pub(super) const ANNOUNCE: u64 = 1000;
}

/// One thing that the user, or the client, did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserInstruction<'a> {
    /// Typed these bytes.
    Keystrokes(&'a [u8]),
    /// Resized the window.
    Resize(WindowSize),
    /// Announced which extensions the client understands, one bit each. A stock client announces nothing.
    Announce(u64),
}

/// Appends an instruction to a message.
pub fn put(message: &mut Vec<u8>, instruction: UserInstruction<'_>) {
    let mut body = Vec::new();
    match instruction {
        UserInstruction::Keystrokes(keys) => {
            let mut keystroke = Vec::with_capacity(keys.len() + 4);
            put_bytes(&mut keystroke, field::KEYS, keys);
            put_bytes(&mut body, field::KEYSTROKE, &keystroke);
        }
        UserInstruction::Resize(size) => {
            put_bytes(&mut body, field::RESIZE, &emit_size(size));
        }
        UserInstruction::Announce(extensions) => {
            put_varint(&mut body, field::ANNOUNCE, extensions);
        }
    }
    put_bytes(message, field::INSTRUCTION, &body);
}

/// The instructions of a message in order. The last item is the error, if there is one.
pub fn instructions(
    message: &[u8],
) -> impl Iterator<Item = Result<UserInstruction<'_>, Malformed>> {
    Fields::new(message).filter_map(|field| match field {
        Ok((field::INSTRUCTION, Value::Bytes(body))) => parse(body).transpose(),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    })
}

/// The one known extension of an instruction; unknown ones are skipped.
fn parse(body: &[u8]) -> Result<Option<UserInstruction<'_>>, Malformed> {
    for field in Fields::new(body) {
        match field? {
            (field::KEYSTROKE, Value::Bytes(keystroke)) => {
                return Ok(Some(UserInstruction::Keystrokes(parse_keys(keystroke)?)));
            }
            (field::RESIZE, Value::Bytes(resize)) => {
                return Ok(Some(UserInstruction::Resize(parse_size(resize)?)));
            }
            (field::ANNOUNCE, Value::Varint(extensions)) => {
                return Ok(Some(UserInstruction::Announce(extensions)));
            }
            _ => {}
        }
    }
    Ok(None)
}

fn parse_keys(keystroke: &[u8]) -> Result<&[u8], Malformed> {
    let mut keys = [].as_slice();
    for field in Fields::new(keystroke) {
        if let (field::KEYS, Value::Bytes(value)) = field? {
            keys = value;
        }
    }
    Ok(keys)
}

/// The body of a resize, which messages to the client share.
pub(super) fn emit_size(size: WindowSize) -> Vec<u8> {
    let mut body = Vec::with_capacity(6);
    put_varint(&mut body, field::WIDTH, size.columns.into());
    put_varint(&mut body, field::HEIGHT, size.rows.into());
    body
}

/// A size within limits, whatever the numbers are.
pub(super) fn parse_size(body: &[u8]) -> Result<WindowSize, Malformed> {
    let (mut width, mut height) = (0, 0);
    for field in Fields::new(body) {
        match field? {
            // An int32 travels as the varint of its 64-bit sign extension.
            (field::WIDTH, Value::Varint(value)) => width = value as i32,
            (field::HEIGHT, Value::Varint(value)) => height = value as i32,
            _ => {}
        }
    }
    Ok(WindowSize::clamped(width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: WindowSize = WindowSize {
        columns: 80,
        rows: 24,
    };
    const INSTRUCTIONS: [UserInstruction<'_>; 3] = [
        UserInstruction::Keystrokes(b"ls\r"),
        UserInstruction::Resize(SIZE),
        UserInstruction::Announce(5),
    ];
    const MESSAGE: &[u8] =
        b"\x0a\x07\x12\x05\x22\x03ls\r\x0a\x06\x1a\x04\x28\x50\x30\x18\x0a\x03\xc0\x3e\x05";

    #[test]
    fn layout_is_that_of_client_buffers() {
        let mut message = Vec::new();
        for instruction in INSTRUCTIONS {
            put(&mut message, instruction);
        }
        assert_eq!(message, MESSAGE);
        let parsed: Result<Vec<_>, _> = instructions(MESSAGE).collect();
        assert_eq!(parsed.as_deref(), Ok(INSTRUCTIONS.as_slice()));
    }

    #[test]
    fn unknown_extensions_are_skipped() {
        let message = b"\x0a\x03\xc8\x3e\x05\x12\x00\x0a\x04\x12\x02\x22\x00";
        let parsed: Vec<_> = instructions(message).collect();
        assert_eq!(parsed, [Ok(UserInstruction::Keystrokes(b""))]);
    }

    #[test]
    fn absurd_sizes_are_brought_within_limits() {
        let mut resize = Vec::new();
        put_varint(&mut resize, field::WIDTH, -5_i64 as u64);
        put_varint(&mut resize, field::HEIGHT, i32::MAX as u64);
        let size = parse_size(&resize).expect("well-formed");
        assert_eq!((size.columns, size.rows), (1, 4096));
    }
}
