//! Packets on their way out.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::Device;
use crate::protocol::endpoint::Endpoint;
use crate::protocol::peers::PeerId;
use crate::protocol::transport::TransportKeys;
use crate::protocol::{ecn, icmp, ip};

/// What becomes of packets to one destination.
pub enum Claim {
    /// They go at once: seal the n-th, from zero, under `keys` with counter `first_counter` + n, and send it.
    Seal {
        /// Whom they go to.
        peer: PeerId,
        /// The keys to seal them with.
        keys: Arc<TransportKeys>,
        /// The first one's counter.
        first_counter: u64,
        /// Where they go, and from where.
        endpoint: Endpoint,
    },
    /// They have to wait for a session: give each to [`Device::stage`].
    Stage(PeerId),
}

/// Why a packet cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undeliverable {
    /// It is no IP packet, or the interface is down.
    Discarded,
    /// Its destination belongs to no peer, or to one whose address nobody knows.
    Unreachable,
}

impl Device {
    /// Send `packet`, an IP packet, to the peer that its destination belongs to, now or once there is a session.
    ///
    /// # Errors
    /// When there is no such peer; [`Device::unreachable`] then writes what its sender should be told.
    pub fn handle_packet(&mut self, now: Duration, packet: &[u8]) -> Result<(), Undeliverable> {
        let destination = ip::destination(packet).ok_or(Undeliverable::Discarded)?;
        let peer = self.route(destination)?;
        self.stage(now, peer, packet);
        Ok(())
    }

    /// Take counters for `packets` packets to `destination`, whose datagrams will have `bytes` in all, and reckon them as
    /// sent.
    ///
    /// # Errors
    /// When no peer is to be reached there.
    pub fn claim(
        &mut self,
        now: Duration,
        destination: IpAddr,
        packets: u64,
        bytes: u64,
    ) -> Result<Claim, Undeliverable> {
        let peer = self.route(destination)?;
        let claimed = self
            .with_peer(peer, |peer, local| peer.claim(now, local, packets, bytes))
            .flatten();
        Ok(match claimed {
            Some(claimed) => Claim::Seal {
                peer,
                keys: claimed.keys,
                first_counter: claimed.first_counter,
                endpoint: claimed.endpoint,
            },
            None => Claim::Stage(peer),
        })
    }

    /// Send `packet` to `peer`, now or once there is a session.
    pub fn stage(&mut self, now: Duration, peer: PeerId, packet: &[u8]) {
        self.with_peer(peer, |peer, local| peer.send(now, local, packet));
    }

    fn route(&self, destination: IpAddr) -> Result<PeerId, Undeliverable> {
        if !self.is_up {
            return Err(Undeliverable::Discarded);
        }
        let reachable = |id: &PeerId| {
            self.peers
                .get(*id)
                .is_some_and(|peer| peer.endpoint.is_some())
        };
        self.allowed_ips
            .lookup(destination)
            .filter(reachable)
            .ok_or(Undeliverable::Unreachable)
    }

    /// The ICMP packet that tells the sender of `packet` that nobody is to be reached there; none when it may not be told.
    pub fn unreachable(packet: &[u8]) -> Option<Vec<u8>> {
        icmp::unreachable(packet)
    }

    /// The TOS or traffic class of the outer header of `packet`: its congestion marks as RFC 6040 carries them.
    pub fn outer_tos(packet: &[u8]) -> u8 {
        ip::tos(packet).map_or(0, ecn::encapsulate)
    }
}
