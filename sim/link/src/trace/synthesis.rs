use super::{OPPORTUNITY_BYTES, Trace};
use crate::seed::Draws;
use crate::units::{BitRate, Span};
use crate::{Direction, Malformed, Seed};

/// How often the rate takes a step, in milliseconds.
const STEP_MILLIS: u64 = 20;

/// A cellular link to make traces of, for those who may not ship recorded ones.
///
/// Opportunities are a Poisson process whose rate wanders, as Winstein, Sivaraman and Balakrishnan model cellular
/// links ("Stochastic forecasts achieve high throughput and low delay over cellular networks", NSDI 2013, section 3.1):
/// here the rate is log-normal, its logarithm a Markov process that is pulled back to its mean (Ornstein and
/// Uhlenbeck's, in steps of 20 ms), so that it stays near `rate` however long the trace is. Now and then there is an
/// outage; how far apart they are and how long they last are both exponentially distributed.
#[derive(Clone, Debug, PartialEq)]
pub struct Cellular {
    /// The mean rate between outages.
    pub rate: BitRate,
    /// The standard deviation of the rate's natural logarithm.
    pub spread: f64,
    /// After how long the correlation of the rate with itself has fallen to 1/e.
    pub memory: Span,
    /// The mean time from one outage to the next.
    pub between_outages: Span,
    /// The mean length of an outage.
    pub outage: Span,
}

impl Cellular {
    /// A 3G link, CDMA2000 1xEV-DO revision A, as one moves: the rates are the middle of what operators named as
    /// typical (0.6 to 1.4 Mbit/s down, 0.5 to 0.8 up), the rest is chosen to look like it.
    pub fn evdo(direction: Direction) -> Cellular {
        Cellular {
            rate: kbit_per_second(match direction {
                Direction::Up => 650,
                Direction::Down => 1_000,
            }),
            spread: 0.9,
            memory: Span::from_millis(4_000),
            between_outages: Span::from_millis(20_000),
            outage: Span::from_millis(900),
        }
    }

    /// An LTE link as one moves: the rates are the middle of what operators named as typical (5 to 12 Mbit/s down, 2 to
    /// 5 up), the rest is chosen to look like it.
    pub fn lte(direction: Direction) -> Cellular {
        Cellular {
            rate: kbit_per_second(match direction {
                Direction::Up => 3_500,
                Direction::Down => 8_500,
            }),
            spread: 0.8,
            memory: Span::from_millis(1_500),
            between_outages: Span::from_millis(60_000),
            outage: Span::from_millis(600),
        }
    }

    /// A trace of this link, `length` long. The same seed gives the same trace.
    ///
    /// # Errors
    /// Within `length` there was no opportunity after 0.
    pub fn synthesize(&self, length: Span, seed: Seed) -> Result<Trace, Malformed> {
        let mut draws = seed
            .path("synthesis", Direction::Down)
            .stage("trace")
            .nth(0);
        let mut rate = WanderingRate::new(self, &mut draws);
        let mut outages = Outages::new(self, &mut draws);
        let mut until_next = draws.exponential();
        let mut opportunities = Vec::new();
        for millis in 0..length.duration().as_millis() as u64 {
            if millis.is_multiple_of(STEP_MILLIS) {
                rate.step(&mut draws);
            }
            if outages.is_out(millis as f64, &mut draws) {
                continue;
            }
            until_next -= rate.opportunities_per_milli();
            while until_next <= 0.0 {
                opportunities.push(millis);
                until_next += draws.exponential();
            }
        }
        Trace::new(opportunities)
    }
}

fn kbit_per_second(kilobits: u64) -> BitRate {
    BitRate::from_bits_per_second(kilobits * 1_000).expect("these are constants above 0")
}

struct WanderingRate {
    mean: f64,
    spread: f64,
    kept: f64,
    deviation: f64,
}

impl WanderingRate {
    fn new(link: &Cellular, draws: &mut Draws) -> WanderingRate {
        let bits_per_milli = link.rate.bits_per_second() as f64 / 1e3;
        let step = STEP_MILLIS as f64 / 1e3;
        WanderingRate {
            mean: bits_per_milli / f64::from(8 * OPPORTUNITY_BYTES),
            spread: link.spread,
            kept: libm::exp(-step / link.memory.as_secs_f64()),
            deviation: draws.normal(),
        }
    }

    fn step(&mut self, draws: &mut Draws) {
        let fresh = (1.0 - self.kept * self.kept).sqrt();
        self.deviation = self.kept * self.deviation + fresh * draws.normal();
    }

    /// Log-normal; what is subtracted makes the mean right.
    fn opportunities_per_milli(&self) -> f64 {
        self.mean * libm::exp(self.spread * self.deviation - self.spread * self.spread / 2.0)
    }
}

struct Outages {
    between: f64,
    length: f64,
    out: bool,
    /// When the present state ends, in milliseconds.
    ends: f64,
}

impl Outages {
    fn new(link: &Cellular, draws: &mut Draws) -> Outages {
        let between = link.between_outages.as_secs_f64() * 1e3;
        Outages {
            between,
            length: link.outage.as_secs_f64() * 1e3,
            out: false,
            ends: between * draws.exponential(),
        }
    }

    fn is_out(&mut self, millis: f64, draws: &mut Draws) -> bool {
        if millis >= self.ends {
            self.out = !self.out;
            let mean = if self.out { self.length } else { self.between };
            self.ends = millis + mean * draws.exponential();
        }
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN_MINUTES: Span = Span::from_millis(600_000);

    #[test]
    fn the_same_seed_gives_the_same_trace_and_another_one_another() {
        let link = Cellular::lte(Direction::Up);
        let [a, b, c] = [1, 1, 2].map(|seed| link.synthesize(TEN_MINUTES, Seed(seed)).unwrap());
        assert_eq!(a, b);
        assert_ne!(a, c);
    }

    #[test]
    fn the_mean_rate_is_what_was_asked_for_less_the_outages() {
        let link = Cellular::lte(Direction::Up);
        let means = (0..10).map(|seed| {
            let trace = link.synthesize(TEN_MINUTES, Seed(seed)).unwrap();
            trace.mean_bits_per_second()
        });
        let (between, outage) = (
            link.between_outages.as_secs_f64(),
            link.outage.as_secs_f64(),
        );
        let available = between / (between + outage);
        let expected = link.rate.bits_per_second() as f64 * available;
        let ratio = means.sum::<f64>() / 10.0 / expected;
        assert!((0.95..1.05).contains(&ratio), "{ratio}");
    }

    #[test]
    fn outages_are_as_long_and_as_far_apart_as_was_asked_for() {
        let link = Cellular::evdo(Direction::Down);
        let mut draws = Seed(1).path("test", Direction::Up).stage("outages").nth(0);
        let mut outages = Outages::new(&link, &mut draws);
        let (mut begun, mut millis_out, mut was_out) = (0.0, 0.0, false);
        for milli in 0..20_000_000u32 {
            let out = outages.is_out(f64::from(milli), &mut draws);
            begun += f64::from(u8::from(out && !was_out));
            millis_out += f64::from(u8::from(out));
            was_out = out;
        }
        let mean_length = millis_out / begun;
        let mean_cycle = 20_000_000.0 / begun;
        assert!((840.0..960.0).contains(&mean_length), "{mean_length}");
        assert!((19_600.0..22_200.0).contains(&mean_cycle), "{mean_cycle}");
    }

    #[test]
    fn a_trace_without_an_opportunity_is_an_error() {
        let link = Cellular::evdo(Direction::Down);
        let error = link.synthesize(Span::from_millis(0), Seed(1)).unwrap_err();
        assert!(error.problem.contains("not a single opportunity"));
    }
}
