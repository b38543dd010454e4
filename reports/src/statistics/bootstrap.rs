//! Percentile bootstrap of means and of ratios of means, over runs.
//!
//! Keystrokes of one run are correlated (one burst of loss delays many), so runs are resampled, not keystrokes. With a
//! single run there is nothing to resample but the run's own keystrokes: moving blocks of neighbouring ones are drawn
//! instead (Künsch, "The Jackknife and the Bootstrap for General Stationary Observations", 1989), of length ⌈n^⅓⌉.
//! Both are one procedure: runs are blocks of length one in a series of runs.

use std::iter::Sum;
use std::ops::Add;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Resamples drawn for each interval.
const RESAMPLES: usize = 2000;
/// The generator always starts here, so that a report made twice says the same.
const SEED: u64 = 0x05ee_d0fb_0075_7a99;

/// A confidence interval, 95 % unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

/// What was resampled to get an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resampling {
    /// So many whole runs.
    Runs(usize),
    /// Blocks of so many neighbouring keystrokes of the only run: honest about correlation within the run, blind to
    /// what differs from run to run.
    MovingBlocks(usize),
}

/// Sum and number of some keystrokes' latencies: what a mean is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanOf {
    sum: f64,
    count: f64,
}

impl MeanOf {
    fn mean(self) -> Option<f64> {
        (self.count > 0.0).then(|| self.sum / self.count)
    }
}

impl From<Option<f64>> for MeanOf {
    /// One keystroke's latency; without an answer it adds nothing.
    fn from(latency: Option<f64>) -> Self {
        latency.map_or(Self::default(), |sum| Self { sum, count: 1.0 })
    }
}

impl Add for MeanOf {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            count: self.count + other.count,
        }
    }
}

impl Sum for MeanOf {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::default(), Add::add)
    }
}

/// 95 % interval of the mean of the answered keystrokes, in milliseconds.
///
/// `runs` holds, for each run, its keystrokes in the order in which they were typed; `None` is one without an answer.
/// There is no interval when fewer than two of them were answered.
pub fn mean_interval(runs: &[Vec<Option<f64>>]) -> Option<(Interval, Resampling)> {
    let series: Vec<Vec<MeanOf>> = runs
        .iter()
        .map(|run| run.iter().map(|ms| (*ms).into()).collect())
        .collect();
    let answered: MeanOf = series.iter().flatten().copied().sum();
    if answered.count < 2.0 {
        return None;
    }
    bootstrap(&series, MeanOf::mean)
}

/// Ratio of the means of two sessions over the same runs, `a` over `b`, with its 95 % interval.
///
/// Runs must correspond: same seeds, same keystrokes. They are drawn in pairs, so that what a seed does to both
/// sessions alike cancels out. `None` when either session has no answer at all.
pub fn mean_ratio(
    a: &[Vec<Option<f64>>],
    b: &[Vec<Option<f64>>],
) -> Option<(f64, Option<(Interval, Resampling)>)> {
    let paired: Vec<Vec<Pair>> = a.iter().zip(b).map(|(a, b)| pair(a, b)).collect();
    let ratio = paired.iter().flatten().copied().sum::<Pair>().ratio()?;
    Some((ratio, bootstrap(&paired, Pair::ratio)))
}

/// The same keystroke (or the same run) in two sessions.
#[derive(Clone, Copy, Debug, Default)]
struct Pair(MeanOf, MeanOf);

impl Pair {
    fn ratio(self) -> Option<f64> {
        Some(self.0.mean()? / self.1.mean().filter(|mean| *mean > 0.0)?)
    }
}

impl Add for Pair {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }
}

impl Sum for Pair {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::default(), Add::add)
    }
}

/// Pairs keystrokes by position; where one run was cut short, the rest is alone.
fn pair(a: &[Option<f64>], b: &[Option<f64>]) -> Vec<Pair> {
    let at = |run: &[Option<f64>], index: usize| run.get(index).copied().flatten().into();
    (0..a.len().max(b.len()))
        .map(|index| Pair(at(a, index), at(b, index)))
        .collect()
}

fn bootstrap<U>(
    runs: &[Vec<U>],
    statistic: impl Fn(U) -> Option<f64>,
) -> Option<(Interval, Resampling)>
where
    U: Copy + Sum,
{
    let (series, block, resampling) = match runs {
        [] => return None,
        [only] => {
            let length = (only.len() as f64).cbrt().ceil() as usize;
            (only.clone(), length, Resampling::MovingBlocks(length))
        }
        several => {
            let totals: Vec<U> = several
                .iter()
                .map(|run| run.iter().copied().sum())
                .collect();
            let runs = totals.len();
            (totals, 1, Resampling::Runs(runs))
        }
    };
    let blocks: Vec<U> = series
        .windows(block.max(1))
        .map(|block| block.iter().copied().sum())
        .collect();
    if blocks.len() < 2 {
        return None;
    }
    let draws = series.len().div_ceil(block);
    let mut generator = ChaCha8Rng::seed_from_u64(SEED);
    let mut estimates: Vec<f64> = (0..RESAMPLES)
        .filter_map(|_| {
            let drawn = (0..draws).map(|_| blocks[uniform(&mut generator, blocks.len())]);
            statistic(drawn.sum())
        })
        .collect();
    estimates.sort_by(f64::total_cmp);
    let at = |p: f64| {
        estimates
            .get((p * estimates.len() as f64) as usize)
            .copied()
    };
    Some((
        Interval {
            lo: at(0.025)?,
            hi: at(0.975)?,
        },
        resampling,
    ))
}

/// Uniform index below `bound`, by multiplication (Lemire, "Fast Random Integer Generation in an Interval", 2019); the
/// bias is below bound / 2⁶⁴.
fn uniform(generator: &mut ChaCha8Rng, bound: usize) -> usize {
    ((u128::from(generator.next_u64()) * bound as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(values: impl IntoIterator<Item = f64>) -> Vec<Option<f64>> {
        values.into_iter().map(Some).collect()
    }

    /// A number in [0, 1) for every index, without correlation between neighbours.
    fn noise(index: u32) -> f64 {
        f64::from(index.wrapping_mul(2_654_435_769)) / f64::from(u32::MAX)
    }

    #[test]
    fn equal_runs_have_an_interval_without_width() {
        let runs = vec![run([10.0, 20.0]); 5];
        let (interval, resampling) = mean_interval(&runs).unwrap();
        assert_eq!(interval, Interval { lo: 15.0, hi: 15.0 });
        assert_eq!(resampling, Resampling::Runs(5));
    }

    #[test]
    fn the_interval_is_as_wide_as_the_spread_of_the_runs_says() {
        // Means of 100 runs, uniform on [0, 1): the standard error is sqrt(1/12) / 10 = 0.0289.
        let runs: Vec<_> = (0..100).map(|index| run([noise(index)])).collect();
        let (Interval { lo, hi }, _) = mean_interval(&runs).unwrap();
        let expected = 2.0 * 1.96 * (1.0_f64 / 12.0).sqrt() / 10.0;
        assert!(((hi - lo) / expected - 1.0).abs() < 0.1, "{lo} to {hi}");
        assert!(lo < 0.5 && 0.5 < hi, "{lo} to {hi}");
    }

    #[test]
    fn a_single_run_falls_back_to_moving_blocks() {
        let (interval, resampling) = mean_interval(&[run((0..1000).map(noise))]).unwrap();
        assert_eq!(resampling, Resampling::MovingBlocks(10));
        assert!(interval.lo < 0.5 && 0.5 < interval.hi, "{interval:?}");
    }

    #[test]
    fn too_few_answers_give_no_interval() {
        assert_eq!(mean_interval(&[]), None);
        assert_eq!(mean_interval(&[run([1.0])]), None);
        assert_eq!(mean_interval(&[vec![None; 50], vec![Some(1.0)]]), None);
    }

    #[test]
    fn what_a_seed_does_to_both_sessions_cancels_out_of_their_ratio() {
        let slow: Vec<_> = (0..20)
            .map(|seed| run([100.0 + 900.0 * noise(seed); 3]))
            .collect();
        let fast: Vec<_> = slow
            .iter()
            .map(|r| r.iter().map(|ms| ms.map(|ms| ms / 4.0)).collect())
            .collect();
        let (ratio, interval) = mean_ratio(&slow, &fast).unwrap();
        assert_eq!(ratio, 4.0);
        assert_eq!(interval.unwrap().0, Interval { lo: 4.0, hi: 4.0 });
    }

    #[test]
    fn a_session_without_an_answer_has_no_ratio() {
        assert!(mean_ratio(&[run([1.0])], &[vec![None]]).is_none());
    }

    #[test]
    fn the_same_data_give_the_same_interval() {
        let runs: Vec<_> = (0..10).map(|index| run([noise(index)])).collect();
        assert_eq!(mean_interval(&runs), mean_interval(&runs));
    }
}
