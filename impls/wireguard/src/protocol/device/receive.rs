//! Datagrams that came in.

use std::sync::Arc;
use std::time::Duration;

use super::{Device, Dropped, Received};
use crate::protocol::endpoint::{Arrival, Endpoint};
use crate::protocol::ip;
use crate::protocol::local::Transmit;
use crate::protocol::message::{Message, cookie_reply, initiation, read_u32, response};
use crate::protocol::noise::OpenedInitiation;
use crate::protocol::peers::PeerId;
use crate::protocol::transport::{Opened, TransportKeys, receiver_of};

impl Device {
    /// `datagram` has arrived; it is decrypted where it is.
    ///
    /// # Errors
    /// Why it, or the packet in it, was dropped; this is also counted.
    pub fn handle_datagram(
        &mut self,
        now: Duration,
        arrival: Arrival,
        datagram: &mut [u8],
    ) -> Result<Received, Dropped> {
        let received = match Message::parse(datagram) {
            _ if !self.is_up => Err(Dropped::Idle),
            None => Err(Dropped::Malformed),
            Some(Message::Initiation(message)) => {
                self.handle_initiation(now, arrival.from, message)
            }
            Some(Message::Response(message)) => self.handle_response(now, arrival.from, message),
            Some(Message::CookieReply(message)) => self.handle_cookie_reply(now, message),
            Some(Message::Data(datagram)) => {
                return self.handle_data(now, arrival, datagram);
            }
        };
        self.count(received)
    }

    fn handle_data(
        &mut self,
        now: Duration,
        arrival: Arrival,
        datagram: &mut [u8],
    ) -> Result<Received, Dropped> {
        let Some(keys) = receiver_of(datagram).and_then(|index| self.receiving_keys(now, index))
        else {
            return self.count(Err(Dropped::UnknownReceiver));
        };
        let Some(opened) = keys.open(datagram) else {
            return self.count(Err(Dropped::Forged));
        };
        self.accept(now, &keys, arrival, opened, datagram)
    }

    /// The keys that open transport data for the session that we called `receiver`, while it is of use.
    pub fn receiving_keys(&mut self, now: Duration, receiver: u32) -> Option<Arc<TransportKeys>> {
        let peer = *self.local.indices.get(&receiver).filter(|_| self.is_up)?;
        self.peers.get_mut(peer)?.receiving_keys(now, receiver)
    }

    /// [`receiving_keys`](Device::receiving_keys) did not open a datagram: count it as dropped.
    pub fn reject_forged(&mut self) {
        self.drops[Dropped::Forged as usize] += 1;
    }

    /// `datagram` was opened with `keys`: do what it asks for, unless it is a replay.
    ///
    /// # Errors
    /// Why it, or the packet in it, was dropped; this is also counted.
    pub fn accept(
        &mut self,
        now: Duration,
        keys: &TransportKeys,
        arrival: Arrival,
        opened: Opened,
        datagram: &mut [u8],
    ) -> Result<Received, Dropped> {
        let index = keys.local_index;
        let accepted = match self.local.indices.get(&index) {
            Some(peer) => self.accept_from(*peer, now, index, arrival, opened, datagram),
            None => Err(Dropped::UnknownReceiver),
        };
        self.count(accepted)
    }

    fn accept_from(
        &mut self,
        peer: PeerId,
        now: Duration,
        index: u32,
        arrival: Arrival,
        opened: Opened,
        datagram: &mut [u8],
    ) -> Result<Received, Dropped> {
        let plaintext = &mut datagram[opened.plaintext()];
        let received = self
            .with_peer(peer, |peer, local| {
                peer.accept(now, local, index, arrival, opened, plaintext)
            })
            .unwrap_or(Err(Dropped::UnknownReceiver))?;
        if let Received::Packet(range) = &received {
            let source = ip::source(&datagram[range.clone()]);
            if source.and_then(|source| self.allowed_ips.lookup(source)) != Some(peer) {
                return Err(Dropped::DisallowedSource);
            }
        }
        Ok(received)
    }

    fn handle_initiation(
        &mut self,
        now: Duration,
        from: Endpoint,
        message: &[u8; initiation::LEN],
    ) -> Result<Received, Dropped> {
        self.admit(now, from, message, read_u32(message, initiation::SENDER))?;
        let identity = self.local.identity.clone().ok_or(Dropped::Idle)?;
        let opened = OpenedInitiation::read(&identity, message).ok_or(Dropped::Forged)?;
        let id = self
            .peers
            .id(&opened.remote_static)
            .ok_or(Dropped::UnknownPeer)?;
        self.with_peer(id, |peer, local| {
            peer.handle_initiation(now, local, from, opened)
        })
        .unwrap_or(Err(Dropped::UnknownPeer))?;
        Ok(Received::Nothing)
    }

    fn handle_response(
        &mut self,
        now: Duration,
        from: Endpoint,
        message: &[u8; response::LEN],
    ) -> Result<Received, Dropped> {
        self.admit(now, from, message, read_u32(message, response::SENDER))?;
        let index = read_u32(message, response::RECEIVER);
        let id = *self
            .local
            .indices
            .get(&index)
            .ok_or(Dropped::UnknownReceiver)?;
        self.with_peer(id, |peer, local| {
            peer.handle_response(now, local, from, message, index)
        })
        .unwrap_or(Err(Dropped::UnknownReceiver))?;
        Ok(Received::Nothing)
    }

    fn handle_cookie_reply(
        &mut self,
        now: Duration,
        message: &[u8; cookie_reply::LEN],
    ) -> Result<Received, Dropped> {
        let index = read_u32(message, cookie_reply::RECEIVER);
        let id = *self
            .local
            .indices
            .get(&index)
            .ok_or(Dropped::UnknownReceiver)?;
        self.with_peer(id, |peer, _| peer.handle_cookie_reply(now, message))
            .unwrap_or(Err(Dropped::UnknownReceiver))?;
        Ok(Received::Nothing)
    }

    /// Check the MACs of a handshake message; under load, its sender must have a cookie and not come too often.
    fn admit(
        &mut self,
        now: Duration,
        from: Endpoint,
        message: &[u8],
        sender: u32,
    ) -> Result<(), Dropped> {
        if !self.load.admits(now) {
            return Err(Dropped::Overloaded);
        }
        let checker = self.checker.as_mut().ok_or(Dropped::Idle)?;
        if !checker.has_valid_mac1(message) {
            return Err(Dropped::WrongMac1);
        }
        if !self.load.arrival(now) {
            return Ok(());
        }
        if !checker.has_valid_mac2(now, message, from.remote) {
            let reply = checker.reply(now, &mut *self.local.rng, message, sender, from.remote);
            self.local.transmits.push_back(Transmit {
                peer: None,
                endpoint: from,
                tos: 0,
                contents: reply.to_vec(),
            });
            return Err(Dropped::UnderLoad);
        }
        let allowed = self.rate_limiter.allow(now, from.remote.ip());
        allowed.then_some(()).ok_or(Dropped::RateLimited)
    }

    fn count(&mut self, received: Result<Received, Dropped>) -> Result<Received, Dropped> {
        if let Err(reason) = received {
            self.drops[reason as usize] += 1;
        }
        received
    }
}
