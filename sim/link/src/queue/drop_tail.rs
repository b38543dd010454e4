use super::discipline::{Backlog, Discipline, Limit};
use crate::stage::Drops;
use crate::{Packet, Payload, Time};

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
        self.backlog.push_within(self.limit, packet, drops);
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
