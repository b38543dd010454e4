//! Congestion marks through the tunnel: RFC 6040, normal mode.

use super::ip;

/// The ECN bits of a TOS or traffic class byte.
const MASK: u8 = 0b11;
const ECT_0: u8 = 0b10;
const CE: u8 = 0b11;

/// The ECN bits of the outer header for an inner packet of this TOS (§4.1, with CE reset so that the tunnel's own congestion
/// is told apart).
pub(crate) fn encapsulate(inner_tos: u8) -> u8 {
    match inner_tos & MASK {
        CE => ECT_0,
        ecn => ecn,
    }
}

/// Carry congestion met by the outer header over into `packet` (§4.2): CE onto what is capable of ECN. False when the packet
/// must be dropped: it met congestion and its sender would not understand.
pub(crate) fn decapsulate(outer_tos: u8, packet: &mut [u8]) -> bool {
    if outer_tos & MASK != CE {
        return true;
    }
    match ip::tos(packet) {
        Some(tos) if tos & MASK != 0 => {
            ip::set_tos(packet, tos | CE);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::test_packets::{ipv4, ipv6};

    #[test]
    fn the_outer_header_copies_ecn_but_not_dscp() {
        assert_eq!(encapsulate(0b1011_1000), 0);
        assert_eq!(encapsulate(0b1011_1001), 0b01);
        assert_eq!(encapsulate(0b1011_1010), 0b10);
        assert_eq!(encapsulate(0b1011_1011), 0b10, "CE becomes ECT(0)");
    }

    #[test]
    fn congestion_of_the_outer_path_marks_what_is_capable() {
        for mut packet in [
            ipv4("10.0.0.1", "10.0.0.2", b""),
            ipv6("fd00::1", "fd00::2", b""),
        ] {
            ip::set_tos(&mut packet, 0b1011_1010);
            assert!(decapsulate(0b10, &mut packet));
            assert_eq!(ip::tos(&packet), Some(0b1011_1010));
            assert!(decapsulate(CE, &mut packet));
            assert_eq!(ip::tos(&packet), Some(0b1011_1011));
        }
    }

    #[test]
    fn congestion_drops_what_is_not_capable() {
        let mut packet = ipv4("10.0.0.1", "10.0.0.2", b"");
        assert!(!decapsulate(CE, &mut packet));
    }

    #[test]
    fn the_header_checksum_stays_valid() {
        let mut packet = ipv4("10.0.0.1", "10.0.0.2", b"");
        ip::set_tos(&mut packet, 0b10);
        decapsulate(CE, &mut packet);
        assert_eq!(ip::checksum(&packet[..20], 0), 0);
    }
}
