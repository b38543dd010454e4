//! The states that were sent and not yet superseded by an acknowledgement.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::state::Synchronised;

/// At most this many states are kept …
const MAX_STATES: usize = 32;
/// … by dropping the one this far from the newest: the peer most likely holds the oldest and the newest.
const DROPPED_FROM_END: usize = 16;

/// A state as it was when it was sent last.
pub(super) struct Sent<T> {
    pub(super) num: u64,
    pub(super) first_sent_at: Instant,
    pub(super) sent_at: Instant,
    pub(super) state: T,
}

/// Sent states by ascending number, from the newest acknowledged one to the newest. Both ends hold state 0 from the
/// start.
pub(super) struct History<T> {
    acknowledged: Sent<T>,
    unacknowledged: VecDeque<Sent<T>>,
    /// States up to this number went where the peer no longer is.
    doubted: u64,
}

impl<T: Synchronised> History<T> {
    pub(super) fn new(initial: T, now: Instant) -> Self {
        Self {
            acknowledged: Sent {
                num: 0,
                first_sent_at: now,
                sent_at: now,
                state: initial,
            },
            unacknowledged: VecDeque::new(),
            doubted: 0,
        }
    }

    pub(super) fn acknowledged(&self) -> &Sent<T> {
        &self.acknowledged
    }

    pub(super) fn newest(&self) -> &Sent<T> {
        self.unacknowledged.back().unwrap_or(&self.acknowledged)
    }

    pub(super) fn newest_mut(&mut self) -> &mut Sent<T> {
        self.unacknowledged
            .back_mut()
            .unwrap_or(&mut self.acknowledged)
    }

    /// The newest state that the peer can be assumed to hold: it and all before it were sent less than `timeout` ago,
    /// so that no acknowledgement is overdue.
    pub(super) fn assumed(&self, now: Instant, timeout: Duration) -> &Sent<T> {
        let is_fresh = |sent: &&Sent<T>| sent.num > self.doubted && now < sent.sent_at + timeout;
        self.unacknowledged
            .iter()
            .take_while(is_fresh)
            .last()
            .unwrap_or(&self.acknowledged)
    }

    /// When the oldest state that tells the peer something new was first sent.
    pub(super) fn unanswered_since(&self) -> Option<Instant> {
        let is_news = |sent: &&Sent<T>| !sent.state.same_as(&self.acknowledged.state);
        let oldest = self.unacknowledged.iter().find(is_news);
        oldest.map(|sent| sent.first_sent_at)
    }

    /// No longer assumes of any state sent so far that the peer holds it.
    pub(super) fn doubt_all(&mut self) {
        self.doubted = self.newest().num;
    }

    /// Records that `state` is sent under the next number.
    pub(super) fn record(&mut self, state: &T, now: Instant) {
        self.record_as(self.newest().num.saturating_add(1), state, now);
    }

    /// Records that `state` is sent under the number `num`.
    pub(super) fn record_as(&mut self, num: u64, state: &T, now: Instant) {
        let sent = Sent {
            num,
            first_sent_at: now,
            sent_at: now,
            state: state.clone(),
        };
        if self.newest().num == num {
            *self.newest_mut() = sent;
            return;
        }
        self.unacknowledged.push_back(sent);
        if self.unacknowledged.len() >= MAX_STATES {
            self.unacknowledged
                .remove(self.unacknowledged.len() - DROPPED_FROM_END);
        }
    }

    /// The peer acknowledged state `num`; the states before it are dropped. Returns whether that is news.
    pub(super) fn acknowledge(&mut self, num: u64) -> bool {
        let Ok(at) = self
            .unacknowledged
            .binary_search_by_key(&num, |sent| sent.num)
        else {
            return false;
        };
        let Some(acknowledged) = self.unacknowledged.drain(..=at).next_back() else {
            return false;
        };
        self.acknowledged = acknowledged;
        for sent in &mut self.unacknowledged {
            sent.state.forget(&self.acknowledged.state);
        }
        true
    }
}
