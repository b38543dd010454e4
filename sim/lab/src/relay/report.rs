//! What the relay knows of its own errors.

use std::ops::Add;
use std::time::Duration;

use super::lateness::Lateness;

/// What a relay did otherwise than the model says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelayReport {
    /// How late it released packets.
    pub lateness: Lateness,
    /// What it missed.
    pub missed: Missed,
}

/// Packets that a relay was too slow for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// Those that a host sent and the relay never saw: losses that no path asked for.
    pub unseen: u64,
    /// Those that are missing from capture files.
    pub uncaptured: u64,
}

impl Add for Missed {
    type Output = Missed;

    fn add(self, other: Missed) -> Missed {
        Missed {
            unseen: self.unseen + other.unseen,
            uncaptured: self.uncaptured + other.uncaptured,
        }
    }
}

impl RelayReport {
    /// Whether the relay did as the model says: 99 of 100 packets were released within `budget`, and
    /// none was lost that no path dropped.
    ///
    /// # Errors
    ///
    /// What was exceeded: what this run measured is then not to be trusted.
    pub fn check(&self, budget: Duration) -> Result<(), BudgetExceeded> {
        if self.lateness.p99 > budget {
            return Err(BudgetExceeded::Late {
                lateness: self.lateness,
                budget,
            });
        }
        match self.missed.unseen {
            0 => Ok(()),
            packets => Err(BudgetExceeded::Unseen { packets }),
        }
    }
}

/// The relay was too slow for what the run asked of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BudgetExceeded {
    /// It released packets too late.
    #[error(
        "the machine is too busy: the relay released packets too late ({lateness}; p99 may be {} ms)",
        budget.as_secs_f64() * 1e3
    )]
    Late {
        /// What was measured.
        lateness: Lateness,
        /// What its p99 may be.
        budget: Duration,
    },
    /// It lost packets.
    #[error("the machine is too busy: {packets} packets were lost before the relay saw them")]
    Unseen {
        /// How many.
        packets: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_within_its_budget_passes_and_one_beyond_it_says_by_how_much() {
        let report = RelayReport {
            lateness: Lateness {
                packets: 1000,
                p50: Duration::from_micros(34),
                p99: Duration::from_micros(750),
                max: Duration::from_micros(3900),
            },
            missed: Missed::default(),
        };
        assert_eq!(report.check(Duration::from_millis(1)), Ok(()));
        let late = report.check(Duration::from_micros(500)).unwrap_err();
        insta::assert_snapshot!(late, @"the machine is too busy: the relay released packets too late (p50 0.034 ms, p99 0.750 ms, max 3.900 ms over 1000 packets; p99 may be 0.5 ms)");
    }

    #[test]
    fn packets_that_the_relay_never_saw_exceed_any_budget() {
        let mut report = RelayReport::default();
        report.missed.unseen = 3;
        let lossy = report.check(Duration::MAX).unwrap_err();
        insta::assert_snapshot!(lossy, @"the machine is too busy: 3 packets were lost before the relay saw them");
    }
}
