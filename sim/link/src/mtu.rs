//! Dropping what is too long.

use crate::stage::{Drops, Line, Stage};
use crate::{DropReason, Packet, PathSpec, Payload, Time};

/// The stage that drops packets longer than the path's MTU.
pub(crate) struct MtuStage<P> {
    mtu: u64,
    passed: Line<P>,
}

impl<P> MtuStage<P> {
    pub(crate) fn new() -> MtuStage<P> {
        MtuStage {
            mtu: u64::MAX,
            passed: Line::new(),
        }
    }
}

impl<P: Payload> Stage<P> for MtuStage<P> {
    fn change(&mut self, spec: &PathSpec, _now: Time, _drops: &mut Drops<P>) {
        self.mtu = spec.mtu.map_or(u64::MAX, |mtu| mtu.bytes());
    }

    fn give(&mut self, packet: Packet<P>, drops: &mut Drops<P>) {
        if u64::from(packet.len) > self.mtu {
            let now = packet.at;
            drops.add(packet, now, DropReason::Mtu);
        } else {
            self.passed.insert(packet);
        }
    }

    fn take(&mut self, now: Time, _drops: &mut Drops<P>) -> Option<Packet<P>> {
        self.passed.take(now)
    }

    fn due(&self) -> Option<Time> {
        self.passed.due()
    }
}
