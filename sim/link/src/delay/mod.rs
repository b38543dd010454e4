//! How long packets travel.

mod distribution;
mod stage;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::units::{Probability, Span};
use crate::{Samples, Source, SourceError};

pub(crate) use stage::DelayStage;

/// How long each packet travels.
///
/// `correlation` is that of one packet's delay with the next one's (0 when left out, 1 is not allowed): exactly so for
/// normal delays, and for the others of the normal deviates that they are made from. It leaves the distribution as it
/// is, unlike netem's, which narrows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Delay {
    /// Always the same.
    Constant(Span),
    /// Anything between `min` and `max`, equally likely.
    Uniform {
        /// The shortest.
        min: Span,
        /// The longest.
        max: Span,
        /// Of successive packets.
        #[serde(default)]
        correlation: Probability,
    },
    /// Normal, but never negative.
    Normal {
        /// The mean.
        mean: Span,
        /// The standard deviation.
        sd: Span,
        /// Of successive packets.
        #[serde(default)]
        correlation: Probability,
    },
    /// Log-normal above `min`.
    LogNormal {
        /// What every packet takes at least (0 when left out).
        #[serde(default)]
        min: Span,
        /// The mean, `min` included.
        mean: Span,
        /// The standard deviation.
        sd: Span,
        /// Of successive packets.
        #[serde(default)]
        correlation: Probability,
    },
    /// Pareto: longer than `min + x` with probability `(1 + x / scale) ^ -shape`.
    Pareto {
        /// The shortest.
        min: Span,
        /// How far the tail stretches; `min` when left out, which is Pareto's type I, else it is type II.
        scale: Option<Span>,
        /// The tail index: the mean is finite above 1, the variance above 2.
        shape: f64,
        /// Of successive packets.
        #[serde(default)]
        correlation: Probability,
    },
    /// Distributed as these measurements are, interpolated between them.
    Empirical {
        /// The measurements, in any order.
        samples: Source<Samples<Span>>,
        /// Of successive packets.
        #[serde(default)]
        correlation: Probability,
    },
    /// These delays, one after the other and again from the start.
    Replay {
        /// The delays.
        samples: Source<Samples<Span>>,
        /// How long each lasts; one packet each when left out.
        every: Option<Span>,
    },
}

impl Delay {
    pub(crate) fn load<E: fmt::Display>(
        &mut self,
        read: &mut impl FnMut(&str) -> Result<String, E>,
    ) -> Result<(), SourceError> {
        match self {
            Delay::Empirical { samples, .. } | Delay::Replay { samples, .. } => samples.load(read),
            _ => Ok(()),
        }
    }

    pub(crate) fn file(&self) -> Option<&str> {
        match self {
            Delay::Empirical { samples, .. } | Delay::Replay { samples, .. } => samples.file(),
            _ => None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Delay::Uniform { min, max, .. } if min > max => {
                Err(format!("the shortest, {min}, is above the longest, {max}"))
            }
            Delay::LogNormal { min, mean, .. } if min >= mean => Err(format!(
                "the mean, {mean}, must be above the shortest, {min}"
            )),
            Delay::Pareto { shape, .. } if !(*shape > 0.0 && shape.is_finite()) => {
                Err(format!("the shape, {shape}, must be a number above 0"))
            }
            Delay::Pareto { min, scale, .. } if scale.unwrap_or(*min) == Span::default() => {
                Err("the scale (`min` when left out) must be longer than 0s".to_owned())
            }
            Delay::Replay {
                every: Some(every), ..
            } if *every == Span::default() => Err("`every` must be longer than 0s".to_owned()),
            _ if self.correlation() == Probability::ONE => Err(
                "a correlation of 1 would make all delays the same; it must be below 1".to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// The delay that a share `u` (0 to 1) of packets does not exceed; none where delays are not drawn from a
    /// distribution, or its file is not loaded.
    pub fn quantile(&self, u: f64) -> Option<Duration> {
        distribution::quantile(self, u).map(|nanos| Duration::from_nanos(nanos as u64))
    }

    /// The correlation of successive delays.
    pub fn correlation(&self) -> Probability {
        match self {
            Delay::Constant(_) | Delay::Replay { .. } => Probability::ZERO,
            Delay::Uniform { correlation, .. }
            | Delay::Normal { correlation, .. }
            | Delay::LogNormal { correlation, .. }
            | Delay::Pareto { correlation, .. }
            | Delay::Empirical { correlation, .. } => *correlation,
        }
    }
}
