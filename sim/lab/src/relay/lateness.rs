//! How late the relay released packets: its own error, which it measures itself.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

/// The relay's record of every delayed packet.
pub(super) struct LatenessRecorder {
    /// In nanoseconds, to 1 %, up to a minute; what is later counts as a minute.
    histogram: Histogram<u64>,
}

impl LatenessRecorder {
    pub(super) fn new() -> LatenessRecorder {
        LatenessRecorder {
            histogram: Histogram::new_with_max(60_000_000_000, 2).expect("these bounds are valid"),
        }
    }

    /// A packet was released this long after the model said it should be.
    pub(super) fn record(&mut self, late: Duration) {
        let nanos = u64::try_from(late.as_nanos()).unwrap_or(u64::MAX);
        self.histogram.saturating_record(nanos);
    }

    pub(super) fn summary(&self) -> Lateness {
        let quantile = |q| Duration::from_nanos(self.histogram.value_at_quantile(q));
        Lateness {
            packets: self.histogram.len(),
            p50: quantile(0.5),
            p99: quantile(0.99),
            max: Duration::from_nanos(self.histogram.max()),
        }
    }
}

/// How long after its logical release packets really left, over all packets that a path delayed: the
/// error that the relay adds to one-way delays. Quantiles are exact to 1 %. Packets that a path lets
/// through at once have no deadline to miss and are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lateness {
    /// Packets that it is taken over.
    pub packets: u64,
    /// Half of the packets were no later.
    pub p50: Duration,
    /// 99 of 100 packets were no later.
    pub p99: Duration,
    /// No packet was later.
    pub max: Duration,
}

impl fmt::Display for Lateness {
    /// `p50 0.034 ms, p99 0.114 ms, max 3.900 ms over 1000 packets`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        write!(
            f,
            "p50 {:.3} ms, p99 {:.3} ms, max {:.3} ms over {} packets",
            ms(self.p50),
            ms(self.p99),
            ms(self.max),
            self.packets
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(micros: impl Iterator<Item = u64>) -> Lateness {
        let mut recorder = LatenessRecorder::new();
        micros.for_each(|late| recorder.record(Duration::from_micros(late)));
        recorder.summary()
    }

    #[test]
    fn quantiles_are_exact_to_one_per_cent() {
        let lateness = recorded(1..=1000);
        assert_eq!(lateness.packets, 1000);
        for (measured, exact) in [
            (lateness.p50, 500.0),
            (lateness.p99, 990.0),
            (lateness.max, 1000.0),
        ] {
            let micros = measured.as_secs_f64() * 1e6;
            assert!(
                (micros - exact).abs() <= exact / 100.0,
                "{micros} for {exact}"
            );
        }
    }

    #[test]
    fn lateness_is_shown_in_milliseconds() {
        insta::assert_snapshot!(recorded(1..=1000), @"p50 0.502 ms, p99 0.991 ms, max 1.004 ms over 1000 packets");
    }

    #[test]
    fn a_relay_that_delayed_nothing_was_not_late() {
        let lateness = recorded(std::iter::empty());
        assert_eq!(lateness, Lateness::default());
    }

    #[test]
    fn a_packet_later_than_the_histogram_reaches_counts_as_latest() {
        let lateness = recorded([3_600_000_000].into_iter());
        assert_eq!(lateness.packets, 1);
        assert!(lateness.max >= Duration::from_secs(59));
    }
}
