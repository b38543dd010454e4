//! What stands between the two programs of a session.

use std::time::Instant;

use super::wire::Traffic;

/// Which way a datagram goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Toward {
    Server,
    Client,
}

impl Toward {
    /// Both ways.
    pub(super) const BOTH: [Toward; 2] = [Toward::Server, Toward::Client];
}

/// The traffic class of what our programs send: able to be marked, ECT(0) (RFC 3168, section 5).
pub(super) const ABLE: u8 = 0b10;

/// A datagram that has arrived.
pub(super) struct Arrived {
    /// The TOS or traffic class of its IP header.
    pub(super) tos: u8,
    /// What is behind its UDP header.
    pub(super) datagram: Vec<u8>,
}

impl Arrived {
    /// Whether it was marked with "congestion experienced" (RFC 3168, section 5).
    pub(super) fn is_congested(&self) -> bool {
        self.tos & 0b11 == 0b11
    }
}

/// Carries datagrams: the wire, or a tunnel through it.
pub(super) trait Carrier {
    /// Sends a datagram with this TOS or traffic class.
    fn send(&mut self, toward: Toward, tos: u8, datagram: &[u8], now: Instant);

    /// The next datagram that has arrived.
    fn receive(&mut self, toward: Toward, now: Instant) -> Option<Arrived>;

    /// When something is to be received next, or to be done.
    fn next_event(&self) -> Option<Instant>;

    /// What the wire has been given so far.
    fn traffic(&self) -> Traffic;
}
