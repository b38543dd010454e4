//! What joins the two ends: a path of the link model each way.

use std::time::Instant;

use link::{Direction, Packet, Path, PathSeed, PathSpec, Seed, SpecError, Time};
use scenario::{Family, Link};

/// What stands before a datagram on the wire, for those stages of a path that look at it or damage it: an IPv6 header
/// with ECT(0), as our programs send. It stands for IPv4's too, which has a checksum more to be kept.
const HEADER: [u8; 40] = {
    let mut header = [0; 40];
    header[0] = 0x60;
    header[1] = 0x20;
    header
};

/// The same header after a queue has marked it with "congestion experienced" (RFC 3168).
const MARKED: [u8; 40] = {
    let mut header = HEADER;
    header[1] = 0x30;
    header
};

/// A path each way.
pub(super) struct Wire {
    to_server: Lane,
    to_client: Lane,
    /// The run's zero.
    start: Instant,
    /// Bytes of the IP and UDP headers.
    overhead: u32,
}

/// Which way a datagram goes.
#[derive(Clone, Copy)]
pub(super) enum Toward {
    Server,
    Client,
}

struct Lane {
    path: Path<Vec<u8>>,
    carried: Carried,
}

/// What a session sent, by direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// From the client to the server.
    pub up: Carried,
    /// From the server to the client.
    pub down: Carried,
}

/// What was given to one direction, as IP packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Packets.
    pub packets: u64,
    /// Their bytes from the IP header on.
    pub bytes: u64,
    /// Packets that the path dropped, for whatever reason.
    pub dropped: u64,
}

impl Lane {
    fn new(spec: &PathSpec, seed: PathSeed) -> Result<Self, SpecError> {
        Ok(Lane {
            path: Path::new(spec, seed)?,
            carried: Carried::default(),
        })
    }

    fn collect_drops(&mut self) {
        while self.path.take_drop().is_some() {
            self.carried.dropped += 1;
        }
    }
}

impl Wire {
    /// The link called `name`, of which the host `client` is at one end, with the randomness that it has in every
    /// world.
    pub(super) fn new(
        (name, link): (&str, &Link),
        client: &str,
        family: Family,
        seed: u64,
        start: Instant,
    ) -> Result<Self, SpecError> {
        let seed = |direction| Seed(seed).path(name, direction);
        let up = Lane::new(&link.up(), seed(Direction::Up))?;
        let down = Lane::new(&link.down(), seed(Direction::Down))?;
        let (to_server, to_client) = if link.between.0 == client {
            (up, down)
        } else {
            (down, up)
        };
        Ok(Wire {
            to_server,
            to_client,
            start,
            overhead: match family {
                Family::Ipv4 => 28,
                Family::Ipv6 => 48,
            },
        })
    }

    fn lane(&mut self, toward: Toward) -> &mut Lane {
        match toward {
            Toward::Server => &mut self.to_server,
            Toward::Client => &mut self.to_client,
        }
    }

    fn time(&self, now: Instant) -> Time {
        Time::ZERO + now.saturating_duration_since(self.start)
    }

    /// Sends a datagram.
    pub(super) fn send(&mut self, toward: Toward, datagram: &[u8], now: Instant) {
        let (len, now) = (self.overhead + datagram.len() as u32, self.time(now));
        let packet = Packet::new(len, 0, [&HEADER[..], datagram].concat());
        let lane = self.lane(toward);
        lane.carried.packets += 1;
        lane.carried.bytes += u64::from(len);
        lane.path.give(packet, now);
        lane.collect_drops();
    }

    /// The next datagram that has arrived, and whether it was marked with "congestion experienced".
    pub(super) fn receive(&mut self, toward: Toward, now: Instant) -> Option<(bool, Vec<u8>)> {
        let now = self.time(now);
        let lane = self.lane(toward);
        while let Some(mut packet) = lane.path.take(now) {
            let datagram = packet.payload.split_off(HEADER.len());
            let is_marked = packet.payload == MARKED;
            // A damaged header does not get past the kernel; what follows it is checked by its reader.
            if is_marked || packet.payload == HEADER {
                return Some((is_marked, datagram));
            }
        }
        lane.collect_drops();
        None
    }

    /// When something is to be received next.
    pub(super) fn next_arrival(&self) -> Option<Instant> {
        let due = [self.to_server.path.due(), self.to_client.path.due()];
        let due = due.into_iter().flatten().min()?;
        Some(self.start + (due - Time::ZERO))
    }

    /// What has been sent so far.
    pub(super) fn traffic(&self) -> Traffic {
        Traffic {
            up: self.to_server.carried,
            down: self.to_client.carried,
        }
    }
}
