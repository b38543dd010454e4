//! Transport data to and from one peer (paper §5.4.6, §6).

use std::sync::Arc;
use std::time::Duration;

use super::{MAX_STAGED, Peer};
use crate::protocol::device::{Dropped, Received};
use crate::protocol::endpoint::{Arrival, Endpoint};
use crate::protocol::local::{Local, Transmit};
use crate::protocol::session::{Place, REJECT_AFTER_MESSAGES, REKEY_AFTER_MESSAGES};
use crate::protocol::timers::{REKEY_AFTER_TIME, REKEY_AFTER_TIME_RECEIVING};
use crate::protocol::transport::{DATA_OVERHEAD, Opened, TransportKeys, datagram_of};
use crate::protocol::{ecn, ip};

/// Counters of the current session, and where the datagrams go.
pub(crate) struct Claimed {
    pub(crate) keys: Arc<TransportKeys>,
    pub(crate) first_counter: u64,
    pub(crate) endpoint: Endpoint,
}

impl Peer {
    /// Take `packets` counters for data whose datagrams have `bytes` in all, and reckon them as sent. None when there is no
    /// session to send under, or packets wait for one already: then these have to wait behind them.
    pub(crate) fn claim(
        &mut self,
        now: Duration,
        local: &mut Local,
        packets: u64,
        bytes: u64,
    ) -> Option<Claimed> {
        if !self.staged.is_empty() {
            return None;
        }
        let claimed = self.take_counters(now, packets)?;
        self.timers.data_sent(now, || local.jitter());
        self.reckon_sent(now, local, bytes);
        Some(claimed)
    }

    fn take_counters(&mut self, now: Duration, packets: u64) -> Option<Claimed> {
        let endpoint = self.endpoint?;
        let session = self.sessions.current_mut()?;
        session.can_send(now, packets).then(|| {
            let first_counter = session.next_counter;
            session.next_counter += packets;
            Claimed {
                keys: Arc::clone(&session.keys),
                first_counter,
                endpoint,
            }
        })
    }

    fn reckon_sent(&mut self, now: Duration, local: &mut Local, bytes: u64) {
        self.tx_bytes += bytes;
        self.timers.authenticated_packet_sent(now);
        let wears_out = self.sessions.current().is_some_and(|session| {
            let is_old = session.keys.is_initiator && session.age(now) >= REKEY_AFTER_TIME;
            session.next_counter > REKEY_AFTER_MESSAGES || is_old
        });
        if wears_out {
            self.request_handshake(now, local);
        }
    }

    /// Send `packet`, now or once there is a session.
    pub(crate) fn send(&mut self, now: Duration, local: &mut Local, packet: &[u8]) {
        if self.staged.len() == MAX_STAGED {
            self.staged.pop_front();
        }
        self.staged.push_back(packet.to_vec());
        self.flush_staged(now, local);
    }

    /// Send an empty packet, now or once there is a session; packets that wait do as well.
    pub(crate) fn send_keepalive(&mut self, now: Duration, local: &mut Local) {
        if self.staged.is_empty() {
            self.staged.push_back(Vec::new());
        }
        self.flush_staged(now, local);
    }

    /// Send the packets that wait, or ask for the session that they wait for.
    fn flush_staged(&mut self, now: Duration, local: &mut Local) {
        while let Some(packet) = self.staged.pop_front() {
            let Some(claimed) = self.take_counters(now, 1) else {
                self.staged.push_front(packet);
                return self.request_handshake(now, local);
            };
            if !packet.is_empty() {
                self.timers.data_sent(now, || local.jitter());
            }
            let mut contents = datagram_of(&packet, local.mtu);
            claimed.keys.seal(claimed.first_counter, &mut contents);
            self.reckon_sent(now, local, contents.len() as u64);
            local.transmits.push_back(Transmit {
                peer: Some(self.id),
                endpoint: claimed.endpoint,
                tos: ip::tos(&packet).map_or(0, ecn::encapsulate),
                contents,
            });
        }
    }

    /// The keys of the session that the peer names `index`, while they are of use.
    pub(crate) fn receiving_keys(
        &mut self,
        now: Duration,
        index: u32,
    ) -> Option<Arc<TransportKeys>> {
        let (_, session) = self.sessions.by_index(index)?;
        session.can_receive(now).then(|| Arc::clone(&session.keys))
    }

    /// A datagram under the session that the peer names `index` was found authentic: is it new, and what does it change?
    ///
    /// `plaintext` is the packet with its padding. What is returned has passed every check but whose addresses it bears.
    pub(crate) fn accept(
        &mut self,
        now: Duration,
        local: &mut Local,
        index: u32,
        arrival: Arrival,
        opened: Opened,
        plaintext: &mut [u8],
    ) -> Result<Received, Dropped> {
        let (place, session) = self
            .sessions
            .by_index(index)
            .ok_or(Dropped::UnknownReceiver)?;
        if opened.counter >= REJECT_AFTER_MESSAGES || !session.replay.accept(opened.counter) {
            return Err(Dropped::Replayed);
        }
        self.endpoint = Some(arrival.from);
        self.rx_bytes += (DATA_OVERHEAD + opened.padded_len) as u64;
        if place == Place::Next {
            self.sessions.confirm_next();
            self.release_stale_indices(local);
            self.handshake_complete(now, local);
            self.flush_staged(now, local);
        }
        self.refresh_on_receipt(now, local);
        self.timers.authenticated_packet_received(now);
        if plaintext.is_empty() {
            self.timers.keepalive_received();
            return Ok(Received::Nothing);
        }
        self.timers.data_received(now);
        let len = ip::stated_len(plaintext).ok_or(Dropped::MalformedPacket)?;
        let packet = &mut plaintext[..len];
        if !ecn::decapsulate(arrival.tos, packet) {
            return Err(Dropped::Congested);
        }
        let start = opened.plaintext().start;
        Ok(Received::Packet(start..start + len))
    }

    /// Ask for a new session in the last minute of one that we initiated, so that there is no gap.
    fn refresh_on_receipt(&mut self, now: Duration, local: &mut Local) {
        let is_late = self.sessions.current().is_some_and(|session| {
            session.keys.is_initiator && session.age(now) >= REKEY_AFTER_TIME_RECEIVING
        });
        if is_late && self.timers.take_lastminute_handshake() {
            self.request_handshake(now, local);
        }
    }
}
