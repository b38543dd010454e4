//! A command at the far end writes lines, and nobody types.

use std::time::Duration;

use rand_core::SeedableRng;
use rand_pcg::Pcg64;
use scenario::Watch;

use super::gaps::draw;
use super::{Script, Step};
use crate::screen::Size;

/// Lines on a page. They stay clear of the screen's first rows, where clients tell of a network that is gone.
const PAGE: u32 = 20;

/// To the third row, and nothing below.
const NEW_PAGE: &str = "\x1b[3H\x1b[J";

impl Script {
    /// Numbered lines that are written at their times, without input; the same for the same seed.
    pub fn watch(watch: &Watch, seed: u64) -> Self {
        let mut random = Pcg64::seed_from_u64(seed);
        let mut at = Duration::ZERO;
        let steps = (1..=watch.lines)
            .map(|number| {
                at += draw(&watch.gap, &mut random);
                let turn = if number % PAGE == 1 { NEW_PAGE } else { "" };
                Step::key(at, "", format!("{turn}line {number}\r\n"))
            })
            .collect();
        Script {
            size: Size::default(),
            steps,
            drain: watch.drain.duration(),
        }
    }

    /// Whether the far end writes by the clock, and not as an answer.
    pub(crate) fn goes_by_the_clock(&self) -> bool {
        self.steps.iter().any(|step| step.input.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use link::units::Span;
    use scenario::Gap;

    use super::*;
    use crate::judge::Judge;
    use crate::screen::Screen;

    fn a_hundred_lines() -> Script {
        Script::watch(
            &Watch {
                lines: 100,
                gap: Gap::Constant(Span::from_millis(250)),
                drain: Span::default(),
            },
            1,
        )
    }

    #[test]
    fn a_line_is_seen_below_a_bar_across_the_top() {
        let script = a_hundred_lines();
        let mut judge = Judge::new(&script);
        let mut screen = Screen::new(script.size);
        screen.feed(&script.greeting());
        for (number, step) in script.steps.iter().enumerate() {
            judge.typed();
            screen.feed(&step.output);
            screen.feed(b"\x1b7\x1b[H\x1b[44mnothing heard for a while\x1b[K\x1b[m\x1b8");
            let seen = judge.see(&screen.picture(None));
            assert!(seen.contains(&number), "line {}", number + 1);
        }
    }

    #[test]
    fn every_line_can_be_seen() {
        let script = a_hundred_lines();
        let judge = Judge::new(&script);
        assert!((0..100).all(|line| judge.is_visible(line)));
        assert_eq!(script.steps[99].at, Duration::from_secs(25));
    }
}
