use super::stage::Model;
use crate::Time;
use crate::seed::Draws;
use crate::units::Probability;

pub(super) struct Bernoulli(pub(super) Probability);

impl Model for Bernoulli {
    fn loses(&mut self, _serial: u64, _at: Time, mut draws: Draws) -> bool {
        draws.chance(self.0.fraction())
    }
}
