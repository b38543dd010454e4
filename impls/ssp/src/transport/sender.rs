//! The sender: decides what to tell the peer, against which state, and when.
//!
//! It always heads for the newest state. What lies between is skipped, and what the peer is likely to hold already is
//! left out: that guess is the *assumed* state.

mod history;

use std::time::{Duration, Instant};

use super::pacing::{Collection, Collector, Pacer};
use super::redundancy::{Redundancy, Repeats};
use super::rtt::RoundTrip;
use crate::state::Synchronised;
use crate::wire::instruction::{Instruction, SHUTDOWN};
use history::History;

/// An instruction is sent at least this often: it keeps NAT mappings alive and proves that we are.
const HEARTBEAT: Duration = Duration::from_millis(3000);

/// A client seeks a server that has missed two heartbeats: a server that hears nothing sends nothing, and knows no new
/// address, so that it takes a word of the client's for the session to go on.
const SILENCE: Duration = Duration::from_millis(6000);
const SEEK: Duration = Duration::from_millis(250);
/// One that has been silent for longer may never come back.
const SOUGHT: Duration = Duration::from_secs(120);

/// A peer silent for longer is not retried, only sent heartbeats.
const ACTIVE_RETRY: Duration = Duration::from_millis(10_000);

/// So many instructions try out a new path …
const PROBES: u32 = 4;
/// … and so many ask whether the peer still reaches us.
const QUESTIONS: u32 = 2;

/// The shutdown is given up after so many tries or so long.
const SHUTDOWN_TRIES: u32 = 16;
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(10_000);

/// The whole difference from the acknowledged state is preferred to the one from the assumed state while it is this
/// short and costs so little more: it cannot fail for lack of a reference.
const PROSPECTIVE_MAX: usize = 1000;
const PROSPECTIVE_EXTRA: usize = 100;

/// Longer differences are not repeated early: only what fits one datagram on any path.
const REPEATED_MAX: usize = 400;

/// How a sender differs from stock's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) collection: Collection,
    /// How many frames may follow each other at once.
    pub(super) burst: u32,
    /// Whether acknowledgements and heartbeats hold up the next frame.
    pub(super) acks_count_as_frames: bool,
    /// Whether to retry before the peer has ever been heard.
    pub(super) retries_unheard: bool,
    /// Whether to seek a peer that has fallen silent.
    pub(super) seeks: bool,
}

/// What the path is like.
#[derive(Clone, Copy)]
pub(super) struct Path<'a> {
    pub(super) rtt: &'a RoundTrip,
    pub(super) redundancy: Redundancy,
}

impl Path<'_> {
    /// For how long a state that was sent is assumed to have arrived: then its acknowledgement is overdue.
    fn assumed_for(self) -> Duration {
        self.rtt.timeout() + self.redundancy.ack_delay()
    }
}

/// The sending half of one end.
pub(super) struct Sender<T> {
    current: T,
    history: History<T>,
    style: Style,
    collector: Collector,
    pacer: Pacer,
    repeats: Repeats,
    /// When an instruction goes even if there is nothing to tell.
    next_ack: Instant,
    /// When the newest instruction went.
    last_sent: Instant,
    /// How many more go each after a timeout and not a heartbeat.
    probes_left: u32,
    ack_num: u64,
    last_heard: Option<Instant>,
    shutdown: Option<Shutdown>,
    /// How many instructions have acknowledged the peer's last state.
    farewells: u32,
    /// Of the instruction that `poll` returned last.
    diff: Vec<u8>,
}

struct Shutdown {
    began: Instant,
    tries: u32,
}

/// What to send.
enum Due {
    Repeat,
    Frame { ack_due: bool },
}

impl<T: Synchronised> Sender<T> {
    pub(super) fn new(initial: T, style: Style, now: Instant) -> Self {
        Self {
            current: initial.clone(),
            history: History::new(initial, now),
            style,
            collector: Collector::new(style.collection),
            pacer: Pacer::new(style.burst, now),
            repeats: Repeats::default(),
            next_ack: now,
            last_sent: now,
            probes_left: 0,
            ack_num: 0,
            last_heard: style.retries_unheard.then_some(now),
            shutdown: None,
            farewells: 0,
            diff: Vec::new(),
        }
    }

    pub(super) fn current(&self) -> &T {
        &self.current
    }

    pub(super) fn current_mut(&mut self, now: Instant) -> &mut T {
        self.collector.handle_write(now);
        &mut self.current
    }

    pub(super) fn current_unseen_mut(&mut self) -> &mut T {
        &mut self.current
    }

    pub(super) fn sent_num(&self) -> u64 {
        self.history.newest().num
    }

    pub(super) fn acknowledged_num(&self) -> u64 {
        self.history.acknowledged().num
    }

    /// When the newest acknowledged state was sent.
    pub(super) fn acknowledged_sent_at(&self) -> Instant {
        self.history.acknowledged().sent_at
    }

    /// Whether something should have been acknowledged long ago.
    pub(super) fn is_overdue(&self, path: Path<'_>, now: Instant) -> bool {
        let since = self.history.unanswered_since();
        since.is_some_and(|since| now > since + 2 * path.assumed_for())
    }

    /// The peer holds state `num`.
    pub(super) fn handle_acknowledgement(&mut self, num: u64) {
        if self.history.acknowledge(num) {
            self.current.forget(&self.history.acknowledged().state);
        }
        if self.history.acknowledged().num == self.history.newest().num {
            self.repeats.stop();
        }
    }

    /// The peer's state `num` has come in and is the newest.
    pub(super) fn handle_new_state(
        &mut self,
        num: u64,
        changed: bool,
        path: Path<'_>,
        now: Instant,
    ) {
        self.ack_num = num;
        self.last_heard = Some(now);
        self.probes_left = 0;
        if changed {
            self.next_ack = self.next_ack.min(now + path.redundancy.ack_delay());
        }
    }

    /// The peer's newest state, which has been acknowledged, has come in again. Unless it was sent before the peer could
    /// have heard of that, the acknowledgement was lost.
    pub(super) fn handle_repeated_state(&mut self, path: Path<'_>, now: Instant) {
        if now >= self.last_sent + path.rtt.smoothed() {
            self.next_ack = self.next_ack.min(now + path.redundancy.ack_delay());
        }
    }

    /// Asks whether the peer still reaches us: sends an instruction at once even if there is nothing to tell.
    pub(super) fn ask(&mut self, now: Instant) {
        self.probe(QUESTIONS, now);
    }

    fn probe(&mut self, probes: u32, now: Instant) {
        self.next_ack = now;
        self.probes_left = probes;
    }

    /// The peer, or we, have moved: what was under way is lost.
    pub(super) fn handle_path_change(&mut self, now: Instant) {
        self.history.doubt_all();
        self.probe(PROBES, now);
    }

    /// Begins to tell the peer that this is the end. Repeated calls have no effect.
    pub(super) fn shut_down(&mut self, now: Instant) {
        self.shutdown.get_or_insert(Shutdown {
            began: now,
            tries: 0,
        });
    }

    pub(super) fn is_shutting_down(&self) -> bool {
        self.shutdown.is_some()
    }

    pub(super) fn is_shutdown_acknowledged(&self) -> bool {
        self.history.acknowledged().num == SHUTDOWN
    }

    pub(super) fn is_shutdown_given_up(&self, now: Instant) -> bool {
        self.shutdown.as_ref().is_some_and(|shutdown| {
            shutdown.tries >= SHUTDOWN_TRIES || now >= shutdown.began + SHUTDOWN_TIMEOUT
        })
    }

    pub(super) fn has_peer_shut_down(&self) -> bool {
        self.ack_num == SHUTDOWN
    }

    /// How often the peer has been told that we know its end.
    pub(super) fn farewells(&self) -> u32 {
        self.farewells
    }

    /// When to poll next.
    pub(super) fn next_deadline(&self, path: Path<'_>, now: Instant) -> Instant {
        let deadlines = [self.next_send(path, now), self.repeats.due()];
        let deadline = deadlines.into_iter().flatten().min();
        let ack_due = self.ack_due(path.rtt);
        deadline.map_or(ack_due, |at| at.min(ack_due))
    }

    /// What to send now, if anything. The caller must send it, with chaff.
    pub(super) fn poll(&mut self, path: Path<'_>, now: Instant) -> Option<Instruction<'_>> {
        match self.due(path, now)? {
            Due::Repeat => self.repeat(now),
            Due::Frame { ack_due } => self.send_frame(ack_due, path, now),
        }
    }

    fn due(&self, path: Path<'_>, now: Instant) -> Option<Due> {
        let is_due = |at: Instant| at <= now;
        let ack_due = is_due(self.ack_due(path.rtt));
        if ack_due || self.next_send(path, now).is_some_and(is_due) {
            return Some(Due::Frame { ack_due });
        }
        self.repeats
            .due()
            .is_some_and(is_due)
            .then_some(Due::Repeat)
    }

    fn ack_due(&self, rtt: &RoundTrip) -> Instant {
        match &self.shutdown {
            Some(Shutdown { tries: 0, began }) => *began,
            None if !self.has_peer_shut_down() => self.next_ack,
            _ => self.history.newest().sent_at + rtt.send_interval(),
        }
    }

    fn next_send(&self, path: Path<'_>, now: Instant) -> Option<Instant> {
        let newest = self.history.newest();
        let interval = path.rtt.send_interval();
        if !self.current.same_as(&newest.state) {
            let collected = self.collector.ready_at().unwrap_or(now);
            return Some(collected.max(self.pacer.ready_at(interval)));
        }
        let is_active = self
            .last_heard
            .is_some_and(|heard| now < heard + ACTIVE_RETRY);
        if !is_active {
            return None;
        }
        let assumed = self.history.assumed(now, path.assumed_for());
        if !self.current.same_as(&assumed.state) {
            Some(self.last_sent + interval)
        } else if !self.current.same_as(&self.history.acknowledged().state) {
            Some(newest.sent_at + path.assumed_for())
        } else {
            None
        }
    }

    fn send_frame(
        &mut self,
        ack_due: bool,
        path: Path<'_>,
        now: Instant,
    ) -> Option<Instruction<'_>> {
        let old_num = self.choose_reference(path, now);
        if self.diff.is_empty() && !ack_due && self.is_newest_current() {
            self.collector.handle_nothing_to_send();
            return None;
        }
        let is_news = !self.current.same_as(&self.history.newest().state);
        if self.shutdown.is_some() {
            self.history.record_as(SHUTDOWN, &self.current, now);
        } else if is_news || self.diff.is_empty() {
            self.history.record(&self.current, now);
        } else if !path.redundancy.is_needed() {
            self.history.newest_mut().sent_at = now;
        }
        if is_news || self.style.acks_count_as_frames {
            self.pacer.handle_frame(path.rtt.send_interval(), now);
        }
        if is_news && self.diff.len() <= REPEATED_MAX {
            self.repeats.start(path.redundancy, now);
        }
        self.collector.handle_frame();
        self.last_sent = now;
        self.next_ack = now + self.until_next_ack(path.rtt, now);
        self.count_farewells();
        Some(self.instruction(old_num))
    }

    /// Computes the difference to send and returns the number of the state that it is made against.
    fn choose_reference(&mut self, path: Path<'_>, now: Instant) -> u64 {
        let acknowledged = self.history.acknowledged();
        let assumed = self.history.assumed(now, path.assumed_for());
        self.diff = self.current.diff_from(&assumed.state);
        if assumed.num == acknowledged.num {
            return assumed.num;
        }
        let whole = self.current.diff_from(&acknowledged.state);
        let is_cheap =
            whole.len() < PROSPECTIVE_MAX && whole.len() < self.diff.len() + PROSPECTIVE_EXTRA;
        if whole.len() > self.diff.len() && !is_cheap {
            return assumed.num;
        }
        self.diff = whole;
        acknowledged.num
    }

    /// Whether the newest state sent is the current one for all that the peer can see. Remembers so if it is.
    fn is_newest_current(&mut self) -> bool {
        let newest = self.history.newest_mut();
        let is_same = self.current.diff_from(&newest.state).is_empty();
        if is_same {
            newest.state = self.current.clone();
        }
        is_same
    }

    /// The newest state once more, against the acknowledged one. That does not make it any fresher: once the first
    /// acknowledgement is overdue, it is repeated until one comes.
    fn repeat(&mut self, now: Instant) -> Option<Instruction<'_>> {
        let acknowledged = self.history.acknowledged();
        let old_num = acknowledged.num;
        self.diff = self.history.newest().state.diff_from(&acknowledged.state);
        if self.diff.is_empty() || self.diff.len() > REPEATED_MAX {
            self.repeats.stop();
            return None;
        }
        self.repeats.handle_sent(now);
        self.last_sent = now;
        self.next_ack = now + HEARTBEAT;
        Some(self.instruction(old_num))
    }

    /// An instruction that tells nothing new: the peer holds the state that it makes. It is sent for what it weighs.
    pub(super) fn ballast(&self) -> Instruction<'static> {
        let num = self.history.acknowledged().num;
        Instruction {
            old_num: num,
            new_num: num,
            ack_num: self.ack_num,
            throwaway_num: num,
            ..Instruction::default()
        }
    }

    fn until_next_ack(&mut self, rtt: &RoundTrip, now: Instant) -> Duration {
        if self.probes_left > 0 {
            self.probes_left -= 1;
            rtt.timeout()
        } else if self.is_seeking(now) {
            SEEK
        } else {
            HEARTBEAT
        }
    }

    fn is_seeking(&self, now: Instant) -> bool {
        let is_sought = |heard| (SILENCE..SOUGHT).contains(&(now - heard));
        self.style.seeks && self.last_heard.is_some_and(is_sought)
    }

    fn count_farewells(&mut self) {
        if let Some(shutdown) = &mut self.shutdown {
            shutdown.tries += 1;
        }
        if self.ack_num == SHUTDOWN {
            self.farewells += 1;
        }
    }

    fn instruction(&self, old_num: u64) -> Instruction<'_> {
        Instruction {
            old_num,
            new_num: self.history.newest().num,
            ack_num: self.ack_num,
            throwaway_num: self.history.acknowledged().num,
            diff: &self.diff,
            ..Instruction::default()
        }
    }
}
