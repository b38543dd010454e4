//! One direction of one path: a list of stages.

use crate::corrupt::CorruptStage;
use crate::delay::DelayStage;
use crate::duplicate::DuplicateStage;
use crate::loss::LossStage;
use crate::mtu::MtuStage;
use crate::rate::RateStage;
use crate::reorder::ReorderStage;
use crate::stage::{Drops, Stage};
use crate::{DropReason, Dropped, Packet, PathSeed, PathSpec, Payload, SpecError, Time};

/// One direction of one path.
///
/// [`give`](Path::give) it packets, [`take`](Path::take) what has arrived, and come back when it is
/// [`due`](Path::due). Every packet given comes out of `take`, or of [`take_drop`](Path::take_drop) with the reason,
/// where it waits until it is collected.
///
/// A time before one that the path has been told already counts as that one. It may be asked late: the packets' own
/// times, and what happens to them, are the same.
pub struct Path<P> {
    seed: PathSeed,
    /// The stages that do something, in the order of [`kinds`], with their places there.
    stages: Vec<(usize, Box<dyn Stage<P>>)>,
    drops: Drops<P>,
    given: u64,
    cut: bool,
    now: Time,
}

/// A kind of stage: whether a spec needs one, and how it is made.
type Kind<P> = (fn(&PathSpec) -> bool, fn(PathSeed) -> Box<dyn Stage<P>>);

/// The kinds of stages, in the order in which packets pass them.
fn kinds<P: Payload>() -> [Kind<P>; 7] {
    [
        (
            |spec| spec.loss.is_some(),
            |seed| Box::new(LossStage::new(seed.stage("loss"))),
        ),
        (|spec| spec.mtu.is_some(), |_| Box::new(MtuStage::new())),
        (
            |spec| spec.duplicate.is_some(),
            |seed| Box::new(DuplicateStage::new(seed.stage("duplicate"))),
        ),
        (
            |spec| spec.corrupt.is_some(),
            |seed| Box::new(CorruptStage::new(seed.stage("corrupt"))),
        ),
        (
            |spec| spec.rate.is_some(),
            |seed| Box::new(RateStage::new(seed.stage("queue"))),
        ),
        // There is always one, so that there is something to take from.
        (
            |_| true,
            |seed| Box::new(DelayStage::new(seed.stage("delay"))),
        ),
        (
            |spec| spec.reorder.is_some(),
            |seed| Box::new(ReorderStage::new(seed.stage("reorder"))),
        ),
    ]
}

impl<P: Payload> Path<P> {
    /// The path that `spec` describes, with the randomness of `seed`.
    ///
    /// # Errors
    /// What [`PathSpec::check`] finds, or a file that is not [loaded](PathSpec::load).
    pub fn new(spec: &PathSpec, seed: PathSeed) -> Result<Path<P>, SpecError> {
        let mut path = Path {
            seed,
            stages: Vec::new(),
            drops: Drops::new(),
            given: 0,
            cut: false,
            now: Time::ZERO,
        };
        path.change(spec, Time::ZERO)?;
        Ok(path)
    }

    /// From `now` on, do what `spec` says. What is under way stays under way; stages that stay the same go on as
    /// they were.
    ///
    /// # Errors
    /// As [`new`](Path::new); the path then stays as it was.
    pub fn change(&mut self, spec: &PathSpec, now: Time) -> Result<(), SpecError> {
        spec.check_loaded()?;
        self.advance(now);
        for (kind, (is_needed, make)) in kinds().into_iter().enumerate() {
            let place = self.stages.partition_point(|(other, _)| *other < kind);
            let is_here = self
                .stages
                .get(place)
                .is_some_and(|(other, _)| *other == kind);
            if is_needed(spec) && !is_here {
                self.stages.insert(place, (kind, make(self.seed)));
            }
        }
        for (_, stage) in &mut self.stages {
            stage.change(spec, self.now, &mut self.drops);
        }
        Ok(())
    }

    /// From `now` on, drop all packets that are given. Those under way still arrive.
    pub fn cut(&mut self, now: Time) {
        self.advance(now);
        self.cut = true;
    }

    /// Undo [`cut`](Path::cut).
    pub fn heal(&mut self, now: Time) {
        self.advance(now);
        self.cut = false;
    }

    /// Send `packet` at `now`. Sets its `serial` and `at`.
    pub fn give(&mut self, mut packet: Packet<P>, now: Time) {
        self.now = self.now.max(now);
        packet.serial = self.given;
        packet.at = self.now;
        self.given += 1;
        match self.stages.first_mut() {
            Some((_, first)) if !self.cut => first.give(packet, &mut self.drops),
            _ => self.drops.add(packet, self.now, DropReason::Cut),
        }
        self.pass_on();
    }

    /// The next packet that has arrived by `now`; its `at` says when.
    pub fn take(&mut self, now: Time) -> Option<Packet<P>> {
        self.advance(now);
        let (_, last) = self.stages.last_mut()?;
        last.take(self.now, &mut self.drops)
    }

    /// When to call [`take`](Path::take) next, if nothing is given before.
    pub fn due(&self) -> Option<Time> {
        self.stages
            .iter()
            .filter_map(|(_, stage)| stage.due())
            .min()
    }

    /// The next packet that was dropped, in no particular order of time.
    pub fn take_drop(&mut self) -> Option<Dropped<P>> {
        self.drops.take()
    }

    fn advance(&mut self, now: Time) {
        if now > self.now {
            self.now = now;
            self.pass_on();
        }
    }

    /// Move packets from stage to stage, each at its own time, up to now.
    fn pass_on(&mut self) {
        for next in 1..self.stages.len() {
            let (before, after) = self.stages.split_at_mut(next);
            let ((_, before), (_, after)) = (&mut before[next - 1], &mut after[0]);
            while let Some(packet) = before.take(self.now, &mut self.drops) {
                after.give(packet, &mut self.drops);
            }
        }
    }
}
