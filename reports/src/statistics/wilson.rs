//! Wilson's score interval of a proportion (Wilson, "Probable Inference, the Law of Succession, and Statistical
//! Inference", 1927).

use super::Interval;

/// Standard normal quantile of a two-sided 95 % interval.
pub const Z_95: f64 = 1.959_963_984_540_054;
/// Standard normal quantile of a two-sided 99 % interval.
pub const Z_99: f64 = 2.575_829_303_548_901;

/// Interval of the probability behind `successes` out of `trials`, as fractions; `None` without trials.
pub fn wilson(successes: u64, trials: u64, z: f64) -> Option<Interval> {
    if trials == 0 {
        return None;
    }
    let n = trials as f64;
    let p = successes.min(trials) as f64 / n;
    let z2 = z * z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Some(Interval {
        lo: (centre - half).max(0.0),
        hi: (centre + half).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_success_in_ten_gives_the_textbook_interval() {
        // With no success the upper end is z² / (n + z²).
        let Interval { lo, hi } = wilson(0, 10, Z_95).unwrap();
        assert!(lo < 1e-12);
        assert!((hi - Z_95 * Z_95 / (10.0 + Z_95 * Z_95)).abs() < 1e-12);
    }

    #[test]
    fn without_trials_there_is_no_interval() {
        assert_eq!(wilson(0, 0, Z_99), None);
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_observed_share(trials in 1u64..1_000_000, share in 0.0..=1.0) {
            let successes = (trials as f64 * share) as u64;
            let Interval { lo, hi } = wilson(successes, trials, Z_99).unwrap();
            let observed = successes as f64 / trials as f64;
            prop_assert!(0.0 <= lo && lo <= observed + 1e-12 && observed <= hi + 1e-12 && hi <= 1.0);
        }
    }
}
