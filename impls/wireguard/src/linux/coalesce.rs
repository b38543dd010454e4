//! Join packets of one flow that follow each other, so that the kernel takes them through its stack as one.

use std::ops::Range;

use super::segment::pseudo_header_sum;
use super::vnet::{Gso, VnetHeader};
use crate::protocol::ip;

/// What the kernel takes at once, headers included.
const MAX_LEN: usize = 65_535;
/// What the kernel takes of UDP at once (UDP_MAX_SEGMENTS).
const MAX_UDP_SEGMENTS: usize = 64;
const ACK: u8 = 0x10;
const PSH: u8 = 0x08;

/// Packets in one buffer that are to be written as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Joined {
    /// Where the packets are, in order.
    pub(super) packets: Range<usize>,
    /// Headers of the first, for all of them; none when there is only one packet.
    pub(super) header: Option<Header>,
}

/// The vnet header and the headers that all packets share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) vnet: [u8; super::vnet::LEN],
    bytes: [u8; 120],
    len: usize,
}

impl Header {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// A packet that may be joined with others: TCP with data and no flags but ACK and PSH, or UDP, without IP options or
/// fragmentation, its checksum right.
struct Joinable<'a> {
    packet: &'a [u8],
    transport_at: usize,
    payload_at: usize,
    is_tcp: bool,
}

impl<'a> Joinable<'a> {
    fn parse(packet: &'a [u8]) -> Option<Joinable<'a>> {
        let (transport_at, protocol) = match ip::version(packet)? {
            4 => {
                let is_fragment = packet[6] & 0x3f != 0 || packet[7] != 0;
                let is_plain =
                    packet[0] == 0x45 && !is_fragment && ip::checksum(&packet[..20], 0) == 0;
                (is_plain.then_some(20)?, packet[9])
            }
            _ => (40, packet[6]),
        };
        let transport = &packet[transport_at..];
        let (is_tcp, header_len) = match protocol {
            6 if transport.len() >= 20 => (true, usize::from(transport[12] >> 4) * 4),
            17 if transport.len() > 8 => (false, 8),
            _ => return None,
        };
        let is_sound = match is_tcp {
            true => header_len >= 20 && transport[13] & !PSH == ACK,
            false => {
                transport[6..8] != [0, 0]
                    && usize::from(u16::from_be_bytes([transport[4], transport[5]]))
                        == transport.len()
            }
        };
        let has_payload = transport.len() > header_len;
        let pseudo_header = pseudo_header_sum(packet, transport.len(), protocol);
        let is_right = is_sound && has_payload && ip::checksum(transport, pseudo_header) == 0;
        is_right.then_some(Joinable {
            packet,
            transport_at,
            payload_at: transport_at + header_len,
            is_tcp,
        })
    }

    fn payload_len(&self) -> usize {
        self.packet.len() - self.payload_at
    }

    fn sequence(&self) -> u32 {
        let at = self.transport_at + 4;
        let bytes = self.packet[at..at + 4].try_into().expect("4 bytes");
        u32::from_be_bytes(bytes)
    }

    fn pushes(&self) -> bool {
        self.is_tcp && self.packet[self.transport_at + 13] & PSH != 0
    }

    /// Whether `next`'s headers differ only in what the kernel derives when it cuts again.
    fn same_flow(&self, next: &Joinable) -> bool {
        let (one, other) = (self.packet, next.packet);
        let same = |range: Range<usize>| one[range.clone()] == other[range];
        let same_ip = match one[0] >> 4 {
            _ if one[0] != other[0] => false,
            // All but length, identification and checksum.
            4 => same(0..2) && same(6..10) && same(12..20),
            // All but length.
            _ => same(0..4) && same(6..40),
        };
        let at = self.transport_at;
        let same_transport = match self.is_tcp {
            // All but sequence number, PSH and checksum.
            true => {
                same(at..at + 4)
                    && same(at + 8..at + 13)
                    && same(at + 14..at + 16)
                    && same(at + 18..self.payload_at)
            }
            false => same(at..at + 4),
        };
        self.is_tcp == next.is_tcp
            && self.payload_at == next.payload_at
            && same_ip
            && same_transport
    }
}

/// Split `packets`, in order, into runs that may be written as one.
pub(super) fn join<'a>(packets: &'a [&'a [u8]]) -> impl Iterator<Item = Joined> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let first = *packets.get(start)?;
        let end =
            start + Joinable::parse(first).map_or(1, |first| run_len(&first, &packets[start..]));
        let header = (end - start > 1).then(|| header_of(&packets[start..end]));
        let joined = Joined {
            packets: start..end,
            header,
        };
        start = end;
        Some(joined)
    })
}

/// How many of `packets`, of which `first` is the first, follow each other: all as long as the first, but the last.
fn run_len(first: &Joinable, packets: &[&[u8]]) -> usize {
    let segment_len = first.payload_len();
    let mut total = first.packet.len();
    let mut count = 1;
    let mut is_closed = first.pushes();
    for packet in &packets[1..] {
        let is_full = count == MAX_UDP_SEGMENTS && !first.is_tcp;
        let Some(next) = Joinable::parse(packet).filter(|_| !is_closed && !is_full) else {
            break;
        };
        let continues = !first.is_tcp
            || next.sequence() == first.sequence().wrapping_add((count * segment_len) as u32);
        let fits = next.payload_len() <= segment_len && total + next.payload_len() <= MAX_LEN;
        if !continues || !fits || !first.same_flow(&next) {
            break;
        }
        total += next.payload_len();
        count += 1;
        is_closed = next.pushes() || next.payload_len() < segment_len;
    }
    count
}

/// The headers for a run of packets.
fn header_of(packets: &[&[u8]]) -> Header {
    let first = Joinable::parse(packets[0]).expect("a run begins with what can be joined");
    let len = first.payload_at;
    let mut bytes = [0; 120];
    bytes[..len].copy_from_slice(&first.packet[..len]);
    let total = len
        + packets
            .iter()
            .map(|packet| packet.len() - len)
            .sum::<usize>();
    let transport_len = total - first.transport_at;
    if bytes[0] >> 4 == 4 {
        bytes[2..4].copy_from_slice(&(total as u16).to_be_bytes());
        bytes[10..12].fill(0);
        let checksum = ip::checksum(&bytes[..first.transport_at], 0);
        bytes[10..12].copy_from_slice(&checksum.to_be_bytes());
    } else {
        bytes[4..6].copy_from_slice(&((total - ip::IPV6_HEADER_LEN) as u16).to_be_bytes());
    }
    let (protocol, checksum_offset) = if first.is_tcp { (6, 16) } else { (17, 6) };
    if first.is_tcp {
        let last = packets[packets.len() - 1];
        bytes[first.transport_at + 13] |= last[first.transport_at + 13] & PSH;
    } else {
        bytes[first.transport_at + 4..][..2].copy_from_slice(&(transport_len as u16).to_be_bytes());
    }
    let pseudo_header = ip::fold(pseudo_header_sum(&bytes, transport_len, protocol));
    let checksum_at = first.transport_at + checksum_offset;
    bytes[checksum_at..checksum_at + 2].copy_from_slice(&pseudo_header.to_be_bytes());
    let vnet = VnetHeader {
        gso: match (first.is_tcp, bytes[0] >> 4) {
            (true, 4) => Gso::Tcp4,
            (true, _) => Gso::Tcp6,
            (false, _) => Gso::Udp,
        },
        header_len: len as u16,
        segment_len: first.payload_len() as u16,
        checksum: Some((first.transport_at as u16, checksum_offset as u16)),
    };
    Header {
        vnet: vnet.emit(),
        bytes,
        len,
    }
}

#[cfg(test)]
mod tests;
