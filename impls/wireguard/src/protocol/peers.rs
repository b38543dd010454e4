//! The peers, by number and by key.

use std::collections::{BTreeMap, HashMap};

use super::key::PublicKey;
use super::peer::Peer;

/// A peer of one device, for as long as it is configured; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub(crate) u64);

/// All peers, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Peers {
    by_id: BTreeMap<PeerId, Peer>,
    by_key: HashMap<PublicKey, PeerId>,
    added: u64,
}

impl Peers {
    pub(crate) fn id(&self, key: &PublicKey) -> Option<PeerId> {
        self.by_key.get(key).copied()
    }

    pub(crate) fn get(&self, id: PeerId) -> Option<&Peer> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: PeerId) -> Option<&mut Peer> {
        self.by_id.get_mut(&id)
    }

    /// Add the peer that `make` makes of its number, in the place of one with the same key.
    pub(crate) fn add(&mut self, key: PublicKey, make: impl FnOnce(PeerId) -> Peer) -> PeerId {
        let id = PeerId(self.added);
        self.added += 1;
        self.by_key.insert(key, id);
        self.by_id.insert(id, make(id));
        id
    }

    pub(crate) fn remove(&mut self, id: PeerId) -> Option<Peer> {
        let peer = self.by_id.remove(&id)?;
        self.by_key.remove(&peer.public_key);
        Some(peer)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = PeerId> {
        self.by_id.keys().copied()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (PeerId, &mut Peer)> {
        self.by_id.iter_mut().map(|(id, peer)| (*id, peer))
    }
}
