//! Transport data: sealing and opening under the keys of one session (paper §5.4.6).

use std::ops::Range;
use std::time::Duration;

use super::crypto::{AeadKey, TAG_LEN};
use super::message::{data, data_header, parse_data_header};
use super::noise::SessionSecrets;

/// Bytes that a datagram has beyond the padded packet: header and tag. A datagram of this length is a keepalive.
pub const DATA_OVERHEAD: usize = data::OVERHEAD;

/// Bytes in front of the packet in a datagram.
pub const DATA_HEADER_LEN: usize = data::HEADER_LEN;

/// What encapsulated packets are padded to a multiple of.
const PADDING: usize = 16;

/// The keys of one session: what seals and opens needs nothing else, so it can be done on any thread.
pub struct TransportKeys {
    send: AeadKey,
    receive: AeadKey,
    /// The index by which the other side names the session to us.
    pub(crate) local_index: u32,
    remote_index: u32,
    /// When the session began.
    pub(crate) created: Duration,
    /// Whether we wrote the initiation.
    pub(crate) is_initiator: bool,
}

/// Transport data that was found authentic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    pub(crate) counter: u64,
    /// Bytes of the packet with its padding, which begins [`DATA_HEADER_LEN`] bytes into the datagram.
    pub(crate) padded_len: usize,
}

impl Opened {
    /// Where in the datagram the packet and its padding are.
    pub fn plaintext(&self) -> Range<usize> {
        data::HEADER_LEN..data::HEADER_LEN + self.padded_len
    }
}

impl TransportKeys {
    pub(crate) fn new(
        secrets: &SessionSecrets,
        local_index: u32,
        is_initiator: bool,
        created: Duration,
    ) -> TransportKeys {
        TransportKeys {
            send: AeadKey::new(&secrets.send),
            receive: AeadKey::new(&secrets.receive),
            local_index,
            remote_index: secrets.remote_index,
            created,
            is_initiator,
        }
    }

    /// Make transport data of `datagram`: the packet and its padding, with [`DATA_HEADER_LEN`] bytes before them and 16
    /// after. `counter` is one that [`Device::claim`](super::Device::claim) gave, used once.
    ///
    /// # Panics
    /// When `datagram` is shorter than [`DATA_OVERHEAD`].
    pub fn seal(&self, counter: u64, datagram: &mut [u8]) {
        let (header, body) = datagram.split_at_mut(data::HEADER_LEN);
        header.copy_from_slice(&data_header(self.remote_index, counter));
        self.send.seal(counter, &[], body);
    }

    /// Decrypt `datagram` where it is; none when it is not transport data of this session.
    ///
    /// It may still be a replay: [`Device::accept`](super::Device::accept) knows.
    pub fn open(&self, datagram: &mut [u8]) -> Option<Opened> {
        let (_, counter) = parse_data_header(datagram)?;
        let plaintext = self
            .receive
            .open(counter, &[], &mut datagram[data::HEADER_LEN..])?;
        Some(Opened {
            counter,
            padded_len: plaintext.len(),
        })
    }
}

/// The session that a datagram of transport data names; none when it is another kind of message.
pub fn receiver_of(datagram: &[u8]) -> Option<u32> {
    parse_data_header(datagram).map(|(receiver, _)| receiver)
}

/// The length of a packet of `len` bytes with its padding: to 16, but never beyond the MTU (of the last unit of a packet
/// that is longer itself), so that padding never makes a fragment.
pub fn padded_len(len: usize, mtu: usize) -> usize {
    if mtu == 0 {
        return len.next_multiple_of(PADDING);
    }
    let last_unit = if len > mtu { len % mtu } else { len };
    len - last_unit + last_unit.next_multiple_of(PADDING).min(mtu)
}

/// `packet` with the padding, the room for a header and the room for a tag that [`TransportKeys::seal`] asks for.
pub(crate) fn datagram_of(packet: &[u8], mtu: usize) -> Vec<u8> {
    let mut datagram = vec![0; data::HEADER_LEN + padded_len(packet.len(), mtu) + TAG_LEN];
    datagram[data::HEADER_LEN..][..packet.len()].copy_from_slice(packet);
    datagram
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::protocol::hex;
    use crate::protocol::vectors::vector;

    fn session(send: &str, receive: &str) -> TransportKeys {
        let secrets = SessionSecrets {
            send: Zeroizing::new(vector(send)),
            receive: Zeroizing::new(vector(receive)),
            remote_index: 168496141,
        };
        TransportKeys::new(&secrets, 16909060, true, Duration::ZERO)
    }

    #[test]
    fn transport_data_agrees_with_the_vectors() {
        let ours = session("initiator_send_key", "initiator_recv_key");
        let mut keepalive = datagram_of(&[], 1420);
        ours.seal(0, &mut keepalive);
        assert_eq!(keepalive, vector::<32>("keepalive_counter0"));

        let packet: [u8; 40] = vector("data_counter1_plain");
        let mut datagram = datagram_of(&packet, 1420);
        ours.seal(1, &mut datagram);
        assert_eq!(
            hex::encode(&datagram),
            hex::encode(&vector::<80>("data_counter1"))
        );

        let theirs = session("initiator_recv_key", "initiator_send_key");
        let opened = theirs.open(&mut datagram).unwrap();
        assert_eq!(
            opened,
            Opened {
                counter: 1,
                padded_len: 48
            }
        );
        assert_eq!(datagram[opened.plaintext()][..40], packet);
    }

    #[test]
    fn one_wrong_bit_is_refused() {
        let ours = session("initiator_send_key", "initiator_recv_key");
        let theirs = session("initiator_recv_key", "initiator_send_key");
        let mut datagram = datagram_of(b"packet", 1420);
        ours.seal(1, &mut datagram);
        for byte in data::COUNTER.start..datagram.len() {
            let mut forged = datagram.clone();
            forged[byte] ^= 1;
            assert_eq!(theirs.open(&mut forged), None, "byte {byte}");
        }
    }

    #[test]
    fn padding_fills_sixteen_bytes_and_stops_at_the_mtu() {
        let cases = [
            (0, 0),
            (1, 16),
            (16, 16),
            (1400, 1408),
            (1409, 1420),
            (1420, 1420),
        ];
        for (len, padded) in cases {
            assert_eq!(padded_len(len, 1420), padded, "{len} bytes");
        }
        assert_eq!(padded_len(1421, 1420), 1420 + 16, "a packet beyond the MTU");
        assert_eq!(padded_len(2840, 1420), 2840, "two whole units");
        assert_eq!(padded_len(1409, 0), 1424, "no MTU known");
    }
}
