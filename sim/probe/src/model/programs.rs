//! What is at the two ends of a session.

use std::time::Instant;

use super::carrier::{Arrived, Toward};

/// The client and the server of a session. They take no time.
pub(super) trait Programs {
    /// Keys are typed into the client's terminal.
    fn type_keys(&mut self, keys: &[u8], now: Instant);

    /// A datagram has arrived at the end that it was sent toward.
    fn handle_datagram(&mut self, toward: Toward, arrived: &Arrived, now: Instant);

    /// What the client writes to its terminal now.
    fn draw(&mut self, now: Instant) -> Vec<u8>;

    /// The next datagram that is to be sent.
    fn poll_transmit(&mut self, toward: Toward, now: Instant) -> Option<Vec<u8>>;

    /// When something is to be done that no datagram and no key brings about.
    fn next_deadline(&self, now: Instant) -> Option<Instant>;
}
