//! The contract of three calls that every stage of a path honours.

use std::collections::VecDeque;

use crate::{DropReason, Dropped, Packet, PathSpec, Payload, Time};

/// One thing that happens to packets on their way.
///
/// A stage is advanced in time by what it is told: packets come in the order of their `at`, and never at a time
/// before one that `take` was asked about.
pub(crate) trait Stage<P: Payload>: Send {
    /// From `now` on, do what `spec` says. What is held stays held.
    fn change(&mut self, spec: &PathSpec, now: Time, drops: &mut Drops<P>);

    /// Accept a packet, which arrives at `packet.at`.
    fn give(&mut self, packet: Packet<P>, drops: &mut Drops<P>);

    /// The next packet that leaves no later than `now`; its `at` says when it left.
    fn take(&mut self, now: Time, drops: &mut Drops<P>) -> Option<Packet<P>>;

    /// When to call `take` next, if nothing is given before.
    fn due(&self) -> Option<Time>;
}

/// What the stages of one path have dropped and nobody has collected yet.
pub(crate) struct Drops<P>(VecDeque<Dropped<P>>);

impl<P> Drops<P> {
    pub(crate) fn new() -> Drops<P> {
        Drops(VecDeque::new())
    }

    /// Drop `packet` at `at`.
    pub(crate) fn add(&mut self, mut packet: Packet<P>, at: Time, reason: DropReason) {
        packet.at = at;
        self.0.push_back(Dropped { packet, reason });
    }

    pub(crate) fn take(&mut self) -> Option<Dropped<P>> {
        self.0.pop_front()
    }
}

/// Packets in the order in which they leave; of those that leave together, the first come is the first gone.
pub(crate) struct Line<P>(VecDeque<Packet<P>>);

impl<P> Line<P> {
    pub(crate) fn new() -> Line<P> {
        Line(VecDeque::new())
    }

    /// Let `packet` leave at its `at`.
    pub(crate) fn insert(&mut self, packet: Packet<P>) {
        if self.0.back().is_none_or(|last| last.at <= packet.at) {
            self.0.push_back(packet);
        } else {
            let place = self.0.partition_point(|other| other.at <= packet.at);
            self.0.insert(place, packet);
        }
    }

    /// The next packet, if it leaves no later than `now`.
    pub(crate) fn take(&mut self, now: Time) -> Option<Packet<P>> {
        self.0.pop_front_if(|packet| packet.at <= now)
    }

    /// When the next packet leaves.
    pub(crate) fn due(&self) -> Option<Time> {
        self.0.front().map(|packet| packet.at)
    }
}
