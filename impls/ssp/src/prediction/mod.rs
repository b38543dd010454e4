//! Showing what was typed before the server does (paper §3).
//!
//! For each byte typed the [`Predictor`] guesses what the screen will look like; the guesses are
//! drawn over the newest screen from the server, which in time confirms or refutes them. Programs,
//! not terminals, echo, so that guesses are tried out hidden first: all that belong to one *epoch*
//! are shown once one of them has come true.
//!
//! Call [`handle_keys`](Predictor::handle_keys) for what is typed;
//! [`handle_screen`](Predictor::handle_screen) when a screen or an acknowledgement has come in and
//! when the time of [`poll_timeout`](Predictor::poll_timeout) has; then [`draw`](Predictor::draw)
//! over a copy of the newest screen.

mod cell;
mod epoch;
mod judging;
mod policy;
mod typing;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use self::cell::{CellPrediction, CursorPrediction, Term};
use self::epoch::Epochs;
pub use self::policy::DisplayMode;
use self::policy::Policy;
use crate::terminal::parser::Parser;
use crate::terminal::{Framebuffer, Size};

/// How often outstanding predictions are looked at again.
const AGE_CHECK: Duration = Duration::from_millis(50);

/// More bytes in one read are pasted, not typed.
const LARGEST_KEYPRESS: usize = 100;

/// Predicts the screen from what is typed.
#[derive(Debug, Clone)]
pub struct Predictor {
    policy: Policy,
    overwrites: bool,
    parser: Parser,
    last_byte: u8,
    /// Bytes of an old-style mouse report still to come.
    mouse_report_left: u8,
    /// By row and column.
    cells: BTreeMap<(usize, usize), CellPrediction>,
    /// The newest is last; older ones wait for their verdict.
    cursors: Vec<CursorPrediction>,
    epochs: Epochs,
    progress: Progress,
    size: Option<Size>,
    counters: Counters,
}

/// How far the user's states have got, by number, and how fast they are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// The state that was sent last.
    pub sent: u64,
    /// The state whose effect the newest screen shows.
    pub echoed: u64,
    /// The sender's interval, which is half the round trip within limits.
    pub send_interval: Duration,
}

/// What predictions have been worth so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Characters typed whose echo was predicted.
    pub predicted: u64,
    /// Of these, those shown before the server's echo.
    pub shown: u64,
    /// Times that what was shown turned out wrong.
    pub wrong: u64,
}

impl Predictor {
    /// A predictor. `overwrites` says that what is typed replaces characters instead of pushing
    /// them to the right.
    pub fn new(mode: DisplayMode, overwrites: bool) -> Self {
        Self {
            policy: Policy::new(mode),
            overwrites,
            parser: Parser::default(),
            last_byte: 0,
            mouse_report_left: 0,
            cells: BTreeMap::new(),
            cursors: Vec::new(),
            epochs: Epochs::new(),
            progress: Progress::default(),
            size: None,
            counters: Counters::default(),
        }
    }

    /// What predictions have been worth so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Predicts the effect of keys typed at a time on the newest screen from the server. The keys
    /// of one call will travel in the user's state after `progress.sent`.
    pub fn handle_keys(
        &mut self,
        keys: &[u8],
        screen: &Framebuffer,
        progress: Progress,
        now: Instant,
    ) {
        if keys.len() > LARGEST_KEYPRESS {
            self.reset();
            return;
        }
        for &key in keys {
            self.handle_key(key, screen, progress, now);
        }
    }

    /// Judges predictions by the newest screen from the server.
    pub fn handle_screen(&mut self, screen: &Framebuffer, progress: Progress, now: Instant) {
        if self.policy.mode() == DisplayMode::Never {
            return;
        }
        self.progress = progress;
        if self
            .size
            .replace(screen.size())
            .is_some_and(|size| size != screen.size())
        {
            self.reset();
        }
        self.policy
            .handle_send_interval(progress.send_interval, self.is_active());
        self.judge(screen, now);
    }

    /// Draws what is predicted, and may be shown, over a copy of the newest screen.
    pub fn draw(&mut self, screen: &mut Framebuffer) {
        if !self.policy.shows() {
            return;
        }
        for cursor in self
            .cursors
            .iter()
            .filter(|cursor| !self.epochs.is_tentative(cursor.term.epoch))
        {
            let drawn = screen.cursor_mut();
            (drawn.row, drawn.col) = (cursor.row, cursor.col);
        }
        let marked = self.policy.marks();
        for (&(row, col), cell) in &mut self.cells {
            if self.epochs.is_tentative(cell.term.epoch) {
                continue;
            }
            let is_shown = cell.draw(screen, row, col, marked);
            if is_shown && !cell.was_shown {
                cell.was_shown = true;
                self.counters.shown += u64::from(cell.is_typed);
            }
        }
    }

    /// When predictions are to be judged again though nothing has come in.
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        (self.is_active() && self.policy.watches_age()).then_some(now + AGE_CHECK)
    }

    /// Drops all predictions, for instance because the terminal has been suspended.
    pub fn reset(&mut self) {
        self.cells.clear();
        self.cursors.clear();
        self.become_tentative();
    }

    fn is_active(&self) -> bool {
        !self.cells.is_empty() || !self.cursors.is_empty()
    }

    fn become_tentative(&mut self) {
        if self.policy.mode() != DisplayMode::Experimental {
            self.epochs.begin_next();
        }
    }

    /// The term of a prediction made now.
    fn term(&self, now: Instant) -> Term {
        Term {
            epoch: self.epochs.current(),
            frame: self.progress.sent + 1,
            made: now,
        }
    }
}

#[cfg(test)]
mod tests;
