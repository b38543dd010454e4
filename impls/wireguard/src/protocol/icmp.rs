//! What the sender of a packet is told when it belongs to no peer.

use std::net::IpAddr;

use super::ip::{self, IPV4_HEADER_LEN, IPV6_HEADER_LEN};

/// Bytes of the packet that an IPv4 error quotes: with its own headers, 576 in all (RFC 1812 §4.3.2.3).
const IPV4_QUOTE: usize = 576 - IPV4_HEADER_LEN - ICMP_HEADER_LEN;
/// Bytes of the packet that an IPv6 error quotes: with its own headers, 1280 in all (RFC 4443 §2.4).
const IPV6_QUOTE: usize = 1280 - IPV6_HEADER_LEN - ICMP_HEADER_LEN;
const ICMP_HEADER_LEN: usize = 8;
const TTL: u8 = 64;
const ICMP: u8 = 1;
const ICMPV6: u8 = 58;

/// The packet that answers `packet` with "host unreachable" (RFC 792) or "address unreachable" (RFC 4443 §3.1); none when
/// nothing may be answered: an error, a fragment but the first, or something sent to or from many.
pub(crate) fn unreachable(packet: &[u8]) -> Option<Vec<u8>> {
    let source = ip::source(packet)?;
    let destination = ip::destination(packet)?;
    if !is_unicast(source) || !is_unicast(destination) || is_error_or_fragment(packet) {
        return None;
    }
    match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => Some(ipv4(
            destination.octets(),
            source.octets(),
            &packet[..packet.len().min(IPV4_QUOTE)],
        )),
        (IpAddr::V6(source), IpAddr::V6(destination)) => Some(ipv6(
            destination.octets(),
            source.octets(),
            &packet[..packet.len().min(IPV6_QUOTE)],
        )),
        _ => None,
    }
}

fn is_unicast(address: IpAddr) -> bool {
    let is_broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    !address.is_multicast() && !address.is_unspecified() && !is_broadcast
}

fn is_error_or_fragment(packet: &[u8]) -> bool {
    if ip::version(packet) == Some(4) {
        let header_len = usize::from(packet[0] & 0x0f) * 4;
        let is_later_fragment = (u16::from(packet[6]) << 8 | u16::from(packet[7])) & 0x1fff != 0;
        let icmp_type = packet.get(header_len);
        let is_query = matches!(icmp_type, Some(0 | 8 | 13..=18));
        is_later_fragment || packet[9] == ICMP && !is_query
    } else {
        let icmp_type = packet.get(IPV6_HEADER_LEN);
        packet[6] == ICMPV6 && icmp_type.is_none_or(|kind| *kind < 128)
    }
}

fn ipv4(from: [u8; 4], to: [u8; 4], quote: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; IPV4_HEADER_LEN + ICMP_HEADER_LEN];
    let len = (packet.len() + quote.len()) as u16;
    packet[0] = 0x45;
    packet[2..4].copy_from_slice(&len.to_be_bytes());
    packet[8] = TTL;
    packet[9] = ICMP;
    packet[12..16].copy_from_slice(&from);
    packet[16..20].copy_from_slice(&to);
    let checksum = ip::checksum(&packet[..IPV4_HEADER_LEN], 0);
    packet[10..12].copy_from_slice(&checksum.to_be_bytes());

    packet[IPV4_HEADER_LEN..][..2].copy_from_slice(&[3, 1]);
    packet.extend(quote);
    let checksum = ip::checksum(&packet[IPV4_HEADER_LEN..], 0);
    packet[IPV4_HEADER_LEN + 2..][..2].copy_from_slice(&checksum.to_be_bytes());
    packet
}

fn ipv6(from: [u8; 16], to: [u8; 16], quote: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; IPV6_HEADER_LEN + ICMP_HEADER_LEN];
    let len = (ICMP_HEADER_LEN + quote.len()) as u16;
    packet[0] = 0x60;
    packet[4..6].copy_from_slice(&len.to_be_bytes());
    packet[6] = ICMPV6;
    packet[7] = TTL;
    packet[8..24].copy_from_slice(&from);
    packet[24..40].copy_from_slice(&to);

    packet[IPV6_HEADER_LEN..][..2].copy_from_slice(&[1, 3]);
    packet.extend(quote);
    let pseudo_header =
        u64::from(!ip::checksum(&packet[8..40], 0)) + u64::from(len) + u64::from(ICMPV6);
    let checksum = ip::checksum(&packet[IPV6_HEADER_LEN..], pseudo_header);
    packet[IPV6_HEADER_LEN + 2..][..2].copy_from_slice(&checksum.to_be_bytes());
    packet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::test_packets::{ipv4 as ipv4_packet, ipv6 as ipv6_packet};

    #[test]
    fn a_sender_is_told_by_the_address_that_it_wrote_to() {
        let packet = ipv4_packet("10.0.0.1", "10.0.0.2", b"hello");
        let error = unreachable(&packet).unwrap();
        assert_eq!(ip::source(&error), Some("10.0.0.2".parse().unwrap()));
        assert_eq!(ip::destination(&error), Some("10.0.0.1".parse().unwrap()));
        assert_eq!(error[20..22], [3, 1]);
        assert_eq!(error[28..], packet);
        assert_eq!(ip::checksum(&error[..20], 0), 0);
        assert_eq!(ip::checksum(&error[20..], 0), 0);

        let packet = ipv6_packet("fd00::1", "fd00::2", b"hello");
        let error = unreachable(&packet).unwrap();
        assert_eq!(ip::source(&error), Some("fd00::2".parse().unwrap()));
        assert_eq!(error[40..42], [1, 3]);
        assert_eq!(error[48..], packet);
        let pseudo_header =
            u64::from(!ip::checksum(&error[8..40], 0)) + (error.len() - 40) as u64 + 58;
        assert_eq!(ip::checksum(&error[40..], pseudo_header), 0);
    }

    #[test]
    fn a_long_packet_is_quoted_in_part() {
        let error = unreachable(&ipv4_packet("10.0.0.1", "10.0.0.2", &[7; 1400])).unwrap();
        assert_eq!(error.len(), 576);
        let error = unreachable(&ipv6_packet("fd00::1", "fd00::2", &[7; 1400])).unwrap();
        assert_eq!(error.len(), 1280);
    }

    #[test]
    fn errors_fragments_and_multicast_are_not_answered() {
        let mut error = ipv4_packet("10.0.0.1", "10.0.0.2", &[3, 1, 0, 0]);
        error[9] = ICMP;
        assert_eq!(unreachable(&error), None);
        error[20] = 8;
        assert!(unreachable(&error).is_some(), "an echo request is");
        let mut error = ipv6_packet("fd00::1", "fd00::2", &[1, 3, 0, 0]);
        error[6] = ICMPV6;
        assert_eq!(unreachable(&error), None);
        let mut fragment = ipv4_packet("10.0.0.1", "10.0.0.2", b"");
        fragment[7] = 1;
        assert_eq!(unreachable(&fragment), None);
        assert_eq!(
            unreachable(&ipv4_packet("10.0.0.1", "224.0.0.1", b"")),
            None
        );
        assert_eq!(unreachable(&ipv6_packet("fd00::1", "ff02::1", b"")), None);
        assert_eq!(unreachable(&ipv6_packet("::", "fd00::1", b"")), None);
    }
}
