//! Our own side, as every peer's state machine needs it: identity, randomness, indices, and what is to be sent.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use rand_core::{CryptoRng, Rng};

use super::endpoint::Endpoint;
use super::noise::Identity;
use super::peers::PeerId;
use super::timers::{HandshakeRetry, MAX_JITTER_MS};

/// The TOS of handshake messages: AF41, as the kernel marks them.
pub(crate) const HANDSHAKE_TOS: u8 = 0x88;

/// A datagram to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// Whom it is for; none when nobody is known there yet.
    pub peer: Option<PeerId>,
    /// Where it goes, and from where.
    pub endpoint: Endpoint,
    /// The TOS or traffic class of its outer header.
    pub tos: u8,
    /// The whole UDP payload.
    pub contents: Vec<u8>,
}

pub(crate) struct Local {
    pub(crate) identity: Option<Arc<Identity>>,
    pub(crate) rng: Box<dyn CryptoRng + Send>,
    /// The time since the Unix epoch when `now` was zero.
    pub(crate) epoch: Duration,
    /// Which peer knows us by an index.
    pub(crate) indices: HashMap<u32, PeerId>,
    pub(crate) transmits: VecDeque<Transmit>,
    pub(crate) retry: HandshakeRetry,
    /// The MTU of the packets inside; 0 when unknown.
    pub(crate) mtu: usize,
}

impl Local {
    /// The time since the Unix epoch.
    pub(crate) fn unix(&self, now: Duration) -> Duration {
        self.epoch + now
    }

    /// A fresh random index, by which `peer` may name us.
    pub(crate) fn allocate_index(&mut self, peer: PeerId) -> u32 {
        loop {
            if let Entry::Vacant(entry) = self.indices.entry(self.rng.next_u32()) {
                return *entry.insert_entry(peer).key();
            }
        }
    }

    /// 32 random bytes for an ephemeral key.
    pub(crate) fn ephemeral(&mut self) -> zeroize::Zeroizing<[u8; 32]> {
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        self.rng.fill_bytes(&mut *bytes);
        bytes
    }

    /// A random part of a third of a second, which keeps two ends from acting at the same moment.
    pub(crate) fn jitter(&mut self) -> Duration {
        Duration::from_millis(self.rng.next_u64() % MAX_JITTER_MS)
    }
}
