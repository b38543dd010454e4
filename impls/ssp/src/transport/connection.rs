//! Datagrams to and from a peer that may move: sealing, sequence numbers, timestamps, addresses.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::Role;
use super::clock::Clock;
use super::peer::Peer;
use super::redundancy::PathLoss;
use super::rtt::RoundTrip;
use crate::crypto::{Direction, Key, KeySpent, OpenError, Opener, Sealer};
use crate::wire::Malformed;
use crate::wire::datagram::Datagram;

/// A server stops sending to a client that it has not heard for so long.
const DETACH: Duration = Duration::from_millis(40_000);

/// A client that gets no answer for so long changes its port: the flow may be stuck in a middlebox.
const PORT_HOP: Duration = Duration::from_millis(10_000);

/// For how long a congestion mark forbids spending bytes on speed.
const CONGESTION_MEMORY: Duration = Duration::from_millis(10_000);

/// A datagram to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Where to.
    pub destination: SocketAddr,
    /// Where from. On a client: its n-th socket of the destination's family, from 0. The shell opens a socket (on a new
    /// port) when its number first appears, and goes on receiving on the older ones for a while. On a server: the
    /// socket on which the client was heard last.
    pub socket: u32,
    /// The UDP payload.
    pub payload: Vec<u8>,
}

/// A datagram that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival<'a> {
    /// Where from.
    pub source: SocketAddr,
    /// On which of a server's sockets.
    pub socket: u32,
    /// Whether it is marked with "congestion experienced" (RFC 3168).
    pub congested: bool,
    /// The UDP payload.
    pub payload: &'a [u8],
}

/// Why a datagram was dropped before its instruction was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Rejected {
    #[error(transparent)]
    Sealed(#[from] OpenError),
    #[error(transparent)]
    Plaintext(#[from] Malformed),
}

/// What an authentic datagram says.
pub(super) struct Opening {
    pub(super) fragment: Vec<u8>,
    /// Whether it shows that the peer is somewhere else now.
    pub(super) has_moved: bool,
}

/// One end's view of the path.
pub(super) struct Connection {
    sealer: Sealer,
    opener: Opener,
    clock: Clock,
    rtt: RoundTrip,
    loss: PathLoss,
    /// One beyond the highest sequence number that came in.
    expected_sequence: u64,
    last_heard: Option<Instant>,
    last_congestion: Option<Instant>,
    peer: Peer,
    socket: u32,
    socket_opened: Instant,
}

impl Connection {
    pub(super) fn new(role: Role, key: &Key, now: Instant) -> Self {
        let outbound = match role {
            Role::Client { .. } => Direction::ToServer,
            Role::Server => Direction::ToClient,
        };
        Self {
            sealer: Sealer::new(key, outbound),
            opener: Opener::new(key, outbound.reversed()),
            clock: Clock::new(now),
            rtt: RoundTrip::new(),
            loss: PathLoss::default(),
            expected_sequence: 0,
            last_heard: None,
            last_congestion: None,
            peer: Peer::new(role),
            socket: 0,
            socket_opened: now,
        }
    }

    pub(super) fn rtt(&self) -> &RoundTrip {
        &self.rtt
    }

    pub(super) fn loss(&self) -> &PathLoss {
        &self.loss
    }

    pub(super) fn loss_mut(&mut self) -> &mut PathLoss {
        &mut self.loss
    }

    pub(super) fn peer(&self) -> &Peer {
        &self.peer
    }

    pub(super) fn peer_mut(&mut self) -> &mut Peer {
        &mut self.peer
    }

    pub(super) fn last_heard(&self) -> Option<Instant> {
        self.last_heard
    }

    /// Whether the path shows signs of congestion: marks, or a queue that has built up.
    pub(super) fn is_congested(&self, now: Instant) -> bool {
        let is_marked = self
            .last_congestion
            .is_some_and(|marked| now < marked + CONGESTION_MEMORY);
        is_marked || self.rtt.has_grown()
    }

    /// Opens a datagram and learns from it.
    ///
    /// A datagram older than the newest is delivered all the same, but says nothing about the path, and above all not
    /// where the peer is: whoever recorded it may be playing it back.
    pub(super) fn handle_datagram(
        &mut self,
        arrival: &Arrival<'_>,
        now: Instant,
    ) -> Result<Opening, Rejected> {
        let mut opened = self.opener.open(arrival.payload)?;
        let datagram = Datagram::parse(&opened.plaintext)?;
        let mut has_moved = false;
        if opened.sequence >= self.expected_sequence {
            let ahead = opened.sequence - self.expected_sequence + 1;
            self.loss.inbound.handle_newest(ahead);
            self.expected_sequence = opened.sequence + 1;
            self.last_heard = Some(now);
            self.clock
                .handle_timestamp(datagram.timestamp, arrival.congested, now);
            if let Some(reply) = datagram.timestamp_reply {
                self.rtt.sample(self.clock.round_trip(reply, now), now);
            }
            if arrival.congested {
                self.last_congestion = Some(now);
            }
            has_moved = self.peer.handle_newest(arrival.source);
            if self.peer.is_client() {
                self.socket = arrival.socket;
            }
        } else {
            let behind = self.expected_sequence - 1 - opened.sequence;
            self.loss.inbound.handle_late(behind);
        }
        opened.plaintext.drain(..crate::wire::datagram::HEADER_LEN);
        Ok(Opening {
            fragment: opened.plaintext,
            has_moved,
        })
    }

    /// Forgets a client that has been silent for too long.
    pub(super) fn detach_if_silent(&mut self, now: Instant) {
        let is_silent = self.last_heard.is_some_and(|heard| now > heard + DETACH);
        if self.peer.is_client() && is_silent {
            self.peer.forget();
        }
    }

    /// Changes a client's port if neither the port nor the newest round trip is recent.
    pub(super) fn hop_if_stuck(&mut self, last_round_trip: Instant, now: Instant) {
        let is_recent = |at: Instant| now <= at + PORT_HOP;
        if !self.peer.is_client() && !is_recent(self.socket_opened) && !is_recent(last_round_trip) {
            self.open_socket(now);
        }
    }

    /// Sends from a new socket from now on.
    pub(super) fn open_socket(&mut self, now: Instant) {
        self.socket += 1;
        self.socket_opened = now;
    }

    /// Seals a fragment for the peer.
    pub(super) fn seal(
        &mut self,
        fragment: &[u8],
        destination: SocketAddr,
        now: Instant,
    ) -> Result<Transmit, KeySpent> {
        let plaintext = Datagram {
            timestamp: self.clock.timestamp(now),
            timestamp_reply: self.clock.take_reply(now),
            payload: fragment,
        };
        Ok(Transmit {
            destination,
            socket: self.socket,
            payload: self.sealer.seal(&plaintext.emit())?,
        })
    }
}
