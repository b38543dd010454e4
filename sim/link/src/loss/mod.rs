//! Which packets are lost.

mod bernoulli;
mod four_state;
mod gilbert_elliott;
mod listed;
mod on_off;
mod stage;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::units::{Probability, Span};
use crate::{Samples, Source, SourceError};

pub(crate) use stage::LossStage;

/// Which packets are lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Loss {
    /// Each with this probability, whatever happens to the others.
    Bernoulli(Probability),
    /// In bursts: a Markov chain of two states, good and bad, that makes a step at every packet (Gilbert, "Capacity
    /// of a burst-noise channel", 1960; Elliott 1963). It starts good.
    ///
    /// With the defaults all packets in the bad state are lost: bursts last `1 / r` packets on average, and
    /// `p / (p + r)` of all packets are lost.
    GilbertElliott {
        /// From good to bad.
        p: Probability,
        /// From bad to good.
        r: Probability,
        /// The probability of loss in the good state (0 when left out): netem's 1-k.
        #[serde(default)]
        loss_good: Probability,
        /// The probability of loss in the bad state (1 when left out): netem's 1-h.
        #[serde(default = "always")]
        loss_bad: Probability,
    },
    /// A Markov chain of four states that makes a step at every packet (Salsano, Ludovici, Ordine, Giannuzzi:
    /// "Definition of a general and intuitive loss model for packet networks and its implementation in the Netem
    /// module in the Linux kernel", 2012). It starts in 1.
    ///
    /// 1: packets arrive. 2: packets arrive within a burst. 3: packets are lost within a burst. 4: one packet is
    /// lost on its own, and 1 follows.
    FourState {
        /// From 1 to 3: a burst begins.
        p13: Probability,
        /// From 3 to 1: it ends.
        p31: Probability,
        /// From 3 to 2: packets arrive again within the burst.
        p32: Probability,
        /// From 2 to 3: packets are lost again.
        p23: Probability,
        /// From 1 to 4: one packet is lost on its own.
        p14: Probability,
    },
    /// These, by serial number, counted from 0.
    Listed(Vec<u64>),
    /// All of them for a while, then none for a while. It starts without loss.
    OnOff {
        /// How long the path is on.
        on: Span,
        /// How long it is off.
        off: Span,
        /// How these lengths vary.
        #[serde(default)]
        spread: Spread,
    },
    /// With these probabilities (1 and 0 are verdicts), one after the other and again from the start.
    Replay {
        /// The probabilities.
        samples: Source<Samples<Probability>>,
        /// How long each lasts; one packet each when left out.
        every: Option<Span>,
    },
}

/// How lengths of time vary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spread {
    /// They don't.
    #[default]
    Fixed,
    /// They are exponentially distributed; what is given is the mean.
    Exponential,
}

fn always() -> Probability {
    Probability::ONE
}

impl Loss {
    /// The share of packets that is lost in the long run; none where that depends on more than the model.
    pub fn mean(&self) -> Option<f64> {
        match self {
            Loss::Bernoulli(p) => Some(p.fraction()),
            Loss::GilbertElliott {
                p,
                r,
                loss_good,
                loss_bad,
            } => gilbert_elliott::mean(*p, *r, *loss_good, *loss_bad),
            Loss::FourState {
                p13,
                p31,
                p32,
                p23,
                p14,
            } => four_state::mean(*p13, *p31, *p32, *p23, *p14),
            Loss::Listed(_) | Loss::OnOff { .. } | Loss::Replay { .. } => None,
        }
    }

    pub(crate) fn load<E: fmt::Display>(
        &mut self,
        read: &mut impl FnMut(&str) -> Result<String, E>,
    ) -> Result<(), SourceError> {
        match self {
            Loss::Replay { samples, .. } => samples.load(read),
            _ => Ok(()),
        }
    }

    pub(crate) fn file(&self) -> Option<&str> {
        match self {
            Loss::Replay { samples, .. } => samples.file(),
            _ => None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let more_than_one =
            |a: Probability, b: Probability| a.fraction() + b.fraction() > 1.0 + f64::EPSILON;
        match self {
            Loss::FourState { p13, p14, .. } if more_than_one(*p13, *p14) => {
                Err("p13 and p14 both leave state 1: together they must not exceed 1".to_owned())
            }
            Loss::FourState { p31, p32, .. } if more_than_one(*p31, *p32) => {
                Err("p31 and p32 both leave state 3: together they must not exceed 1".to_owned())
            }
            Loss::OnOff { on, off, .. } if (*on).min(*off) < Span::from_millis(1) => {
                Err("`on` and `off` must both be at least 1ms".to_owned())
            }
            Loss::Replay {
                every: Some(every), ..
            } if *every == Span::default() => Err("`every` must be longer than 0s".to_owned()),
            _ => Ok(()),
        }
    }
}
