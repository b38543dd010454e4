//! Handshakes with one peer (paper §5.4, §6.4).

use std::time::Duration;

use super::Peer;
use crate::protocol::device::Dropped;
use crate::protocol::endpoint::Endpoint;
use crate::protocol::local::{HANDSHAKE_TOS, Local, Transmit};
use crate::protocol::message::{cookie_reply, initiation, response};
use crate::protocol::noise::{
    OpenedInitiation, SentInitiation, SessionSecrets, VerifiedInitiation,
};
use crate::protocol::session::Session;
use crate::protocol::tai64n::Tai64n;
use crate::protocol::transport::TransportKeys;

/// At most one initiation is accepted from a peer in this time: INITIATIONS_PER_SECOND is 50.
const INITIATION_INTERVAL: Duration = Duration::from_millis(20);

impl Peer {
    /// Ask for a new session, unless a handshake message was sent within the last five seconds.
    pub(crate) fn request_handshake(&mut self, now: Duration, local: &mut Local) {
        if self.timers.may_initiate(now) {
            self.send_initiation(now, local, false);
        }
    }

    /// The response did not come: try again, elsewhere if the kernel now knows better, or give up.
    pub(super) fn retransmit_handshake(&mut self, now: Duration, local: &mut Local) {
        if self.timers.may_retry() {
            self.forget_source();
            self.send_initiation(now, local, true);
        } else {
            self.staged.clear();
            self.timers.handshake_given_up(now);
        }
    }

    fn send_initiation(&mut self, now: Duration, local: &mut Local, is_retry: bool) {
        let Some(endpoint) = self.endpoint else {
            return;
        };
        let Some(message) = self.write_initiation(now, local) else {
            return;
        };
        self.timers.authenticated_packet_sent(now);
        let retry = self.retry.unwrap_or(local.retry);
        self.timers
            .initiation_sent(now, is_retry, retry, local.jitter());
        self.transmit_handshake(local, endpoint, message.to_vec());
    }

    fn write_initiation(
        &mut self,
        now: Duration,
        local: &mut Local,
    ) -> Option<[u8; initiation::LEN]> {
        let identity = local.identity.clone()?;
        let static_static = self.static_static.clone()?;
        let index = self.allocate_index(local);
        let timestamp = self.fresh_timestamp(local.unix(now));
        let (sent, mut message) = SentInitiation::write(
            &identity,
            &self.public_key,
            &static_static,
            &local.ephemeral(),
            timestamp,
            index,
        )?;
        self.macs.stamp(now, &mut message);
        self.initiation = Some(sent);
        self.release_stale_indices(local);
        Some(message)
    }

    /// A timestamp greater than all before, whatever the wall clock does.
    fn fresh_timestamp(&mut self, unix: Duration) -> Tai64n {
        let least = self.timestamp_sent.map(Tai64n::successor);
        let timestamp = least.map_or(Tai64n::new(unix), |least| least.max(Tai64n::new(unix)));
        self.timestamp_sent = Some(timestamp);
        timestamp
    }

    /// The peer has sent an initiation: answer it.
    pub(crate) fn handle_initiation(
        &mut self,
        now: Duration,
        local: &mut Local,
        from: Endpoint,
        opened: OpenedInitiation,
    ) -> Result<(), Dropped> {
        let static_static = self.static_static.as_ref().ok_or(Dropped::Forged)?;
        let verified = opened.verify(static_static).ok_or(Dropped::Forged)?;
        self.admit(now, &verified)?;

        let index = self.allocate_index(local);
        let ephemeral = local.ephemeral();
        let Some((secrets, mut message)) = verified.respond(&self.preshared_key, &ephemeral, index)
        else {
            self.release_stale_indices(local);
            return Err(Dropped::Forged);
        };
        self.macs.stamp(now, &mut message);
        let session = self.new_session(now, &secrets, index, false);
        self.sessions.begin_as_responder(session);
        self.release_stale_indices(local);

        self.endpoint = Some(from);
        self.rx_bytes += initiation::LEN as u64;
        self.timers.authenticated_packet_received(now);
        self.timers.response_sent(now);
        self.timers.authenticated_packet_sent(now);
        self.transmit_handshake(local, from, message.to_vec());
        Ok(())
    }

    /// Refuse replays, and floods of what may be no replay.
    fn admit(&mut self, now: Duration, verified: &VerifiedInitiation) -> Result<(), Dropped> {
        if self.greatest_timestamp >= Some(verified.timestamp) {
            return Err(Dropped::Replayed);
        }
        let since = |accepted| now.saturating_sub(accepted);
        if self
            .initiation_accepted
            .is_some_and(|at| since(at) < INITIATION_INTERVAL)
        {
            return Err(Dropped::RateLimited);
        }
        self.greatest_timestamp = Some(verified.timestamp);
        self.initiation_accepted = Some(now);
        Ok(())
    }

    /// A response to our initiation of index `index` has come.
    ///
    /// An initiation of the peer's in the meantime does not make us forget ours, as it does in the kernel: when both ends
    /// begin at once, both handshakes succeed, instead of none for five seconds.
    pub(crate) fn handle_response(
        &mut self,
        now: Duration,
        local: &mut Local,
        from: Endpoint,
        message: &[u8; response::LEN],
        index: u32,
    ) -> Result<(), Dropped> {
        let identity = local.identity.clone().ok_or(Dropped::UnknownReceiver)?;
        let sent = self.initiation.as_ref().filter(|sent| sent.index == index);
        let secrets = sent
            .ok_or(Dropped::UnknownReceiver)?
            .read_response(&identity, &self.preshared_key, message)
            .ok_or(Dropped::Forged)?;
        self.initiation = None;
        let session = self.new_session(now, &secrets, index, true);
        self.sessions.begin_as_initiator(session);
        self.release_stale_indices(local);

        self.endpoint = Some(from);
        self.rx_bytes += response::LEN as u64;
        self.timers.authenticated_packet_received(now);
        self.handshake_complete(now, local);
        self.send_keepalive(now, local);
        Ok(())
    }

    /// A cookie for our last handshake message has come; it goes into the next.
    pub(crate) fn handle_cookie_reply(
        &mut self,
        now: Duration,
        reply: &[u8; cookie_reply::LEN],
    ) -> Result<(), Dropped> {
        let believed = self.macs.handle_reply(now, reply);
        believed.then_some(()).ok_or(Dropped::Forged)
    }

    /// Both sides are known to have the keys of a new session.
    pub(super) fn handshake_complete(&mut self, now: Duration, local: &Local) {
        self.timers.handshake_complete();
        self.last_handshake = Some(local.unix(now));
    }

    fn new_session(
        &mut self,
        now: Duration,
        secrets: &SessionSecrets,
        index: u32,
        is_initiator: bool,
    ) -> Session {
        self.timers.session_derived(now);
        let keys = TransportKeys::new(secrets, index, is_initiator, now);
        Session::new(keys)
    }

    fn transmit_handshake(&mut self, local: &mut Local, endpoint: Endpoint, contents: Vec<u8>) {
        self.tx_bytes += contents.len() as u64;
        local.transmits.push_back(Transmit {
            peer: Some(self.id),
            endpoint,
            tos: HANDSHAKE_TOS,
            contents,
        });
    }
}
