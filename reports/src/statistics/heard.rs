//! How soon after an event the two ends of a session heard of each other: authentic datagrams, each way.

use super::median;
use crate::results::Datagrams;
use crate::units::time;

/// Until which of the two ends had received an authenticated datagram that was sent after an event, in milliseconds from
/// the event: median over the runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heard {
    /// Both.
    BothWays(f64),
    /// Only one: the other end sent nothing that is authenticated (a bare acknowledgement of TCP is not), or nothing of it
    /// arrived.
    OneWay(f64),
    /// None.
    Never,
}

impl Heard {
    /// Of runs in which the event was at these times, in milliseconds, and these datagrams arrived first. `None` if there
    /// are none.
    pub fn over(runs: impl Iterator<Item = (f64, Datagrams)>) -> Option<Self> {
        let after = runs.map(|(event_ms, datagrams)| datagrams.after(event_ms));
        let after: Vec<[Option<f64>; 2]> = after.collect();
        let middle = |of: fn([f64; 2]) -> f64| {
            median(
                after
                    .iter()
                    .map(|ways| of(ways.map(|ms| ms.unwrap_or(f64::INFINITY)))),
            )
        };
        let both = middle(|[one, other]| one.max(other))?;
        let either = middle(|[one, other]| one.min(other))?;
        Some(match (both.is_finite(), either.is_finite()) {
            (true, _) => Heard::BothWays(both),
            (false, true) => Heard::OneWay(either),
            (false, false) => Heard::Never,
        })
    }

    /// In words, for a table.
    pub(crate) fn shown(self) -> String {
        match self {
            Heard::BothWays(ms) => time(ms),
            Heard::OneWay(ms) => format!("{} one way", time(ms)),
            Heard::Never => "never".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(runs: &[[Option<f64>; 2]]) -> Option<Heard> {
        Heard::over(runs.iter().map(|&[to_server_ms, to_client_ms]| {
            let datagrams = Datagrams {
                to_server_ms,
                to_client_ms,
            };
            (1000.0, datagrams)
        }))
    }

    #[test]
    fn both_ways_means_the_later_of_the_two() {
        let runs = [
            [Some(1050.0), Some(1100.0)],
            [Some(1300.0), Some(1051.0)],
            [Some(1060.0), Some(1062.0)],
        ];
        assert_eq!(over(&runs), Some(Heard::BothWays(100.0)));
    }

    #[test]
    fn what_is_sent_a_moment_before_the_event_is_over_counts_as_at_once() {
        let heard = over(&[[Some(999.5), Some(999.6)]]);
        assert_eq!(heard, Some(Heard::BothWays(0.0)));
    }

    #[test]
    fn one_way_and_never_are_told_apart() {
        assert_eq!(over(&[[None, Some(1100.0)]]), Some(Heard::OneWay(100.0)));
        assert_eq!(over(&[[None, None]]), Some(Heard::Never));
        assert_eq!(over(&[]), None);
    }
}
