//! From instructions to datagrams: what goes out, how it is cut, and where to.

use std::net::SocketAddr;
use std::time::Instant;

use rand_chacha::rand_core::Rng as _;

use super::Transport;
use super::assembly::fragments;
use super::mtu::OVERHEAD;
use super::redundancy::{ACK_DELAY, Redundancy};
use super::sender::Path;
use crate::state::Synchronised;
use crate::wire::fragment::Fragment;
use crate::wire::instruction::{Instruction, MAX_CHAFF};

impl<L: Synchronised, R: Synchronised> Transport<L, R> {
    pub(super) fn make_datagrams(&mut self, now: Instant) {
        let path = Path {
            rtt: self.connection.rtt(),
            redundancy: self.redundancy(now),
        };
        let Some(instruction) = self.sender.poll(path, now) else {
            return;
        };
        let num = instruction.new_num;
        let mut chaff = [0; MAX_CHAFF];
        let chaff_len = self.chaff.next_u32() as usize % (MAX_CHAFF + 1);
        self.chaff.fill_bytes(&mut chaff[..chaff_len]);
        let talks = self.tuning.early_repeats;
        let message = Instruction {
            chaff: &chaff[..chaff_len],
            loss: self.connection.loss().report().filter(|_| talks),
            longest: self.longest_arrival.report(now).filter(|_| talks),
            ..instruction
        }
        .emit();
        let Ok(stream) = self.compressor.compress(&message) else {
            self.statistics.unsendable += 1;
            return;
        };
        self.send_fragments(num, &stream, now);
        self.try_longer(stream.len(), now);
    }

    fn send_fragments(&mut self, num: u64, stream: &[u8], now: Instant) {
        self.connection
            .hop_if_stuck(self.sender.acknowledged_sent_at(), now);
        let destinations = self.destinations(now);
        let slice_lens = destinations.iter().map(|&to| self.mtu.slice_len(to));
        let Some(slice_len) = slice_lens.min() else {
            return;
        };
        let overdue = 2 * self.connection.rtt().timeout() + ACK_DELAY;
        self.mtu.handle_sent(num, stream.len(), overdue, now);
        self.instruction_id += 1;
        for destination in destinations {
            for fragment in fragments(self.instruction_id, stream, slice_len) {
                match self.connection.seal(&fragment.emit(), destination, now) {
                    Ok(transmit) => self.outgoing.push_back(transmit),
                    Err(_) => self.is_key_spent = true,
                }
            }
        }
    }

    /// Where an instruction goes. A server that may be out of reach is looked for everywhere; the address that it had
    /// comes last, since the server stays with the newest datagram if both arrive.
    fn destinations(&self, now: Instant) -> Vec<SocketAddr> {
        let peer = self.connection.peer();
        let others = peer.others().filter(|_| self.is_path_doubtful(now));
        others.chain(peer.current()).collect()
    }

    /// Whether nothing shows that the path still works: it has changed, or data should have been acknowledged long ago.
    fn is_path_doubtful(&self, now: Instant) -> bool {
        let confirmed = self.sender.acknowledged_sent_at();
        let path = Path {
            rtt: self.connection.rtt(),
            redundancy: self.redundancy(now),
        };
        self.tuning.eager
            && (self.path_changed.is_some_and(|at| confirmed < at)
                || self.sender.is_overdue(path, now))
    }

    pub(super) fn redundancy(&self, now: Instant) -> Redundancy {
        if !self.tuning.early_repeats || self.connection.is_congested(now) {
            return Redundancy::NONE;
        }
        Redundancy::for_path(self.connection.loss().expected(), self.connection.rtt())
    }

    /// Finds out whether longer datagrams get through, if that would have saved some: by one that says nothing new, and
    /// that the peer reports if it comes.
    fn try_longer(&mut self, stream_len: usize, now: Instant) {
        let Some(remote) = self.peer().filter(|_| !self.is_shutting_down()) else {
            return;
        };
        let Some(len) = self.mtu.next_trial(stream_len, remote, now) else {
            return;
        };
        let Some(stream) = self.make_ballast(len - OVERHEAD) else {
            return;
        };
        self.instruction_id += 1;
        let fragment = Fragment {
            instruction_id: self.instruction_id,
            number: 0,
            is_final: true,
            slice: &stream,
        };
        match self.connection.seal(&fragment.emit(), remote, now) {
            Ok(transmit) => self.outgoing.push_back(transmit),
            Err(_) => self.is_key_spent = true,
        }
    }

    /// An instruction that is this long when it is compressed, but for a few bytes.
    fn make_ballast(&mut self, len: usize) -> Option<Vec<u8>> {
        let mut chaff = vec![0; len];
        self.chaff.fill_bytes(&mut chaff);
        let instruction = self.sender.ballast();
        let mut compress = |chaff: &[u8]| {
            let message = Instruction {
                chaff,
                ..instruction
            }
            .emit();
            self.compressor.compress(&message).ok()
        };
        // Random bytes are not compressed: what is too long is so by what surrounds them.
        let excess = compress(&chaff)?.len().checked_sub(len)?;
        compress(chaff.get(excess..)?).filter(|stream| stream.len() <= len)
    }
}
