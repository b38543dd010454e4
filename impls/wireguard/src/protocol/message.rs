//! The four messages: their lengths and where their fields are (paper §5.4).

/// The type of a message; it fills four bytes, of which three are zero.
const INITIATION: u32 = 1;
const RESPONSE: u32 = 2;
const COOKIE_REPLY: u32 = 3;
const DATA: u32 = 4;

/// Handshake initiation.
pub(crate) mod initiation {
    use std::ops::Range;

    pub(crate) const LEN: usize = 148;
    pub(crate) const SENDER: Range<usize> = 4..8;
    pub(crate) const EPHEMERAL: Range<usize> = 8..40;
    pub(crate) const STATIC: Range<usize> = 40..88;
    pub(crate) const TIMESTAMP: Range<usize> = 88..116;
}

/// Handshake response.
pub(crate) mod response {
    use std::ops::Range;

    pub(crate) const LEN: usize = 92;
    pub(crate) const SENDER: Range<usize> = 4..8;
    pub(crate) const RECEIVER: Range<usize> = 8..12;
    pub(crate) const EPHEMERAL: Range<usize> = 12..44;
    pub(crate) const NOTHING: Range<usize> = 44..60;
}

/// Cookie reply.
pub(crate) mod cookie_reply {
    use std::ops::Range;

    pub(crate) const LEN: usize = 64;
    pub(crate) const RECEIVER: Range<usize> = 4..8;
    pub(crate) const NONCE: Range<usize> = 8..32;
    pub(crate) const COOKIE: Range<usize> = 32..64;
}

/// Transport data: a header, the encapsulated packet, a tag.
pub(crate) mod data {
    use std::ops::Range;

    pub(crate) const HEADER_LEN: usize = 16;
    pub(crate) const RECEIVER: Range<usize> = 4..8;
    pub(crate) const COUNTER: Range<usize> = 8..16;
    /// Header and tag: the length of a keepalive.
    pub(crate) const OVERHEAD: usize = HEADER_LEN + super::super::crypto::TAG_LEN;
}

/// A datagram, known by its type and of the length that its type asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message<'a> {
    Initiation(&'a [u8; initiation::LEN]),
    Response(&'a [u8; response::LEN]),
    CookieReply(&'a [u8; cookie_reply::LEN]),
    /// The whole datagram, at least [`data::OVERHEAD`] long.
    Data(&'a mut [u8]),
}

impl<'a> Message<'a> {
    /// What `datagram` is; none when its type is unknown or its length is wrong.
    pub(crate) fn parse(datagram: &'a mut [u8]) -> Option<Message<'a>> {
        match u32::from_le_bytes(*datagram.first_chunk()?) {
            INITIATION => (&*datagram).try_into().ok().map(Message::Initiation),
            RESPONSE => (&*datagram).try_into().ok().map(Message::Response),
            COOKIE_REPLY => (&*datagram).try_into().ok().map(Message::CookieReply),
            DATA if datagram.len() >= data::OVERHEAD => Some(Message::Data(datagram)),
            _ => None,
        }
    }
}

/// An initiation with its type and sender filled in.
pub(crate) fn new_initiation(sender: u32) -> [u8; initiation::LEN] {
    let mut message = [0; initiation::LEN];
    message[..4].copy_from_slice(&INITIATION.to_le_bytes());
    message[initiation::SENDER].copy_from_slice(&sender.to_le_bytes());
    message
}

/// A response with its type, sender and receiver filled in.
pub(crate) fn new_response(sender: u32, receiver: u32) -> [u8; response::LEN] {
    let mut message = [0; response::LEN];
    message[..4].copy_from_slice(&RESPONSE.to_le_bytes());
    message[response::SENDER].copy_from_slice(&sender.to_le_bytes());
    message[response::RECEIVER].copy_from_slice(&receiver.to_le_bytes());
    message
}

/// A cookie reply with its type and receiver filled in.
pub(crate) fn new_cookie_reply(receiver: u32) -> [u8; cookie_reply::LEN] {
    let mut message = [0; cookie_reply::LEN];
    message[..4].copy_from_slice(&COOKIE_REPLY.to_le_bytes());
    message[cookie_reply::RECEIVER].copy_from_slice(&receiver.to_le_bytes());
    message
}

/// The header of transport data.
pub(crate) fn data_header(receiver: u32, counter: u64) -> [u8; data::HEADER_LEN] {
    let mut header = [0; data::HEADER_LEN];
    header[..4].copy_from_slice(&DATA.to_le_bytes());
    header[data::RECEIVER].copy_from_slice(&receiver.to_le_bytes());
    header[data::COUNTER].copy_from_slice(&counter.to_le_bytes());
    header
}

/// The receiver and the counter of transport data; none when `datagram` is something else.
pub(crate) fn parse_data_header(datagram: &[u8]) -> Option<(u32, u64)> {
    let header: &[u8; data::HEADER_LEN] = datagram.first_chunk()?;
    let is_data = datagram.len() >= data::OVERHEAD && header[..4] == DATA.to_le_bytes();
    let counter = u64::from_le_bytes(field(header, data::COUNTER));
    is_data.then(|| (read_u32(header, data::RECEIVER), counter))
}

/// The field of `message` at `range`, whose length is `N`.
pub(crate) fn field<const N: usize>(message: &[u8], range: std::ops::Range<usize>) -> [u8; N] {
    message[range]
        .try_into()
        .expect("the field's length is known")
}

/// The little-endian number of `message` at `range`.
pub(crate) fn read_u32(message: &[u8], range: std::ops::Range<usize>) -> u32 {
    u32::from_le_bytes(field(message, range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_known_by_its_type_and_length() {
        assert!(matches!(
            Message::parse(&mut new_initiation(1)),
            Some(Message::Initiation(_))
        ));
        assert!(matches!(
            Message::parse(&mut new_response(1, 2)),
            Some(Message::Response(_))
        ));
        assert!(matches!(
            Message::parse(&mut new_cookie_reply(1)),
            Some(Message::CookieReply(_))
        ));
        let mut keepalive = [data_header(1, 2), [0; 16]].concat();
        assert!(matches!(
            Message::parse(&mut keepalive),
            Some(Message::Data(_))
        ));
        assert_eq!(parse_data_header(&keepalive), Some((1, 2)));
    }

    #[test]
    fn a_wrong_length_or_a_reserved_byte_is_no_message() {
        assert_eq!(Message::parse(&mut []), None);
        assert_eq!(Message::parse(&mut [1, 0, 0]), None);
        assert_eq!(Message::parse(&mut new_initiation(1)[..147]), None);
        assert_eq!(
            Message::parse(&mut [&new_response(1, 2)[..], &[0]].concat()),
            None
        );
        assert_eq!(Message::parse(&mut data_header(1, 2)), None);
        let mut reserved = new_initiation(1);
        reserved[3] = 1;
        assert_eq!(Message::parse(&mut reserved), None);
    }
}
