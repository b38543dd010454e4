//! How fast packets are sent.

mod constant;
mod exact_time;
mod opportunities;
mod server;
mod stage;
mod token_bucket;

use serde::{Deserialize, Serialize};

use crate::Source;
use crate::trace::Trace;
use crate::units::{BitRate, Size};

pub(crate) use stage::RateStage;

/// How fast packets are sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Rate {
    /// One after the other, each taking its length divided by the rate.
    Constant(BitRate),
    /// At once while there are tokens, else when there are: a bucket that holds `burst`, full at first, and fills at
    /// `rate`. A packet longer than the burst waits for as many tokens as it is long.
    TokenBucket {
        /// How fast the bucket fills: the rate in the long run.
        rate: BitRate,
        /// What it holds.
        burst: Size,
        /// How fast packets follow one another while there are tokens; without limit when left out.
        peak: Option<BitRate>,
    },
    /// When a recorded link could have sent: see [`trace`](crate::trace). It is played from the run's zero.
    Trace(Source<Trace>),
}

impl Rate {
    /// The rate in the long run, in bits per second; none while the trace's file is not loaded.
    pub fn mean_bits_per_second(&self) -> Option<f64> {
        match self {
            Rate::Constant(rate) | Rate::TokenBucket { rate, .. } => {
                Some(rate.bits_per_second() as f64)
            }
            Rate::Trace(trace) => trace.here().map(Trace::mean_bits_per_second),
        }
    }

    pub(crate) fn file(&self) -> Option<&str> {
        match self {
            Rate::Trace(trace) => trace.file(),
            _ => None,
        }
    }
}
