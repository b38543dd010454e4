//! The transport: keeps an object of each end the same at the other end, over datagrams that may get lost.
//!
//! It is sans-IO: no sockets, no clock. [`Transport`] has four kinds of methods:
//!
//! - *inputs*: [`handle_datagram`](Transport::handle_datagram), [`handle_path_change`](Transport::handle_path_change),
//!   [`handle_oversized`](Transport::handle_oversized);
//! - *mutators* of the application: [`local_mut`](Transport::local_mut), [`shut_down`](Transport::shut_down);
//! - *outputs*: [`poll_transmit`](Transport::poll_transmit) and [`next_deadline`](Transport::next_deadline);
//! - getters.
//!
//! After any input or mutation, read [`remote`](Transport::remote), then call `poll_transmit` until it returns `None`,
//! then wait for a datagram or for `next_deadline`, and call `poll_transmit` again. The remote object must be read
//! before polling, for polling acknowledges it, and the peer may then let us forget what it held.

mod assembly;
mod clock;
mod connection;
mod mtu;
mod outgoing;
mod pacing;
mod peer;
mod receiver;
mod redundancy;
mod rtt;
mod sender;
mod statistics;
mod stream;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::crypto::Key;
use crate::state::Synchronised;
use crate::wire::compression::Compressor;
use crate::wire::fragment::Fragment;
use crate::wire::instruction::{Instruction, SHUTDOWN};
use assembly::Assembly;
use connection::Connection;
use mtu::{LongestArrival, PathMtu};
use receiver::{Outcome, Receiver};
use redundancy::Redundancy;
use sender::{Path, Sender, Style};
use stream::Stream;

pub use connection::{Arrival, Transmit};
pub use pacing::Collection;
pub use rtt::RoundTrip;
pub use statistics::Statistics;

/// Which end of a session this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Speaks first, to a fixed address, from whatever address it has.
    Client {
        /// The server's address.
        server: SocketAddr,
    },
    /// Follows the client wherever it moves.
    Server,
}

/// How an end goes about it. Any two understand each other, and stock peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// How long writes are collected into a frame.
    pub collection: Collection,
    /// How many frames may follow each other without a send interval between them; at least 1.
    pub frame_burst: u32,
    /// Repeat small differences early when the path loses datagrams.
    pub early_repeats: bool,
    /// Let data go at once even if an acknowledgement went just before, retry before the peer was ever heard, and look for
    /// a server that has fallen silent.
    pub eager: bool,
    /// Find out how large datagrams may be, and notice when large ones vanish.
    pub mtu_discovery: bool,
}

impl Tuning {
    /// What stock does; its collection interval is 8 ms on a server and 1 ms on a client.
    pub const fn stock(collection: std::time::Duration) -> Self {
        Self {
            collection: Collection::Fixed(collection),
            frame_burst: 1,
            early_repeats: false,
            eager: false,
            mtu_discovery: false,
        }
    }

    /// What is best.
    pub const fn best() -> Self {
        Self {
            collection: Collection::Adaptive,
            frame_burst: 3,
            early_repeats: true,
            eager: true,
            mtu_discovery: true,
        }
    }
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// We shut down, and the peer knows.
    Acknowledged,
    /// The peer shut down, and we have told it that we know.
    ByPeer,
    /// We shut down, and the peer has not answered: after 16 tries or 10 s.
    Unanswered,
    /// The key has encrypted as much as it may.
    KeySpent,
}

/// One end of a session that owns an `L` and follows the peer's `R`.
pub struct Transport<L, R> {
    tuning: Tuning,
    connection: Connection,
    mtu: PathMtu,
    longest_arrival: LongestArrival,
    sender: Sender<L>,
    receiver: Receiver<R>,
    assembly: Assembly,
    compressor: Compressor,
    chaff: ChaCha8Rng,
    instruction_id: u64,
    outgoing: VecDeque<Transmit>,
    last_new_state: Instant,
    stream: Stream,
    path_changed: Option<Instant>,
    is_key_spent: bool,
    statistics: Statistics,
}

impl<L: Synchronised, R: Synchronised> Transport<L, R> {
    /// An end of a session. Both ends must start from equal objects. `seed` decides the chaff, nothing else.
    pub fn new(
        role: Role,
        key: &Key,
        tuning: Tuning,
        (local, remote): (L, R),
        seed: u64,
        now: Instant,
    ) -> Self {
        let style = Style {
            collection: tuning.collection,
            burst: tuning.frame_burst,
            acks_count_as_frames: !tuning.eager,
            retries_unheard: tuning.eager,
            seeks: tuning.eager && matches!(role, Role::Client { .. }),
        };
        Self {
            tuning,
            connection: Connection::new(role, key, now),
            mtu: PathMtu::new(tuning.mtu_discovery),
            longest_arrival: LongestArrival::new(now),
            sender: Sender::new(local, style, now),
            receiver: Receiver::new(remote),
            assembly: Assembly::default(),
            compressor: Compressor::new(),
            chaff: ChaCha8Rng::seed_from_u64(seed),
            instruction_id: 0,
            outgoing: VecDeque::new(),
            last_new_state: now,
            stream: Stream::default(),
            path_changed: None,
            is_key_spent: false,
            statistics: Statistics::default(),
        }
    }

    /// A datagram came in. Whatever it contains, the worst that happens is that it is dropped and counted.
    pub fn handle_datagram(&mut self, arrival: &Arrival<'_>, now: Instant) {
        self.statistics.received(arrival.payload.len());
        let Ok(opening) = self.connection.handle_datagram(arrival, now) else {
            self.statistics.rejected += 1;
            return;
        };
        self.longest_arrival
            .handle_arrival(arrival.payload.len(), now);
        if opening.has_moved && self.tuning.eager {
            self.handle_move(now);
        }
        let Ok(fragment) = Fragment::parse(&opening.fragment) else {
            self.statistics.malformed += 1;
            return;
        };
        if let Some(stream) = self.assembly.add(fragment) {
            self.handle_instruction(&stream, now);
        }
    }

    fn handle_move(&mut self, now: Instant) {
        self.mtu.handle_path_change(now);
        // What a client has under way went to all addresses of the server.
        if self.connection.peer().is_client() {
            self.sender.handle_path_change(now);
        }
    }

    fn handle_instruction(&mut self, stream: &[u8], now: Instant) {
        let message = self.compressor.decompress(stream);
        let instruction = message.as_deref().map(Instruction::parse);
        let Ok(Ok(instruction)) = instruction else {
            self.statistics.malformed += 1;
            return;
        };
        self.sender.handle_acknowledgement(instruction.ack_num);
        self.mtu
            .handle_acknowledgement(self.sender.acknowledged_num());
        self.handle_reports(&instruction);
        let outcome = self.receiver.handle(&instruction, now);
        let redundancy = self.redundancy(now);
        let rtt = self.connection.rtt();
        let path = Path { rtt, redundancy };
        match outcome {
            Outcome::Newest { changed } => {
                self.last_new_state = now;
                self.sender
                    .handle_new_state(instruction.new_num, changed, path, now);
                if changed {
                    self.stream.handle_arrival(now);
                }
            }
            Outcome::Known => {
                self.statistics.repeated += 1;
                if self.tuning.eager && instruction.new_num == self.receiver.newest_num() {
                    self.sender.handle_repeated_state(path, now);
                }
            }
            Outcome::OutOfOrder => self.statistics.repeated += 1,
            Outcome::UnknownReference | Outcome::Quenched => self.statistics.unusable += 1,
            Outcome::Invalid => self.statistics.malformed += 1,
        }
    }

    /// What the peer says of how our datagrams fare.
    fn handle_reports(&mut self, instruction: &Instruction<'_>) {
        self.connection.loss_mut().handle_report(instruction.loss);
        if let (Some(longest), Some(peer)) = (instruction.longest, self.peer()) {
            self.mtu.handle_report(longest, peer);
        }
    }

    /// The host's addresses or routes have changed: a client starts afresh from a new socket and lets the server know
    /// at once.
    pub fn handle_path_change(&mut self, now: Instant) {
        self.connection.open_socket(now);
        self.mtu.handle_path_change(now);
        self.longest_arrival = LongestArrival::new(now);
        self.sender.handle_path_change(now);
        self.path_changed = Some(now);
    }

    /// A server has told where it can be reached: there it is looked for when it does not answer.
    pub fn learn_addresses(&mut self, server: &[SocketAddr]) {
        self.connection.peer_mut().learn(server);
    }

    /// The kernel refused a datagram as too large for the path (`EMSGSIZE`).
    pub fn handle_oversized(&mut self, refused: &Transmit, now: Instant) {
        self.mtu
            .handle_oversized(refused.payload.len(), refused.destination, now);
    }

    /// The object that this end owns, to be written to.
    pub fn local_mut(&mut self, now: Instant) -> &mut L {
        self.stream.handle_write();
        self.sender.current_mut(now)
    }

    /// The object that this end owns, for changes that the peer cannot see: they are not waited for in collecting writes.
    pub fn local_unseen_mut(&mut self) -> &mut L {
        self.sender.current_unseen_mut()
    }

    /// Begins to end the session. Repeated calls have no effect.
    pub fn shut_down(&mut self, now: Instant) {
        self.sender.shut_down(now);
    }

    /// The next datagram to send, if there is one to be sent now.
    pub fn poll_transmit(&mut self, now: Instant) -> Option<Transmit> {
        if self.outgoing.is_empty() {
            self.connection.detach_if_silent(now);
            self.ask_after_stream(now);
            if self.peer().is_some() && self.ended(now).is_none() {
                self.make_datagrams(now);
            }
        }
        let transmit = self.outgoing.pop_front()?;
        self.statistics.sent(transmit.payload.len());
        Some(transmit)
    }

    /// A stream that falls silent has ended, or a middlebox has lost our address: in that case only a word of ours lets
    /// the peer know the new one.
    fn ask_after_stream(&mut self, now: Instant) {
        let silent = self.stream.silent_at(self.connection.rtt());
        if self.tuning.eager && silent.is_some_and(|at| at <= now) {
            self.stream = Stream::default();
            self.sender.ask(now);
        }
    }

    /// When to call [`poll_transmit`](Self::poll_transmit) again if nothing happens before. `None`: not at all.
    pub fn next_deadline(&self, now: Instant) -> Option<Instant> {
        if self.peer().is_none() || self.ended(now).is_some() {
            return None;
        }
        let rtt = self.connection.rtt();
        let silent = self.stream.silent_at(rtt).filter(|_| self.tuning.eager);
        let redundancy = self.redundancy(now);
        let next = self.sender.next_deadline(Path { rtt, redundancy }, now);
        Some(silent.map_or(next, |at| at.min(next)))
    }

    /// Whether the session is over, and how.
    pub fn ended(&self, now: Instant) -> Option<Ended> {
        if self.is_key_spent {
            Some(Ended::KeySpent)
        } else if self.sender.is_shutdown_acknowledged() {
            Some(Ended::Acknowledged)
        } else if self.sender.farewells() > self.further_farewells() {
            Some(Ended::ByPeer)
        } else if self.sender.is_shutdown_given_up(now) {
            Some(Ended::Unanswered)
        } else {
            None
        }
    }

    /// A path that loses datagrams calls for saying more than once that we know of the peer's end.
    fn further_farewells(&self) -> u32 {
        if self.tuning.early_repeats {
            let loss = self.connection.loss().measured();
            Redundancy::for_path(loss, self.connection.rtt()).copies
        } else {
            0
        }
    }

    /// The object that this end owns.
    pub fn local(&self) -> &L {
        self.sender.current()
    }

    /// The newest state of the peer's object.
    pub fn remote(&self) -> &R {
        self.receiver.newest()
    }

    /// The number of the newest state of the peer's object.
    pub fn remote_num(&self) -> u64 {
        self.receiver.newest_num()
    }

    /// When the peer's newest state came in; at first, when the session began.
    pub fn remote_changed_at(&self) -> Instant {
        self.last_new_state
    }

    /// The number under which the newest state of ours was sent.
    pub fn sent_num(&self) -> u64 {
        self.sender.sent_num()
    }

    /// The number of our newest state that the peer has acknowledged.
    pub fn acknowledged_num(&self) -> u64 {
        self.sender.acknowledged_num()
    }

    /// When the newest state that the peer has acknowledged was sent: since then the path has worked both ways.
    pub fn acknowledged_sent_at(&self) -> Instant {
        self.sender.acknowledged_sent_at()
    }

    /// When an authentic datagram last came in.
    pub fn last_heard(&self) -> Option<Instant> {
        self.connection.last_heard()
    }

    /// Where the peer is, if known.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.connection.peer().current()
    }

    /// Whether either end has begun to end the session.
    pub fn is_shutting_down(&self) -> bool {
        self.sender.is_shutting_down() || self.sender.has_peer_shut_down()
    }

    /// Whether the peer has begun to end the session.
    pub fn has_peer_shut_down(&self) -> bool {
        self.receiver.newest_num() == SHUTDOWN
    }

    /// What has been measured of the path.
    pub fn rtt(&self) -> &RoundTrip {
        self.connection.rtt()
    }

    /// What has been counted so far.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }
}
