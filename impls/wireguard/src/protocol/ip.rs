//! The little that a tunnel reads of the packets inside it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Bytes of an IPv4 header without options.
pub(crate) const IPV4_HEADER_LEN: usize = 20;
/// Bytes of an IPv6 header.
pub(crate) const IPV6_HEADER_LEN: usize = 40;

/// The version of `packet` when its header is complete.
pub(crate) fn version(packet: &[u8]) -> Option<u8> {
    match packet.first()? >> 4 {
        4 if packet.len() >= IPV4_HEADER_LEN => Some(4),
        6 if packet.len() >= IPV6_HEADER_LEN => Some(6),
        _ => None,
    }
}

/// The source address of `packet`.
pub(crate) fn source(packet: &[u8]) -> Option<IpAddr> {
    match version(packet)? {
        4 => Some(ipv4_address(packet, 12)),
        _ => Some(ipv6_address(packet, 8)),
    }
}

/// The destination address of `packet`.
pub(crate) fn destination(packet: &[u8]) -> Option<IpAddr> {
    match version(packet)? {
        4 => Some(ipv4_address(packet, 16)),
        _ => Some(ipv6_address(packet, 24)),
    }
}

fn ipv4_address(packet: &[u8], at: usize) -> IpAddr {
    let octets: [u8; 4] = packet[at..at + 4].try_into().expect("4 bytes");
    Ipv4Addr::from(octets).into()
}

fn ipv6_address(packet: &[u8], at: usize) -> IpAddr {
    let octets: [u8; 16] = packet[at..at + 16].try_into().expect("16 bytes");
    Ipv6Addr::from(octets).into()
}

/// The length of `packet` as its header states it; none when the header lies or `packet` is cut short.
pub(crate) fn stated_len(packet: &[u8]) -> Option<usize> {
    let length = |at: usize| usize::from(u16::from_be_bytes([packet[at], packet[at + 1]]));
    let stated = match version(packet)? {
        4 => length(2),
        _ => length(4) + IPV6_HEADER_LEN,
    };
    (IPV4_HEADER_LEN..=packet.len())
        .contains(&stated)
        .then_some(stated)
}

/// The TOS or traffic class of `packet`.
pub(crate) fn tos(packet: &[u8]) -> Option<u8> {
    match version(packet)? {
        4 => Some(packet[1]),
        _ => Some(packet[0] << 4 | packet[1] >> 4),
    }
}

/// Change the TOS or traffic class of `packet`, and IPv4's header checksum with it (RFC 1624).
pub(crate) fn set_tos(packet: &mut [u8], tos: u8) {
    match version(packet) {
        Some(4) => {
            let old = u16::from_be_bytes([packet[0], packet[1]]);
            packet[1] = tos;
            let new = u16::from_be_bytes([packet[0], packet[1]]);
            let sum = !u16::from_be_bytes([packet[10], packet[11]]);
            let sum = u32::from(sum) + u32::from(!old) + u32::from(new);
            let sum = (sum & 0xffff) + (sum >> 16);
            let sum = (sum & 0xffff) + (sum >> 16);
            packet[10..12].copy_from_slice(&(!(sum as u16)).to_be_bytes());
        }
        Some(_) => {
            packet[0] = packet[0] & 0xf0 | tos >> 4;
            packet[1] = packet[1] & 0x0f | tos << 4;
        }
        None => {}
    }
}

/// The Internet checksum of `bytes` (RFC 1071), going on from the unfolded sum `initial`.
///
/// The sum does not depend on the order of bytes, so words are added as this machine has them and turned at the end.
pub(crate) fn checksum(bytes: &[u8], initial: u64) -> u16 {
    let (words, rest) = bytes.as_chunks::<4>();
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    let sum: u64 = words
        .iter()
        .map(|word| u64::from(u32::from_ne_bytes(*word)))
        .sum();
    let sum = fold(sum + u64::from(u32::from_ne_bytes(last)));
    !fold(initial + u64::from(u16::from_be_bytes(sum.to_ne_bytes())))
}

/// The one's complement sum of the 16-bit words of `sum`.
pub(crate) fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    sum as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::test_packets::{ipv4, ipv6};

    #[test]
    fn addresses_and_lengths_are_read() {
        let packet = ipv4("10.0.0.1", "10.0.0.2", b"abc");
        assert_eq!(source(&packet), Some("10.0.0.1".parse().unwrap()));
        assert_eq!(destination(&packet), Some("10.0.0.2".parse().unwrap()));
        assert_eq!(stated_len(&packet), Some(23));
        let packet = ipv6("fd00::1", "fd00::2", b"abc");
        assert_eq!(source(&packet), Some("fd00::1".parse().unwrap()));
        assert_eq!(destination(&packet), Some("fd00::2".parse().unwrap()));
        assert_eq!(stated_len(&packet), Some(43));
    }

    #[test]
    fn padding_is_beyond_the_stated_length_and_less_is_a_lie() {
        let mut packet = ipv4("10.0.0.1", "10.0.0.2", b"abc");
        packet.extend([0; 9]);
        assert_eq!(stated_len(&packet), Some(23));
        assert_eq!(stated_len(&packet[..22]), None);
        packet[3] = 19;
        assert_eq!(stated_len(&packet), None);
    }

    #[test]
    fn nothing_is_read_of_what_is_no_packet() {
        for junk in [&[][..], &[0x45; 19], &[0x60; 39], &[0x00; 60]] {
            assert_eq!(source(junk), None);
            assert_eq!(destination(junk), None);
            assert_eq!(stated_len(junk), None);
            assert_eq!(tos(junk), None);
        }
    }
}
