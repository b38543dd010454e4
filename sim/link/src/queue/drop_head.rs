use super::discipline::{Backlog, Discipline, Limit};
use crate::stage::Drops;
use crate::{DropReason, Packet, Payload, Time};

/// Drops what has waited longest when something arrives at the limit.
pub(super) struct DropHead<P> {
    limit: Limit,
    backlog: Backlog<P>,
}

impl<P> DropHead<P> {
    pub(super) fn new(limit: Limit) -> DropHead<P> {
        DropHead {
            limit,
            backlog: Backlog::new(),
        }
    }
}

impl<P: Payload> Discipline<P> for DropHead<P> {
    fn give(&mut self, packet: Packet<P>, drops: &mut Drops<P>) {
        let now = packet.at;
        self.backlog.push(packet);
        while !self
            .limit
            .allows(self.backlog.packets(), self.backlog.bytes())
        {
            let Some(head) = self.backlog.pop() else {
                break;
            };
            drops.add(head, now, DropReason::QueueFull);
        }
    }

    fn take(&mut self, _now: Time, _drops: &mut Drops<P>) -> Option<Packet<P>> {
        self.backlog.pop()
    }

    fn is_empty(&self) -> bool {
        self.backlog.is_empty()
    }

    fn remove(&mut self) -> Option<Packet<P>> {
        self.backlog.pop()
    }
}
