use super::stage::Model;
use crate::Time;
use crate::seed::Draws;
use crate::units::Probability;

pub(super) struct FourState {
    pub(super) p13: f64,
    pub(super) p31: f64,
    pub(super) p32: f64,
    pub(super) p23: f64,
    pub(super) p14: f64,
    pub(super) state: State,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum State {
    /// State 1.
    Gap,
    /// State 2.
    ReceivedInBurst,
    /// State 3.
    LostInBurst,
    /// State 4.
    LostAlone,
}

impl Model for FourState {
    fn loses(&mut self, _serial: u64, _at: Time, mut draws: Draws) -> bool {
        let u = draws.unit();
        self.state = match self.state {
            State::Gap if u < self.p13 => State::LostInBurst,
            State::Gap if u < self.p13 + self.p14 => State::LostAlone,
            State::ReceivedInBurst if u < self.p23 => State::LostInBurst,
            State::LostInBurst if u < self.p31 => State::Gap,
            State::LostInBurst if u < self.p31 + self.p32 => State::ReceivedInBurst,
            State::LostAlone => State::Gap,
            stays => stays,
        };
        matches!(self.state, State::LostInBurst | State::LostAlone)
    }
}

/// The share of packets lost in the long run: the stationary probability of states 3 and 4.
///
/// Flows between the states balance: π3 p31 = π1 p13, π2 p23 = π3 p32, π4 = π1 p14. None where the chain can get stuck in
/// a state that it only may reach.
pub(super) fn mean(
    p13: Probability,
    p31: Probability,
    p32: Probability,
    p23: Probability,
    p14: Probability,
) -> Option<f64> {
    let [p13, p31, p32, p23, p14] = [p13, p31, p32, p23, p14].map(Probability::fraction);
    if p13 == 0.0 {
        return Some(p14 / (1.0 + p14)); // States 2 and 3 are never reached.
    }
    if p31 == 0.0 || (p32 > 0.0 && p23 == 0.0) {
        return None;
    }
    let pi3 = p13 / p31;
    let pi2 = if p32 == 0.0 { 0.0 } else { pi3 * p32 / p23 };
    Some((pi3 + p14) / (1.0 + pi2 + pi3 + p14))
}
