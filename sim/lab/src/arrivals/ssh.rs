//! Where a TCP connection begins to be authenticated: an SSH connection after its key exchange, any other at once.

/// `SSH_MSG_NEWKEYS` (RFC 4250, section 4.1.2): what follows is under the new keys (RFC 4253, section 7.3).
const NEW_KEYS: u8 = 21;

/// The length of a binary packet that no implementation need exceed (RFC 4253, section 6.1), in bytes.
const LONGEST: u32 = 35_000;

/// What has arrived on one direction of a connection. Sequence numbers are TCP's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stream {
    /// Nothing.
    #[default]
    Fresh,
    /// SSH in the clear, up to a binary packet (RFC 4253, section 6) that begins here.
    KeyExchange { next: u32 },
    /// What is authenticated from here on.
    Authenticated { from: u32 },
}

impl Stream {
    /// Whether any byte of a segment is authenticated.
    pub(super) fn authenticates(&mut self, sequence: u32, payload: &[u8]) -> bool {
        let end = sequence.wrapping_add(payload.len() as u32);
        loop {
            *self = match *self {
                Stream::Fresh => match identification(payload) {
                    Some(length) => Stream::KeyExchange {
                        next: sequence.wrapping_add(length),
                    },
                    None => Stream::Authenticated { from: sequence },
                },
                Stream::KeyExchange { next } if !precedes(next, end) => return false,
                Stream::KeyExchange { next } => {
                    let at = next.wrapping_sub(sequence) as usize;
                    match payload.get(at..).and_then(header) {
                        Some((length, NEW_KEYS)) => Stream::Authenticated {
                            from: next.wrapping_add(length),
                        },
                        Some((length, _)) => Stream::KeyExchange {
                            next: next.wrapping_add(length),
                        },
                        // A segment was lost, or ends within a header. Where the exchange ends is not to be seen any more.
                        None => Stream::Authenticated { from: end },
                    }
                }
                Stream::Authenticated { from } => return precedes(from, end),
            };
        }
    }
}

/// Length of the line that an SSH connection begins with (RFC 4253, section 4.2).
fn identification(payload: &[u8]) -> Option<u32> {
    if !payload.starts_with(b"SSH-") {
        return None;
    }
    let end = payload.iter().position(|&byte| byte == b'\n')?;
    Some(end as u32 + 1)
}

/// Length of a binary packet and the number of its message.
fn header(packet: &[u8]) -> Option<(u32, u8)> {
    let after_length = u32::from_be_bytes(*packet.first_chunk()?);
    let message = *packet.get(5)?;
    (after_length <= LONGEST).then_some((4 + after_length, message))
}

/// Whether one sequence number comes before another (RFC 9293, section 3.4).
fn precedes(one: u32, other: u32) -> bool {
    (one.wrapping_sub(other) as i32) < 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A binary packet of the key exchange with so many bytes of payload.
    fn packet(message: u8, payload: usize) -> Vec<u8> {
        let length = 2 + payload as u32 + 4;
        let mut packet = length.to_be_bytes().to_vec();
        packet.extend([4, message]);
        packet.resize(4 + length as usize, 0);
        packet
    }

    fn ssh() -> Vec<u8> {
        let exchange = [
            b"SSH-2.0-OpenSSH_10\r\n".to_vec(),
            packet(20, 1500),
            packet(31, 300),
            packet(NEW_KEYS, 0),
        ];
        exchange.concat()
    }

    /// What each of these segments says, of a stream that begins shortly before sequence numbers wrap.
    fn arrive(segments: &[&[u8]]) -> Vec<bool> {
        let (mut stream, mut sequence) = (Stream::default(), u32::MAX - 30);
        let mut one = |segment: &&[u8]| {
            let authentic = stream.authenticates(sequence, segment);
            sequence = sequence.wrapping_add(segment.len() as u32);
            authentic
        };
        segments.iter().map(&mut one).collect()
    }

    #[test]
    fn ssh_is_authenticated_after_its_key_exchange_however_that_is_cut_into_segments() {
        let (exchange, secret) = (ssh(), [0xa5; 60]);
        for length in [exchange.len(), 1000, 1448] {
            let mut segments: Vec<&[u8]> = exchange.chunks(length).collect();
            let clear = segments.len();
            segments.push(&secret);
            let authentic = arrive(&segments);
            assert_eq!(authentic.iter().position(|&it| it), Some(clear), "{length}");
        }
    }

    #[test]
    fn what_follows_the_new_keys_in_their_segment_is_authenticated() {
        let whole = [ssh(), vec![0xa5; 60]].concat();
        assert_eq!(arrive(&[&whole]), [true]);
    }

    #[test]
    fn a_repeated_segment_of_the_key_exchange_says_nothing() {
        let (mut stream, exchange) = (Stream::default(), ssh());
        assert!(!stream.authenticates(7, &exchange));
        assert!(!stream.authenticates(7, &exchange[..100]));
        assert!(stream.authenticates(7 + exchange.len() as u32, b"secret"));
        assert!(!stream.authenticates(7, &exchange));
    }

    #[test]
    fn other_streams_have_nothing_in_the_clear() {
        assert_eq!(arrive(&[b"17\n", b"18\n"]), [true, true]);
    }

    #[test]
    fn after_a_gap_in_the_key_exchange_the_next_segment_counts() {
        let exchange = ssh();
        let mut stream = Stream::default();
        assert!(!stream.authenticates(0, &exchange[..20]));
        assert!(!stream.authenticates(1468, &exchange[1468..]));
        assert!(stream.authenticates(exchange.len() as u32, b"secret"));
    }
}
