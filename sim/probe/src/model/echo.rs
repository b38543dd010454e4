//! A session of datagrams that come back, as `roamlab echo` has it.

use std::collections::VecDeque;
use std::time::Instant;

use super::carrier::{Arrived, Toward};
use super::programs::Programs;
use crate::echo::READY;

/// Both ends.
pub(super) struct Echo {
    typed: VecDeque<Vec<u8>>,
    echoed: VecDeque<Vec<u8>>,
    /// What the client has still to write.
    lines: Vec<u8>,
}

impl Default for Echo {
    fn default() -> Self {
        Echo {
            typed: VecDeque::new(),
            echoed: VecDeque::new(),
            lines: [READY.as_bytes(), b"\n"].concat(),
        }
    }
}

impl Programs for Echo {
    fn type_keys(&mut self, keys: &[u8], _now: Instant) {
        self.typed.push_back(keys.to_vec());
    }

    fn handle_datagram(&mut self, toward: Toward, arrived: &Arrived, _now: Instant) {
        match toward {
            Toward::Server => self.echoed.push_back(arrived.datagram.clone()),
            Toward::Client => self.lines.extend(&arrived.datagram),
        }
    }

    fn draw(&mut self, _now: Instant) -> Vec<u8> {
        std::mem::take(&mut self.lines)
    }

    fn poll_transmit(&mut self, toward: Toward, _now: Instant) -> Option<Vec<u8>> {
        match toward {
            Toward::Server => self.typed.pop_front(),
            Toward::Client => self.echoed.pop_front(),
        }
    }

    fn next_deadline(&self, _now: Instant) -> Option<Instant> {
        None
    }
}
