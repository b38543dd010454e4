//! Ranges and ticks of an axis.

use std::ops::Range;

/// Below this a log axis does not go: latencies of a locally predicted echo may be zero.
const SHORTEST_MS: f64 = 0.1;

/// An axis: what it spans, where it is labelled, and where it only has a line.
pub(super) struct Axis {
    pub(super) range: Range<f64>,
    pub(super) labelled: Vec<f64>,
    pub(super) between: Vec<f64>,
}

/// A logarithmic axis of milliseconds from 1, 2 or 5 times a power of ten to another that holds all `values`.
pub(super) fn logarithmic(values: impl Iterator<Item = f64>) -> Axis {
    let (lo, hi) = values
        .filter(|value| value.is_finite())
        .fold((f64::MAX, f64::MIN), |(lo, hi), value| {
            (lo.min(value), hi.max(value))
        });
    let (lo, hi) = if lo > hi {
        (1.2, 900.0)
    } else {
        (lo.max(SHORTEST_MS), hi.max(SHORTEST_MS))
    };
    let ladder =
        || (-1..13).flat_map(|power| [1.0, 2.0, 5.0].map(|step| step * 10_f64.powi(power)));
    let start = ladder()
        .rfind(|step| *step * 1.1 <= lo)
        .unwrap_or(SHORTEST_MS);
    let end = ladder()
        .find(|step| *step >= hi * 1.02 && *step > start * 1.5)
        .unwrap_or(1e13);
    let inside = |step: &f64| (start..=end).contains(step);
    let decades = || (-1..13).map(|power| 10_f64.powi(power));
    let labelled: Vec<f64> = if end / start > 20_000.0 {
        decades().filter(inside).collect()
    } else {
        ladder().filter(inside).collect()
    };
    let between = decades().flat_map(|decade| (1..10).map(move |step| decade * f64::from(step)));
    Axis {
        range: start..end,
        labelled,
        between: between.filter(inside).collect(),
    }
}

/// A linear axis from zero with at most nine labels at 1, 2 or 5 times a power of ten.
pub(super) fn linear(end: f64) -> Axis {
    let end = if end.is_finite() && end > 0.0 {
        end
    } else {
        1.0
    };
    let magnitude = 10_f64.powf((end / 8.0).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * magnitude);
    let step = steps
        .into_iter()
        .find(|step| end / step <= 8.0)
        .unwrap_or(end);
    let labelled = (0..=8)
        .map(|tick| f64::from(tick) * step)
        .filter(|tick| *tick <= end * 1.001)
        .collect();
    Axis {
        range: 0.0..end,
        labelled,
        between: Vec::new(),
    }
}

/// A label without digits that say nothing: `0.5 ms`, `20 ms`, `5 s`.
pub(super) fn milliseconds(ms: f64) -> String {
    if ms == 0.0 {
        "0".into()
    } else if ms < 999.5 {
        format!("{} ms", trimmed(ms))
    } else {
        format!("{} s", trimmed(ms / 1000.0))
    }
}

/// A number without the noise of floating point.
pub(super) fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_have_no_idle_digits() {
        let labels = [0.1, 0.5, 20.0, 1000.0, 2500.0].map(milliseconds);
        assert_eq!(labels, ["0.1 ms", "0.5 ms", "20 ms", "1 s", "2.5 s"]);
    }

    #[test]
    fn an_axis_without_data_is_still_an_axis() {
        assert_eq!(logarithmic([].into_iter()).range, 1.0..1000.0);
        assert_eq!(linear(f64::NAN).range, 0.0..1.0);
    }

    proptest! {
        #[test]
        fn a_log_axis_holds_its_data_and_few_labels(values in prop::collection::vec(0.0..1e9, 1..20)) {
            let axis = logarithmic(values.iter().copied());
            prop_assert!(axis.range.start < axis.range.end);
            prop_assert!(values.iter().all(|value| value.max(0.1) <= axis.range.end));
            prop_assert!(values.iter().all(|value| value.max(0.1) >= axis.range.start));
            prop_assert!((1..=14).contains(&axis.labelled.len()), "{:?}", axis.labelled);
        }

        #[test]
        fn a_linear_axis_has_between_three_and_nine_labels(end in 1e-3..1e9) {
            prop_assert!((3..=9).contains(&linear(end).labelled.len()));
        }
    }
}
