//! Holding packets back so that later ones overtake them.

use serde::{Deserialize, Serialize};

use crate::seed::Stream;
use crate::stage::{Drops, Line, Stage};
use crate::units::{Probability, Span};
use crate::{Packet, PathSpec, Payload, Time};

/// Which packets are held back, and for how long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reorder {
    /// The probability of a packet to be held back.
    pub probability: Probability,
    /// For how long it is; what follows it meanwhile overtakes it.
    pub hold: Span,
}

/// The stage that holds packets back.
pub(crate) struct ReorderStage<P> {
    spec: Option<Reorder>,
    stream: Stream,
    line: Line<P>,
}

impl<P> ReorderStage<P> {
    pub(crate) fn new(stream: Stream) -> ReorderStage<P> {
        ReorderStage {
            spec: None,
            stream,
            line: Line::new(),
        }
    }
}

impl<P: Payload> Stage<P> for ReorderStage<P> {
    fn change(&mut self, spec: &PathSpec, _now: Time, _drops: &mut Drops<P>) {
        self.spec = spec.reorder.clone();
    }

    fn give(&mut self, mut packet: Packet<P>, _drops: &mut Drops<P>) {
        if let Some(Reorder { probability, hold }) = &self.spec
            && self.stream.of(&packet).chance(probability.fraction())
        {
            packet.at += hold.duration();
        }
        self.line.insert(packet);
    }

    fn take(&mut self, now: Time, _drops: &mut Drops<P>) -> Option<Packet<P>> {
        self.line.take(now)
    }

    fn due(&self) -> Option<Time> {
        self.line.due()
    }
}
