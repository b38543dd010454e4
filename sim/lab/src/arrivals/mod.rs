//! When the first datagrams of a session arrived, each way, that were sent after an event.
//!
//! Nobody here has the keys of the sessions, nor needs them: there is no attacker in a lab, so what of a session reaches
//! the other host unharmed is what that host finds authentic. What counts is a datagram with a payload, outside a
//! tunnel the tunnel's own; of TCP a segment of a connection that the receiving host has opened or accepted, of SSH's
//! beyond the key exchange. Competing traffic does not count, nor does what was on its way already, or arrives at an
//! address that the host has lost.

mod packet;
mod ssh;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use link::Direction;

use self::{
    packet::{Kind, Packet},
    ssh::Stream,
};

/// What is noted of a session; `Up` leads to its server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrivals(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    ways: [Way; 2],
    /// Of every event until now.
    events: Vec<Event>,
    /// Ports of competing traffic.
    set_aside: BTreeSet<u16>,
}

/// What is noted of one direction.
#[derive(Debug, Default)]
struct Way {
    /// Addresses that the receiving host has.
    addresses: Vec<IpAddr>,
    /// TCP connections of the receiving host: its own end, the other end, and what has arrived on them.
    connections: BTreeMap<[SocketAddr; 2], Stream>,
    /// When a datagram under way was last sent, by its digest; of those since the first event that still waits for one.
    under_way: BTreeMap<u64, Instant>,
}

#[derive(Debug)]
struct Event {
    began: Instant,
    /// The first arrivals of what was sent since.
    first: [Option<Instant>; 2],
}

/// What arrived after one event.
#[derive(Clone, Debug)]
pub struct AfterEvent {
    arrivals: Arrivals,
    event: usize,
    zero: Instant,
}

/// Sees the packets of one end of a session: those of its client or of its server.
#[derive(Debug)]
pub struct Witness {
    arrivals: Arrivals,
    /// Which way leads away from this end.
    away: Direction,
}

impl Arrivals {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who notes the packets of the end that `away` leads away from.
    pub(crate) fn witness(&self, away: Direction) -> Witness {
        Witness {
            arrivals: self.clone(),
            away,
        }
    }

    /// An event begins at this time. `zero` is the run's start.
    pub(crate) fn event(&self, began: Instant, zero: Instant) -> AfterEvent {
        let mut noted = self.noted();
        noted.events.push(Event {
            began,
            first: [None; 2],
        });
        AfterEvent {
            arrivals: self.clone(),
            event: noted.events.len() - 1,
            zero,
        }
    }

    /// The host at the end of a way has these addresses from now on.
    pub(crate) fn readdress(&self, way: Direction, addresses: Vec<IpAddr>) {
        self.noted().ways[way as usize].addresses = addresses;
    }

    /// What comes from this port or goes to it is not the session's.
    pub(crate) fn set_aside(&self, port: u16) {
        self.noted().set_aside.insert(port);
    }
}

impl AfterEvent {
    /// When the first datagram arrived that was sent after the event, from the run's zero: at the server, and at the
    /// client. `None` while there has been none.
    #[must_use]
    pub fn first(&self) -> [Option<Duration>; 2] {
        let first = self.arrivals.noted().events[self.event].first;
        first.map(|at| at.map(|at| at.saturating_duration_since(self.zero)))
    }
}

impl Witness {
    /// Which way leads to this end.
    fn toward(&self) -> Direction {
        match self.away {
            Direction::Up => Direction::Down,
            Direction::Down => Direction::Up,
        }
    }

    /// This end has sent an IP packet.
    pub(crate) fn sent(&self, packet: &[u8], at: Instant) {
        let Some(packet) = Packet::parse(packet) else {
            return;
        };
        let mut noted = self.arrivals.noted();
        if packet.opens_a_connection() {
            let connections = &mut noted.ways[self.toward() as usize].connections;
            connections.insert([packet.source, packet.destination], Stream::default());
        }
        if noted.waits(self.away) && noted.counts(&packet) {
            let way = &mut noted.ways[self.away as usize];
            way.under_way.insert(packet.digest(), at);
        }
    }

    /// An IP packet has arrived at this end.
    pub(crate) fn received(&self, packet: &[u8], at: Instant) {
        if let Some(packet) = Packet::parse(packet) {
            self.arrivals.noted().arrived(self.toward(), &packet, at);
        }
    }
}

impl Noted {
    /// Whether an event waits for an arrival.
    fn waits(&self, way: Direction) -> bool {
        self.events
            .iter()
            .any(|event| event.first[way as usize].is_none())
    }

    /// Whether a packet carries anything of the session.
    fn counts(&self, packet: &Packet<'_>) -> bool {
        let ports = [packet.source.port(), packet.destination.port()];
        let competes = ports.iter().any(|port| self.set_aside.contains(port));
        !competes && !packet.payload.is_empty()
    }

    fn arrived(&mut self, toward: Direction, packet: &Packet<'_>, at: Instant) {
        if !self.counts(packet) {
            return;
        }
        let way = &mut self.ways[toward as usize];
        if !way.takes_in(packet) {
            return;
        }
        let Some(sent) = way.under_way.remove(&packet.digest()) else {
            return;
        };
        for event in &mut self.events {
            let first = &mut event.first[toward as usize];
            if first.is_none() && event.began <= sent {
                *first = Some(at);
            }
        }
        if !self.waits(toward) {
            self.ways[toward as usize].under_way.clear();
        }
    }
}

impl Way {
    /// Whether the receiving host finds a packet to be its own, and authentic.
    fn takes_in(&mut self, packet: &Packet<'_>) -> bool {
        if !self.addresses.contains(&packet.destination.ip()) {
            return false;
        }
        match packet.kind {
            Kind::Udp => true,
            Kind::Tcp { sequence, .. } => {
                let ends = [packet.destination, packet.source];
                let stream = self.connections.get_mut(&ends);
                stream.is_some_and(|stream| stream.authenticates(sequence, packet.payload))
            }
        }
    }
}

#[cfg(test)]
mod tests;
