//! Statistics of keystroke latencies, honest about what was never answered.
//!
//! - **Censoring.** A keystroke without an answer is known only to have taken *at least* as long as its session was
//!   watched. It counts as exactly that for quantiles, the maximum and shares: each such figure is then a lower
//!   bound of the true one (an upper bound for shares), and says so. Mean and σ are of the answered keystrokes only
//!   and are always shown beside the number of censored ones.
//! - **Quantiles** are the inverse of the empirical distribution function (type 1 of Hyndman & Fan, "Sample Quantiles
//!   in Statistical Packages", 1996): the smallest latency that at least a share `p` of the keystrokes does not exceed.
//!   It is always a latency that was measured, and it stays meaningful with censored values.
//! - **Confidence intervals** are percentile bootstraps over whole runs, because keystrokes of one run are correlated.

mod bootstrap;
mod distribution;
mod heard;
mod kolmogorov_smirnov;
mod recovery;
mod wilson;

pub use bootstrap::{Interval, MeanOf, Resampling, mean_interval, mean_ratio};
pub use distribution::{Distribution, Latency, median};
pub use heard::Heard;
pub use kolmogorov_smirnov::{KolmogorovSmirnov, kolmogorov_smirnov};
pub use recovery::{Recovery, recovery};
pub use wilson::{Z_95, Z_99, wilson};
