//! Latencies of many keystrokes: quantiles, mean, σ, shares.

/// How long a keystroke took to be answered, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Latency {
    /// It took this long.
    Answered(f64),
    /// It took at least this long: the session was watched no longer (right-censored).
    Censored(f64),
}

impl Latency {
    /// The latency, or what is known to be its lower bound.
    pub fn at_least(self) -> f64 {
        match self {
            Self::Answered(ms) | Self::Censored(ms) => ms,
        }
    }

    /// Whether only a lower bound is known.
    pub fn is_censored(self) -> bool {
        matches!(self, Self::Censored(_))
    }
}

/// Latencies in ascending order. At equal times the answered come first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    sorted: Vec<Latency>,
    answered: usize,
}

impl FromIterator<Latency> for Distribution {
    fn from_iter<I: IntoIterator<Item = Latency>>(latencies: I) -> Self {
        let mut sorted: Vec<_> = latencies.into_iter().collect();
        sorted.sort_by(|a, b| {
            let by_time = a.at_least().total_cmp(&b.at_least());
            by_time.then(a.is_censored().cmp(&b.is_censored()))
        });
        let answered = sorted
            .iter()
            .filter(|latency| !latency.is_censored())
            .count();
        Self { sorted, answered }
    }
}

impl Distribution {
    /// Number of keystrokes.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there is no keystroke at all.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Number of keystrokes with an answer.
    pub fn answered(&self) -> usize {
        self.answered
    }

    /// Number of keystrokes without one.
    pub fn censored(&self) -> usize {
        self.len() - self.answered
    }

    /// Latencies of the answered keystrokes in milliseconds, ascending.
    pub fn answered_ms(&self) -> impl Iterator<Item = f64> + '_ {
        self.sorted
            .iter()
            .filter(|latency| !latency.is_censored())
            .map(|latency| latency.at_least())
    }

    /// The quantile `p` (0 to 1), censored if any keystroke up to it is: then the true one may be larger.
    pub fn quantile(&self, p: f64) -> Option<Latency> {
        let rank = (p * self.len() as f64).ceil().max(1.0) as usize;
        let (below, latency) = (self.sorted.get(..rank)?, self.sorted[rank - 1].at_least());
        let exact = below.iter().all(|latency| !latency.is_censored());
        Some(if exact {
            Latency::Answered(latency)
        } else {
            Latency::Censored(latency)
        })
    }

    /// Mean of the answered keystrokes, in milliseconds.
    pub fn mean(&self) -> Option<f64> {
        (self.answered > 0).then(|| self.answered_ms().sum::<f64>() / self.answered as f64)
    }

    /// Standard deviation of the answered keystrokes (with n − 1), in milliseconds; needs two of them.
    pub fn standard_deviation(&self) -> Option<f64> {
        let mean = self.mean().filter(|_| self.answered > 1)?;
        let squares: f64 = self.answered_ms().map(|ms| (ms - mean).powi(2)).sum();
        Some((squares / (self.answered - 1) as f64).sqrt())
    }

    /// Share of all keystrokes (0 to 1) that was answered within less than `limit_ms`.
    pub fn share_under(&self, limit_ms: f64) -> Option<f64> {
        let under = self.answered_ms().take_while(|ms| *ms < limit_ms).count();
        (!self.is_empty()).then(|| under as f64 / self.len() as f64)
    }
}

/// Median of plain numbers, by the same definition of a quantile; `None` if there are none.
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let values: Distribution = values.into_iter().map(Latency::Answered).collect();
    values.quantile(0.5).map(Latency::at_least)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Latency::{Answered, Censored};
    use super::*;

    fn answered(values: impl IntoIterator<Item = f64>) -> Distribution {
        values.into_iter().map(Answered).collect()
    }

    #[test]
    fn quantiles_are_the_nearest_rank() {
        let hundred = answered((1..=100).rev().map(f64::from));
        let at = |p| hundred.quantile(p);
        assert_eq!(at(0.5), Some(Answered(50.0)));
        assert_eq!(at(0.95), Some(Answered(95.0)));
        assert_eq!(at(0.99), Some(Answered(99.0)));
        assert_eq!(
            (at(0.0), at(1.0)),
            (Some(Answered(1.0)), Some(Answered(100.0)))
        );
    }

    #[test]
    fn mean_and_deviation_match_their_closed_forms() {
        // 1..=n has mean (n + 1) / 2 and, with n − 1, variance n (n + 1) / 12.
        let hundred = answered((1..=100).map(f64::from));
        assert_eq!(hundred.mean(), Some(50.5));
        let deviation = hundred.standard_deviation().unwrap();
        assert!((deviation - (100.0_f64 * 101.0 / 12.0).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn an_unanswered_keystroke_makes_the_quantiles_above_it_lower_bounds() {
        let mixed: Distribution = [Answered(1.0), Censored(2.0), Answered(10.0), Answered(20.0)]
            .into_iter()
            .collect();
        assert_eq!(mixed.quantile(0.25), Some(Answered(1.0)));
        assert_eq!(mixed.quantile(0.5), Some(Censored(2.0)));
        assert_eq!(mixed.quantile(1.0), Some(Censored(20.0)));
        assert_eq!((mixed.answered(), mixed.censored()), (3, 1));
        assert_eq!(mixed.share_under(5.0), Some(0.25));
    }

    #[test]
    fn without_keystrokes_there_are_no_figures() {
        let none = Distribution::default();
        assert_eq!(
            (none.quantile(0.5), none.mean(), none.share_under(5.0)),
            (None, None, None)
        );
        assert_eq!(answered([3.0]).standard_deviation(), None);
        assert_eq!(median([]), None);
    }

    fn latencies() -> impl Strategy<Value = Vec<Latency>> {
        let one = (0.0..1e6, any::<bool>());
        prop::collection::vec(
            one.prop_map(|(ms, late)| if late { Censored(ms) } else { Answered(ms) }),
            1..200,
        )
    }

    proptest! {
        #[test]
        fn quantiles_ascend_and_lie_within_the_sample(sample in latencies(), p in 0.0..=1.0, q in 0.0..=1.0) {
            let (low, high) = if p < q { (p, q) } else { (q, p) };
            let sorted: Distribution = sample.iter().copied().collect();
            let (low, high) = (sorted.quantile(low).unwrap(), sorted.quantile(high).unwrap());
            prop_assert!(low.at_least() <= high.at_least());
            prop_assert!(sample.iter().any(|latency| latency.at_least() == low.at_least()));
        }

        #[test]
        fn what_is_called_exact_stays_so_whenever_the_answers_come(sample in latencies(), p in 0.0..=1.0) {
            let before: Distribution = sample.iter().copied().collect();
            let answers_came_late = sample.iter().map(|latency| Answered(match latency {
                Answered(ms) => *ms,
                Censored(ms) => ms + 1e7,
            }));
            let after: Distribution = answers_came_late.collect();
            let (before, after) = (before.quantile(p).unwrap(), after.quantile(p).unwrap());
            prop_assert!(before.at_least() <= after.at_least());
            if !before.is_censored() {
                prop_assert_eq!(before, after);
            }
        }
    }
}
