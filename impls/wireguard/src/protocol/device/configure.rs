//! What the user sets and asks for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::Device;
use crate::protocol::allowed_ips::Cidr;
use crate::protocol::cookie::MacChecker;
use crate::protocol::endpoint::Endpoint;
use crate::protocol::key::{PresharedKey, PrivateKey, PublicKey};
use crate::protocol::noise::Identity;
use crate::protocol::peer::Peer;
use crate::protocol::peers::PeerId;
use crate::protocol::timers::HandshakeRetry;

/// What there is to know about a peer.
#[derive(Clone, Debug, PartialEq)]
pub struct PeerStatus {
    /// Who it is.
    pub public_key: PublicKey,
    /// The key that is mixed into handshakes with it.
    pub preshared_key: PresharedKey,
    /// Where it was last heard, or is said to be.
    pub endpoint: Option<SocketAddr>,
    /// When the last session with it began, since the Unix epoch.
    pub last_handshake: Option<Duration>,
    /// UDP payload sent to it, bytes.
    pub tx_bytes: u64,
    /// Authentic UDP payload received from it, bytes.
    pub rx_bytes: u64,
    /// Seconds of silence after which a keepalive is sent; 0 is never.
    pub persistent_keepalive: u16,
    /// How soon lost initiations to it are repeated, if that is not as to all peers.
    pub handshake_retry: Option<HandshakeRetry>,
    /// The inner addresses that belong to it.
    pub allowed_ips: Vec<Cidr>,
}

impl Device {
    /// Say what the wall clock showed, since the Unix epoch, when `now` was zero. Handshakes are dated by it.
    pub fn set_wall_clock(&mut self, at_zero: Duration) {
        self.local.epoch = at_zero;
    }

    /// Say how long the packets inside may be, in bytes; padding goes no further. 0 is unknown.
    pub fn set_mtu(&mut self, mtu: usize) {
        self.local.mtu = mtu;
    }

    /// How long the packets inside may be, in bytes; 0 is unknown.
    pub fn mtu(&self) -> usize {
        self.local.mtu
    }

    /// Choose how soon lost initiations are repeated, to peers of which nothing else is said.
    pub fn set_handshake_retry(&mut self, retry: HandshakeRetry) {
        self.local.retry = retry;
    }

    /// Choose how soon lost initiations to one peer are repeated; none is as to all.
    pub fn set_peer_handshake_retry(&mut self, id: PeerId, retry: Option<HandshakeRetry>) {
        self.with_peer(id, |peer, _| peer.retry = retry);
    }

    /// Our private key.
    pub fn private_key(&self) -> Option<&PrivateKey> {
        self.local
            .identity
            .as_ref()
            .map(|identity| &identity.private)
    }

    /// Become someone else, or nobody. Sessions still receive, and a peer that has our new public key is removed.
    pub fn set_private_key(&mut self, key: Option<PrivateKey>) {
        if self.private_key() == key.as_ref() {
            return;
        }
        let identity = key.map(Identity::new).map(Arc::new);
        let public = identity.as_ref().map(|identity| *identity.secret.public());
        if let Some(ourselves) = public.and_then(|public| self.peer_id(&public)) {
            self.remove_peer(ourselves);
        }
        self.checker = public.as_ref().map(MacChecker::new);
        self.local.identity = identity;
        self.each_peer(|peer, local| peer.handle_new_identity(local));
    }

    /// Add a peer, or find the one that has this key. None when the key is our own.
    pub fn add_peer(&mut self, key: PublicKey) -> Option<PeerId> {
        let identity = self.local.identity.as_ref();
        if identity.is_some_and(|identity| *identity.secret.public() == key) {
            return None;
        }
        let known = self.peer_id(&key);
        Some(known.unwrap_or_else(|| self.peers.add(key, |id| Peer::new(id, key, &self.local))))
    }

    /// The peer of this key.
    pub fn peer_id(&self, key: &PublicKey) -> Option<PeerId> {
        self.peers.id(key)
    }

    /// All peers, in the order in which they were added.
    pub fn peers(&self) -> impl Iterator<Item = PeerId> {
        self.peers.ids()
    }

    /// What there is to know about a peer; none when it was removed.
    pub fn peer(&self, id: PeerId) -> Option<PeerStatus> {
        let peer = self.peers.get(id)?;
        Some(PeerStatus {
            public_key: peer.public_key,
            preshared_key: peer.preshared_key.clone(),
            endpoint: peer.endpoint.map(|endpoint| endpoint.remote),
            last_handshake: peer.last_handshake,
            tx_bytes: peer.tx_bytes,
            rx_bytes: peer.rx_bytes,
            persistent_keepalive: peer.persistent_keepalive(),
            handshake_retry: peer.retry,
            allowed_ips: self.allowed_ips.of(id).collect(),
        })
    }

    /// Forget a peer and everything about it.
    pub fn remove_peer(&mut self, id: PeerId) {
        if let Some(peer) = self.peers.remove(id) {
            peer.retire(&mut self.local);
            self.allowed_ips.remove_peer(id);
            self.schedule.remove(id);
        }
    }

    /// Mix `key` into handshakes with a peer from the next one on; all zeros is none.
    pub fn set_preshared_key(&mut self, id: PeerId, key: PresharedKey) {
        self.with_peer(id, |peer, _| peer.preshared_key = key);
    }

    /// Say where a peer is.
    pub fn set_endpoint(&mut self, id: PeerId, remote: SocketAddr) {
        self.with_peer(id, |peer, _| peer.endpoint = Some(Endpoint::from(remote)));
    }

    /// Send a keepalive to a peer after this many seconds of silence; 0 is never.
    pub fn set_persistent_keepalive(&mut self, now: Duration, id: PeerId, seconds: u16) {
        let is_up = self.is_up;
        self.with_peer(id, |peer, local| {
            peer.set_persistent_keepalive(now, local, seconds, is_up);
        });
    }

    /// Give a network to a peer, taking it from whoever has it.
    pub fn insert_allowed_ip(&mut self, id: PeerId, cidr: Cidr) {
        if self.peers.get(id).is_some() {
            self.allowed_ips.insert(cidr, id);
        }
    }

    /// Take a network from a peer, if it has it.
    pub fn remove_allowed_ip(&mut self, id: PeerId, cidr: Cidr) {
        self.allowed_ips.remove(cidr, id);
    }

    /// Take all networks from a peer.
    pub fn clear_allowed_ips(&mut self, id: PeerId) {
        self.allowed_ips.remove_peer(id);
    }

    /// Let the kernel choose from where we speak to a peer: the address that it spoke to is of no use any more.
    pub fn forget_source(&mut self, id: PeerId) {
        self.with_peer(id, |peer, _| peer.forget_source());
    }

    /// The same for all peers: the sockets have changed.
    pub fn forget_sources(&mut self) {
        self.each_peer(|peer, _| peer.forget_source());
    }
}
