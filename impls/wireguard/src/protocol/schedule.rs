//! Which peer's timers to look at, and when.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use super::peers::PeerId;

/// One wake-up for each peer, at its next deadline or before: a timer is put off with every packet, so a wake-up is moved
/// only when it has come.
#[derive(Default)]
pub(crate) struct Schedule {
    queue: BinaryHeap<Reverse<(Duration, PeerId)>>,
    wakeups: HashMap<PeerId, Duration>,
}

impl Schedule {
    /// `peer` has to be looked at by `deadline`, or not at all.
    pub(crate) fn update(&mut self, peer: PeerId, deadline: Option<Duration>) {
        let Some(deadline) = deadline else { return };
        let wakeup = self.wakeups.get(&peer);
        if wakeup.is_none_or(|wakeup| deadline < *wakeup) {
            self.wakeups.insert(peer, deadline);
            self.queue.push(Reverse((deadline, peer)));
        }
    }

    /// When a peer has to be looked at next; it may turn out that there is nothing to do yet.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.queue.peek().map(|Reverse((at, _))| *at)
    }

    /// A peer to look at by `now`; it has no wake-up any more.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<PeerId> {
        let due = self.next().is_some_and(|at| at <= now);
        let Reverse((_, peer)) = due.then(|| self.queue.pop()).flatten()?;
        self.remove(peer);
        Some(peer)
    }

    /// `peer` is gone.
    pub(crate) fn remove(&mut self, peer: PeerId) {
        self.wakeups.remove(&peer);
        self.drop_void();
    }

    /// Keep at the head of the queue a wake-up that was neither moved nor removed.
    fn drop_void(&mut self) {
        while let Some(Reverse((at, peer))) = self.queue.peek()
            && self.wakeups.get(peer) != Some(at)
        {
            self.queue.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn peers_are_due_in_the_order_of_their_deadlines() {
        let mut schedule = Schedule::default();
        schedule.update(PeerId(1), Some(at(9)));
        schedule.update(PeerId(2), Some(at(5)));
        schedule.update(PeerId(3), None);
        assert_eq!(schedule.next(), Some(at(5)));
        assert_eq!(schedule.take_due(at(4)), None);
        assert_eq!(schedule.take_due(at(9)), Some(PeerId(2)));
        assert_eq!(schedule.take_due(at(9)), Some(PeerId(1)));
        assert_eq!(schedule.take_due(at(9)), None);
    }

    #[test]
    fn a_sooner_deadline_moves_the_wakeup_and_a_later_one_does_not() {
        let mut schedule = Schedule::default();
        schedule.update(PeerId(1), Some(at(9)));
        for later in 10..1000 {
            schedule.update(PeerId(1), Some(at(later)));
        }
        assert_eq!(schedule.queue.len(), 1);
        schedule.update(PeerId(1), Some(at(3)));
        assert_eq!(schedule.take_due(at(3)), Some(PeerId(1)));
        assert_eq!(schedule.take_due(at(9)), None, "the old wake-up is void");
    }

    #[test]
    fn a_peer_that_is_gone_is_not_due() {
        let mut schedule = Schedule::default();
        schedule.update(PeerId(1), Some(at(9)));
        schedule.remove(PeerId(1));
        assert_eq!(schedule.take_due(at(9)), None);
    }
}
