//! As much of the Protocol Buffers encoding as three frozen proto2 messages need.

use super::Malformed;

/// A field's value as it is encoded. Fixed-width values, which no known field has, are skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    Fixed,
}

/// The fields of a message in the order of the wire: field number and value.
///
/// The last item is the error, if there is one.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn field(&mut self) -> Result<(u64, Value<'a>), Malformed> {
        let tag = self.varint()?;
        let number = tag >> 3;
        if number == 0 {
            return Err(Malformed::Protobuf);
        }
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let len = self.varint()?;
                Value::Bytes(self.take(len)?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            _ => return Err(Malformed::Protobuf),
        };
        Ok((number, value))
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(Malformed::Protobuf)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed::Protobuf)
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], Malformed> {
        let len = usize::try_from(len).map_err(|_| Malformed::Protobuf)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Malformed::Protobuf)?;
        self.rest = rest;
        Ok(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// Appends an integer field.
pub(super) fn put_varint(message: &mut Vec<u8>, number: u64, value: u64) {
    put_raw_varint(message, number << 3);
    put_raw_varint(message, value);
}

/// Appends a field of bytes or of a message.
pub(super) fn put_bytes(message: &mut Vec<u8>, number: u64, value: &[u8]) {
    put_raw_varint(message, number << 3 | 2);
    put_raw_varint(message, value.len() as u64);
    message.extend_from_slice(value);
}

fn put_raw_varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push(value as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(message: &[u8]) -> Vec<Result<(u64, Value<'_>), Malformed>> {
        Fields::new(message).collect()
    }

    #[test]
    fn every_wire_type_but_groups_is_read() {
        let message = b"\x08\x96\x01\x12\x02hi\x19\0\0\0\0\0\0\0\0\x25\0\0\0\0\xc0\x3e\x01";
        assert_eq!(
            fields(message),
            [
                Ok((1, Value::Varint(150))),
                Ok((2, Value::Bytes(b"hi"))),
                Ok((3, Value::Fixed)),
                Ok((4, Value::Fixed)),
                Ok((1000, Value::Varint(1))),
            ]
        );
    }

    #[test]
    fn varints_reach_the_largest_number() {
        let mut message = Vec::new();
        put_varint(&mut message, 1, u64::MAX);
        assert_eq!(message, b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
        assert_eq!(fields(&message), [Ok((1, Value::Varint(u64::MAX)))]);
    }

    #[test]
    fn malformed_messages_end_with_an_error() {
        for message in [
            b"\x08".as_slice(),                                  // no value
            b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", // eleven bytes
            b"\x12\x03hi",                                       // beyond the end
            b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01hi",   // far beyond the end
            b"\x19\0\0\0",                                       // half a fixed64
            b"\x0b\x0c",                                         // a group
            b"\x00\x00",                                         // field number 0
        ] {
            assert_eq!(fields(message), [Err(Malformed::Protobuf)], "{message:?}");
        }
    }
}
