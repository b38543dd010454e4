//! One peer: its keys, sessions, timers, endpoint, and the packets that wait for a handshake.

mod handshake;
mod transport;

use std::collections::VecDeque;
use std::time::Duration;

use super::cookie::MacGenerator;
use super::crypto::SharedSecret;
use super::endpoint::Endpoint;
use super::key::{PresharedKey, PublicKey};
use super::local::Local;
use super::noise::SentInitiation;
use super::peers::PeerId;
use super::session::Sessions;
use super::tai64n::Tai64n;
use super::timers::{HandshakeRetry, Timer, Timers};

/// Packets that wait for a handshake; the oldest is dropped for a new one beyond these.
pub(crate) const MAX_STAGED: usize = 128;

pub(crate) struct Peer {
    id: PeerId,
    pub(crate) public_key: PublicKey,
    pub(crate) preshared_key: PresharedKey,
    /// What our static keys share; none when we have no key, or the peer's is a point of small order.
    static_static: Option<SharedSecret>,
    pub(crate) endpoint: Option<Endpoint>,
    macs: MacGenerator,
    initiation: Option<SentInitiation>,
    sessions: Sessions,
    timers: Timers,
    /// How soon lost initiations are repeated, if not as to all peers.
    pub(crate) retry: Option<HandshakeRetry>,
    /// Packets that wait for a session; an empty one is a keepalive.
    staged: VecDeque<Vec<u8>>,
    /// The indices of `initiation` and `sessions` that are in the device's table.
    indices: Vec<u32>,
    /// The greatest timestamp of the peer's initiations, for as long as the peer is configured: a replay is older.
    greatest_timestamp: Option<Tai64n>,
    initiation_accepted: Option<Duration>,
    timestamp_sent: Option<Tai64n>,
    /// When both sides were last known to have a new session's keys, since the Unix epoch.
    pub(crate) last_handshake: Option<Duration>,
    /// UDP payload sent and received that was authentic, bytes.
    pub(crate) tx_bytes: u64,
    pub(crate) rx_bytes: u64,
}

impl Peer {
    pub(crate) fn new(id: PeerId, public_key: PublicKey, local: &Local) -> Peer {
        let mut peer = Peer {
            id,
            public_key,
            preshared_key: PresharedKey::default(),
            static_static: None,
            endpoint: None,
            macs: MacGenerator::new(&public_key),
            initiation: None,
            sessions: Sessions::default(),
            timers: Timers::default(),
            retry: None,
            staged: VecDeque::new(),
            indices: Vec::new(),
            greatest_timestamp: None,
            initiation_accepted: None,
            timestamp_sent: None,
            last_handshake: None,
            tx_bytes: 0,
            rx_bytes: 0,
        };
        peer.agree(local);
        peer
    }

    fn agree(&mut self, local: &Local) {
        let identity = local.identity.as_ref();
        self.static_static = identity.and_then(|us| us.secret.agree(&self.public_key));
    }

    /// Our own key has changed: sessions made with the old one only receive, and the next handshake need not wait.
    pub(crate) fn handle_new_identity(&mut self, local: &mut Local) {
        self.agree(local);
        self.initiation = None;
        self.sessions.forbid_sending();
        self.timers.handshakes_forgotten();
        self.release_stale_indices(local);
    }

    pub(crate) fn persistent_keepalive(&self) -> u16 {
        self.timers.persistent_keepalive
    }

    /// The user chose an interval in seconds; turning it on while we are up sends a first keepalive.
    pub(crate) fn set_persistent_keepalive(
        &mut self,
        now: Duration,
        local: &mut Local,
        seconds: u16,
        is_up: bool,
    ) {
        if self.timers.set_persistent_keepalive(seconds) && is_up {
            self.send_keepalive(now, local);
        }
    }

    /// The interface came up: a peer that is to be kept alive is so from now on.
    pub(crate) fn handle_up(&mut self, now: Duration, local: &mut Local) {
        if self.timers.persistent_keepalive > 0 {
            self.send_keepalive(now, local);
        }
    }

    /// The interface went down: forget keys, packets and timers.
    pub(crate) fn handle_down(&mut self, local: &mut Local) {
        self.staged.clear();
        self.timers.clear();
        self.forget_keys(local);
    }

    /// Our addresses or routes changed: a peer that we have a session with must hear of it.
    pub(crate) fn handle_network_change(&mut self, now: Duration) {
        self.forget_source();
        if self
            .sessions
            .current()
            .is_some_and(|session| session.can_send(now, 1))
        {
            self.timers.network_changed(now);
        }
    }

    /// Let the kernel choose from where we speak to the peer.
    pub(crate) fn forget_source(&mut self) {
        if let Some(endpoint) = &mut self.endpoint {
            endpoint.source = None;
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.timers.next_deadline()
    }

    /// Do what the timers that have fired by `now` ask for.
    pub(crate) fn handle_timeout(&mut self, now: Duration, local: &mut Local) {
        while let Some(timer) = self.timers.take_expired(now) {
            match timer {
                Timer::RetransmitHandshake => self.retransmit_handshake(now, local),
                Timer::SendKeepalive => {
                    self.send_keepalive(now, local);
                    self.timers.keepalive_due(now);
                }
                Timer::NewHandshake => {
                    self.forget_source();
                    self.request_handshake(now, local);
                }
                Timer::ZeroKeyMaterial => self.forget_keys(local),
                Timer::PersistentKeepalive => self.send_keepalive(now, local),
                Timer::ProbePath => {
                    self.timers.probe_due(now);
                    self.send_keepalive(now, local);
                }
                Timer::AskAfterStream => {
                    if self.timers.is_stream_silent(now) {
                        self.send_keepalive(now, local);
                    }
                }
            }
        }
    }

    fn forget_keys(&mut self, local: &mut Local) {
        self.initiation = None;
        self.sessions.clear();
        self.release_stale_indices(local);
    }

    /// Forget everything: the peer is being removed.
    pub(crate) fn retire(mut self, local: &mut Local) {
        self.forget_keys(local);
    }

    fn allocate_index(&mut self, local: &mut Local) -> u32 {
        let index = local.allocate_index(self.id);
        self.indices.push(index);
        index
    }

    fn release_stale_indices(&mut self, local: &mut Local) {
        let initiation = self.initiation.as_ref().map(|sent| sent.index);
        self.indices.retain(|index| {
            let is_live =
                initiation == Some(*index) || self.sessions.indices().any(|live| live == *index);
            if !is_live {
                local.indices.remove(index);
            }
            is_live
        });
    }
}
