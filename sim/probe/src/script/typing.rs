//! Somebody types at a shell.

use std::time::Duration;

use rand_core::SeedableRng;
use rand_pcg::Pcg64;
use scenario::Typing;

use super::gaps::{draw, unit};
use super::{Script, Step};
use crate::screen::Size;

/// Letters on a line before it is entered: a command and its arguments, on one line of an 80-column screen.
const SHORTEST_LINE: u32 = 8;
const LONGEST_LINE: u32 = 48;

impl Script {
    /// Letters, each echoed in its place, and Enter, answered by a new prompt; the same for the same seed.
    pub fn typing(typing: &Typing, seed: u64) -> Self {
        let mut random = Pcg64::seed_from_u64(seed);
        let mut at = Duration::ZERO;
        let mut left_on_line = between(SHORTEST_LINE, LONGEST_LINE, &mut random);
        let steps = (0..typing.keystrokes)
            .map(|_| {
                at += draw(&typing.gap, &mut random);
                if left_on_line == 0 {
                    left_on_line = between(SHORTEST_LINE, LONGEST_LINE, &mut random);
                    return Step::key(at, "\r", "\r\n$ ");
                }
                left_on_line -= 1;
                let letter = [b'a' + between(0, 25, &mut random) as u8];
                Step::key(at, letter, letter)
            })
            .collect();
        Script {
            size: Size::default(),
            steps,
            drain: typing.drain.duration(),
        }
    }
}

/// A whole number between two bounds, both possible.
fn between(low: u32, high: u32, random: &mut Pcg64) -> u32 {
    let share = unit(random);
    low + (share * f64::from(high - low + 1)) as u32
}

#[cfg(test)]
mod tests {
    use link::units::Span;
    use scenario::Gap;

    use super::*;
    use crate::judge::Judge;

    const MEAN: Span = Span::from_millis(300);

    fn script(keystrokes: u32, gap: Gap) -> Script {
        let typing = Typing {
            keystrokes,
            gap,
            drain: Span::default(),
        };
        Script::typing(&typing, 7)
    }

    fn gaps(gap: Gap) -> Vec<f64> {
        let script = script(20_000, gap);
        let times = script.steps.iter().map(|step| step.at.as_secs_f64());
        let mut last = 0.0;
        times
            .map(|time| time - std::mem::replace(&mut last, time))
            .collect()
    }

    fn mean_and_sd(values: &[f64]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>()
            / n;
        (mean, variance.sqrt())
    }

    fn is_near(value: f64, expected: f64) -> bool {
        (value - expected).abs() < 0.03 * expected
    }

    #[test]
    fn gaps_have_the_moments_that_were_asked_for() {
        let (mean, sd) = mean_and_sd(&gaps(Gap::Exponential { mean: MEAN }));
        assert!(is_near(mean, 0.3) && is_near(sd, 0.3), "{mean} {sd}");
        let sd = Span::from_millis(150);
        let (mean, sd) = mean_and_sd(&gaps(Gap::LogNormal { mean: MEAN, sd }));
        assert!(is_near(mean, 0.3) && is_near(sd, 0.15), "{mean} {sd}");
        let (min, max) = (Span::from_millis(100), Span::from_millis(400));
        let uniform = gaps(Gap::Uniform { min, max });
        assert!(is_near(mean_and_sd(&uniform).0, 0.25));
        assert!(uniform.iter().all(|gap| (0.0999..0.4001).contains(gap)));
    }

    #[test]
    fn a_gap_without_a_mean_is_none() {
        let none = Span::default();
        assert_eq!(
            gaps(Gap::LogNormal {
                mean: none,
                sd: none
            })[..2],
            [0.0, 0.0]
        );
    }

    #[test]
    fn the_same_seed_types_the_same_for_ever() {
        let gap = Gap::LogNormal {
            mean: MEAN,
            sd: Span::from_millis(200),
        };
        let script = script(60, gap);
        let keys: Vec<String> = script
            .steps
            .iter()
            .map(|step| {
                let key = String::from_utf8_lossy(&step.input)
                    .escape_debug()
                    .to_string();
                format!("{:9.3} ms  {key}", step.at.as_secs_f64() * 1e3)
            })
            .collect();
        insta::assert_snapshot!(keys.join("\n"));
    }

    #[test]
    fn every_key_can_be_seen_to_be_answered() {
        let script = script(3000, Gap::Constant(MEAN));
        let judge = Judge::new(&script);
        assert!((0..3000).all(|step| judge.is_visible(step)));
    }
}
