//! Two-sample Kolmogorov–Smirnov test: do two sets of latencies come from one distribution?

/// Outcome of the test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KolmogorovSmirnov {
    /// Largest distance between the two empirical distribution functions, 0 to 1.
    pub distance: f64,
    /// Probability of a distance at least as large if both came from one distribution (asymptotic, with the correction
    /// of Stephens, "Use of the Kolmogorov–Smirnov, Cramér–Von Mises and Related Statistics", 1970).
    pub p_value: f64,
}

/// Compares two samples; `None` if either is empty.
pub fn kolmogorov_smirnov(a: &[f64], b: &[f64]) -> Option<KolmogorovSmirnov> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let distance = distance(&sorted(a), &sorted(b));
    let (n, m) = (a.len() as f64, b.len() as f64);
    let root = (n * m / (n + m)).sqrt();
    Some(KolmogorovSmirnov {
        distance,
        p_value: tail((root + 0.12 + 0.11 / root) * distance),
    })
}

fn sorted(sample: &[f64]) -> Vec<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    let (mut i, mut j, mut largest) = (0, 0, 0.0_f64);
    while i < a.len() && j < b.len() {
        let at = a[i].min(b[j]);
        i += a[i..].iter().take_while(|value| **value <= at).count();
        j += b[j..].iter().take_while(|value| **value <= at).count();
        largest = largest.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
    }
    largest
}

/// Kolmogorov's distribution: 2 Σ (−1)^(k−1) exp(−2 k² λ²), the probability of exceeding λ.
fn tail(lambda: f64) -> f64 {
    // The series converges too slowly here, where the sum is 1 to more than nine digits.
    if lambda < 0.27 {
        return 1.0;
    }
    let terms = (1..=100).map(|k| {
        let term = (-2.0 * (f64::from(k) * lambda).powi(2)).exp();
        if k % 2 == 1 { term } else { -term }
    });
    (2.0 * terms.sum::<f64>()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_samples_have_no_distance() {
        let sample = [3.0, 1.0, 2.0, 2.0];
        let test = kolmogorov_smirnov(&sample, &sample).unwrap();
        assert_eq!(
            test,
            KolmogorovSmirnov {
                distance: 0.0,
                p_value: 1.0
            }
        );
    }

    #[test]
    fn samples_that_do_not_overlap_are_told_apart() {
        let low: Vec<_> = (0..50).map(f64::from).collect();
        let high: Vec<_> = (100..150).map(f64::from).collect();
        let test = kolmogorov_smirnov(&low, &high).unwrap();
        assert_eq!(test.distance, 1.0);
        assert!(test.p_value < 1e-10);
    }

    #[test]
    fn the_tail_matches_the_tabulated_critical_values() {
        // Critical values of Kolmogorov's distribution: 1.358 at 5 %, 1.628 at 1 %.
        assert!((tail(1.358) - 0.05).abs() < 2e-4);
        assert!((tail(1.628) - 0.01).abs() < 1e-4);
    }

    #[test]
    fn an_empty_sample_cannot_be_compared() {
        assert_eq!(kolmogorov_smirnov(&[], &[1.0]), None);
    }
}
