//! Making packets arrive twice.

use crate::seed::Stream;
use crate::stage::{Drops, Line, Stage};
use crate::units::Probability;
use crate::{Packet, PathSpec, Payload, Time};

/// The stage that makes a second packet of some; the copy follows the original at once.
pub(crate) struct DuplicateStage<P> {
    probability: Probability,
    stream: Stream,
    passed: Line<P>,
}

impl<P> DuplicateStage<P> {
    pub(crate) fn new(stream: Stream) -> DuplicateStage<P> {
        DuplicateStage {
            probability: Probability::ZERO,
            stream,
            passed: Line::new(),
        }
    }
}

impl<P: Payload> Stage<P> for DuplicateStage<P> {
    fn change(&mut self, spec: &PathSpec, _now: Time, _drops: &mut Drops<P>) {
        self.probability = spec.duplicate.unwrap_or_default();
    }

    fn give(&mut self, packet: Packet<P>, _drops: &mut Drops<P>) {
        let chosen = self.stream.of(&packet).chance(self.probability.fraction());
        let copy = chosen.then(|| Packet {
            copy: true,
            ..packet.clone()
        });
        self.passed.insert(packet);
        if let Some(copy) = copy {
            self.passed.insert(copy);
        }
    }

    fn take(&mut self, now: Time, _drops: &mut Drops<P>) -> Option<Packet<P>> {
        self.passed.take(now)
    }

    fn due(&self) -> Option<Time> {
        self.passed.due()
    }
}
