//! Our WireGuard between the two ends of the wire: the core of the program, which is told the time.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use link::Seed;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use scenario::{Family, Retry, Tunnel, WireGuard};
use wireguard::{
    Arrival, Cidr, Device, Endpoint, HandshakeRetry, PresharedKey, PrivateKey, Received,
};

use super::carrier::{Arrived, Carrier, Toward};
use super::wire::{Traffic, Wire};

/// A tunnel, and the wire that it goes through.
pub(super) struct Tunnelled {
    wire: Wire,
    /// The end that sends toward the server, and the one that sends toward the client.
    ends: [Device; 2],
    /// Of the packets inside.
    family: Family,
    start: Instant,
}

/// Where the ends are on the wire, in the order of [`Tunnelled::ends`].
const OUTSIDE: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 51820),
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), 51820),
];

/// Where they are inside.
const INSIDE: [[IpAddr; 2]; 2] = [Tunnel::CLIENT, Tunnel::SERVER];

impl Tunnelled {
    pub(super) fn new(
        options: &WireGuard,
        family: Family,
        wire: Wire,
        seed: u64,
        start: Instant,
    ) -> Self {
        let key = |end: usize| {
            let name = format!("WireGuard's private key of end {end}");
            PrivateKey::from_bytes(Seed(seed).bytes(&name))
        };
        let end = |own: usize| {
            let randomness = Seed(seed).bytes(&format!("WireGuard's randomness of end {own}"));
            let other = 1 - own;
            let mut device = Device::new(Box::new(ChaCha8Rng::from_seed(randomness)));
            device.set_private_key(Some(key(own)));
            device.set_mtu(options.mtu.into());
            device.set_handshake_retry(match options.retry {
                Retry::Standard => HandshakeRetry::Standard,
                Retry::Eager => HandshakeRetry::Eager,
            });
            let peer = device
                .add_peer(key(other).public_key())
                .expect("another key than our own");
            for address in INSIDE[other] {
                let bits = if address.is_ipv4() { 32 } else { 128 };
                let address = Cidr::new(address, bits).expect("as many bits as there are");
                device.insert_allowed_ip(peer, address);
            }
            if options.preshared_key {
                let key = Seed(seed).bytes("WireGuard's preshared key");
                device.set_preshared_key(peer, PresharedKey::from_bytes(key));
            }
            if own == 0 {
                device.set_endpoint(peer, OUTSIDE[other]);
                let keepalive = options
                    .keepalive
                    .map_or(0, |every| every.duration().as_secs());
                let keepalive = u16::try_from(keepalive).unwrap_or(u16::MAX);
                device.set_persistent_keepalive(Duration::ZERO, peer, keepalive);
            }
            device
        };
        let mut tunnelled = Tunnelled {
            wire,
            ends: [end(0), end(1)],
            family,
            start,
        };
        tunnelled.transmit(start);
        tunnelled
    }

    fn since_start(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.start)
    }

    /// Does what is due, and puts on the wire what the ends have to send.
    fn transmit(&mut self, now: Instant) {
        let elapsed = self.since_start(now);
        for (device, toward) in self.ends.iter_mut().zip(Toward::BOTH) {
            if device.poll_timeout().is_some_and(|due| due <= elapsed) {
                device.handle_timeout(elapsed);
            }
            while let Some(sent) = device.poll_transmit() {
                self.wire.send(toward, sent.tos, &sent.contents, now);
            }
        }
    }

    /// The packet that holds a datagram inside the tunnel.
    fn packet(&self, toward: Toward, tos: u8, datagram: &[u8]) -> Vec<u8> {
        let own = sender(toward);
        let of_family = |addresses: [IpAddr; 2]| {
            let mut addresses = addresses.into_iter();
            addresses.find(|address| Family::of(address) == self.family)
        };
        let addresses = [INSIDE[own], INSIDE[1 - own]].map(of_family);
        let len = UDP_HEADER + datagram.len();
        let mut packet = match addresses {
            [Some(IpAddr::V6(from)), Some(IpAddr::V6(to))] => ipv6_header(tos, len, from, to),
            [Some(IpAddr::V4(from)), Some(IpAddr::V4(to))] => ipv4_header(tos, len, from, to),
            _ => unreachable!("an end has an address of each family"),
        };
        // Ports and checksum: nobody looks at them.
        packet.extend([0; UDP_HEADER]);
        packet.extend(datagram);
        packet
    }
}

impl Carrier for Tunnelled {
    fn send(&mut self, toward: Toward, tos: u8, datagram: &[u8], now: Instant) {
        let packet = self.packet(toward, tos, datagram);
        let elapsed = self.since_start(now);
        // The routes of both ends are there from the start, and an end that knows no endpoint yet loses what it is given.
        let _ = self.ends[sender(toward)].handle_packet(elapsed, &packet);
        self.transmit(now);
    }

    fn receive(&mut self, toward: Toward, now: Instant) -> Option<Arrived> {
        self.transmit(now);
        let elapsed = self.since_start(now);
        while let Some(Arrived { tos, mut datagram }) = self.wire.receive(toward, now) {
            let arrival = Arrival {
                from: Endpoint::from(OUTSIDE[sender(toward)]),
                tos,
            };
            let end = &mut self.ends[1 - sender(toward)];
            let received = end.handle_datagram(elapsed, arrival, &mut datagram);
            self.transmit(now);
            if let Ok(Received::Packet(range)) = received {
                return arrived(&datagram[range]);
            }
        }
        None
    }

    fn next_event(&self) -> Option<Instant> {
        let timeouts = self.ends.iter().filter_map(Device::poll_timeout);
        timeouts
            .map(|timeout| self.start + timeout)
            .chain(self.wire.next_event())
            .min()
    }

    fn traffic(&self) -> Traffic {
        self.wire.traffic()
    }
}

/// The end that sends toward there.
fn sender(toward: Toward) -> usize {
    match toward {
        Toward::Server => 0,
        Toward::Client => 1,
    }
}

const UDP_HEADER: usize = 8;
const UDP: u8 = 17;
const HOPS: u8 = 64;

/// RFC 791, section 3.1, without the checksum, which nobody looks at.
fn ipv4_header(tos: u8, len: usize, from: Ipv4Addr, to: Ipv4Addr) -> Vec<u8> {
    let [high, low] = ((20 + len) as u16).to_be_bytes();
    let fixed = [0x45, tos, high, low, 0, 0, 0, 0, HOPS, UDP, 0, 0];
    [&fixed[..], &from.octets(), &to.octets()].concat()
}

/// RFC 8200, section 3.
fn ipv6_header(tos: u8, len: usize, from: Ipv6Addr, to: Ipv6Addr) -> Vec<u8> {
    let [high, low] = (len as u16).to_be_bytes();
    let fixed = [0x60 | tos >> 4, tos << 4, 0, 0, high, low, UDP, HOPS];
    [&fixed[..], &from.octets(), &to.octets()].concat()
}

/// What a packet from inside the tunnel holds.
fn arrived(packet: &[u8]) -> Option<Arrived> {
    let (tos, header) = match packet {
        [first, tos, ..] if first >> 4 == 4 => (*tos, 20),
        [first, second, ..] => (first << 4 | second >> 4, 40),
        _ => return None,
    };
    let datagram = packet.get(header + UDP_HEADER..)?.to_vec();
    Some(Arrived { tos, datagram })
}
