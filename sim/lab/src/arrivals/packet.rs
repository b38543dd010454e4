//! What of a packet tells whose it is, and one from another.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    net::{IpAddr, SocketAddr},
};

use etherparse::{LaxNetSlice, LaxSlicedPacket, TransportSlice};

/// A UDP datagram or a TCP segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet<'p> {
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) kind: Kind,
    pub(super) payload: &'p [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Udp,
    Tcp {
        /// Sequence number of the first byte.
        sequence: u32,
        /// Whether it is the first segment of its sender.
        syn: bool,
    },
}

impl<'p> Packet<'p> {
    /// An IP packet, unless it holds something else.
    pub(super) fn parse(packet: &'p [u8]) -> Option<Self> {
        let packet = LaxSlicedPacket::from_ip(packet).ok()?;
        let (from, to): (IpAddr, IpAddr) = match packet.net? {
            LaxNetSlice::Ipv4(ip) => {
                let header = ip.header();
                (
                    header.source_addr().into(),
                    header.destination_addr().into(),
                )
            }
            LaxNetSlice::Ipv6(ip) => {
                let header = ip.header();
                (
                    header.source_addr().into(),
                    header.destination_addr().into(),
                )
            }
            LaxNetSlice::Arp(_) => return None,
        };
        let (ports, kind, payload) = match packet.transport? {
            TransportSlice::Udp(udp) => (
                [udp.source_port(), udp.destination_port()],
                Kind::Udp,
                udp.payload(),
            ),
            TransportSlice::Tcp(tcp) => (
                [tcp.source_port(), tcp.destination_port()],
                Kind::Tcp {
                    sequence: tcp.sequence_number(),
                    syn: tcp.syn(),
                },
                tcp.payload(),
            ),
            _ => return None,
        };
        Some(Packet {
            source: SocketAddr::new(from, ports[0]),
            destination: SocketAddr::new(to, ports[1]),
            kind,
            payload,
        })
    }

    pub(super) fn opens_a_connection(&self) -> bool {
        matches!(self.kind, Kind::Tcp { syn: true, .. })
    }

    /// The same at both ends of a path: what a NAT leaves as it is. No two datagrams of a session have the same, because
    /// no two have the same nonce.
    pub(super) fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.kind, self.payload).hash(&mut hasher);
        hasher.finish()
    }
}
