//! Cryptokey routing: which peer an inner address belongs to (paper §2). The longest prefix wins, and a prefix belongs to
//! one peer at a time.

mod cidr;
mod trie;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub use cidr::{Cidr, InvalidCidr};
use trie::Trie;

use super::peers::PeerId;

/// The prefixes of all peers.
#[derive(Default)]
pub(crate) struct AllowedIps {
    ipv4: Trie<PeerId>,
    ipv6: Trie<PeerId>,
    by_peer: BTreeMap<PeerId, BTreeSet<Cidr>>,
}

impl AllowedIps {
    fn trie(&mut self, cidr: &Cidr) -> &mut Trie<PeerId> {
        match cidr.address() {
            IpAddr::V4(_) => &mut self.ipv4,
            IpAddr::V6(_) => &mut self.ipv6,
        }
    }

    /// Give `cidr` to `peer`, taking it from whoever has it.
    pub(crate) fn insert(&mut self, cidr: Cidr, peer: PeerId) {
        let (key, len) = cidr.key();
        if let Some(owner) = self.trie(&cidr).insert(key, len, peer) {
            self.forget(owner, &cidr);
        }
        self.by_peer.entry(peer).or_default().insert(cidr);
    }

    /// Take `cidr` from `peer`, if it has it.
    pub(crate) fn remove(&mut self, cidr: Cidr, peer: PeerId) {
        if self.forget(peer, &cidr) {
            let (key, len) = cidr.key();
            self.trie(&cidr).remove(key, len);
        }
    }

    /// Take everything from `peer`.
    pub(crate) fn remove_peer(&mut self, peer: PeerId) {
        for cidr in self.by_peer.remove(&peer).unwrap_or_default() {
            let (key, len) = cidr.key();
            self.trie(&cidr).remove(key, len);
        }
    }

    fn forget(&mut self, peer: PeerId, cidr: &Cidr) -> bool {
        self.by_peer
            .get_mut(&peer)
            .is_some_and(|cidrs| cidrs.remove(cidr))
    }

    /// The peer that `address` belongs to.
    pub(crate) fn lookup(&self, address: IpAddr) -> Option<PeerId> {
        let trie = match address {
            IpAddr::V4(_) => &self.ipv4,
            IpAddr::V6(_) => &self.ipv6,
        };
        trie.lookup(cidr::key_of(address))
    }

    /// The prefixes of `peer`, IPv4's first, in order.
    pub(crate) fn of(&self, peer: PeerId) -> impl Iterator<Item = Cidr> {
        self.by_peer.get(&peer).into_iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests;
