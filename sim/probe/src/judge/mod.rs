//! Which keys a screen answers.
//!
//! A reference terminal is fed what the far end writes for every step of a script, which gives the *state* of the
//! screen after every step and the part of it that each step changes. What a client shows is compared with these
//! states, alike for every kind of session, whether it shows a stream of bytes (ssh) or skips from state to state
//! (mosh, ours). A key is answered by the first screen that shows its effect:
//!
//! - **A state explains the screen**: it is the *earliest* that agrees with all that is seen; every key up to it is
//!   answered. So frames may be skipped and screens scroll, and nothing is called answered while an earlier state
//!   would explain what is seen as well. (A letter and the backspace that removes it, both within one skipped frame,
//!   leave no trace: they are answered by the first frame that cannot be older than they are.)
//! - What is on *none* of the states that may be shown, a wrong guess, a notice, an escape sequence that the session's
//!   own terminal does not know, says nothing about which state it is. It is left out of the comparison, and a key
//!   of which nothing else is to be seen is answered when that is repaired.
//! - **No state explains it**, because a client that predicts shows part of a later state: a key is answered by a
//!   new letter among those that it was to change, or by the cursor and its row, as they are after it and were in no
//!   outstanding state before it.
//!
//! The paper's replay tool took the first bytes that the client wrote after the key, which a frame for an earlier key
//! or a notice also is.

mod evidence;
mod footprint;
mod guesses;

use self::evidence::Evidence;
use self::footprint::Footprint;
use self::guesses::WrongGuesses;
use crate::outcome::Guesses;
use crate::screen::{Picture, Screen};
use crate::script::{Script, flood_line};

/// Judges one session's screen; steps are numbered from zero, in the order of the script.
pub struct Judge {
    /// What the screen shows at the start, and after each step.
    states: Vec<Picture>,
    /// What each step changes.
    footprints: Vec<Footprint>,
    /// The steps that are typed and not answered, in order.
    outstanding: Vec<usize>,
    /// How many steps have been typed.
    typed: usize,
    /// No state before this one is shown any more: a later one was, or all keys up to it are answered.
    reached: usize,
    last_seen: Option<(usize, Picture)>,
    wrong_guesses: WrongGuesses,
}

impl Judge {
    /// Works out what every step of a script does to the screen.
    pub fn new(script: &Script) -> Self {
        let mut screen = Screen::new(script.size);
        screen.feed(&script.greeting());
        let mut states = vec![screen.picture(None)];
        for step in &script.steps {
            screen.feed(&step.output);
            if step.floods {
                for number in 0..u64::from(script.size.rows) {
                    screen.feed(&flood_line(script.size, number));
                }
            }
            states.push(screen.picture(states.last()));
        }
        let footprints: Vec<Footprint> = states
            .windows(2)
            .map(|pair| Footprint::between(&pair[0], &pair[1]))
            .collect();
        Judge {
            states,
            footprints,
            outstanding: Vec::new(),
            typed: 0,
            reached: 0,
            last_seen: None,
            wrong_guesses: WrongGuesses::default(),
        }
    }

    /// What the screen shows before anything is typed.
    pub fn start(&self) -> &Picture {
        &self.states[0]
    }

    /// Whether anybody could see that this step is answered.
    pub fn is_visible(&self, step: usize) -> bool {
        self.footprints[step] != Footprint::Nothing
    }

    /// The next step has been typed.
    pub fn typed(&mut self) {
        if self.typed < self.footprints.len() {
            if self.is_visible(self.typed) {
                self.outstanding.push(self.typed);
            }
            self.typed += 1;
        }
    }

    /// The steps that this screen is the first to answer, in order.
    pub fn see(&mut self, shown: &Picture) -> Vec<usize> {
        let seen = (self.typed, shown.clone());
        if self.last_seen.as_ref() == Some(&seen) {
            return Vec::new();
        }
        let last_shown = self.last_seen.replace(seen).map(|(_, picture)| picture);
        let evidence = Evidence::new(shown, &self.states[self.reached..=self.typed]);
        let explanation = evidence.earliest().map(|state| self.reached + state);
        let answered: Vec<usize> = self
            .outstanding
            .iter()
            .copied()
            .filter(|&step| match explanation {
                Some(state) => step < state && evidence.shows_any_of(&self.footprints[step]),
                None => self.is_ahead(step, shown, last_shown.as_ref()),
            })
            .collect();
        self.outstanding.retain(|step| !answered.contains(step));
        self.wrong_guesses.see(
            shown,
            &self.states,
            explanation.unwrap_or(self.reached),
            self.typed,
        );
        let first_outstanding = self.outstanding.first().copied().unwrap_or(self.typed);
        self.reached = self.reached.max(explanation.unwrap_or(first_outstanding));
        answered
    }

    /// How the client's guesses were until now.
    pub fn guesses(&self) -> Guesses {
        Guesses {
            typed: u32::try_from(self.typed).unwrap_or(u32::MAX),
            wrong: self.wrong_guesses.keys(),
        }
    }

    /// Whether something new on a screen that no state explains is as it is after a step, and in no outstanding state
    /// before.
    fn is_ahead(&self, step: usize, shown: &Picture, last_shown: Option<&Picture>) -> bool {
        let after = &self.states[step + 1..=self.typed];
        let before = &self.states[self.reached.min(step)..=step];
        let is_news = |alike: &dyn Fn(&Picture) -> bool| {
            !last_shown.is_some_and(alike) && after.iter().any(alike) && !before.iter().any(alike)
        };
        self.footprints[step]
            .letters(shown)
            .any(|at| is_news(&|other| other.cell(at).text == shown.cell(at).text))
            || is_news(&|other| {
                other.cursor == shown.cursor && same_text(other, shown, shown.cursor.0)
            })
    }
}

/// Whether two screens have the same text in a row.
fn same_text(a: &Picture, b: &Picture, row: usize) -> bool {
    let (a, b) = (&a.rows[row], &b.rows[row]);
    a.iter()
        .map(|cell| cell.text)
        .eq(b.iter().map(|cell| cell.text))
}

#[cfg(test)]
mod tests;
