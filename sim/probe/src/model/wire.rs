//! What joins the two ends: a path of the link model each way.

use std::time::Instant;

use lab::shaper::Counters;
use link::{Direction, Packet, Path, PathSeed, PathSpec, Seed, SpecError, Time};
use scenario::{Family, Link};

use super::carrier::{Arrived, Carrier, Toward};

/// What stands before a datagram on the wire, for those stages of a path that look at it or damage it: an IPv6 header.
/// It stands for IPv4's too, which has a checksum more to be kept.
fn header(tos: u8) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[0] = 0x60 | tos >> 4;
    header[1] = tos << 4;
    header
}

/// Bytes of an IPv6 header.
const HEADER: usize = 40;

/// A path each way.
pub(super) struct Wire {
    to_server: Lane,
    to_client: Lane,
    /// The run's zero.
    start: Instant,
    /// Bytes of the IP and UDP headers.
    overhead: u32,
}

struct Lane {
    path: Path<Vec<u8>>,
    carried: Counters,
}

/// What a session sent, by direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// From the client to the server.
    pub up: Counters,
    /// From the server to the client.
    pub down: Counters,
}

impl Lane {
    fn new(spec: &PathSpec, seed: PathSeed) -> Result<Self, SpecError> {
        Ok(Lane {
            path: Path::new(spec, seed)?,
            carried: Counters::default(),
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
}

impl Carrier for Wire {
    fn send(&mut self, toward: Toward, tos: u8, datagram: &[u8], now: Instant) {
        let (len, now) = (self.overhead + datagram.len() as u32, self.time(now));
        let packet = Packet::new(len, 0, [&header(tos)[..], datagram].concat());
        let lane = self.lane(toward);
        lane.carried.packets += 1;
        lane.carried.bytes += u64::from(len);
        lane.path.give(packet, now);
        lane.collect_drops();
    }

    fn receive(&mut self, toward: Toward, now: Instant) -> Option<Arrived> {
        let now = self.time(now);
        let lane = self.lane(toward);
        while let Some(mut packet) = lane.path.take(now) {
            let datagram = packet.payload.split_off(HEADER);
            let tos = packet.payload[0] << 4 | packet.payload[1] >> 4;
            // A damaged header does not get past the kernel; what follows it is checked by its reader.
            if packet.payload == header(tos) {
                return Some(Arrived { tos, datagram });
            }
        }
        lane.collect_drops();
        None
    }

    fn next_event(&self) -> Option<Instant> {
        let due = [self.to_server.path.due(), self.to_client.path.due()];
        let due = due.into_iter().flatten().min()?;
        Some(self.start + (due - Time::ZERO))
    }

    fn traffic(&self) -> Traffic {
        Traffic {
            up: self.to_server.carried,
            down: self.to_client.carried,
        }
    }
}
