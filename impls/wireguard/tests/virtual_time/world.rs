//! Hosts on a wire, and a clock that jumps from one event to the next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use link::{Direction, Packet, Path, PathSpec, Seed, Time};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use wireguard::{Arrival, Device, Dropped, Endpoint, PeerId, PrivateKey, Received};

/// 2023-11-14, when every run begins.
pub(crate) const EPOCH: Duration = Duration::from_secs(1_700_000_000);

/// One-way delay of the wire.
pub(crate) const DELAY: Duration = Duration::from_millis(10);

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What a host on the wire does: our device, or another implementation.
pub(crate) trait Node {
    /// A datagram arrived; packets that came out of it go to `inbox`.
    fn handle_datagram(
        &mut self,
        now: Duration,
        arrival: Arrival,
        datagram: &mut [u8],
        inbox: &mut Vec<Vec<u8>>,
    );
    /// Send this packet.
    fn handle_packet(&mut self, now: Duration, packet: &[u8]);
    fn handle_timeout(&mut self, now: Duration);
    fn poll_timeout(&mut self) -> Option<Duration>;
    /// The next datagram, and where it goes.
    fn poll_transmit(&mut self) -> Option<(SocketAddr, Vec<u8>)>;
}

impl Node for Device {
    fn handle_datagram(
        &mut self,
        now: Duration,
        arrival: Arrival,
        datagram: &mut [u8],
        inbox: &mut Vec<Vec<u8>>,
    ) {
        if let Ok(Received::Packet(range)) = Device::handle_datagram(self, now, arrival, datagram) {
            inbox.push(datagram[range].to_vec());
        }
    }

    fn handle_packet(&mut self, now: Duration, packet: &[u8]) {
        let _unreachable = Device::handle_packet(self, now, packet);
    }

    fn handle_timeout(&mut self, now: Duration) {
        Device::handle_timeout(self, now);
    }

    fn poll_timeout(&mut self) -> Option<Duration> {
        Device::poll_timeout(self)
    }

    fn poll_transmit(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        Device::poll_transmit(self).map(|transmit| (transmit.endpoint.remote, transmit.contents))
    }
}

pub(crate) struct Host<N> {
    pub(crate) node: N,
    /// Its address outside the tunnel.
    pub(crate) outer: SocketAddr,
    /// Packets that came out of the tunnel, and when.
    pub(crate) inbox: Vec<(Duration, Vec<u8>)>,
}

/// A datagram that was put on the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sent {
    pub(crate) at: Duration,
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

impl Sent {
    pub(crate) fn is_initiation(&self) -> bool {
        self.bytes[0] == 1
    }

    pub(crate) fn is_response(&self) -> bool {
        self.bytes[0] == 2
    }

    pub(crate) fn is_cookie_reply(&self) -> bool {
        self.bytes[0] == 3
    }

    pub(crate) fn is_keepalive(&self) -> bool {
        self.bytes[0] == 4 && self.bytes.len() == 32
    }
}

/// What the wire does to a datagram: the delays of its copies.
pub(crate) type Fate = Box<dyn FnMut(&Sent) -> Vec<Duration>>;

/// Two hosts, left and right, and the wire.
pub(crate) struct World<L, R> {
    pub(crate) now: Duration,
    pub(crate) left: Host<L>,
    pub(crate) right: Host<R>,
    pub(crate) fate: Fate,
    /// Everything that was ever put on the wire.
    pub(crate) sent: Vec<Sent>,
    /// The link model's paths, rightwards and leftwards, in the place of `fate`.
    paths: Option<[Path<Vec<u8>>; 2]>,
    flying: BinaryHeap<Reverse<(Duration, usize)>>,
}

impl<L: Node, R: Node> World<L, R> {
    pub(crate) fn new(left: L, right: R) -> World<L, R> {
        World {
            now: Duration::ZERO,
            left: Host {
                node: left,
                outer: LEFT.outer(),
                inbox: Vec::new(),
            },
            right: Host {
                node: right,
                outer: RIGHT.outer(),
                inbox: Vec::new(),
            },
            fate: Box::new(|_| vec![DELAY]),
            sent: Vec::new(),
            paths: None,
            flying: BinaryHeap::new(),
        }
    }

    /// Send a packet with this payload from left to right.
    pub(crate) fn send_right(&mut self, payload: &[u8]) {
        self.left
            .node
            .handle_packet(self.now, &packet(LEFT, RIGHT, payload));
        self.collect();
    }

    /// Send a packet with this payload from right to left.
    pub(crate) fn send_left(&mut self, payload: &[u8]) {
        self.right
            .node
            .handle_packet(self.now, &packet(RIGHT, LEFT, payload));
        self.collect();
    }

    /// Let everything happen that happens within `duration`.
    pub(crate) fn run_for(&mut self, duration: Duration) {
        let end = self.now + duration;
        self.collect();
        while let Some(next) = self.next_event().filter(|at| *at <= end) {
            self.now = self.now.max(next);
            self.step();
        }
        self.now = end;
    }

    /// From now on, let datagrams travel as the link model has it.
    pub(crate) fn travel(&mut self, each_way: &str, seed: u64) {
        let spec: PathSpec = ron::from_str(each_way).unwrap();
        let path = |direction| Path::new(&spec, Seed(seed).path("wire", direction)).unwrap();
        self.paths = Some([Direction::Up, Direction::Down].map(path));
    }

    fn next_event(&mut self) -> Option<Duration> {
        let arrival = self.flying.peek().map(|Reverse((at, _))| *at);
        let due = self.paths.iter().flatten().filter_map(Path::due).min();
        [
            arrival,
            due.map(|at| at - Time::ZERO),
            self.left.node.poll_timeout(),
            self.right.node.poll_timeout(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn step(&mut self) {
        while let Some(sent) = self.take_arrival() {
            self.arrive(sent);
            self.collect();
        }
        self.left.node.handle_timeout(self.now);
        self.right.node.handle_timeout(self.now);
        self.collect();
    }

    fn take_arrival(&mut self) -> Option<Sent> {
        let ends = [self.left.outer, self.right.outer];
        for (direction, path) in self.paths.iter_mut().flatten().enumerate() {
            if let Some(packet) = path.take(time(self.now)) {
                let (from, to) = (ends[direction], ends[1 - direction]);
                return Some(Sent {
                    at: self.now,
                    from,
                    to,
                    bytes: packet.payload,
                });
            }
        }
        let is_due = self
            .flying
            .peek()
            .is_some_and(|Reverse((at, _))| *at <= self.now);
        let Reverse((_, number)) = is_due.then(|| self.flying.pop()).flatten()?;
        Some(self.sent[number].clone())
    }

    fn arrive(&mut self, sent: Sent) {
        let (now, to_left) = (self.now, sent.to == self.left.outer);
        if to_left {
            self.left.receive(now, sent);
        } else if sent.to == self.right.outer {
            self.right.receive(now, sent);
        }
    }

    /// Put what the hosts want to send on the wire.
    pub(crate) fn collect(&mut self) {
        while let Some((to, bytes)) = self.left.node.poll_transmit() {
            self.put(self.left.outer, to, bytes);
        }
        while let Some((to, bytes)) = self.right.node.poll_transmit() {
            self.put(self.right.outer, to, bytes);
        }
    }

    /// Put a datagram on the wire.
    pub(crate) fn put(&mut self, from: SocketAddr, to: SocketAddr, bytes: Vec<u8>) {
        let sent = Sent {
            at: self.now,
            from,
            to,
            bytes,
        };
        if let Some([right, left]) = &mut self.paths {
            let path = if from == self.left.outer { right } else { left };
            let len = sent.bytes.len() as u32 + 28;
            path.give(Packet::new(len, 0, sent.bytes.clone()), time(self.now));
            while path.take_drop().is_some() {}
        } else {
            for delay in (self.fate)(&sent) {
                self.flying
                    .push(Reverse((self.now + delay, self.sent.len())));
            }
        }
        self.sent.push(sent);
    }

    /// When datagrams that satisfy `is_wanted` were sent.
    pub(crate) fn times(&self, is_wanted: impl Fn(&Sent) -> bool) -> Vec<Duration> {
        self.sent
            .iter()
            .filter(|sent| is_wanted(sent))
            .map(|sent| sent.at)
            .collect()
    }

    pub(crate) fn count(&self, is_wanted: impl Fn(&Sent) -> bool) -> usize {
        self.times(is_wanted).len()
    }

    /// The first such datagram that was sent.
    pub(crate) fn first(&self, is_wanted: impl Fn(&Sent) -> bool) -> Sent {
        self.sent
            .iter()
            .find(|sent| is_wanted(sent))
            .unwrap()
            .clone()
    }
}

impl<N: Node> Host<N> {
    fn receive(&mut self, now: Duration, mut sent: Sent) {
        let mut packets = Vec::new();
        let arrival = Arrival {
            from: Endpoint::from(sent.from),
            tos: 0,
        };
        self.node
            .handle_datagram(now, arrival, &mut sent.bytes, &mut packets);
        self.inbox
            .extend(packets.into_iter().map(|packet| (now, packet)));
    }

    /// The payloads of the packets that came out of the tunnel.
    pub(crate) fn payloads(&self) -> Vec<&[u8]> {
        self.inbox.iter().map(|(_, packet)| &packet[20..]).collect()
    }
}

/// Who a host is.
#[derive(Clone, Copy)]
pub(crate) struct Who(pub(crate) u8);

pub(crate) const LEFT: Who = Who(1);
pub(crate) const RIGHT: Who = Who(2);

impl Who {
    pub(crate) fn key(self) -> PrivateKey {
        PrivateKey::from_bytes([self.0; 32])
    }

    pub(crate) fn outer(self) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, self.0], 51820))
    }

    pub(crate) fn inner(self) -> IpAddr {
        Ipv4Addr::new(10, 0, 0, self.0).into()
    }

    /// A device with this key and no peers.
    pub(crate) fn device(self) -> Device {
        let mut device = Device::new(Box::new(ChaCha8Rng::seed_from_u64(self.0.into())));
        device.set_wall_clock(EPOCH);
        device.set_mtu(1420);
        device.set_private_key(Some(self.key()));
        device
    }

    /// A device that has `other` as its peer, and knows where it is.
    pub(crate) fn device_with(self, other: Who) -> Device {
        let mut device = self.device();
        let peer = device.add_peer(other.key().public_key()).unwrap();
        device.set_endpoint(peer, other.outer());
        device.insert_allowed_ip(peer, format!("{}/32", other.inner()).parse().unwrap());
        device
    }
}

/// The only peer of `device`.
pub(crate) fn only_peer(device: &Device) -> PeerId {
    device.peers().next().unwrap()
}

/// Two devices of ours.
pub(crate) fn pair() -> World<Device, Device> {
    World::new(LEFT.device_with(RIGHT), RIGHT.device_with(LEFT))
}

/// Two devices of ours that have a session, which left initiated; the wire's log begins after the confirmation.
pub(crate) fn connected() -> World<Device, Device> {
    let mut world = pair();
    world.send_right(b"hello");
    world.run_for(secs(1));
    assert_eq!(world.right.payloads(), [b"hello"]);
    world
}

/// Everything that was dropped, whatever the reason.
pub(crate) fn dropped(device: &Device) -> u64 {
    Dropped::ALL
        .map(|reason| device.dropped(reason))
        .iter()
        .sum()
}

/// An IPv4 packet between two hosts' inner addresses.
pub(crate) fn packet(from: Who, to: Who, payload: &[u8]) -> Vec<u8> {
    packet_between(from.inner(), to.inner(), payload)
}

pub(crate) fn packet_between(from: IpAddr, to: IpAddr, payload: &[u8]) -> Vec<u8> {
    let (IpAddr::V4(from), IpAddr::V4(to)) = (from, to) else {
        panic!("the tests' inner addresses are IPv4");
    };
    let mut packet = vec![0; 20];
    packet[0] = 0x45;
    packet[2..4].copy_from_slice(&(20 + payload.len() as u16).to_be_bytes());
    packet[8] = 64;
    packet[9] = 17;
    packet[12..16].copy_from_slice(&from.octets());
    packet[16..20].copy_from_slice(&to.octets());
    packet.extend(payload);
    packet
}

/// The link model's time.
fn time(now: Duration) -> Time {
    Time::ZERO + now
}

/// A path that loses so much, and delays, reorders, duplicates and corrupts a part of the rest.
pub(crate) fn bad_path(loss: f64) -> String {
    format!(
        r#"#![enable(implicit_some)] (
            loss: Bernoulli({loss}),
            delay: Uniform(min: "5ms", max: "60ms"),
            overtaking: true,
            duplicate: 0.1,
            corrupt: Packets(0.02),
        )"#
    )
}
