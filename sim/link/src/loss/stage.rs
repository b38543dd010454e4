use super::Loss;
use super::bernoulli::Bernoulli;
use super::four_state::{FourState, State};
use super::gilbert_elliott::GilbertElliott;
use super::listed::Listed;
use super::on_off::OnOff;
use crate::replay::Replay;
use crate::seed::{Draws, Stream};
use crate::stage::{Drops, Line, Stage};
use crate::units::Probability;
use crate::{DropReason, Packet, PathSpec, Payload, Time};

/// What decides which packets are lost. It is asked about every packet given to the path, in order.
pub(super) trait Model: Send {
    /// Whether the packet `serial`, which is here at `at`, is lost.
    fn loses(&mut self, serial: u64, at: Time, draws: Draws) -> bool;
}

impl Model for Replay<Probability> {
    fn loses(&mut self, serial: u64, at: Time, mut draws: Draws) -> bool {
        draws.chance(self.value(serial, at).fraction())
    }
}

fn model(spec: &Loss, stream: Stream, now: Time) -> Option<Box<dyn Model>> {
    Some(match spec {
        Loss::Bernoulli(p) => Box::new(Bernoulli(*p)),
        Loss::GilbertElliott {
            p,
            r,
            loss_good,
            loss_bad,
        } => Box::new(GilbertElliott {
            p: *p,
            r: *r,
            loss_good: *loss_good,
            loss_bad: *loss_bad,
            bad: false,
        }),
        Loss::FourState {
            p13,
            p31,
            p32,
            p23,
            p14,
        } => Box::new(FourState {
            p13: p13.fraction(),
            p31: p31.fraction(),
            p32: p32.fraction(),
            p23: p23.fraction(),
            p14: p14.fraction(),
            state: State::Gap,
        }),
        Loss::Listed(serials) => Box::new(Listed::new(serials)),
        Loss::OnOff { on, off, spread } => Box::new(OnOff::new(*on, *off, *spread, stream, now)),
        Loss::Replay { samples, every } => Box::new(Replay::new(samples.here()?, *every)),
    })
}

/// The stage that loses packets.
pub(crate) struct LossStage<P> {
    spec: Option<Loss>,
    model: Option<Box<dyn Model>>,
    stream: Stream,
    survivors: Line<P>,
}

impl<P> LossStage<P> {
    pub(crate) fn new(stream: Stream) -> LossStage<P> {
        LossStage {
            spec: None,
            model: None,
            stream,
            survivors: Line::new(),
        }
    }
}

impl<P: Payload> Stage<P> for LossStage<P> {
    fn change(&mut self, spec: &PathSpec, now: Time, _drops: &mut Drops<P>) {
        if self.spec != spec.loss {
            self.model = spec
                .loss
                .as_ref()
                .and_then(|loss| model(loss, self.stream, now));
            self.spec = spec.loss.clone();
        }
    }

    fn give(&mut self, packet: Packet<P>, drops: &mut Drops<P>) {
        let draws = self.stream.of(&packet);
        let lost = self
            .model
            .as_mut()
            .is_some_and(|model| model.loses(packet.serial, packet.at, draws));
        if lost {
            let at = packet.at;
            drops.add(packet, at, DropReason::Loss);
        } else {
            self.survivors.insert(packet);
        }
    }

    fn take(&mut self, now: Time, _drops: &mut Drops<P>) -> Option<Packet<P>> {
        self.survivors.take(now)
    }

    fn due(&self) -> Option<Time> {
        self.survivors.due()
    }
}
