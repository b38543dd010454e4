//! The times between keys, or lines, drawn from what a scenario asks for.

use std::time::Duration;

use rand_distr::{Distribution, Exp1, LogNormal};
use rand_pcg::Pcg64;
use scenario::Gap;

/// The longest gap that is drawn; no distribution may stop a run for ever.
const LONGEST: f64 = 3600.0;

/// The next of the gaps that a scenario asks for.
pub(super) fn draw(gap: &Gap, random: &mut Pcg64) -> Duration {
    let seconds = match gap {
        Gap::Constant(gap) => return gap.duration(),
        Gap::Uniform { min, max } => {
            let (min, max) = (min.as_secs_f64(), max.as_secs_f64());
            min + unit(random) * (max - min)
        }
        Gap::Exponential { mean } => {
            let share: f64 = Exp1.sample(random);
            mean.as_secs_f64() * share
        }
        Gap::LogNormal { mean, sd } => {
            let (mean, sd) = (mean.as_secs_f64(), sd.as_secs_f64());
            // A mean of nothing has no coefficient of variation; its gaps are nothing.
            LogNormal::from_mean_cv(mean, sd / mean).map_or(0.0, |gaps| gaps.sample(random))
        }
    };
    Duration::from_secs_f64(seconds.clamp(0.0, LONGEST))
}

/// A fraction in [0, 1).
pub(super) fn unit(random: &mut Pcg64) -> f64 {
    rand_distr::StandardUniform.sample(random)
}
