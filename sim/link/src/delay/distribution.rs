//! Distributions of delays, drawn from by inversion or from a normal deviate.
//!
//! The mathematical functions are libm's in Rust, not the platform's, so that the same seed gives the same
//! delay on every machine.

use std::f64::consts::SQRT_2;

use crate::delay::Delay;
use crate::seed::Draws;
use crate::units::Span;

/// A distribution of delays in nanoseconds, and the correlation of successive ones.
pub(super) struct Distribution {
    shape: Shape,
    deviates: Deviates,
}

enum Shape {
    Uniform { min: f64, width: f64 },
    Normal { mean: f64, sd: f64 },
    LogNormal { min: f64, mu: f64, sigma: f64 },
    Pareto { min: f64, scale: f64, shape: f64 },
    Table(Box<[f64]>),
}

impl Distribution {
    /// The distribution that `delay` names; none if it names none.
    pub(super) fn new(delay: &Delay) -> Option<Distribution> {
        Some(Distribution {
            shape: Shape::new(delay)?,
            deviates: Deviates::new(delay.correlation().fraction()),
        })
    }

    /// The next delay in nanoseconds; it may be negative.
    pub(super) fn draw(&mut self, draws: &mut Draws) -> f64 {
        match &self.shape {
            Shape::Uniform { min, width } => min + width * self.deviates.uniform(draws),
            Shape::Normal { mean, sd } => mean + sd * self.deviates.normal(draws),
            Shape::LogNormal { min, mu, sigma } => {
                min + libm::exp(mu + sigma * self.deviates.normal(draws))
            }
            Shape::Pareto { min, scale, shape } => {
                let exceeded = 1.0 - self.deviates.uniform(draws);
                min + scale * (libm::pow(exceeded, -1.0 / shape) - 1.0)
            }
            Shape::Table(sorted) => interpolate(sorted, self.deviates.uniform(draws)),
        }
    }
}

/// The delay in nanoseconds, never negative, that a share `u` (0 to 1) of packets does not exceed; none where `delay`
/// names no distribution.
pub(super) fn quantile(delay: &Delay, u: f64) -> Option<f64> {
    let nanos = match Shape::new(delay)? {
        Shape::Uniform { min, width } => min + width * u,
        Shape::Normal { mean, sd } => mean + sd * standard_normal_quantile(u),
        Shape::LogNormal { min, mu, sigma } => {
            min + libm::exp(mu + sigma * standard_normal_quantile(u))
        }
        Shape::Pareto { min, scale, shape } => {
            min + scale * (libm::pow(1.0 - u, -1.0 / shape) - 1.0)
        }
        Shape::Table(sorted) => interpolate(&sorted, u),
    };
    Some(nanos.max(0.0))
}

impl Shape {
    fn new(delay: &Delay) -> Option<Shape> {
        match delay {
            Delay::Constant(_) | Delay::Replay { .. } => None,
            Delay::Uniform { min, max, .. } => Some(Shape::Uniform {
                min: nanos(*min),
                width: nanos(*max) - nanos(*min),
            }),
            Delay::Normal { mean, sd, .. } => Some(Shape::Normal {
                mean: nanos(*mean),
                sd: nanos(*sd),
            }),
            Delay::LogNormal { min, mean, sd, .. } => {
                // The parameters of the logarithm from the moments of what is above `min`.
                let mean = nanos(*mean) - nanos(*min);
                let spread = nanos(*sd) / mean;
                let variance = libm::log1p(spread * spread);
                Some(Shape::LogNormal {
                    min: nanos(*min),
                    mu: libm::log(mean) - variance / 2.0,
                    sigma: variance.sqrt(),
                })
            }
            Delay::Pareto {
                min, scale, shape, ..
            } => Some(Shape::Pareto {
                min: nanos(*min),
                scale: nanos(scale.unwrap_or(*min)),
                shape: *shape,
            }),
            Delay::Empirical { samples, .. } => {
                let samples = samples.here()?.values();
                let mut sorted: Box<[f64]> = samples.iter().copied().map(nanos).collect();
                sorted.sort_unstable_by(f64::total_cmp);
                Some(Shape::Table(sorted))
            }
        }
    }
}

/// Exact up to 104 days.
fn nanos(span: Span) -> f64 {
    span.duration().as_nanos() as f64
}

/// The quantile at `u` (0 to 1) of the sorted samples: the first is at 0, the last at 1.
fn interpolate(sorted: &[f64], u: f64) -> f64 {
    let position = u * (sorted.len() - 1) as f64;
    let below = position as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

/// Random deviates of which each correlates with the one before: a first-order autoregression of normal ones,
/// which leaves their distribution standard normal.
struct Deviates {
    correlation: f64,
    innovation: f64,
    last: Option<f64>,
}

impl Deviates {
    fn new(correlation: f64) -> Deviates {
        Deviates {
            correlation,
            innovation: (1.0 - correlation * correlation).sqrt(),
            last: None,
        }
    }

    /// Standard normal.
    fn normal(&mut self, draws: &mut Draws) -> f64 {
        let fresh = draws.normal();
        let deviate = match self.last {
            None => fresh,
            Some(last) => self.correlation * last + self.innovation * fresh,
        };
        self.last = Some(deviate);
        deviate
    }

    /// Uniform between 0 and 1.
    fn uniform(&mut self, draws: &mut Draws) -> f64 {
        if self.correlation == 0.0 {
            draws.unit()
        } else {
            standard_normal_cdf(self.normal(draws))
        }
    }
}

fn standard_normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// The inverse of [`standard_normal_cdf`], by bisection.
fn standard_normal_quantile(u: f64) -> f64 {
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..60 {
        let middle: f64 = f64::midpoint(low, high);
        if standard_normal_cdf(middle) < u {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn median_and_p99(delay: &str) -> [f64; 2] {
        let delay: Delay = ron::from_str(delay).unwrap();
        [0.5, 0.99].map(|u| quantile(&delay, u).unwrap() / 1e6)
    }

    #[test]
    fn quantiles_are_those_of_the_closed_forms() {
        let close =
            |[a, b]: [f64; 2], [c, d]: [f64; 2]| (a - c).abs() < 1e-3 && (b - d).abs() < 1e-3;
        let uniform = median_and_p99(r#"Uniform(min: "40ms", max: "60ms")"#);
        assert!(close(uniform, [50.0, 59.8]), "{uniform:?}");
        let normal = median_and_p99(r#"Normal(mean: "50ms", sd: "5ms")"#);
        assert!(close(normal, [50.0, 50.0 + 5.0 * 2.326_348]), "{normal:?}");
        // Mean and standard deviation equal: the logarithm's variance is ln 2.
        let log_normal = median_and_p99(r#"LogNormal(mean: "10ms", sd: "10ms")"#);
        let median = 10.0 / 2f64.sqrt();
        let p99 = median * (2.326_348 * 2f64.ln().sqrt()).exp();
        assert!(close(log_normal, [median, p99]), "{log_normal:?}");
        let pareto = median_and_p99(r#"Pareto(min: "20ms", shape: 2.0)"#);
        assert!(close(pareto, [20.0 * 2f64.sqrt(), 200.0]), "{pareto:?}");
    }

    #[test]
    fn a_negative_quantile_is_none_at_all() {
        let delay: Delay = ron::from_str(r#"Normal(mean: "1ms", sd: "5ms")"#).unwrap();
        assert_eq!(quantile(&delay, 0.1), Some(0.0));
    }
}
