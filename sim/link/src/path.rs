//! One direction of one path: a list of stages.

use crate::delay::DelayStage;
use crate::loss::LossStage;
use crate::stage::{Drops, Stage};
use crate::{DropReason, Dropped, Packet, PathSeed, PathSpec, Payload, SpecError, Time};

/// One direction of one path.
///
/// [`give`](Path::give) it packets, [`take`](Path::take) what has arrived, and come back when it is
/// [`due`](Path::due). Every packet given comes out of `take`, or of [`take_drop`](Path::take_drop) with the reason.
///
/// Times that it is told must not go back. It may be asked late: the packets' own times, and what happens to
/// them, are the same.
pub struct Path<P> {
    stages: Vec<Box<dyn Stage<P>>>,
    drops: Drops<P>,
    given: u64,
    cut: bool,
    now: Time,
}

impl<P: Payload> Path<P> {
    /// The path that `spec` describes, with the randomness of `seed`.
    ///
    /// # Errors
    /// What [`PathSpec::check`] finds, or a file that is not [loaded](PathSpec::load).
    pub fn new(spec: &PathSpec, seed: PathSeed) -> Result<Path<P>, SpecError> {
        let mut path = Path {
            stages: vec![
                Box::new(LossStage::new(seed.stage("loss"))),
                Box::new(DelayStage::new(seed.stage("delay"))),
            ],
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
        for stage in &mut self.stages {
            stage.change(spec, self.now);
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
        self.advance(now);
        packet.serial = self.given;
        packet.at = self.now;
        self.given += 1;
        if self.cut {
            self.drops.add(packet, self.now, DropReason::Cut);
        } else {
            self.stages[0].give(packet, &mut self.drops);
            self.pass_on();
        }
    }

    /// The next packet that has arrived by `now`; its `at` says when.
    pub fn take(&mut self, now: Time) -> Option<Packet<P>> {
        self.advance(now);
        let last = self.stages.last_mut()?;
        last.take(self.now, &mut self.drops)
    }

    /// When to call [`take`](Path::take) next, if nothing is given before.
    pub fn due(&self) -> Option<Time> {
        self.stages.iter().filter_map(|stage| stage.due()).min()
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
            while let Some(packet) = before[next - 1].take(self.now, &mut self.drops) {
                after[0].give(packet, &mut self.drops);
            }
        }
    }
}
