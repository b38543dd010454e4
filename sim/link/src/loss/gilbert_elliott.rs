use super::stage::Model;
use crate::Time;
use crate::seed::Draws;
use crate::units::Probability;

pub(super) struct GilbertElliott {
    pub(super) p: Probability,
    pub(super) r: Probability,
    pub(super) loss_good: Probability,
    pub(super) loss_bad: Probability,
    pub(super) bad: bool,
}

impl Model for GilbertElliott {
    fn loses(&mut self, _serial: u64, _at: Time, mut draws: Draws) -> bool {
        let turn = if self.bad { self.r } else { self.p };
        self.bad ^= draws.chance(turn.fraction());
        let loss = if self.bad {
            self.loss_bad
        } else {
            self.loss_good
        };
        draws.chance(loss.fraction())
    }
}

/// The share of packets lost in the long run.
pub(super) fn mean(
    p: Probability,
    r: Probability,
    loss_good: Probability,
    loss_bad: Probability,
) -> Option<f64> {
    let (p, r) = (p.fraction(), r.fraction());
    if p == 0.0 {
        return Some(loss_good.fraction()); // It never leaves the state in which it starts.
    }
    let bad = p / (p + r);
    Some((1.0 - bad) * loss_good.fraction() + bad * loss_bad.fraction())
}
