//! The device: all peers, and which of them a datagram or a packet concerns.

mod configure;
mod receive;
mod send;

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::time::Duration;

use rand_core::CryptoRng;

use super::allowed_ips::AllowedIps;
use super::cookie::MacChecker;
use super::load::Load;
use super::local::{Local, Transmit};
use super::peer::Peer;
use super::peers::{PeerId, Peers};
use super::rate_limiter::RateLimiter;
use super::schedule::Schedule;
use super::timers::HandshakeRetry;

pub use configure::PeerStatus;
pub use send::{Claim, Undeliverable};

/// A WireGuard interface without its I/O.
///
/// Tell it what happens with `handle_*`; every one of these takes `now`, the time since an epoch of the caller's choice that
/// never goes back and counts while the machine sleeps. After each call take what is to be sent with
/// [`poll_transmit`](Device::poll_transmit) until there is nothing more, and call
/// [`handle_timeout`](Device::handle_timeout) at the time that [`poll_timeout`](Device::poll_timeout) then names.
///
/// [`handle_packet`](Device::handle_packet) and [`handle_datagram`](Device::handle_datagram) do the cryptography themselves.
/// A caller with threads does it outside its lock: [`claim`](Device::claim), then [`TransportKeys::seal`]; and
/// [`receiving_keys`](Device::receiving_keys), [`TransportKeys::open`], [`accept`](Device::accept).
///
/// [`TransportKeys::seal`]: super::TransportKeys::seal
/// [`TransportKeys::open`]: super::TransportKeys::open
pub struct Device {
    local: Local,
    peers: Peers,
    allowed_ips: AllowedIps,
    checker: Option<MacChecker>,
    load: Load,
    rate_limiter: RateLimiter,
    schedule: Schedule,
    is_up: bool,
    drops: [u64; Dropped::ALL.len()],
}

/// What a datagram held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// Nothing that goes on: a handshake message or a keepalive.
    Nothing,
    /// A packet from the peer that its source address belongs to, at this place in the datagram.
    Packet(Range<usize>),
}

/// Why a datagram, or the packet in it, was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// It is no message: unknown type, wrong length.
    Malformed,
    /// We are down, or have no key.
    Idle,
    /// More handshake messages come than we look at.
    Overloaded,
    /// Its sender does not know our public key.
    WrongMac1,
    /// We are under load, and its sender was asked to show a cookie.
    UnderLoad,
    /// Its source asks for handshakes, or its peer for new sessions, too often.
    RateLimited,
    /// It names no session or handshake of ours, or one too old.
    UnknownReceiver,
    /// Its sender is no peer.
    UnknownPeer,
    /// It was not written by who it claims.
    Forged,
    /// It, or something later, was received before.
    Replayed,
    /// It is authentic, but holds no IP packet.
    MalformedPacket,
    /// The packet's source address does not belong to the peer.
    DisallowedSource,
    /// The outer path met congestion that the packet's sender would not understand.
    Congested,
}

impl Dropped {
    /// Every reason.
    pub const ALL: [Dropped; 13] = [
        Dropped::Malformed,
        Dropped::Idle,
        Dropped::Overloaded,
        Dropped::WrongMac1,
        Dropped::UnderLoad,
        Dropped::RateLimited,
        Dropped::UnknownReceiver,
        Dropped::UnknownPeer,
        Dropped::Forged,
        Dropped::Replayed,
        Dropped::MalformedPacket,
        Dropped::DisallowedSource,
        Dropped::Congested,
    ];
}

impl Device {
    /// A device without key and peers, up, whose randomness is `rng`'s and whose wall clock shows the Unix epoch at zero.
    pub fn new(rng: Box<dyn CryptoRng + Send>) -> Device {
        Device {
            local: Local {
                identity: None,
                rng,
                epoch: Duration::ZERO,
                indices: HashMap::new(),
                transmits: VecDeque::new(),
                retry: HandshakeRetry::default(),
                mtu: 0,
            },
            peers: Peers::default(),
            allowed_ips: AllowedIps::default(),
            checker: None,
            load: Load::default(),
            rate_limiter: RateLimiter::default(),
            schedule: Schedule::default(),
            is_up: true,
            drops: [0; Dropped::ALL.len()],
        }
    }

    /// The next datagram to be sent.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.local.transmits.pop_front()
    }

    /// When [`handle_timeout`](Device::handle_timeout) is to be called.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.schedule.next()
    }

    /// Do what the passing of time asks for.
    pub fn handle_timeout(&mut self, now: Duration) {
        while let Some(id) = self.schedule.take_due(now) {
            self.with_peer(id, |peer, local| peer.handle_timeout(now, local));
        }
    }

    /// Our own addresses or routes changed: tell the peers that we have sessions with, from where we are now.
    pub fn handle_network_change(&mut self, now: Duration) {
        self.each_peer(|peer, _| peer.handle_network_change(now));
    }

    /// The interface was brought up or down. Down, nothing is sent or received, and all sessions are forgotten.
    pub fn set_up(&mut self, now: Duration, up: bool) {
        if std::mem::replace(&mut self.is_up, up) == up {
            return;
        }
        self.each_peer(|peer, local| match up {
            true => peer.handle_up(now, local),
            false => peer.handle_down(local),
        });
    }

    /// Datagrams and packets dropped for `reason` so far.
    pub fn dropped(&self, reason: Dropped) -> u64 {
        self.drops[reason as usize]
    }

    /// Let `act` change a peer, and look at its timers after that.
    fn with_peer<T>(
        &mut self,
        id: PeerId,
        act: impl FnOnce(&mut Peer, &mut Local) -> T,
    ) -> Option<T> {
        let peer = self.peers.get_mut(id)?;
        let result = act(peer, &mut self.local);
        self.schedule.update(id, peer.next_deadline());
        Some(result)
    }

    fn each_peer(&mut self, mut act: impl FnMut(&mut Peer, &mut Local)) {
        for (id, peer) in self.peers.iter_mut() {
            act(peer, &mut self.local);
            self.schedule.update(id, peer.next_deadline());
        }
    }
}
