//! Which packets belong together: what flow queueing tells apart (RFC 8290, section 4.1).

use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};

/// A hash of a packet's addresses, protocol and ports, the same for ever. Of a fragment, whose ports
/// not every other fragment has, and of protocols without ports, it is that of addresses and protocol;
/// of what is no IP packet, 0.
pub(super) fn flow(packet: &[u8]) -> u64 {
    let Ok(packet) = LaxSlicedPacket::from_ip(packet) else {
        return 0;
    };
    let hash = match &packet.net {
        Some(LaxNetSlice::Ipv4(ip)) => fnv1a(FNV_OFFSET, ip.header().slice()[12..20].iter()),
        Some(LaxNetSlice::Ipv6(ip)) => fnv1a(FNV_OFFSET, ip.header().slice()[8..40].iter()),
        _ => return 0,
    };
    let protocol = packet
        .net
        .as_ref()
        .and_then(|net| net.ip_payload_ref())
        .map_or(0, |payload| payload.ip_number.0);
    let hash = fnv1a(hash, [protocol].iter());
    match &packet.transport {
        Some(TransportSlice::Tcp(tcp)) => fnv1a(hash, tcp.slice()[..4].iter()),
        Some(TransportSlice::Udp(udp)) => fnv1a(hash, udp.slice()[..4].iter()),
        _ => hash,
    }
}

/// FNV-1a with 64 bits (RFC 9923), continued from `hash`.
fn fnv1a<'a>(hash: u64, bytes: impl Iterator<Item = &'a u8>) -> u64 {
    bytes.fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

#[cfg(test)]
mod tests {
    use etherparse::PacketBuilder;

    use super::*;

    fn udp(source: [u8; 4], ports: (u16, u16), text: &[u8]) -> Vec<u8> {
        let mut packet = Vec::new();
        PacketBuilder::ipv4(source, [10, 0, 0, 2], 64)
            .udp(ports.0, ports.1)
            .write(&mut packet, text)
            .unwrap();
        packet
    }

    fn tcp6(source: [u8; 16], ports: (u16, u16)) -> Vec<u8> {
        let mut packet = Vec::new();
        PacketBuilder::ipv6(source, [2; 16], 64)
            .tcp(ports.0, ports.1, 1, 1000)
            .write(&mut packet, b"text")
            .unwrap();
        packet
    }

    #[test]
    fn packets_of_one_conversation_are_one_flow_whatever_they_carry() {
        let one = udp([10, 0, 0, 1], (1000, 2000), b"one");
        let other = udp([10, 0, 0, 1], (1000, 2000), b"another, longer");
        assert_eq!(flow(&one), flow(&other));
    }

    #[test]
    fn addresses_ports_and_protocols_tell_flows_apart() {
        let mut flows = vec![
            flow(&udp([10, 0, 0, 1], (1000, 2000), b"")),
            flow(&udp([10, 0, 0, 3], (1000, 2000), b"")),
            flow(&udp([10, 0, 0, 1], (1001, 2000), b"")),
            flow(&udp([10, 0, 0, 1], (1000, 2001), b"")),
            flow(&tcp6([1; 16], (1000, 2000))),
            flow(&tcp6([3; 16], (1000, 2000))),
            flow(&tcp6([1; 16], (1000, 2001))),
        ];
        flows.sort_unstable();
        flows.dedup();
        assert_eq!(flows.len(), 7);
    }

    #[test]
    fn later_fragments_belong_to_the_flow_of_the_addresses() {
        let mut fragment = udp([10, 0, 0, 1], (1000, 2000), b"");
        fragment[7] = 100; // fragment offset
        let mut another = fragment.clone();
        another[20] ^= 0xff; // what would be the source port is data here
        assert_eq!(flow(&fragment), flow(&another));
    }

    #[test]
    fn what_is_no_packet_has_a_flow_too() {
        for bytes in [&b""[..], b"\x45", b"\x60\0\0\0", &[0xff; 64]] {
            assert_eq!(flow(bytes), 0, "{bytes:?}");
        }
    }

    #[test]
    fn packets_that_were_cut_short_have_some_flow() {
        for packet in [udp([10, 0, 0, 1], (1, 2), b"text"), tcp6([1; 16], (1, 2))] {
            for length in 0..packet.len() {
                flow(&packet[..length]);
            }
        }
    }
}
