use std::time::Duration;

use crate::delay::Delay;
use crate::delay::distribution::Distribution;
use crate::replay::Replay;
use crate::seed::{Draws, Stream};
use crate::stage::{Drops, Line, Stage};
use crate::units::Span;
use crate::{Packet, PathSpec, Payload, Time};

/// The stage that holds every packet for its delay.
pub(crate) struct DelayStage<P> {
    spec: Option<Delay>,
    model: Model,
    overtaking: bool,
    stream: Stream,
    line: Line<P>,
    last_leaves: Time,
}

enum Model {
    Constant(Duration),
    Drawn(Distribution),
    Replayed(Replay<Span>),
}

impl Model {
    fn new(spec: Option<&Delay>) -> Model {
        let drawn = |delay| Distribution::new(delay).map(Model::Drawn);
        let model = match spec {
            None => None,
            Some(Delay::Constant(delay)) => Some(Model::Constant(delay.duration())),
            Some(Delay::Replay { samples, every }) => {
                let replay = |samples| Model::Replayed(Replay::new(samples, *every));
                samples.here().map(replay)
            }
            Some(delay) => drawn(delay),
        };
        model.unwrap_or(Model::Constant(Duration::ZERO))
    }

    /// How long the packet `serial`, which is here at `at`, is to travel.
    fn delay(&mut self, serial: u64, at: Time, mut draws: Draws) -> Duration {
        match self {
            Model::Constant(delay) => *delay,
            // `as` takes what is negative to 0 and what is too long to the longest.
            Model::Drawn(distribution) => {
                Duration::from_nanos(distribution.draw(&mut draws) as u64)
            }
            Model::Replayed(replay) => replay.value(serial, at).duration(),
        }
    }
}

impl<P> DelayStage<P> {
    pub(crate) fn new(stream: Stream) -> DelayStage<P> {
        DelayStage {
            spec: None,
            model: Model::new(None),
            overtaking: false,
            stream,
            line: Line::new(),
            last_leaves: Time::ZERO,
        }
    }
}

impl<P: Payload> Stage<P> for DelayStage<P> {
    fn change(&mut self, spec: &PathSpec, _now: Time, _drops: &mut Drops<P>) {
        self.overtaking = spec.overtaking;
        if self.spec != spec.delay {
            self.model = Model::new(spec.delay.as_ref());
            self.spec = spec.delay.clone();
        }
    }

    fn give(&mut self, mut packet: Packet<P>, _drops: &mut Drops<P>) {
        let draws = self.stream.of(&packet);
        packet.at += self.model.delay(packet.serial, packet.at, draws);
        if !self.overtaking {
            packet.at = packet.at.max(self.last_leaves);
        }
        self.last_leaves = self.last_leaves.max(packet.at);
        self.line.insert(packet);
    }

    fn take(&mut self, now: Time, _drops: &mut Drops<P>) -> Option<Packet<P>> {
        self.line.take(now)
    }

    fn due(&self) -> Option<Time> {
        self.line.due()
    }
}
