use super::discipline::{Backlog, Discipline, Limit};
use crate::stage::Drops;
use crate::{DropReason, Packet, Payload, Time};

/// Drops what arrives at the limit.
pub(super) struct DropTail<P> {
    limit: Limit,
    backlog: Backlog<P>,
}

impl<P> DropTail<P> {
    pub(super) fn new(limit: Limit) -> DropTail<P> {
        DropTail {
            limit,
            backlog: Backlog::new(),
        }
    }
}

impl<P: Payload> Discipline<P> for DropTail<P> {
    fn give(&mut self, packet: Packet<P>, drops: &mut Drops<P>) {
        let bytes = self.backlog.bytes() + u64::from(packet.len);
        if self.limit.allows(self.backlog.packets() + 1, bytes) {
            self.backlog.push(packet);
        } else {
            let now = packet.at;
            drops.add(packet, now, DropReason::QueueFull);
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
