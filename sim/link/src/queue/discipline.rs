use std::collections::VecDeque;

use crate::stage::Drops;
use crate::units::Size;
use crate::{DropReason, Packet, Payload, Time};

/// What decides which packet is sent next, and which is not sent at all.
pub(crate) trait Discipline<P: Payload>: Send {
    /// Accept a packet, which arrives at `packet.at` and keeps that time while it waits.
    fn give(&mut self, packet: Packet<P>, drops: &mut Drops<P>);

    /// The packet whose turn it is at `now`.
    fn take(&mut self, now: Time, drops: &mut Drops<P>) -> Option<Packet<P>>;

    /// Whether nothing waits.
    fn is_empty(&self) -> bool;

    /// A packet to be moved to another discipline, those of one flow in their order.
    fn remove(&mut self) -> Option<Packet<P>>;
}

/// Packets that wait, first come first served.
pub(super) struct Backlog<P> {
    packets: VecDeque<Packet<P>>,
    bytes: u64,
}

impl<P> Backlog<P> {
    pub(super) fn new() -> Backlog<P> {
        Backlog {
            packets: VecDeque::new(),
            bytes: 0,
        }
    }

    pub(super) fn push(&mut self, packet: Packet<P>) {
        self.bytes += u64::from(packet.len);
        self.packets.push_back(packet);
    }

    /// Let `packet` wait if there is room, else drop it.
    pub(super) fn push_within(&mut self, limit: Limit, packet: Packet<P>, drops: &mut Drops<P>) {
        if limit.allows(self.packets() + 1, self.bytes + u64::from(packet.len)) {
            self.push(packet);
        } else {
            let now = packet.at;
            drops.add(packet, now, DropReason::QueueFull);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Packet<P>> {
        let packet = self.packets.pop_front()?;
        self.bytes -= u64::from(packet.len);
        Some(packet)
    }

    /// The packet that has waited longest.
    pub(super) fn head(&self) -> Option<&Packet<P>> {
        self.packets.front()
    }

    pub(super) fn packets(&self) -> u64 {
        self.packets.len() as u64
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }
}

/// How much may wait.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    packets: u64,
    bytes: u64,
}

impl Limit {
    pub(super) fn new(packets: Option<u64>, bytes: Option<Size>) -> Limit {
        Limit {
            packets: packets.unwrap_or(u64::MAX),
            bytes: bytes.map_or(u64::MAX, Size::bytes),
        }
    }

    pub(super) fn allows(&self, packets: u64, bytes: u64) -> bool {
        packets <= self.packets && bytes <= self.bytes
    }
}
