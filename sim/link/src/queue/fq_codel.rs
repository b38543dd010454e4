//! Flow queue CoDel: RFC 8290, section 4.

use std::collections::VecDeque;

use super::codel::{Aim, Control};
use super::discipline::{Backlog, Discipline, Limit};
use crate::seed::Stream;
use crate::stage::Drops;
use crate::units::Size;
use crate::{DropReason, Packet, Payload, Time};

/// How many packets are dropped at once, at most, when the limit is exceeded: so that the search for the flow to drop
/// from is not repeated for every packet of a flood.
const DROP_BATCH: u64 = 64;

pub(super) struct FqCoDel<P> {
    limit: Limit,
    aim: Aim,
    quantum: i64,
    /// Salts the hash that tells flows apart.
    stream: Stream,
    flows: Box<[Flow<P>]>,
    new: VecDeque<usize>,
    old: VecDeque<usize>,
    packets: u64,
    bytes: u64,
}

struct Flow<P> {
    backlog: Backlog<P>,
    control: Control,
    /// How many bytes it may still send in this turn.
    deficit: i64,
    /// Whether it is among the new or the old flows.
    active: bool,
}

impl<P> FqCoDel<P> {
    pub(super) fn new(
        limit: Limit,
        aim: Aim,
        flows: u32,
        quantum: Size,
        stream: Stream,
    ) -> FqCoDel<P> {
        let idle = || Flow {
            backlog: Backlog::new(),
            control: Control::default(),
            deficit: 0,
            active: false,
        };
        FqCoDel {
            limit,
            aim,
            quantum: i64::try_from(quantum.bytes()).unwrap_or(i64::MAX),
            stream,
            flows: (0..flows).map(|_| idle()).collect(),
            new: VecDeque::new(),
            old: VecDeque::new(),
            packets: 0,
            bytes: 0,
        }
    }

    fn flow_of(&self, packet: &Packet<P>) -> usize {
        self.stream.nth(packet.flow).below(self.flows.len() as u64) as usize
    }

    /// Drop half of the longest flow from its head, but no more than a batch.
    fn drop_from_longest(&mut self, now: Time, drops: &mut Drops<P>) {
        let length = |flow: &&mut Flow<P>| (flow.backlog.bytes(), flow.backlog.packets());
        let Some(longest) = self.flows.iter_mut().max_by_key(length) else {
            return;
        };
        for _ in 0..longest.backlog.packets().div_ceil(2).min(DROP_BATCH) {
            let Some(head) = longest.backlog.pop() else {
                return;
            };
            self.packets -= 1;
            self.bytes -= u64::from(head.len);
            drops.add(head, now, DropReason::QueueFull);
        }
    }

    /// What `flow` sends next, after CoDel has dropped what has to go.
    fn dequeue(&mut self, flow: usize, now: Time, drops: &mut Drops<P>) -> Option<Packet<P>>
    where
        P: Payload,
    {
        let Flow {
            backlog, control, ..
        } = &mut self.flows[flow];
        let before = (backlog.packets(), backlog.bytes());
        let packet = control.dequeue(&self.aim, backlog, now, drops);
        self.packets -= before.0 - backlog.packets();
        self.bytes -= before.1 - backlog.bytes();
        packet
    }
}

impl<P: Payload> Discipline<P> for FqCoDel<P> {
    fn give(&mut self, packet: Packet<P>, drops: &mut Drops<P>) {
        let now = packet.at;
        let index = self.flow_of(&packet);
        let flow = &mut self.flows[index];
        self.packets += 1;
        self.bytes += u64::from(packet.len);
        flow.backlog.push(packet);
        if !flow.active {
            flow.active = true;
            flow.deficit = self.quantum;
            self.new.push_back(index);
        }
        while !self.limit.allows(self.packets, self.bytes) {
            self.drop_from_longest(now, drops);
        }
    }

    fn take(&mut self, now: Time, drops: &mut Drops<P>) -> Option<Packet<P>> {
        loop {
            let is_new = !self.new.is_empty();
            let list = if is_new { &mut self.new } else { &mut self.old };
            let index = *list.front()?;
            if self.flows[index].deficit <= 0 {
                list.pop_front();
                self.flows[index].deficit += self.quantum;
                self.old.push_back(index);
                continue;
            }
            if let Some(packet) = self.dequeue(index, now, drops) {
                self.flows[index].deficit -= i64::from(packet.len);
                return Some(packet);
            }
            // A new flow that has run dry becomes an old one, so that it cannot starve those by coming back at once.
            if is_new {
                self.new.pop_front();
                self.old.push_back(index);
            } else {
                self.old.pop_front();
                self.flows[index].active = false;
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.packets == 0
    }

    fn remove(&mut self) -> Option<Packet<P>> {
        let flow = self
            .flows
            .iter_mut()
            .find(|flow| !flow.backlog.is_empty())?;
        let packet = flow.backlog.pop()?;
        self.packets -= 1;
        self.bytes -= u64::from(packet.len);
        Some(packet)
    }
}
