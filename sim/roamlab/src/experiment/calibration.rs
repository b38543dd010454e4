//! A calibration: measures the network itself and judges it against what was asked of it.

use std::time::{Duration, SystemTime};

use lab::{Network, network::Purpose};
use link::Seed;
use probe::calibration::{Measured, calibrate};
use reports::{
    results::{Check, Verdict},
    statistics::{kolmogorov_smirnov, wilson},
};
use scenario::Calibrate;
use tokio_util::sync::CancellationToken;

use super::{Experiment, Gathered, Stop, progress::Display, shaping::Shaping};
use crate::options::ShaperKind;

/// One calibration.
pub(super) struct Calibration<'e> {
    pub(super) experiment: &'e Experiment,
    pub(super) calibrate: &'e Calibrate,
    pub(super) seed: u64,
}

impl Calibration<'_> {
    /// Measures every link and adds the verdicts.
    pub(super) async fn run(
        &self,
        display: &Display,
        gathered: &mut Gathered,
        cancel: &CancellationToken,
    ) -> Result<(), Stop> {
        let scenario = &self.experiment.scenario;
        let zero = SystemTime::now();
        let shaping = Shaping::start(self.experiment.shaper)?;
        let purpose = Purpose {
            name: "calibration",
            seed: Seed(self.seed),
            congestion_control: None,
            captures: self
                .experiment
                .captures
                .then_some(self.experiment.out.as_path()),
        };
        let network = Network::build(scenario, shaping.shaper(), purpose).await?;
        let before = |link: &str| display.measuring(&self.experiment.name, link);
        let measured = calibrate(
            &network,
            scenario,
            self.calibrate,
            Seed(self.seed),
            zero,
            before,
            cancel,
        )
        .await
        .map_err(|error| Stop::machine(format!("calibrating: {error}")))?;
        drop(network);
        if let Some(report) = shaping.stop()? {
            gathered.add_relay(&report, self.experiment.lateness_budget);
        }
        let checks = measured
            .iter()
            .flat_map(|each| match self.experiment.shaper {
                ShaperKind::Relay => judge(each, self.calibrate),
                ShaperKind::Netem => judge_distribution(each, self.calibrate),
            });
        gathered.run.checks.extend(checks);
        Ok(())
    }
}

/// The verdicts on one direction of one link, packet by packet.
fn judge(measured: &Measured, tolerance: &Calibrate) -> Vec<Check> {
    let name = |what: &str| name(measured, what);
    match measured.throughput {
        Some((seen, modelled)) => vec![throughput(name("throughput"), seen, modelled, tolerance)],
        None => {
            let mut checks = vec![
                delay(name("delay error, p99"), &measured.delay_errors, tolerance),
                fates(name("packets with another fate than the seed's"), measured),
            ];
            checks.extend(loss(name("loss"), measured, tolerance));
            checks.extend(overtaking(name("packets overtaken"), measured, tolerance));
            checks
        }
    }
}

/// The verdicts on one direction of one link whose shaper draws other random numbers than the model.
fn judge_distribution(measured: &Measured, tolerance: &Calibrate) -> Vec<Check> {
    let name = |what: &str| name(measured, what);
    if let Some((seen, modelled)) = measured.throughput {
        return vec![throughput(name("throughput"), seen, modelled, tolerance)];
    }
    let delay = match (&measured.delays_drawn, measured.overtaken) {
        (Some((seen, modelled)), _) => same_distribution(name("delays"), seen, modelled, tolerance),
        (None, (0, 0)) => Some(delay(
            name("delay error, p99"),
            &measured.delay_errors,
            tolerance,
        )),
        // Which packets are held back is another's choice.
        (None, _) => None,
    };
    let loss = loss(name("loss"), measured, tolerance);
    let overtaking = overtaking(name("packets overtaken"), measured, tolerance);
    delay.into_iter().chain(loss).chain(overtaking).collect()
}

fn name(measured: &Measured, what: &str) -> String {
    format!("{} {}: {what}", measured.link, measured.direction.name())
}

/// Whether delays that were seen and those of the model may come from one distribution.
fn same_distribution(
    name: String,
    seen: &[f64],
    modelled: &[f64],
    tolerance: &Calibrate,
) -> Option<Check> {
    let test = kolmogorov_smirnov(seen, modelled)?;
    let level = 1.0 - tolerance.confidence.fraction();
    Some(Check {
        name,
        asked: format!("the model's (Kolmogorov–Smirnov at {})", percent(level)),
        measured: format!("distance {:.4}, p {:.2}", test.distance, test.p_value),
        interval: None,
        verdict: verdict(test.p_value >= level),
    })
}

fn delay(name: String, errors: &[Duration], tolerance: &Calibrate) -> Check {
    let p99 = errors
        .get((errors.len() * 99).div_ceil(100).saturating_sub(1))
        .copied();
    let allowed = tolerance.delay_error.duration();
    Check {
        name,
        asked: format!("at most {}", milliseconds(allowed)),
        measured: p99.map_or_else(|| "nothing arrived".to_owned(), milliseconds),
        interval: None,
        verdict: verdict(p99.is_some_and(|p99| p99 <= allowed)),
    }
}

fn fates(name: String, measured: &Measured) -> Check {
    Check {
        name,
        asked: "none".to_owned(),
        measured: format!("{} of {}", measured.other_fate, measured.sent),
        interval: None,
        verdict: verdict(measured.other_fate == 0),
    }
}

fn loss(name: String, measured: &Measured, tolerance: &Calibrate) -> Option<Check> {
    let asked = measured.loss_asked.filter(|asked| *asked > 0.0)?;
    Some(share(name, asked, measured.lost, measured.sent, tolerance))
}

fn overtaking(name: String, measured: &Measured, tolerance: &Calibrate) -> Option<Check> {
    let (seen, modelled) = measured.overtaken;
    let arrived = measured.sent - measured.lost;
    let asked = modelled as f64 / arrived.max(1) as f64;
    (seen + modelled > 0).then(|| share(name, asked, seen, arrived, tolerance))
}

fn share(name: String, asked: f64, count: u64, of: u64, tolerance: &Calibrate) -> Check {
    let confidence = tolerance.confidence.fraction();
    let interval = wilson(count, of, two_sided_quantile(confidence));
    Check {
        name,
        asked: percent(asked),
        measured: percent(count as f64 / of.max(1) as f64),
        interval: interval.map(|interval| {
            format!(
                "Wilson {}: {} to {}",
                percent(confidence),
                percent(interval.lo),
                percent(interval.hi)
            )
        }),
        verdict: verdict(interval.is_some_and(|within| (within.lo..=within.hi).contains(&asked))),
    }
}

fn throughput(name: String, seen: f64, modelled: f64, tolerance: &Calibrate) -> Check {
    let allowed = tolerance.rate_error.fraction();
    let megabits = |rate: f64| format!("{:.3} Mbit/s", rate / 1e6);
    Check {
        name,
        asked: format!("{} ± {}", megabits(modelled), percent(allowed)),
        measured: megabits(seen),
        interval: None,
        verdict: verdict((seen / modelled - 1.0).abs() <= allowed),
    }
}

/// How many standard deviations to each side hold this share of a normal distribution, by bisection.
fn two_sided_quantile(confidence: f64) -> f64 {
    let (mut low, mut high) = (0.0, 10.0);
    for _ in 0..60 {
        let middle: f64 = f64::midpoint(low, high);
        if libm::erf(middle / std::f64::consts::SQRT_2) < confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

fn verdict(holds: bool) -> Verdict {
    if holds {
        Verdict::Passed
    } else {
        Verdict::Failed
    }
}

#[cfg(test)]
mod tests {
    use link::Direction;

    use super::*;

    fn measured() -> Measured {
        Measured {
            link: "wan".to_owned(),
            direction: Direction::Up,
            sent: 10_000,
            lost: 2_900,
            loss_asked: Some(0.29),
            other_fate: 0,
            delay_errors: vec![Duration::from_micros(100); 7_100],
            delays_drawn: None,
            overtaken: (0, 0),
            throughput: None,
        }
    }

    fn failed(measured: &Measured) -> Vec<String> {
        let checks = judge(measured, &Calibrate::default()).into_iter();
        checks
            .filter(|check| check.verdict == Verdict::Failed)
            .map(|check| check.name)
            .collect()
    }

    #[test]
    fn what_does_as_asked_passes() {
        assert_eq!(failed(&measured()), Vec::<String>::new());
    }

    #[test]
    fn loss_outside_its_wilson_interval_fails() {
        let more = Measured {
            lost: 3_100,
            ..measured()
        };
        assert_eq!(failed(&more), ["wan up: loss"]);
    }

    #[test]
    fn one_late_packet_in_fifty_fails() {
        let mut late = measured();
        let count = late.delay_errors.len();
        late.delay_errors[count - count / 50..].fill(Duration::from_millis(2));
        assert_eq!(failed(&late), ["wan up: delay error, p99"]);
    }

    #[test]
    fn another_packet_lost_than_the_seed_says_fails() {
        let other = Measured {
            other_fate: 2,
            ..measured()
        };
        assert_eq!(
            failed(&other),
            ["wan up: packets with another fate than the seed's"]
        );
    }

    #[test]
    fn two_percent_too_slow_fails() {
        let slow = Measured {
            throughput: Some((0.98e6, 1e6)),
            ..measured()
        };
        assert_eq!(failed(&slow), ["wan up: throughput"]);
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        assert!((two_sided_quantile(0.95) - 1.959_964).abs() < 1e-6);
        assert!((two_sided_quantile(0.99) - 2.575_829).abs() < 1e-6);
    }
}
