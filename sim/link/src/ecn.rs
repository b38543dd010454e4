//! Explicit congestion notification: RFC 3168.

use crate::{Packet, Payload};

/// The two bits that say "congestion experienced".
const CE: u8 = 0b11;

/// Mark `packet`, if its sender says that it may be; whether that was so.
pub(crate) fn mark<P: Payload>(packet: &mut Packet<P>) -> bool {
    let header = packet.payload.bytes_mut();
    match header.first().map(|byte| byte >> 4) {
        Some(4) if header.len() >= 20 => mark_ipv4(header),
        Some(6) if header.len() >= 40 => mark_ipv6(header),
        _ => false,
    }
}

/// Byte 1 is the traffic class; bytes 10 and 11 are the header's checksum, to be kept right.
fn mark_ipv4(header: &mut [u8]) -> bool {
    let before = u16::from_be_bytes([header[0], header[1]]);
    if before & u16::from(CE) == 0 {
        return false;
    }
    let after = before | u16::from(CE);
    let checksum = u16::from_be_bytes([header[10], header[11]]);
    header[1] = after as u8;
    header[10..12].copy_from_slice(&updated_checksum(checksum, before, after).to_be_bytes());
    true
}

/// The traffic class lies across bytes 0 and 1; its last two bits are bits 5 and 4 of byte 1.
fn mark_ipv6(header: &mut [u8]) -> bool {
    if header[1] >> 4 & CE == 0 {
        return false;
    }
    header[1] |= CE << 4;
    true
}

/// The internet checksum after one of its 16-bit words has changed: RFC 1624, equation 3.
fn updated_checksum(checksum: u16, before: u16, after: u16) -> u16 {
    let mut sum = u32::from(!checksum) + u32::from(!before) + u32::from(after);
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(header: &[u8]) -> Option<Vec<u8>> {
        let mut packet = Packet::new(header.len() as u32, 0, header.to_vec());
        mark(&mut packet).then_some(packet.payload)
    }

    fn ipv4_checksum_is_right(header: &[u8]) -> bool {
        let sum: u32 = header
            .chunks_exact(2)
            .map(|word| u32::from(u16::from_be_bytes([word[0], word[1]])))
            .sum();
        (sum & 0xffff) + (sum >> 16) == 0xffff
    }

    const IPV4: [u8; 20] = [
        0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8, 0x00,
        0x01, 0xc0, 0xa8, 0x00, 0xc7,
    ];

    #[test]
    fn an_ipv4_packet_that_is_capable_is_marked_and_its_checksum_stays_right() {
        assert!(ipv4_checksum_is_right(&IPV4));
        for ect in [0b01, 0b10, 0b11] {
            let mut capable = IPV4;
            capable[1] |= ect;
            capable[11] -= ect;
            assert!(ipv4_checksum_is_right(&capable));
            let marked = marked(&capable).unwrap();
            assert_eq!(marked[1] & CE, CE);
            assert!(ipv4_checksum_is_right(&marked));
        }
    }

    #[test]
    fn an_ipv6_packet_that_is_capable_is_marked() {
        let mut header = [0; 40];
        header[..2].copy_from_slice(&[0x6b, 0xa5]);
        let marked = marked(&header).unwrap();
        assert_eq!(marked[..2], [0x6b, 0xb5]);
    }

    #[test]
    fn what_is_not_capable_or_not_ip_is_not_marked() {
        assert_eq!(marked(&IPV4), None);
        assert_eq!(marked(&[[0x60, 0x0f].as_slice(), &[0; 38]].concat()), None);
        assert_eq!(marked(&[0x45, 0x03]), None);
        assert_eq!(marked(&[]), None);
    }
}
