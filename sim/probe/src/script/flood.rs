//! A command floods the screen until Ctrl-C is pressed.

use std::time::Duration;

use scenario::Flood;

use super::{Script, Step};
use crate::screen::Size;

/// The rest before each start.
const REST: Duration = Duration::from_secs(1);

const INTERRUPT: &[u8] = b"\x03";

impl Script {
    /// Starts floods and interrupts them. Measured is how long until the screen shows that Ctrl-C was obeyed: cleared,
    /// with a prompt.
    pub fn flood(flood: &Flood) -> Self {
        let after = flood.after.duration();
        let steps = (0..flood.interrupts)
            .flat_map(|cycle| {
                let start = cycle * (REST + after) + REST;
                let command = Step {
                    measured: false,
                    floods: true,
                    waits: true,
                    ..Step::key(start, "\r", "\r\n")
                };
                // Numbered, so that no two of these screens are the same.
                let obeyed = format!("\x1b[H\x1b[2J^C {}\r\n$ ", cycle + 1);
                [command, Step::key(start + after, INTERRUPT, obeyed)]
            })
            .collect();
        Script {
            size: Size::default(),
            steps,
            drain: flood.drain.duration(),
        }
    }
}

/// One line of a flood, as wide as the screen and never the same twice.
pub(crate) fn flood_line(size: Size, number: u64) -> Vec<u8> {
    let width = usize::from(size.columns);
    let filler = "~".repeat(width.saturating_sub(12));
    let mut line = format!("{number:011} {filler}").into_bytes();
    line.truncate(width);
    line.extend(b"\r\n");
    line
}

#[cfg(test)]
mod tests {
    use link::units::Span;

    use super::*;
    use crate::judge::Judge;
    use crate::screen::Screen;

    #[test]
    fn an_interrupt_is_answered_once_the_flood_is_gone() {
        let script = Script::flood(&Flood {
            interrupts: 2,
            after: Span::from_millis(1000),
            drain: Span::from_millis(1000),
        });
        let mut judge = Judge::new(&script);
        let mut screen = Screen::new(script.size);
        screen.feed(&script.greeting());
        for interrupt in [1, 3] {
            judge.typed();
            judge.typed();
            // Frames are skipped, the first of the flood among them.
            for number in (500..5000).step_by(7) {
                screen.feed(&flood_line(script.size, number));
                let answered = judge.see(&screen.picture(None));
                assert!(!answered.contains(&interrupt), "line {number}");
            }
            screen.feed(&script.steps[interrupt].output);
            assert!(judge.see(&screen.picture(None)).contains(&interrupt));
        }
    }
}
