//! Cut what the kernel hands over whole, a TCP or UDP packet of up to 64 KiB, into the packets that go on the wire.

use super::vnet::{Gso, VnetHeader};
use crate::protocol::ip;

const TCP: u8 = 6;
const UDP: u8 = 17;
const TCP_FLAGS_AT: usize = 13;
const FIN_AND_PSH: u8 = 0x09;

/// A packet as the kernel hands it over, its headers found and checked.
pub(super) struct Superpacket<'a> {
    packet: &'a [u8],
    /// Where the transport header and the payload begin.
    transport_at: usize,
    payload_at: usize,
    segment_len: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing to cut, nothing to compute.
    Whole,
    /// Nothing to cut; a checksum is to be written this far from where it begins to count.
    Unsummed {
        checksum_offset: usize,
    },
    Tcp,
    Udp,
}

impl<'a> Superpacket<'a> {
    /// None when `packet` is not what `header` says it is.
    pub(super) fn parse(header: &VnetHeader, packet: &'a [u8]) -> Option<Superpacket<'a>> {
        let version = ip::version(packet)?;
        let (start, offset) = header
            .checksum
            .map_or((0, 0), |(start, offset)| (start.into(), offset.into()));
        let (kind, payload_at) = match header.gso {
            Gso::None if header.checksum.is_none() => (Kind::Whole, packet.len()),
            Gso::None => {
                let fits = start + offset + 2 <= packet.len();
                (
                    fits.then_some(Kind::Unsummed {
                        checksum_offset: offset,
                    })?,
                    packet.len(),
                )
            }
            Gso::Tcp4 | Gso::Tcp6 => {
                let words = packet.get(start + 12)? >> 4;
                (Kind::Tcp, start + usize::from(words.max(5)) * 4)
            }
            Gso::Udp => (Kind::Udp, start + 8),
        };
        let is_cut = matches!(kind, Kind::Tcp | Kind::Udp);
        let header_fits = start >= if version == 4 { 20 } else { 40 } && payload_at <= packet.len();
        if is_cut && (!header_fits || header.segment_len == 0) {
            return None;
        }
        Some(Superpacket {
            packet,
            transport_at: start,
            payload_at,
            segment_len: header.segment_len.into(),
            kind,
        })
    }

    /// How many packets there are in it.
    pub(super) fn count(&self) -> usize {
        match self.kind {
            Kind::Whole | Kind::Unsummed { .. } => 1,
            _ => (self.packet.len() - self.payload_at)
                .div_ceil(self.segment_len)
                .max(1),
        }
    }

    /// The length of the n-th packet.
    pub(super) fn len(&self, nth: usize) -> usize {
        let range = self.payload(nth);
        self.payload_at + range.len()
    }

    fn payload(&self, nth: usize) -> std::ops::Range<usize> {
        let start = self.payload_at + nth * self.segment_len;
        start.min(self.packet.len())..(start + self.segment_len).min(self.packet.len())
    }

    /// Write the n-th packet into `out`, which has its length.
    pub(super) fn write(&self, nth: usize, out: &mut [u8]) {
        let payload = &self.packet[self.payload(nth)];
        let (headers, body) = out.split_at_mut(self.payload_at);
        headers.copy_from_slice(&self.packet[..self.payload_at]);
        body.copy_from_slice(payload);
        match self.kind {
            Kind::Whole => {}
            // The kernel has put the pseudo-header's sum where the checksum goes.
            Kind::Unsummed { checksum_offset } => self.sum(out, checksum_offset, 0),
            Kind::Tcp => {
                self.write_ip_header(nth, out);
                self.write_tcp_header(nth, out);
            }
            Kind::Udp => {
                self.write_ip_header(nth, out);
                let len = (out.len() - self.transport_at) as u16;
                out[self.transport_at + 4..][..2].copy_from_slice(&len.to_be_bytes());
                self.sum_with_pseudo_header(out, 6, UDP);
            }
        }
    }

    fn write_ip_header(&self, nth: usize, out: &mut [u8]) {
        let len = out.len();
        if out[0] >> 4 == 4 {
            out[2..4].copy_from_slice(&(len as u16).to_be_bytes());
            let id = u16::from_be_bytes([out[4], out[5]]).wrapping_add(nth as u16);
            out[4..6].copy_from_slice(&id.to_be_bytes());
            out[10..12].fill(0);
            let checksum = ip::checksum(&out[..self.transport_at], 0);
            out[10..12].copy_from_slice(&checksum.to_be_bytes());
        } else {
            out[4..6].copy_from_slice(&((len - ip::IPV6_HEADER_LEN) as u16).to_be_bytes());
        }
    }

    fn write_tcp_header(&self, nth: usize, out: &mut [u8]) {
        let tcp = &mut out[self.transport_at..];
        let sequence = u32::from_be_bytes([tcp[4], tcp[5], tcp[6], tcp[7]]);
        let sequence = sequence.wrapping_add((nth * self.segment_len) as u32);
        tcp[4..8].copy_from_slice(&sequence.to_be_bytes());
        if nth + 1 < self.count() {
            tcp[TCP_FLAGS_AT] &= !FIN_AND_PSH;
        }
        self.sum_with_pseudo_header(out, 16, TCP);
    }

    fn sum_with_pseudo_header(&self, out: &mut [u8], checksum_offset: usize, protocol: u8) {
        out[self.transport_at + checksum_offset..][..2].fill(0);
        let pseudo_header = pseudo_header_sum(out, out.len() - self.transport_at, protocol);
        self.sum(out, checksum_offset, pseudo_header);
    }

    fn sum(&self, out: &mut [u8], checksum_offset: usize, initial: u64) {
        let checksum = match ip::checksum(&out[self.transport_at..], initial) {
            // To UDP, zero means that there is none.
            0 if checksum_offset == 6 => 0xffff,
            checksum => checksum,
        };
        out[self.transport_at + checksum_offset..][..2].copy_from_slice(&checksum.to_be_bytes());
    }
}

/// The sum over the addresses of `packet`, the length of its transport part, and its protocol.
pub(super) fn pseudo_header_sum(packet: &[u8], transport_len: usize, protocol: u8) -> u64 {
    let addresses = if packet[0] >> 4 == 4 {
        &packet[12..20]
    } else {
        &packet[8..40]
    };
    u64::from(!ip::checksum(addresses, 0)) + transport_len as u64 + u64::from(protocol)
}
