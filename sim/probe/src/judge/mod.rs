//! Which keys a screen answers.
//!
//! A reference terminal is fed what the far end writes for every step of a script, which gives the screen after
//! every step and the part of it that each step changes. What the client shows is then compared with these
//! screens:
//!
//! - The client shows the *earliest* of the expected screens that agrees with what is seen, and never goes back.
//!   So frames may be skipped and screens scroll, and nothing is called answered while an earlier screen would
//!   explain what is seen as well. (A letter and the backspace that removes it, both within one skipped frame,
//!   leave no trace: they are answered by the first frame that cannot be older than they are.)
//! - Where no expected screen agrees, because a client that predicts has guessed wrong somewhere, a step is still
//!   answered when the cells that it was to change show its effect, and no outstanding earlier screen had them so.
//!   The wrong guess itself is answered when it is repaired.

mod footprint;
mod guesses;

use self::footprint::{Footprint, LastChange};
use self::guesses::WrongGuesses;
use crate::outcome::Guesses;
use crate::screen::{Picture, Screen};
use crate::script::{Script, flood_line};

/// Judges one session's screen; steps are numbered from zero, in the order of the script.
pub struct Judge {
    /// What the screen shows at the start, and after each step.
    expected: Vec<Picture>,
    /// What each step changes.
    footprints: Vec<Footprint>,
    answered: Vec<bool>,
    /// How many steps have been typed.
    typed: usize,
    /// The client shows `expected[reached]` or a later screen.
    reached: usize,
    last_change: LastChange,
    last_seen: Option<(usize, Picture)>,
    wrong_guesses: WrongGuesses,
}

impl Judge {
    /// Works out what every step of a script does to the screen.
    pub fn new(script: &Script) -> Self {
        let mut screen = Screen::new(script.size);
        screen.feed(&script.greeting());
        let start = screen.picture(None);
        let last_change = LastChange::new(&start);
        let mut expected = vec![start];
        for step in &script.steps {
            screen.feed(&step.output);
            if step.floods {
                for number in 0..u64::from(script.size.rows) {
                    screen.feed(&flood_line(script.size, number));
                }
            }
            expected.push(screen.picture(expected.last()));
        }
        let footprints: Vec<Footprint> = expected
            .windows(2)
            .map(|pair| Footprint::between(&pair[0], &pair[1]))
            .collect();
        Judge {
            answered: vec![false; footprints.len()],
            expected,
            footprints,
            typed: 0,
            reached: 0,
            last_change,
            last_seen: None,
            wrong_guesses: WrongGuesses::default(),
        }
    }

    /// What the screen shows before anything is typed.
    pub fn start(&self) -> &Picture {
        &self.expected[0]
    }

    /// Whether anybody could see that this step is answered.
    pub fn is_visible(&self, step: usize) -> bool {
        self.footprints[step] != Footprint::Nothing
    }

    /// The next step has been typed.
    pub fn typed(&mut self) {
        if let Some(footprint) = self.footprints.get(self.typed) {
            self.typed += 1;
            self.last_change.note(self.typed, footprint);
        }
    }

    /// The steps that this screen is the first to answer, in order.
    pub fn see(&mut self, shown: &Picture) -> Vec<usize> {
        let seen = (self.typed, shown.clone());
        if self.last_seen.as_ref() == Some(&seen) {
            return Vec::new();
        }
        self.last_seen = Some(seen);
        let explanation = (self.reached..=self.typed).find(|&state| {
            self.last_change
                .same_since(self.reached, &self.expected[state], shown)
        });
        let candidates = self.reached..explanation.unwrap_or(self.typed);
        let newly: Vec<usize> = candidates
            .filter(|&step| self.is_visible(step) && !self.answered[step])
            .filter(|&step| explanation.is_some() || self.shows(step, shown))
            .collect();
        self.reached = explanation.unwrap_or(self.reached);
        self.wrong_guesses
            .see(shown, &self.expected, self.reached, self.typed);
        for &step in &newly {
            self.answered[step] = true;
        }
        newly
    }

    /// How the client's guesses were until now.
    pub fn guesses(&self) -> Guesses {
        Guesses {
            typed: u32::try_from(self.typed).unwrap_or(u32::MAX),
            wrong: self.wrong_guesses.keys(),
        }
    }

    /// Whether the cells that a step was to change show its effect, which no earlier screen explains.
    fn shows(&self, step: usize, shown: &Picture) -> bool {
        let footprint = &self.footprints[step];
        let after = &self.expected[step + 1];
        // A cursor wanders while a screen is drawn; alone it proves nothing.
        !matches!(footprint, Footprint::Cursor)
            && footprint.same(after, shown)
            && self.expected[self.reached..=step]
                .iter()
                .all(|earlier| !footprint.same(earlier, shown))
    }
}

#[cfg(test)]
mod tests;
